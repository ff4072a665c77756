"""Made-up beside real: each moment worked out again by other code, and what the page says of it."""

import datetime
import gzip
import itertools
import tomllib
from collections import Counter

import ibis
import numpy as np
import pyarrow as pa
import pytest

from fixtures.made_up import beside_real_releases
from peelian.cli.compare import is_made_up, write_comparison
from peelian.errors import CannotAnswer
from peelian.records.load import load
from peelian.records.store import Store
from peelian.records.store.tables import arrow_schema
from peelian.records.synth.compare import arithmetic as how
from peelian.records.synth.compare.answer import beside
from peelian.records.synth.compare.measure import Measured, measure
from peelian.records.synth.compare.moments import moments, real_moments, reasons, sources
from peelian.render.words import say

KEYS = {moment.key for moment in moments()}


def pairs_by_hand(x, y, day, metres, days):
    """Look at every pair of every quarter in turn."""
    near = soon = both = 0
    expected = 0.0
    quarter = (day - day.min()) // 91
    for number in np.unique(quarter):
        inside = np.flatnonzero(quarter == number)
        near = soon = here = 0
        for i, j in itertools.combinations(inside, 2):
            is_near = (x[i] - x[j]) ** 2 + (y[i] - y[j]) ** 2 <= metres**2
            is_soon = abs(day[i] - day[j]) <= days
            near, soon, here = near + is_near, soon + is_soon, here + (is_near and is_soon)
        all_pairs = len(inside) * (len(inside) - 1) / 2
        both, expected = both + here, expected + (near * soon / all_pairs if all_pairs else 0)
    return both / expected


@pytest.mark.parametrize("seed", range(6))
def test_near_repeats_are_those_of_looking_at_every_pair(seed, monkeypatch):
    rng = np.random.default_rng(seed)
    n = 260
    x, y = rng.integers(0, 1500, size=(2, n)).astype(float)
    day = rng.integers(19_000, 19_000 + [30, 200, 400][seed % 3], size=n)
    again = rng.integers(n, size=60)  # some at the very place, some on the very day
    x, y = np.append(x, x[again]), np.append(y, y[again])
    day = np.append(day, day[again] + rng.integers(0, 9, size=60))
    monkeypatch.setattr(how, "_BLOCK", 32)
    for metres, days in ((1, 0), (200, 7), (400, 14)):
        found = how.near_repeat(x, y, day, metres=metres, days=days)
        assert found == pytest.approx(pairs_by_hand(x, y, day, metres, days), rel=1e-12)


def test_where_place_and_time_are_strangers_the_ratio_is_one():
    """Clustered in place, seasonal in time, and nothing follows anything: over 20 seeds."""
    ratios = []
    for seed in range(20):
        rng = np.random.default_rng(seed)
        homes = rng.uniform(0, 9000, size=(40, 2))[rng.integers(40, size=1500)]
        x, y = (homes + rng.normal(scale=150, size=(1500, 2))).T
        day = (365 * rng.beta(2, 2, size=1500)).astype(int)
        ratios.append(how.near_repeat(x, y, day, metres=200, days=7))
    assert abs(np.mean(ratios) - 1) < 3 * np.std(ratios) / np.sqrt(20)
    assert np.std(ratios) < 0.1


def test_gini_is_half_the_mean_difference_over_the_mean():
    rng = np.random.default_rng(5)
    n = rng.negative_binomial(1, 0.05, size=90)
    apart = np.abs(n[:, None] - n).mean()
    assert how.gini(n) == pytest.approx(apart / 2 / n.mean())
    assert how.of_busiest_tenth(n) == pytest.approx(sum(sorted(n)[-9:]) / n.sum())


def test_beyond_chance_is_what_was_planted_and_nought_of_chance_alone():
    rng = np.random.default_rng(6)
    for mean in (5, 80):  # however long one counts
        mixed = [
            how.beyond_chance(rng.poisson(rng.gamma(2, mean / 2, size=900))) for _ in range(20)
        ]
        plain = [how.beyond_chance(rng.poisson(mean, size=900)) for _ in range(20)]
        assert np.mean(mixed) == pytest.approx(0.5, abs=0.05)
        assert abs(np.mean(plain)) < 4 * np.std(plain) / np.sqrt(20)


