"""Sacramento's calls through a drafted mapping: dates stay the dates they were."""

import csv
import difflib
import gzip
import json
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

from bench.figures import Figure
from bench.measure import measure, peelian, python

MAPPING = Path(__file__).parents[2] / "examples" / "sacramento" / "incidents.toml"
FILE = "data/us_calls_sacramento/sacramento_dispatch_2019-01.csv.gz"
_DATES = """
import json, sys
from peelian.records.store import Store
with Store.open(sys.argv[1]) as store:
    rows = store.table("incidents")
    counted = rows.group_by("local_date").aggregate(n=rows.count()).to_pyarrow().to_pylist()
    print(json.dumps({str(row["local_date"]): row["n"] for row in counted}))
"""


def figures(shared: Path, work: Path):
    """Yield the figures of Sacramento."""
    store, file = work / "sacramento", shared / FILE
    draft = measure(peelian("map", file, "--table", "incidents"))
    edits = _edits(draft.out, MAPPING.read_text(encoding="utf-8"))
    yield Figure("Sacramento, the draft is made (exit code)", draft.code, "=", 0,
                 f"a person then changes {edits} lines")  # fmt: skip
    new = ("--crs", "EPSG:26943", "--timezone", "America/Los_Angeles")
    measure(peelian("new", store, *new))
    run = measure(peelian("load", store, file, "--as", "incidents", "--map", MAPPING, "--json"))
    done = run.json() if run.code == 0 else {}
    yield Figure("Sacramento, rows loaded", done.get("loaded"), "=", 25_000, run.err[-300:])
    kept = measure(python("-c", _DATES, store))
    found = json.loads(kept.out) if kept.code == 0 else None
    yield Figure("Sacramento, local dates are the dates they were",
                 found == dict(_dates_as_given(file)), "=", True)  # fmt: skip


def _edits(draft: str, edited: str) -> int:
    """Count the lines a person changed, comments and blank lines aside."""

    def settings(text):
        lines = (line.split("  #")[0].strip() for line in text.splitlines())
        return [line for line in lines if line and not line.startswith("#")]

    changed = difflib.ndiff(settings(draft), settings(edited))
    return sum(line.startswith("+ ") for line in changed)


def _dates_as_given(file: Path) -> Counter:
    """Read the received dates without peelian: milliseconds since 1970, at midnight."""
    dates: Counter = Counter()
    with gzip.open(file, "rt", encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            moment = datetime.fromtimestamp(int(row["Received_Date"]) / 1000, UTC)
            dates[moment.date().isoformat()] += 1
    return dates
