"""Northumbria's anti-social behaviour: its trend, beside counts made by hand from the file."""

import csv
import gzip
from collections import Counter

import pytest

from peelian.records.load import load
from peelian.records.store import Store
from peelian.render.words import say
from peelian.study import Period, Question, answer

pytestmark = pytest.mark.shared
ASKED = {"categories": ["anti-social-behaviour"]}
ALL = Period.read("2020-05..2023-02")


@pytest.fixture(scope="module")
def street(shared):
    return shared / "data/uk_northumbria/northumbria-street.csv.gz"


@pytest.fixture(scope="module")
def store(street, tmp_path_factory):
    path = tmp_path_factory.mktemp("northumbria-asb") / "store"
    Store.create(path).close()
    load(path, [street], layout="police-uk")
    with Store.open(path) as opened:
        yield opened


@pytest.fixture(scope="module")
def by_hand(street):
    with gzip.open(street, "rt", encoding="utf-8-sig", newline="") as file:
        rows = csv.reader(file)
        header = next(rows)
        month, kind = header.index("Month"), header.index("Crime type")
        return Counter(row[month] for row in rows if row[kind] == "Anti-social behaviour")


def test_every_month_is_what_the_file_holds_and_the_missing_one_is_missing(store, by_hand):
    released = answer(store, Question("demand.trend", ASKED), ALL)
    series = {row["month"]: row for row in released.tables["series"].data.to_pylist()}
    assert len(series) == 34
    assert {month: row["n"] for month, row in series.items() if row["n"] is not None} == by_hand
    assert [month for month, row in series.items() if row["status"] == "missing"] == ["2022-01"]
    said = " ".join(say(released, sentence) for sentence in released.caveats)
    assert "No records cover January 2022" in said
    assert "Covid restrictions" in said
    assert "2020-07" in said  # a fifth of the months around it


def test_the_fall_is_the_end_of_the_restrictions(store):
    whole = answer(store, Question("demand.trend", ASKED), ALL)
    settings = {**ASKED, "leave_out": ["2020-07-01"], "break_at": ["2021-07-19"]}
    split = answer(store, Question("demand.trend", settings), ALL)
    assert " fell by " in say(whole, whole.answer)
    assert say(split, split.answer).startswith("Not shown")
    assert split.tables["totals"].data.to_pylist()[0]["high"] > 0


def test_the_forecast_says_that_it_is_not_shown_to_beat_the_seasonal_naive(store):
    released = answer(store, Question("demand.trend", ASKED), ALL)
    scores = {row["method"]: row["mase"] for row in released.tables["scores"].data.to_pylist()}
    assert scores["Seasonal naive"] < scores["Mean of the two"]
    assert "not shown that the forecast beats" in say(released, released.answer)