def test_the_yearly_wave_is_found_beside_a_trend_and_with_a_month_missing():
    months = [str(np.datetime64("2021-03", "M") + i) for i in range(40)]
    counts = {}
    for i, month in enumerate(months):
        calendar = int(month[5:])
        days = (np.datetime64(month, "M") + 1).astype("M8[D]") - np.datetime64(month, "D")
        wave = 1 + 0.2 * np.cos(2 * np.pi * (calendar - 8) / 12)
        counts[month] = round(10_000 * (wave + 0.01 * (i - 19.5)) * days.astype(int))
    del counts["2022-05"]
    assert how.swing(counts) == pytest.approx(0.2, abs=0.003)
    assert np.isnan(how.swing(dict(list(counts.items())[:11])))
    shape = how.by_calendar_month({m: n for m, n in counts.items() if "2022-06" <= m <= "2023-05"})
    assert np.argmax(shape) == 7
    assert shape.mean() == pytest.approx(0, abs=1e-12)


def table(name, rows):
    """A canonical table of a few rows; columns that are not said are empty."""
    schema = arrow_schema(name)
    columns = {
        field.name: pa.array([row.get(field.name) for row in rows], field.type) for field in schema
    }
    return ibis.memtable(pa.table(columns, schema=schema))


@pytest.fixture(scope="module")
def little():
    """Forty areas in two vintages; crimes, calls and logs of a year and a half, by hand."""
    codes = [f"A{n:02d}" for n in range(40)]
    areas = [
        {"vintage": v, "area_code": f"{v}{c}", "geometry": b"", "name": c}
        for v in ("NEW", "OLD") for c in codes
    ]  # fmt: skip
    measures = [
        {"vintage": "NEW", "measure": "imd_decile", "scale": "decile"},
        {"vintage": "NEW", "measure": "income_decile", "scale": "decile"},
        {"vintage": "NEW", "measure": "imd_score", "scale": "score"},
    ]
    values = [
        {"vintage": "NEW", "area_code": f"NEW{c}", "measure": m, "value": v}
        for n, c in enumerate(codes)
        for m, v in (("imd_decile", 1.0 if n < 20 else 10.0), ("income_decile", 5.0),
                     ("imd_score", 3.0))
    ]  # fmt: skip
    day = datetime.date(2024, 1, 1)  # a Monday, and whole months from then on
    crimes, incidents = [], []
    for step in range(547):
        on = day + datetime.timedelta(days=step)
        for n in range(40):
            times = 3 if n < 20 else 1
            kind = "burglary" if n % 4 == 0 else "violence-and-sexual-offences"
            crimes += [{"area_code": f"NEW{codes[n]}", "area_vintage": "NEW", "crime_type": kind,
                        "local_date": on}] * times  # fmt: skip
        crimes.append({"area_code": "OLDA01", "area_vintage": "OLD", "crime_type": "burglary",
                       "local_date": on})  # fmt: skip
        for n in [0, 1, 2, 3] * 3:
            incidents.append(
                {"area_code": f"NEW{codes[n]}", "area_vintage": "NEW", "local_date": on,
                 "category": ("concern-for-safety", "asb-nuisance", "alarm", "alarm")[n],
                 "local_weekday": on.weekday(), "narrative": " one  two\nthree" + " more" * n,
                 "dispatched_at": datetime.datetime(2023, 1, 2) if n else None}
            )  # fmt: skip
            if on.weekday() == 6:
                incidents.append(dict(incidents[-1]))
    return measure(
        table("crimes", crimes), table("incidents", incidents), table("areas", areas),
        table("measures", measures), table("area_measures", values),
    )  # fmt: skip


