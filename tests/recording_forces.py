"""A made-up force through the store: logs drawn, read by their truth, and the change asked for."""

from dataclasses import replace
from datetime import date
from functools import partial
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from peelian.analysis.demand.recording import recording
from peelian.catalogue import entry
from peelian.definitions import find, marked
from peelian.records.store import Store
from peelian.records.synth.making import make_store
from peelian.records.synth.plan import Plan
from peelian.records.synth.plan_file import plan_of
from peelian.records.synth.scales import SCALES
from peelian.results import Result

TRAINED_ON = date(2023, 1, 1)
_STILL = {f"{sign}_drift": 1.0 for sign in
          ("flag", "closing", "keyword", "section_136", "officer", "marker")}  # fmt: skip
# Over two years need_trend is the ratio of the second to the first.
PLANS = {
    "recording": {"need_trend": 1.0, "flag_training": 1.35, "training_on": str(TRAINED_ON)},
    "need": {"need_trend": 1.25, "training_on": ""},
    "neither shown": {"need_trend": 1.0, "training_on": ""},
}


def plan_for(truth: str) -> Plan:
    """Return a plan in which one thing changes, and no policy moves calls."""
    months = {"period": {"first_month": "2022-01", "months": 24}}
    return plan_of({**months, "need": {**_STILL, **PLANS[truth]}}).off("policy")


def asked_of(folder: Path, truth: str, seed: int, *, incidents: int, read: int) -> Result:
    """Make a force, draw logs of each kind in each year, code them by the truth, and ask.

    Args:
        folder: An empty one.
        truth: What is planted.
        seed: Of the force.
        incidents: A year.
        read: Logs of both signs, and of words alone, to read in each year; 0 for none.
    """
    scale = replace(SCALES["force"], areas=40, incidents=incidents, months=24)
    make_store(folder / "store", plan_for(truth), scale=scale, seed=seed)
    with Store.open(folder / "store") as store:
        tables = {name: store.table(name) for name in entry("demand.recording").tables}
        if read:
            tables |= _readings(tables, folder, read, seed)
        return partial(recording, *tables.values())(trained_on=TRAINED_ON)


def _readings(tables: dict, folder: Path, read: int, seed: int) -> dict:
    """Draw from strata by what the records say, and read each log as its truth has it."""
    truth = pq.read_table(folder / "truth" / "store" / "incidents").to_pylist()
    so = {row["incident_id"]: row["mental_health"] for row in truth}
    flag, text = find(("mental-health-flag", "mental-health-words"))
    signs = marked(tables["incidents"], (flag, text), tables)
    rows = signs.select("incident_id", "local_date", flag.column, text.column).to_pyarrow()
    chance = np.random.default_rng(seed)
    strata, samples, labels = [], [], []
    of = {"plan": "p", "item_kind": "incident"}
    asked = {"codebook": "mental-health-reading", "code": "mental-health"}
    for year in (2022, 2023):
        for flagged in (True, False):
            mine = [
                row["incident_id"]
                for row in rows.to_pylist()
                if row[text.column]
                and row[flag.column] == flagged
                and row["local_date"].year == year
            ]
            stratum = f"{year}-{'both' if flagged else 'words'}"
            drawn = chance.choice(mine, size=min(read, len(mine)), replace=False).tolist()
            strata.append({**of, **asked, "stratum": stratum, "size": len(mine),
                           "drawn": len(drawn), "drawing": "random"})  # fmt: skip
            for incident in drawn:
                samples.append({**of, "item_id": incident, "stratum": stratum,
                                "place": len(samples) + 1,
                                "chance": len(drawn) / len(mine)})  # fmt: skip
                labels.append({"item_kind": "incident", "item_id": incident, **asked,
                               "value": "yes" if so[incident] else "no",
                               "coder": "p:1"})  # fmt: skip
    made = {"strata": strata, "samples": samples, "labels": labels}
    return {name: _added(tables[name], made[name], folder / f"{name}.parquet") for name in made}


def _added(table, rows: list[dict], file: Path):
    """Add rows to a table, as a file on its own engine."""
    names = list(rows[0])
    schema = table.select(names).schema().to_pyarrow()
    pq.write_table(pa.Table.from_pylist(rows, schema=schema), file)
    return table.select(names).union(table.get_backend().read_parquet(str(file)))
