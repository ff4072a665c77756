"""The made-up force from nothing to a report: files, store, standard study, report."""

import shutil
from collections.abc import Callable
from importlib.resources import files as package_files
from pathlib import Path

from peelian.errors import UsageError
from peelian.records.load import load
from peelian.records.store import Store
from peelian.records.synth import Plan, make_force, write_files, write_truth
from peelian.records.synth.places import FORCE
from peelian.report import write_report
from peelian.study import Study, run

Tell = Callable[..., None]
_MADE = ("files", "store", "truth", "tables")


def make_demo(
    out: Path, *, seed: int = 1829, plan: Plan | None = None, tell: Tell = lambda *_: None
) -> Path:
    """Make up a force, load its files, run the standard study and write its report.

    Everything lies in one folder: `files/` as a real force's would be downloaded, `store/`,
    `study.toml`, `report.html` with its tables, and `truth/`, which says what was planted and which
    no analysis can open.

    Args:
        out: The folder. A demo that is there already is replaced; anything else is left alone.
        seed: Another seed makes another force.
        plan: What is planted, if not the defaults.
        tell: Called with what is going on, how much is done, and of how much.

    Returns:
        The path of the report.

    Raises:
        UsageError: The folder holds something that is not a demo.
    """
    _clear(out)
    tell("Making up a force", 0, 0)
    force = make_force(plan, seed=seed)
    files = write_files(force, out / "files", tell=tell)
    write_truth(force, files, out / "truth")
    store = out / "store"
    Store.create(store).close()
    # Areas and measures come first, so that records can be told which vintage they speak of.
    for path, layout, mapping in (
        (files.areas, "areas", files.areas_map),
        (files.measures, "measures", files.measures_map),
        (files.police, "police-uk", None),
    ):
        load(store, [path], layout=layout, mapping=mapping, source=FORCE, tell=tell)
    return _study(out, tell)


def _study(out: Path, tell: Tell) -> Path:
    words = package_files("peelian.cli") / "standard_study.toml"
    path = out / "study.toml"
    path.write_bytes(words.read_bytes())
    study = Study.read(path)
    with Store.open(out / "store") as store:
        releases = run(study, store, tell=tell)
    tell("Writing the report", 0, 0)
    return write_report(releases, out, title=study.title, purpose=study.purpose)


def _clear(out: Path) -> None:
    """Make room for a demo: an empty folder, or one in which an earlier demo lies."""
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        if not (out / "truth" / "plan.json").is_file():
            raise UsageError(
                "There is something else where the demo should go.",
                found=out.name,
                try_="another --out, or an empty folder",
                read="tutorials/five-minutes",
            )
        for name in _MADE:
            shutil.rmtree(out / name, ignore_errors=True)
    out.mkdir(parents=True, exist_ok=True)