def test_the_moments_of_a_little_store_are_those_of_sums_by_hand(little):
    crimes = np.repeat([3, 1], 20) * 547
    burglary = np.where(np.arange(40) % 4 == 0, crimes, 0)
    for kind, n in (("crimes", crimes), ("burglary", burglary)):
        assert little[f"areas.gini.{kind}"].value == pytest.approx(
            np.abs(n[:, None] - n).mean() / 2 / n.mean()
        )
        assert little[f"areas.gini.{kind}"].n == n.sum()
    assert little["deprivation.most_over_least.crimes"].value == pytest.approx(3)
    assert little["deprivation.decile.1"].value == pytest.approx(1.5)
    assert little["deprivation.decile.4"].value is None
    # One more burglary a day is of the other vintage: in the mix, and in no area.
    whole = crimes.sum() + 547
    assert little["mix.burglary"].value == pytest.approx((burglary.sum() + 547) / whole)
    assert little["mix.drugs"].value == 0
    # Twelve calls a day, and on each of 78 Sundays twelve more.
    calls = 12 * (547 + 78)
    assert little["calls.welfare"].value == pytest.approx(0.25)
    assert little["calls.not_dispatched"].value == pytest.approx(0.25)
    weekend = 12 * (78 + 2 * 78) / calls / (156 / 547)
    assert little["calls.weekend"].value == pytest.approx(weekend)
    assert little["text.short"].value == 3
    assert little["text.middle"].value == 4
    assert little["text.long"].value == 6
    assert little["season.swing.crimes"].value == pytest.approx(0, abs=1e-9)


def test_what_the_records_do_not_hold_is_said_and_not_guessed(little):
    assert little["near_repeats.burglary.200m_7d"].why_not == (
        "the day on which they happened is not held"
    )
    assert little["areas.gini.asb"].why_not == "fewer than 5,000 records"
    empty = measure(*(table(n, []) for n in ("crimes", "incidents", "areas", "measures",
                                             "area_measures")))  # fmt: skip
    assert set(empty) == KEYS
    assert all(each.value is None and each.why_not for each in empty.values())


def test_places_moved_to_map_points_are_not_asked_whether_crimes_follow_one_another():
    rng = np.random.default_rng(8)
    rows = [
        {"crime_type": "burglary", "x": float(x), "y": float(y), "location_precision": precision,
         "occurred_from": datetime.datetime(2024, 1, 1) + datetime.timedelta(days=int(d))}
        for x, y, d in rng.integers(0, 300, size=(700, 3))
        for precision in ("exact",)
    ]  # fmt: skip
    rest = [table(n, []) for n in ("incidents", "areas", "measures", "area_measures")]
    key = "near_repeats.burglary.200m_7d"
    found = measure(table("crimes", rows), *rest)[key]
    at = [np.array([row[name] for row in rows]) for name in ("x", "y")]
    day = np.array([row["occurred_from"].toordinal() for row in rows])
    assert found.value == pytest.approx(pairs_by_hand(*at, day, 200, 7))
    snapped = [row | {"location_precision": "snapped"} for row in rows]
    told = measure(table("crimes", snapped), *rest)[key]
    assert told.value is None
    assert "map points" in told.why_not


def test_every_moment_has_real_records_with_a_source_and_every_reason_a_moment():
    assert set(real_moments()) == KEYS
    for each in real_moments().values():
        for real in each:
            assert real.source in sources()
            assert real.low <= real.whole <= real.high
            assert real.n > 0
    strange = {key for key, side in reasons() if key not in KEYS or side not in {"above", "below"}}
    assert not strange


def stood(value, key="areas.gini.crimes", made_up=True):
    found = {k: Measured(None, 0, "not held") for k in KEYS} | {
        key: Measured(value, 5000, "not held")
    }
    return next(b for b in beside(found, made_up=made_up) if b.moment.key == key)


def test_a_moment_is_judged_by_the_lowest_and_highest_of_the_real_ones():
    real = real_moments()["areas.gini.crimes"]
    low, high = min(r.low for r in real), max(r.high for r in real)
    verdicts = [stood(v).verdict for v in (low, high, (low + high) / 2, low - 1e-3, high + 1e-3)]
    assert verdicts == ["within"] * 3 + ["outside"] * 2
    assert stood(None).verdict == "cannot tell"
    assert stood(None).why == "not held"


