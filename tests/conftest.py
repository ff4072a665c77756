"""What every test may ask for: the real records, if they are beside the project, and an engine."""

import os
from pathlib import Path

import pytest

ALL_REQUIRED = os.environ.get("PEELIAN_REQUIRE_ALL") == "1"


def skip_or_fail(reason: str) -> None:
    """Skip visibly on a laptop; fail where everything must be there."""
    if ALL_REQUIRED:
        pytest.fail(f"PEELIAN_REQUIRE_ALL is set, but {reason}")
    pytest.skip(reason)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--engine",
        choices=("duckdb", "spark"),
        default="duckdb",
        help="the engine on which specs run",
    )


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave the long runs to `make deep`, which asks for them with -m."""
    if config.getoption("-m"):
        return
    keep, drop = [], []
    for item in items:
        (drop if item.get_closest_marker("deep") else keep).append(item)
    if drop:
        config.hook.pytest_deselected(items=drop)
        items[:] = keep


@pytest.fixture(scope="session")
def engine(request: pytest.FixtureRequest) -> str:
    """The engine on which a spec runs."""
    return str(request.config.getoption("--engine"))


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of real open records that may lie beside the project."""
    folder = Path(os.environ.get("PEELIAN_SHARED", Path(__file__).parents[2] / "shared"))
    if not (folder / "data").is_dir():
        # They are no part of the product, so even CI may lack them; the skip stays visible.
        pytest.skip("the real open records are not beside the project")
    return folder
