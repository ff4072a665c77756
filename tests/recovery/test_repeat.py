"""`demand.repeat` finds the planted callers through the whole path, and none where none were."""

from collections import Counter
from types import SimpleNamespace

import numpy as np
import pyarrow.parquet as pq
import pytest

from peelian.records.store import Store
from peelian.records.synth.making import make_store
from peelian.records.synth.scales import plan_at, scale_called
from peelian.study import Question, ask

AGENCIES = {"partner", "officer", "alarm"}


def made(folder, off):
    """Make a year of 60 areas; ask of its callers; read who truly calls often from its truth."""
    scale = scale_called("small", areas=60, years=1)
    plan = plan_at(scale, {})
    plan = plan.off(*off) if off else plan
    make_store(folder, plan, scale=scale, seed=1, narratives=False)
    with Store.open(folder) as store:
        result = ask(store, Question("demand.repeat"))
        columns = ("incident_id", "caller_id", "local_date")
        held = store.table("incidents").select(*columns).to_pyarrow().to_pylist()
        contacts = store.table("contacts").select("incident_id", "channel").to_pyarrow().to_pylist()
    desks = {row["incident_id"] for row in contacts if row["channel"] in AGENCIES}
    truth = pq.read_table(folder.parent / "truth" / folder.name / "incidents").to_pylist()
    often = {row["incident_id"] for row in truth if row["repeat_caller"]}
    public = [row for row in held if row["caller_id"] and row["incident_id"] not in desks]
    return SimpleNamespace(
        result=result,
        held={check.name: check.held for check in result.diagnostics},
        table=lambda name: result.tables[name].data.to_pylist(),
        calls=Counter(row["caller_id"] for row in public),
        planted={row["caller_id"] for row in public if row["incident_id"] in often},
        halves=[
            Counter(row["caller_id"] for row in public if (row["local_date"].month <= 6) == first)
            for first in (True, False)
        ],
    )


@pytest.fixture(scope="module")
def forces(tmp_path_factory):
    """With callers who call often, and without."""
    folder = tmp_path_factory.mktemp("repeat")
    return SimpleNamespace(on=made(folder / "on", ()), off=made(folder / "off", ("calls",)))


def test_what_is_counted_is_what_counting_every_caller_gives(forces):
    calls = forces.on.calls
    totals = forces.on.table("totals")[0]
    assert (totals["incidents"], totals["sources"]) == (sum(calls.values()), len(calls))
    for row in forces.on.table("busiest"):
        assert row["incidents"] == sum(n for _, n in calls.most_common(row["sources"]))
    first, later = forces.on.halves
    often = [key for key, n in first.items() if n >= 3]
    after = forces.on.table("after")[0]
    assert (after["sources"], after["then"]) == (len(often), sum(first[key] for key in often))
    assert after["later"] == sum(later[key] for key in often)


def test_the_planted_callers_are_found(forces):
    planted, calls = forces.on.planted, forces.on.calls
    assert np.mean([key in planted for key, _ in calls.most_common(20)]) >= 0.75
    assert forces.on.held["More concentrated than equal rates"]
    assert forces.on.held["A few stand out"]
    assert forces.on.held["The same go on"]
    # None were planted: rates of their own account for every pair.
    assert forces.on.held["In bouts, beyond rates of their own"] is False
    # The planted stay 30 months on average. Calls of the two halves lie six months apart; those
    # who came often were mostly there until the first half's end, three months from them.
    after = forces.on.table("after")[0]
    assert after["low"] <= np.exp(-3 / 30)
    assert after["high"] >= np.exp(-6 / 30)


def test_where_nobody_calls_often_but_by_chance_nobody_stands_out(forces):
    """Areas still differ and sites still ring: rates differ, and that alone is said."""
    assert not forces.off.planted
    assert forces.off.held["A few stand out"] is False
    assert forces.off.held["The same go on"] is not True
    assert forces.off.held["In bouts, beyond rates of their own"] is False
    assert "not shown" in forces.off.result.answer.template
