"""Counts of a made-up force on its older areas, asked for on its newer: none lost, near the truth.

Each event falls on a piece of ground that both vintages are made of, so that the truth on the newer
areas is known; only the older area is told.
"""

from functools import partial

import numpy as np
import pyarrow as pa
import pytest

from peelian.analysis.demand.composition import composition
from peelian.records.store.engines import engine_called
from peelian.records.synth.places import PlacesPlan, make_places
from peelian.records.synth.places.tables import links_of, place_tables
from peelian.records.synth.who import Who
from spec_harness import arrow, ask

SEEDS = range(20)
PLAN = PlacesPlan(areas=80, split=0.12, merged=0.08, irregular=0.04)


@pytest.fixture(scope="module")
def on(tmp_path_factory):
    held = engine_called("duckdb")
    yield held, tmp_path_factory.mktemp("vintages")
    held.close()


def _fallen(links, rng, *, skewed):
    """Return how many events fall on each piece: as its residents, or all on one end of an area."""
    rate = {old: rng.gamma(2.0, 40.0) for old in sorted({link.older for link in links})}
    if not skewed:
        return np.array([rng.poisson(rate[link.older] * link.weight) for link in links])
    first = {old: next(i for i, one in enumerate(links) if one.older == old) for old in rate}
    return np.array(
        [rng.poisson(rate[one.older]) * (first[one.older] == i) for i, one in enumerate(links)]
    )


def _stamped(rows):
    blank = pa.array([""] * rows.num_rows)
    return rows.append_column("source", blank).append_column("load_id", blank)


def _asked(seed, on, *, skewed=False):
    """Return the links, the events on each, and what a composition says each newer area holds."""
    who = Who(name="Test Police", slug="test", seed=seed, origin=(-30.0, 45.0), prefix="ZB")
    places = make_places(PLAN, who)
    links, made = links_of(places), place_tables(places, who)
    events = _fallen(links, np.random.default_rng(seed), skewed=skewed)
    told = {}
    for link, n in zip(links, events.tolist(), strict=True):
        told[link.older] = told.get(link.older, 0) + n
    month = {"period_start": "2022-01-01", "period_end": "2022-01-31", "category": "arson"}
    tables = {
        "counts": arrow("counts", [
            {"series": "s", "area_code": code, "area_vintage": "MADEUP11", "n": str(n), **month}
            for code, n in told.items()
        ]),
        "areas": _stamped(made["areas"]),
        "area_links": _stamped(made["area_links"]),
        "coverage": arrow("coverage", [
            {"source": "f", "layout": "s", "table": "counts", "month": "2022-01",
             "load_id": "x", "n": "1"},
        ]),
    }  # fmt: skip
    result = ask(partial(_of_counts, vintage="MADEUP21"), tables, *on)
    rows = result.tables["by_area"].data.to_pylist()
    return links, events, {r["area_code"]: r["n"] for r in rows}, result


def _of_counts(counts, areas, area_links, coverage, *, vintage):
    nothing = counts.limit(0)
    return composition(
        nothing, nothing, areas, coverage, counts, area_links, nothing, nothing,
        records=("counts",), vintage=vintage,
    )  # fmt: skip


def _truth(links, events, changes):
    """Return the true count of each newer area all of whose ground changed in one of these ways."""
    found, ways = {}, {}
    for link, n in zip(links, events.tolist(), strict=True):
        found[link.newer] = found.get(link.newer, 0) + n
        ways.setdefault(link.newer, set()).add(link.change)
    return {code: n for code, n in found.items() if ways[code] <= changes}


def test_none_is_lost_and_areas_that_kept_or_joined_their_ground_are_exact(on):
    for seed in SEEDS:
        links, events, held, result = _asked(seed, on)
        assert {link.change for link in links} == {"U", "S", "M", "X"}
        assert sum(held.values()) == pytest.approx(events.sum())
        for code, n in _truth(links, events, {"U", "M"}).items():
            assert held[code] == pytest.approx(n)
        totals = result.tables["totals"].data.to_pylist()[0]
        leads = [link.older for link in links]
        several = [n for link, n in zip(links, events, strict=True) if leads.count(link.older) > 1]
        assert totals["counts_shared"] == pytest.approx(sum(several))
        assert totals["counts_moved"] == pytest.approx(events.sum())


def test_shared_counts_are_right_on_average_where_events_follow_residents(on):
    """Over all split and redrawn areas: no lean, and errors no larger than chance makes them."""
    errors, allowed = [], []
    for seed in SEEDS:
        links, events, held, _ = _asked(seed, on)
        exact = _truth(links, events, {"U", "M"})
        for code, n in _truth(links, events, {"U", "S", "M", "X"}).items():
            if code not in exact:
                errors.append(held[code] - n)
                allowed.append(max(n, held[code], 1.0))
    errors, allowed = np.array(errors), np.array(allowed)
    assert len(errors) > 300
    assert abs(errors.sum()) < 3 * np.sqrt(allowed.sum())
    assert np.mean(errors**2 / allowed) < 1.3


def test_where_events_do_not_follow_residents_the_total_still_holds_and_areas_are_wrong(on):
    """What sharing by residents assumes matters: this is why the ends are told, too."""
    links, events, held, _ = _asked(3, on, skewed=True)
    assert sum(held.values()) == pytest.approx(events.sum())
    exact = _truth(links, events, {"U", "M"})
    split = {c: n for c, n in _truth(links, events, {"S", "X"}).items() if c not in exact}
    assert max(abs(held[code] - n) for code, n in split.items()) > 20
