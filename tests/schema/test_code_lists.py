"""The code lists we ship: each column's list is there, no spelling means two codes, facts hold."""

import re

import pytest

from peelian.errors import UsageError
from peelian.schema import TABLES, code_list, code_lists
from peelian.schema.codes import fold

NAMED = sorted({c.codes for table in TABLES.values() for c in table.columns if c.codes})


def test_every_list_that_a_column_names_is_shipped():
    assert set(NAMED) <= set(code_lists())


@pytest.mark.parametrize("name", code_lists())
def test_a_list_says_what_it_is_and_no_spelling_means_two_codes(name):
    codes = code_list(name)
    assert codes.title
    assert codes.version
    assert codes.source
    spelled: dict[str, str] = {}
    for entry in codes.codes:
        assert set(entry.groups) <= set(codes.groups)
        for word in {fold(w) for w in (entry.code, entry.label, *entry.aliases)}:
            assert spelled.setdefault(word, entry.code) == entry.code, f"{word} means two codes"
        assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*|[USMX]", entry.code)
    assert all(any(group in entry.groups for entry in codes.codes) for group in codes.groups)


def test_outcomes_are_the_framework_and_the_public_strings_that_are_no_one_type_of_it():
    codes = code_list("outcome")
    assert [code.code for code in codes.codes][:23] == [str(n) for n in range(23)]
    spelled = codes.spellings()
    alone = {
        "Suspect charged": "1",
        "Offender given penalty notice": "6",
        "Offender given a penalty notice": "6",
        "Offender given a drugs possession warning": "7",
        "Local resolution": "8",
        "Investigation complete; no suspect identified": "18",
        "Action to be taken by another organisation": "20",
        "Further investigation is not in the public interest": "21",
        "Further action is not in the public interest": "22",
    }
    assert {word: spelled[fold(word)] for word in alone} == alone
    shared = [
        *["Under investigation", "Status update unavailable", "Court result unavailable"],
        *["Awaiting court outcome", "Unable to prosecute suspect", "Offender given a caution"],
        *["Suspect charged as part of another case", "Formal action is not in the public interest"],
        *["Offender sent to prison", "Defendant found not guilty", "Offender fined"],
    ]
    assert [spelled[fold(word)].isdigit() for word in shared] == [False] * len(shared)


def test_what_an_outcome_says_of_suspect_and_victim_is_left_open_where_it_does_not_say():
    codes = code_list("outcome")
    assert codes["14"].more["suspect_identified"] is False
    assert codes["16"].more["suspect_identified"] is True
    assert [codes[c].more["victim_supports"] for c in ("14", "15", "16")] == [False, True, False]
    assert "suspect_identified" not in codes["0"].more
    assert "suspect_identified" not in codes["unable-to-prosecute-suspect"].more
    assert codes.in_group("charged") == ("1",)
    assert set(codes.in_group("victim-does-not-support")) == {"14", "16"}
    assert codes["22"].more["commonly_counted_positive"] is False


def test_the_three_generations_of_public_categories():
    codes = code_list("crime_type").codes

    def in_use(month):
        return sum(c.since <= month and (not c.until or month <= c.until) for c in codes)

    # Anti-social behaviour stood in each generation, and is an incident here.
    assert [in_use(month) + 1 for month in ("2011-08", "2013-04", "2013-05")] == [6, 11, 14]
    assert "anti-social-behaviour" not in code_list("crime_type")
    assert "anti-social-behaviour" in code_list("incident_category")
    assert set(code_list("crime_type").in_group("visitor-type")) == {
        *("shoplifting", "theft-from-the-person", "bicycle-theft"),
    }


def test_harm_weights_are_labelled_ordered_and_none_is_made_up():
    weights = code_list("harm_weights")
    assert "CCHI 2026" in weights.version
    for entry in weights.codes:
        more = entry.more
        assert more["least"] <= more["low"] <= more["weight"] <= more["high"] <= more["most"]
        assert more["status"] == "secondary source, research only"
        assert entry.code in code_list("crime_type")
    assert "anti-social-behaviour" not in weights
    now = {code.code for code in code_list("crime_type").codes if not code.until}
    assert {entry.code for entry in weights.codes} == now


@pytest.mark.shared
def test_outcomes_and_weights_are_those_of_the_field_notes(shared):
    import csv

    folder = shared / "domain"
    with (folder / "home_office_outcomes.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            entry = code_list("outcome")[row["outcome_type"]]
            assert entry.label == row["name"]
            assert entry.more["home_office_group"] == row["ho_group"]
            assert entry.more["is_charge"] is (row["is_charge"] == "1")
            if row["mapping_confidence"] == "high" and row["outcome_type"] not in "2 3 9 10 15 16":
                spelled = code_list("outcome").spellings()
                assert spelled[fold(row["data_police_uk_string"])] == row["outcome_type"]
    with (folder / "crime_harm.csv").open(encoding="utf-8") as file:
        ranges = [
            r for r in csv.DictReader(file) if (r["scheme"], r["level"]) == ("CCHI", "category")
        ]
    for row in ranges:
        if row["min"]:
            more = code_list("harm_weights")[row["label"].lower().replace(" ", "-")].more
            assert (more["low"], more["high"]) == (float(row["min"]), float(row["max"]))


def test_a_force_reads_its_own_copy_of_a_list(tmp_path):
    (tmp_path / "grade.toml").write_text('[[codes]]\ncode = "red"\n')
    assert "red" in code_list("grade", tmp_path)
    assert "red" not in code_list("grade")
    assert code_list("outcome", tmp_path) == code_list("outcome")


def test_a_list_that_cannot_be_read_and_one_that_is_not_there_are_named(tmp_path):
    (tmp_path / "grade.toml").write_text("[[codes]]\nlabel = 'no code'\n")
    with pytest.raises(UsageError, match="grade cannot be read"):
        code_list("grade", tmp_path)
    with pytest.raises(UsageError, match="Did you mean outcome"):
        code_list("outcom")
