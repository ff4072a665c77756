"""The transparency record: every field there, what is known in it, and nothing made up."""

import json
import re

import pytest

from peelian.cli.transparency import facts_of, tell_transparency
from peelian.records.store import Store
from peelian.safeguards.transparency import TO_FILL, draft
from peelian.study import Study

# The record's tiers and fields, written down from the published template by hand.
FIELDS = {
    "metadata": {"record_made", "record_status"},
    "tier_1": {"name", "how_and_why", "more_information", "contact"},
    "owner": {
        "organisation", "team", "senior_responsible_owner", "supplier", "companies_house_number",
        "supplier_role", "procurement", "data_access",
    },
    "description": {"detail", "scope", "benefit", "previous_process", "alternatives"},
    "deployment": {
        "integration", "information_given", "frequency", "human_decisions", "training", "appeals",
    },
    "tool": {
        "architecture", "phase", "maintenance", "models", "performance", "data", "data_card",
    },
    "risks": {"risks", "mitigations", "impact_assessments"},
}  # fmt: skip
NOBODY_KNOWS = {
    "record_status", "more_information", "contact", *FIELDS["owner"], "benefit",
    "previous_process", "alternatives", "integration", "frequency", "human_decisions", "training",
    "appeals", "phase", "maintenance", "performance", "impact_assessments",
}  # fmt: skip
WORDS = {
    "title": "Where could *support* start?",
    "purpose": "Prevention planning with the partnership",
    "period": "2022",
    "analyses": [{"id": "places.profile", "settings": {"denominator": "population"}}],
}


@pytest.fixture
def study():
    return Study.from_words(WORDS)


def fields(record):
    return {f["key"]: f for part in record.as_json()["parts"] for f in part["fields"]}


def test_every_part_and_field_is_there(study):
    told = draft(facts_of(study)).as_json()
    assert {p["key"]: {f["key"] for f in p["fields"]} for p in told["parts"]} == FIELDS


def test_what_nobody_told_it_is_left_to_a_person(study):
    record = draft(facts_of(study))
    told = fields(record)
    assert {key for key, f in told.items() if f["status"] == "to fill in"} == NOBODY_KNOWS | {
        "data_card"
    }
    assert all(f["asks"] for f in told.values() if f["status"] != "known")
    assert record.as_markdown().count(f"**{TO_FILL}**:") == record.left == len(told) - 2


def test_without_facts_nothing_is_said():
    assert {f["status"] for f in fields(draft({})).values()} == {"to fill in"}
    assert all(not f["says"] for f in fields(draft({})).values())


def test_nothing_is_said_that_was_not_a_fact(study):
    facts = facts_of(study)
    given = {line for lines in facts.values() for line in lines}
    assert {line for f in fields(draft(facts)).values() for line in f["says"]} <= given


def test_the_study_and_the_catalogue_speak(study):
    told = fields(draft(facts_of(study)))
    assert told["name"]["says"] == [WORDS["title"]]
    assert told["how_and_why"]["says"][0] == WORDS["purpose"]
    assert "places.profile: denominator = population" in told["detail"]["says"]
    assert "Period: 2022-01..2022-12" in told["scope"]["says"]
    assert any("cannot show" in line for line in told["risks"]["says"])
    assert any(line.startswith("Table crimes:") for line in told["data"]["says"])


def test_words_of_a_study_do_nothing_on_the_page():
    hostile = "<script>alert(1)</script> # [x](javascript:y)\n# A heading"
    page = draft(facts_of(Study.from_words(WORDS | {"title": hostile}))).as_markdown()
    assert "<script" not in page
    assert not re.search(r"(?<!\\)\]\(", page)
    assert "\n# A heading" not in page


def test_with_a_store_its_sources_and_retention_are_named(study, tmp_path):
    from bench.kill_bench import street

    from peelian.records.load import load

    Store.create(tmp_path / "store").close()
    load(tmp_path / "store", [street(tmp_path / "a.csv", "2022-01", 40)], layout="police-uk")
    (tmp_path / "store" / "retention.toml").write_text('[table]\ncrimes = "6 years"\n', "utf-8")
    told = fields(draft(facts_of(study, tmp_path / "store")))
    assert "30 rows of crimes." in told["data"]["says"]
    assert told["data_card"]["says"] == [
        "Nowhere Police, as police-uk-street: open",
        "Table crimes is kept 72 months.",
    ]


def test_it_is_written_as_markdown_and_json(study, tmp_path, capsys):
    path = tmp_path / "study.toml"
    path.write_text(
        'title = "T"\npurpose = "P"\n[[analyses]]\nid = "demand.composition"\n', "utf-8"
    )
    tell_transparency(path, None, tmp_path / "out", as_json=False)
    assert "fields need a person" in capsys.readouterr().out
    told = json.loads((tmp_path / "out" / "transparency.json").read_text(encoding="utf-8"))
    assert told["left_to_fill_in"] > 0
    assert TO_FILL in (tmp_path / "out" / "transparency.md").read_text(encoding="utf-8")
