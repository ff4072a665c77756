"""What was planted, written down beside the store, where no analysis can open it."""

import csv
import json
from pathlib import Path

import numpy as np

from peelian import __version__
from peelian.records.synth.events import NO_PLACE, OUTSIDE
from peelian.records.synth.plan import ASB
from peelian.records.synth.whole import Force
from peelian.records.synth.write import Files

_README = """\
What was planted in this made-up force. No analysis reads it: it is for checking what they found.

plan.json   every strength, the seed, and the version that drew from them
areas.csv   each area's decile, people, and the gamma factor it has for all kinds of event
rates.csv   by area and kind: people counted, what deprivation does, the area's own factor, and the
            events expected in the months that have files
months.csv  by kind and month: the length of the month in years, times season and trend
lost.csv    records without a place, or placed beyond the force, with the area they were copied from
files.csv   rows and fingerprint of every file
"""


def write_truth(force: Force, files: Files, folder: Path) -> Path:
    """Write down what was planted.

    Args:
        force: What was made.
        files: The files that hold it, for their rows and fingerprints.
        folder: Where to write; beside the store, not in it.

    Returns:
        The folder.
    """
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "README.txt").write_text(_README, encoding="utf-8", newline="\n")
    plan = {
        "peelian": __version__,
        "numpy": np.__version__,
        "seed": force.seed,
        "plan": force.plan.as_json(),
        "missing_month_rows": _rows_of_missing_month(force),
    }
    text = json.dumps(plan, indent=2) + "\n"
    (folder / "plan.json").write_text(text, encoding="utf-8", newline="\n")
    _csv(folder / "areas.csv", _areas(force))
    _csv(folder / "rates.csv", _rates(force))
    _csv(folder / "months.csv", _months(force))
    _csv(folder / "lost.csv", _lost(force))
    rows = [("file", "rows", "sha256"), *((f.name, f.rows, f.sha256) for f in files.written)]
    _csv(folder / "files.csv", rows)
    return folder


def expected_in_files(force: Force) -> dict[str, np.ndarray]:
    """Return, by kind, the events each area expects in the months that have files."""
    held = np.isin(force.plan.calendar, force.plan.present)
    return {kind.category.name: kind.expected[:, held].sum(axis=1) for kind in force.rates}


def _rows_of_missing_month(force: Force) -> int:
    if not force.plan.missing_month:
        return 0
    number = force.plan.calendar.index(force.plan.missing_month)
    return int((force.calls.month == number).sum()) + len(force.crimes.month(number))


def _areas(force: Force) -> list[tuple]:
    places = force.places
    rows: list[tuple] = [("area_code", "area_name", "decile", "residents", "visitors")]
    columns = (places.codes, places.names, places.decile, places.residents, places.visitors)
    return rows + sorted(zip(*(np.asarray(c).tolist() for c in columns), strict=True))


def _rates(force: Force) -> list[tuple]:
    rows: list[tuple] = [("area_code", "category", "people", "relative", "own", "expected")]
    expected = expected_in_files(force)
    for kind in force.rates:
        name = kind.category.name
        columns = (force.places.codes, kind.people, kind.relative, kind.own, expected[name])
        for code, *numbers in sorted(zip(*columns, strict=True)):
            rows.append((code, name, *(f"{number:.6f}" for number in numbers)))
    return rows


def _months(force: Force) -> list[tuple]:
    rows: list[tuple] = [("category", "month", "in_files", "years")]
    for kind in force.rates:
        for month, years in zip(force.plan.calendar, kind.months, strict=True):
            held = "yes" if month in force.plan.present else "no"
            rows.append((kind.category.name, month, held, f"{years:.6f}"))
    return rows


def _lost(force: Force) -> list[tuple]:
    rows: list[tuple] = [("crime_id", "category", "month", "area_code", "record_says")]
    crimes, calls = force.crimes, force.calls
    recorded_in = crimes.recorded_in
    for at in np.flatnonzero(crimes.point < 0).tolist():
        kind = crimes.kinds[crimes.kind[at]].name
        where = _lost_one(force, recorded_in[at], crimes.area[at], crimes.point[at])
        rows.append((crimes.crime_id[at].as_py(), kind, *where))
    for at in np.flatnonzero(calls.point < 0).tolist():
        rows.append(("", ASB, *_lost_one(force, calls.month[at], calls.area[at], calls.point[at])))
    return rows


def _lost_one(force: Force, month: int, area: int, point: int) -> tuple[str, str, str]:
    says = {NO_PLACE: "no place", OUTSIDE: "beyond the force"}[int(point)]
    return force.plan.calendar[month], force.places.codes[area], says


def _csv(path: Path, rows: list[tuple]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(rows)
