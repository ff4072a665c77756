"""What was planted in the public files, written down beside them, where no analysis can open it."""

import csv
import json
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.csv as pacsv

from peelian import __version__
from peelian.records.synth.categories import ASB
from peelian.records.synth.events import NO_PLACE, OUTSIDE
from peelian.records.synth.plan_file import as_toml
from peelian.records.synth.record_truth import area_truth, month_truth, rate_truth
from peelian.records.synth.whole import Force
from peelian.records.synth.write import Files

_README = """\
What was planted in this made-up force. No analysis reads it: it is for checking what they found.

plan.toml   every strength, as `peelian make --plant` reads it
made.json   the seed, and the versions that drew from it
areas.csv   each area's decile, people, and the ethnic groups of its residents
rates.csv   by area and kind: people counted, what deprivation does, the area's own factor, and the
            events expected in the months that have files
months.csv  by kind and month: the length of the month in years, times season and trend
lost.csv    records without a place, or placed beyond the force, with the area they were truly in
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
    (folder / "plan.toml").write_text(as_toml(force.plan), encoding="utf-8", newline="\n")
    made = {"peelian": __version__, "numpy": np.__version__, "seed": force.who.seed}
    text = json.dumps(made, indent=2) + "\n"
    (folder / "made.json").write_text(text, encoding="utf-8", newline="\n")
    held = [force.period.number(month) for month in force.plan.present]
    rates = force.rates
    _table(folder / "areas.csv", area_truth(force.places))
    _table(folder / "rates.csv", rate_truth(force.places, held, rates))
    _table(folder / "months.csv", month_truth(force.period.months, rates))
    _csv(folder / "lost.csv", _lost(force))
    rows = [("file", "rows", "sha256"), *((f.name, f.rows, f.sha256) for f in files.written)]
    _csv(folder / "files.csv", rows)
    return folder


def _lost(force: Force) -> list[tuple]:
    rows: list[tuple] = [("crime_id", "category", "month", "area_code", "record_says")]
    crimes, codes = force.crimes, force.places.codes
    for month in force.plan.present:
        here = crimes.month(force.period.number(month))
        for at in here[crimes.point[here] < 0].tolist():
            kind = crimes.kinds[crimes.kind[at]].name
            where = (codes[crimes.area[at]], _SAYS[int(crimes.point[at])])
            rows.append((crimes.crime_id[at].as_py(), kind, month, *where))
        calls = force.calls(month)
        for at in np.flatnonzero(calls.antisocial & (calls.point < 0)).tolist():
            rows.append(("", ASB, month, codes[calls.area[at]], _SAYS[int(calls.point[at])]))
    return rows


_SAYS = {NO_PLACE: "no place", OUTSIDE: "beyond the force"}


def _table(path: Path, rows: pa.Table) -> None:
    pacsv.write_csv(rows, path, pacsv.WriteOptions(quoting_style="needed"))


def _csv(path: Path, rows: list[tuple]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(rows)
