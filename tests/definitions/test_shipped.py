"""The definitions we ship: sourced, told apart from claims, and runnable on made-up records."""

import csv

import pyarrow.parquet as pq
import pytest

from peelian.definitions import anchors, find, lacking, marked, met, shipped
from peelian.definitions.rules import Codes, Judged, Words, parts_of
from peelian.records.store import Store
from peelian.records.synth.making import make_store
from peelian.records.synth.scales import SCALES

RECORDS = ("incident_codes", "labels", "involvements", "markers")


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A made-up force: its store, and the truth of each incident."""
    done = make_store(tmp_path_factory.mktemp("force") / "store", scale=SCALES["small"], seed=4)
    truth = pq.read_table(done.truth / "incidents").to_pylist()
    with Store.open(done.store) as store:
        yield store, {row["incident_id"]: row for row in truth}


@pytest.fixture(scope="module")
def found(made):
    """For each runnable definition, the incidents it counts; and those somebody could tell of."""
    store, _ = made
    records = {name: store.table(name) for name in RECORDS}
    incidents, every = store.table("incidents"), tuple(shipped().values())
    refused = lacking(incidents, every, records)
    able = [one for one in every if one.name not in refused]
    rows = marked(incidents, able, records, asked=True).to_pyarrow().to_pylist()
    return {
        one.name: (
            {row["incident_id"] for row in rows if row[one.column]},
            {row["incident_id"] for row in rows if row[one.asked_column]},
        )
        for one in able
    }


def test_at_least_twelve_run_on_the_made_up_force_and_the_others_say_what_they_need(made, found):
    store, _ = made
    records = {name: store.table(name) for name in RECORDS}
    refused = lacking(store.table("incidents"), tuple(shipped().values()), records)
    assert len(found) >= 12
    assert set(refused) == {"mental-health-machine"}
    assert "machine-reading" in refused["mental-health-machine"].try_
    assert all(counted for counted, _ in found.values())


SIGNS = {
    "mental-health-flag": "flag",
    "mental-health-code": "closing",
    "section-136": "section_136",
    "mental-health-marker": "marker",
    "national-definition": "officer",
}


@pytest.mark.parametrize("name", SIGNS)
def test_a_definition_finds_just_the_sign_that_was_planted(name, made, found):
    _, truth = made
    planted = {key for key, row in truth.items() if row[SIGNS[name]]}
    assert found[name][0] == planted


def test_officers_judged_only_those_they_were_asked_about(made, found):
    _, truth = made
    asked = {key for key, row in truth.items() if row["officer"] is not None}
    assert found["national-definition"][1] == asked
    assert len(asked) < len(truth) / 2


def test_a_union_counts_what_its_parts_count_and_no_more(found):
    parts = ("mental-health-flag", "mental-health-code", "mental-health-words")
    union = set().union(*(found[name][0] for name in parts))
    assert found["mental-health-words-or-flag"][0] == union
    wider = union | found["section-136"][0] | found["mental-health-marker"][0]
    assert found["mental-health-any-sign"][0] == wider


def test_all_non_crime_is_what_brought_no_crime(made, found):
    store, _ = made
    rows = store.table("incidents").select("incident_id", "crime_id").to_pyarrow().to_pylist()
    assert found["all-non-crime"][0] == {r["incident_id"] for r in rows if r["crime_id"] is None}


def test_our_words_are_not_the_made_up_forces_own(made, found):
    """If they were, finding what was planted would show nothing: some are missed, some misfound."""
    _, truth = made
    planted = {key for key, row in truth.items() if row["keyword"]}
    counted = found["mental-health-words"][0]
    assert planted - counted
    assert len(planted & counted) > len(planted) / 2


def test_codes_that_occur_nowhere_are_told(made):
    store, _ = made
    (one,) = find(["mental-health-flag"])
    parts = met(store.table("incidents"), one, {n: store.table(n) for n in RECORDS})
    used = [part.says for part in parts if part.incidents]
    assert used == ['qualifier "with-mental-health"']
    assert len(parts) > len(used)


@pytest.mark.parametrize("name", shipped())
def test_each_says_where_it_comes_from_and_how_that_was_checked(name):
    one = shipped()[name]
    assert one.name == name
    assert one.families
    assert len(one.counts) > 20
    assert one.source
    assert one.verification != "not said"
    for share in one.published:
        assert share.source
        assert share.verification
        assert share.when


@pytest.mark.parametrize("name", [n for n, d in shipped().items() if "mental-health" in d.families])
def test_what_speaks_of_mental_health_is_linked_to_health(name):
    assert shipped()[name].health


def test_claims_are_no_definitions():
    claimed = anchors()
    assert not {one.name for one in claimed} & set(shipped())
    assert all(name in shipped() for one in claimed for name in one.beside)
    assert {one.published.high for one in claimed if one.name == "leaders-estimates"} == {0.8}


@pytest.mark.shared
def test_every_published_share_we_were_given_is_a_definitions_or_a_claim(shared):
    """Of the researchers' list of published definitions no figure is left out or altered."""
    told = {
        round(100 * value, 4)
        for share in (
            *(p for one in shipped().values() for p in one.published),
            *(one.published for one in anchors()),
        )
        for value in (share.share, share.low, share.high)
        if value is not None
    }
    with (shared / "domain" / "mental_health_definitions.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            for word in row["published_share_pct"].split("-"):
                assert not word or float(word) in told, row["definition_id"]


def test_the_shipped_definitions_use_every_kind_of_rule():
    parts = [part for one in shipped().values() for part in parts_of(one.rule)]
    kinds = {type(part).__name__ for part in parts}
    assert kinds == {
        "Codes", "Settled", "LedToCrime", "Words", "Judged", "Scored", "HasMarker",
    }  # fmt: skip
    assert {kind for part in parts if isinstance(part, Codes) for kind in part.kinds} == {
        "opening", "closing", "qualifier",
    }  # fmt: skip
    assert any(part.unless and part.negated_by for part in parts if isinstance(part, Words))
    assert any(isinstance(part, Judged) for part in parts)
