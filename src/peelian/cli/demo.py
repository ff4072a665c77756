"""The made-up force from nothing to a report: records with known truths, standard study, report."""

import os
import shutil
from collections.abc import Callable
from importlib.resources import files as package_files
from pathlib import Path

from peelian.cli.writing import run_and_write
from peelian.errors import UsageError
from peelian.records.store import Store
from peelian.records.synth.making import make_store
from peelian.records.synth.plan import Plan
from peelian.records.synth.scales import Scale, plan_at
from peelian.study import Study

Tell = Callable[..., None]
# A small county over two years and two months: enough for a season to come twice.
SCALE = Scale(areas=300, incidents=120_000, months=26, crs="EPSG:27700")
PLANTED = {"period": {"missing_month": "2023-03"}}
_MADE = ("store", "truth", "tables", "files")


def make_demo(
    out: Path,
    *,
    seed: int = 1829,
    scale: Scale = SCALE,
    plan: Plan | None = None,
    tell: Tell = lambda *_: None,
) -> Path:
    """Make up a force, run the standard study on it and write its report.

    Everything lies in one folder: `store/`, `study.toml`, `report.html` with its tables, and
    `truth/store/`, which says what was planted and which no analysis can open. Incidents come
    without their words, which no analysis of the study reads.

    Args:
        out: The folder. A demo that is there already is replaced; anything else is left alone.
        seed: Another seed makes another force.
        scale: How large.
        plan: What is planted, if not the defaults.
        tell: Called with what is going on, how much is done, and of how much.

    Returns:
        The path of the report.

    Raises:
        UsageError: The folder holds something that is not a demo.
    """
    _clear(out)
    tell("Making up a force", 0, 0)
    make_store(
        out / "store",
        plan or plan_at(scale, PLANTED),
        scale=scale,
        seed=seed,
        narratives=False,
        workers=min(os.cpu_count() or 1, 4),
        tell=tell,
    )
    return _study(out, tell)


def _study(out: Path, tell: Tell) -> Path:
    words = package_files("peelian.cli") / "standard_study.toml"
    path = out / "study.toml"
    path.write_bytes(words.read_bytes())
    study = Study.read(path)
    with Store.open(out / "store") as store:
        page, _ = run_and_write(study, store, out, tell=tell)
    return page


def _clear(out: Path) -> None:
    """Make room for a demo: an empty folder, or one in which an earlier demo lies."""
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        mine = ("store/made.json", "plan.json")  # the second was an earlier peelian's
        if not any((out / "truth" / name).is_file() for name in mine):
            raise UsageError(
                "There is something else where the demo should go.",
                found=out.name,
                try_="another --out, or an empty folder",
                read="tutorials/five-minutes",
            )
        for name in _MADE:
            shutil.rmtree(out / name, ignore_errors=True)
    out.mkdir(parents=True, exist_ok=True)
