"""The import contracts hold, and each of them is seen to fail when it is broken."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LINT = Path(sys.executable).with_name("lint-imports" + (".exe" if os.name == "nt" else ""))

BREAKS = {
    "The house stands on its floors": ("results.py", "import peelian.study"),
    "Families of analysis are strangers": (
        "analysis/places/__init__.py",
        "import peelian.analysis.demand.composition",
    ),
    "Only the store knows the engine": ("render/__init__.py", "import duckdb"),
    "Statistics knows arrays, not crimes": ("statistics/__init__.py", "import pyarrow"),
    "Nobody looks up the planted truth": ("study.py", "import peelian.records.synth"),
}


def lint(folder):
    return subprocess.run(
        [LINT, "--no-cache"],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(folder / "src")},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


@pytest.fixture
def house(tmp_path):
    """A copy of the house that may be damaged."""
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    shutil.copytree(
        ROOT / "src" / "peelian",
        tmp_path / "src" / "peelian",
        ignore=shutil.ignore_patterns("__pycache__"),
    )
    return tmp_path


def test_the_house_stands(house):
    done = lint(house)
    assert done.returncode == 0, done.stdout
    assert f"{len(BREAKS)} kept, 0 broken" in done.stdout


@pytest.mark.parametrize("contract", BREAKS)
def test_a_wrong_import_is_caught(house, contract):
    file, wrong = BREAKS[contract]
    target = house / "src" / "peelian" / file
    target.write_text(target.read_text(encoding="utf-8") + f"\n{wrong}\n", encoding="utf-8")
    done = lint(house)
    assert done.returncode != 0
    assert f"{contract} BROKEN" in done.stdout