def test_what_lies_outside_without_a_reason_is_a_fault_of_made_up_records_alone(monkeypatch):
    first = beside_real_releases({"mix.burglary": 0.9})[0]
    assert say(first, first.answer).startswith("Of 41 moments that can be told, 40 lie within")
    assert [check.held for check in first.diagnostics] == [False]
    assert "burglary” lies above the range" in say(first, first.caveats[0])
    why = {("mix.burglary", "above"): "this is a test"}
    monkeypatch.setattr("peelian.records.synth.compare.answer.reasons", lambda: why)
    first = beside_real_releases({"mix.burglary": 0.9})[0]
    assert [check.held for check in first.diagnostics] == [True]
    assert say(first, first.caveats[0]).endswith("this is a test.")
    assert stood(0.9, "mix.burglary", made_up=False).why == ""


_CALLS = """
layout = "calls-of-somebody"
[[route]]
table = "incidents"
[route.columns]
incident_id = { column = "incident_id" }
reported_at = { column = "reported_at", format = "%Y-%m-%dT%H:%M:%S" }
opening_code = { column = "category" }
"""


def test_a_store_of_little_more_than_areas_has_a_page_that_says_so(tmp_path):
    store = tmp_path / "store"
    Store.create(store).close()
    rows = ["incident_id,reported_at,category"]
    rows += [f"i{n},2024-03-{1 + n % 30:02d}T10:00:00,alarm" for n in range(40)]
    calls = tmp_path / "calls.csv"
    calls.write_text("\n".join(rows) + "\n", encoding="utf-8")
    with pytest.raises(CannotAnswer, match="nothing to set beside"):
        write_comparison(store, tmp_path / "out")
    how_to_read = tmp_path / "calls.toml"
    how_to_read.write_text(_CALLS, encoding="utf-8")
    load(store, [calls], layout="incidents", mapping=how_to_read, source="somebody")
    with Store.open(store) as opened:
        assert not is_made_up(opened)
    page = write_comparison(store, tmp_path / "out").read_text(encoding="utf-8")
    assert "These records cannot tell" in page
    assert "fewer than 5,000 records" in page
    assert "says why" not in page  # that is asked of made-up records alone


@pytest.mark.shared
def test_the_real_moments_that_are_kept_are_those_of_the_real_records(
    shared, tmp_path, monkeypatch
):
    """The file in the repository is what the script makes now, to the last digit."""
    from bench import real_moments as script

    kept = script.OUT.read_text(encoding="utf-8")
    monkeypatch.setattr(script, "OUT", tmp_path / "again.toml")
    monkeypatch.setattr("sys.argv", ["real_moments", "--shared", str(shared)])
    script.main()
    assert (tmp_path / "again.toml").read_text(encoding="utf-8") == kept
    assert set(tomllib.loads(kept)) == {"sources", "moments"}


@pytest.mark.shared
def test_real_burglaries_pair_as_looking_at_every_pair_says(shared):
    path = shared / "data/burglary_chicago_nearrepeat/chicago_be_month1.csv.gz"
    rows = [line.split(",") for line in gzip.decompress(path.read_bytes()).decode().split()]
    x, y = (np.array([float(row[i]) for row in rows]) for i in (0, 1))
    day = np.array([row[2] for row in rows], "M8[D]").astype(int)
    assert len(day) == 970
    found = how.near_repeat(x, y, day, metres=200, days=7)
    assert found == pytest.approx(pairs_by_hand(x, y, day, 200, 7))
    # The published calculator, which measures along streets, has 1.45 within 200 m and 7 days.
    assert 1.2 < found < 1.6


@pytest.mark.shared
@pytest.mark.deep
def test_a_store_of_real_records_has_the_moments_worked_out_from_their_files(shared, tmp_path):
    """Two ways to the same numbers: the files by the csv module, and the store's tables."""
    from bench.spine import northumbria

    northumbria.load_all(tmp_path / "store", shared)
    names = ("crimes", "incidents", "areas", "measures", "area_measures")
    with Store.open(tmp_path / "store") as store:
        found = measure(*(store.table(name) for name in names))
    compared = Counter()
    for key, each in real_moments().items():
        for real in each:
            if real.source == "uk_northumbria":
                assert found[key].value == pytest.approx(real.whole, rel=1e-4)
                compared[key.split(".")[0]] += 1
    assert set(compared) == {"areas", "deprivation", "season", "mix", "calls"}
