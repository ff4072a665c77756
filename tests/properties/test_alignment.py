"""Records of one vintage asked about on another: whatever the links, none is lost or made.

The true new area of every record is drawn first; the old vintage, the links and their weights
follow from those, so that unchanged, split, merged and irregular areas all come about.
"""

from functools import partial

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from peelian.analysis.demand.composition import composition
from peelian.analysis.places.concentration import concentration
from peelian.analysis.places.profile import profile
from peelian.records.store.engines import engine_called
from peelian.statistics.alignment import bounds, move
from spec_harness import arrow, ask

NEW = [f"N{i:02d}" for i in range(12)]
# For each pair of old and new area, the residents they share; none where they do not touch.
touching = st.dictionaries(
    st.tuples(st.integers(0, 5), st.integers(0, 11)), st.integers(1, 900), min_size=3, max_size=16
)
counted = st.lists(st.integers(0, 40), min_size=6, max_size=6).filter(lambda n: sum(n) > 0)
quick = settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@pytest.fixture(scope="module")
def on(tmp_path_factory):
    held = engine_called("duckdb")
    yield held, tmp_path_factory.mktemp("aligned")
    held.close()


def _links(shared):
    whole = {old: sum(n for (o, _), n in shared.items() if o == old) for old, _ in shared}
    return [
        {
            "from_vintage": "V0", "from_code": f"O{old}", "to_vintage": "V1",
            "to_code": NEW[new], "change": "X", "weight": repr(people / whole[old]),
        }
        for (old, new), people in shared.items()
    ]  # fmt: skip


def _tables(shared, counts, own):
    reached = {old for old, _ in shared}
    rows = [(f"O{old}", "V0", n) for old, n in enumerate(counts) if n and old in reached]
    rows += [(code, "V1", own if code == NEW[3] else 0) for code in NEW]  # every area is counted
    month = {"period_start": "2022-01-01", "period_end": "2022-01-31", "category": "arson"}
    return {
        "counts": arrow("counts", [
            {"series": "s", "area_code": code, "area_vintage": vintage, "n": str(n), **month}
            for code, vintage, n in rows
        ]),
        "areas": arrow("areas", [{"area_code": c, "vintage": "V1", "geometry": "g"} for c in NEW]),
        "area_links": arrow("area_links", _links(shared)),
        "measures": arrow("measures", [
            {"measure": "population", "vintage": "V1", "scale": "count"},
            {"measure": "imd_decile", "vintage": "V1", "scale": "decile", "need_is": "low"},
        ]),
        "area_measures": arrow("area_measures", [
            {"area_code": c, "vintage": "V1", "measure": m, "value": v}
            for c in NEW for m, v in (("population", "1500"), ("imd_decile", "4"))
        ]),
        "coverage": arrow("coverage", [
            {"source": "f", "layout": "s", "table": "counts", "month": "2022-01",
             "load_id": "x", "n": "1"},
        ]),
    }, sum(n for *_, n in rows)  # fmt: skip


def _asked(question, tables, on, **chosen):
    taken = {name: table for name, table in tables.items() if name in _takes(question)}
    return ask(partial(question, vintage="V1", **chosen), taken, *on)


def _takes(question):
    return question.__code__.co_varnames[: question.__code__.co_argcount]


@quick
@given(touching, counted, st.integers(0, 30))
def test_the_three_questions_conserve_what_they_move_and_agree(on, shared, counts, own):
    tables, total = _tables(shared, counts, own)
    if not total:
        return
    composed = _asked(composition, tables, on, records=("counts",))
    by_area = {r["area_code"]: r["n"] for r in composed.tables["by_area"].data.to_pylist()}
    assert sum(by_area.values()) == pytest.approx(total)
    gathered = _asked(concentration, tables, on, records="counts")
    assert gathered.tables["totals"].data["n"][0].as_py() == pytest.approx(total)
    profiled = _asked(profile, tables, on, records="counts", denominator="population", draws=100)
    areas = profiled.tables["areas"].data.to_pylist()
    assert sum(row["n"] for row in areas) == pytest.approx(total)
    assert {row["area_code"]: pytest.approx(row["n"]) for row in areas} == by_area
    for row in areas:
        if "n_least" in row:
            assert row["n_least"] <= row["n"] + 1e-9
            assert row["n"] <= row["n_most"] + 1e-9


@given(touching, counted)
def test_bounds_hold_what_is_moved_and_every_other_way_of_sharing_it_out(shared, counts):
    pairs, people = np.array(list(shared)), np.array(list(shared.values()), float)
    start, end = pairs[:, 0], pairs[:, 1]
    held = np.array(counts, float)
    weight = people / np.bincount(start, people)[start]
    link = {"start": start, "end": end, "n_end": 12}
    found = bounds(held, weight=weight, **link)
    # Any other weights that add up to one: here, all of an old area along one of its links.
    _, first = np.unique(start, return_index=True)
    alone = np.zeros(len(start))
    alone[first] = 1.0
    for other in (weight, alone):
        moved = move(held, weight=other, **link).counts
        assert (found.least <= moved + 1e-9).all()
        assert (moved <= found.most + 1e-9).all()
    parts = np.bincount(start, minlength=6)
    assert found.shared == held[parts > 1].sum()


def test_bounds_leave_out_what_cannot_be_moved():
    start, end = np.array([0, 0, 1]), np.array([0, 1, 1])
    found = bounds(
        np.array([8.0, 3.0]), start=start, end=end, weight=np.array([0.5, np.nan, 1]), n_end=2
    )
    assert (found.least.tolist(), found.most.tolist(), found.shared) == ([0, 3], [0, 3], 0)
