"""`places.profile` finds the areas that were planted, and says "not shown" where nothing was."""

import csv

import numpy as np
import pytest

from peelian.records.load import load
from peelian.records.store import Store
from peelian.records.synth import make_force, write_files, write_truth
from peelian.records.synth.places import FORCE
from peelian.records.synth.plan_file import plan_of
from peelian.study import Question, ask

SEEDS = (1, 2, 3)
PLAN = plan_of({"places": {"areas": 200}, "period": {"months": 12, "missing_month": "2022-06"}})
HIGH = 1.5  # times the force's average
BUSY = 3.3  # far enough above the three times that the rule for visitors asks for
CLEARLY = 1.75  # far enough above it that a year's counts tell


def asked(folder, plan, seed):
    """Make, load and ask; return the result and the truth by area, read back from its files."""
    force = make_force(plan, seed=seed)
    files = write_files(force, folder / "files")
    write_truth(force, files, folder / "truth")
    Store.create(folder / "store").close()
    for paths, layout, mapping in (
        ([files.areas], "areas", files.areas_map),
        ([files.measures], "measures", files.measures_map),
        (sorted(files.police.glob("*/*-street.csv")), "police-uk", None),
    ):
        load(folder / "store", paths, layout=layout, mapping=mapping, source=FORCE)
    with Store.open(folder / "store") as store:
        result = ask(store, Question("places.profile", {"denominator": "population"}))
    return result, truth_of(folder / "truth")


def truth_of(folder):
    """Work out, from the truth's files alone, each area's rate over the average, and its decile."""

    def rows(name):
        with (folder / name).open(encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file))

    expected = {}
    for row in rows("rates.csv"):
        if row["category"] != "Anti-social behaviour":
            code = row["area_code"]
            expected[code] = expected.get(code, 0.0) + float(row["expected"])
    areas = rows("areas.csv")
    residents = {row["area_code"]: int(row["residents"]) for row in areas}
    average = sum(expected.values()) / sum(residents.values())
    return {
        row["area_code"]: {
            "ratio": expected[row["area_code"]] / residents[row["area_code"]] / average,
            "decile": int(row["decile"]),
            "visitors": int(row["visitors"]),
        }
        for row in areas
    }


@pytest.fixture(scope="module")
def planted(tmp_path_factory):
    return [asked(tmp_path_factory.mktemp("planted"), PLAN, seed) for seed in SEEDS]


@pytest.fixture(scope="module")
def flat(tmp_path_factory):
    return [asked(tmp_path_factory.mktemp("flat"), PLAN.flat(), seed) for seed in SEEDS]


def areas_of(result):
    return {row["area_code"]: row for row in result.tables["areas"].data.to_pylist()}


def test_areas_of_high_rate_and_high_need_are_found(planted):
    """Nearly all that were planted clearly, most of those near the limit, and few besides."""
    true_found = found_all = true_all = clear_found = clear = 0
    for result, truth in planted:
        for code, area in areas_of(result).items():
            needy = truth[code]["decile"] <= 2
            true = needy and truth[code]["ratio"] >= HIGH
            found = area["rate_class"] == "high" and area["need_band"] == "high"
            true_found += true and found
            found_all += found
            true_all += true
            clear += needy and truth[code]["ratio"] >= CLEARLY
            clear_found += found and truth[code]["ratio"] >= CLEARLY
    assert clear > 30
    assert clear_found / clear >= 0.95
    assert true_found / true_all >= 0.85  # sensitivity
    assert true_found / found_all >= 0.85  # precision


def test_the_smoothed_rate_is_the_planted_rate(planted):
    """Intervals hold the truth about as often as they say: 95 in 100."""
    held = total = 0
    for result, truth in planted:
        for code, area in areas_of(result).items():
            level = truth[code]["ratio"] * area["smoothed"] / area["ratio"]
            held += area["low"] <= level <= area["high"]
            total += 1
    assert 0.91 <= held / total <= 0.98


def test_busy_town_centres_are_marked_as_places_of_visitors_and_nothing_else_is(planted):
    """The rule asks for a rate of three times the average, which a quiet centre has not."""
    busy, marked_busy = 0, 0
    for result, truth in planted:
        for code, area in areas_of(result).items():
            marked = area["visitors"] == "yes"
            assert truth[code]["visitors"] or not marked
            if truth[code]["visitors"] and truth[code]["ratio"] > BUSY:
                busy += 1
                marked_busy += marked
    assert busy >= 5
    assert marked_busy / busy >= 0.8


def test_where_every_area_has_one_rate_nothing_is_shown(flat):
    for result, truth in flat:
        assert np.ptp([true["ratio"] for true in truth.values()]) < 1e-5
        assert not any(area["rate_class"] == "high" for area in areas_of(result).values())
        assert "not shown" in result.answer.template.lower()
        assert result.tables["targets"].data.num_rows == 0
