"""Which vintage a file's codes are of: codes decide, then the month, then nobody."""

import csv
import gzip

import pytest

from peelian.records.vintages import by_number, vintage_of

SAME = [f"E0100000{n}" for n in range(9)]
KNOWN = {"LSOA11": {*SAME, "E01000100"}, "LSOA21": {*SAME, "E01033800"}}


def test_codes_that_only_one_vintage_has_decide():
    assert vintage_of([*SAME, "E01000100"], known=KNOWN).name == "LSOA11"
    found = vintage_of([*SAME, "E01033800"], month="2023-02", known=KNOWN)
    assert (found.name, found.by, found.against_month) == ("LSOA21", "codes", True)


def test_the_number_of_a_code_is_enough_without_any_area_loaded():
    assert vintage_of([*SAME, "E01033769"]).name == "LSOA21"
    assert vintage_of([*SAME, "W01001959"]).name == "LSOA21"
    assert by_number(["E01033768", "W01001958", "95GG01S1", "S01006506", ""]) == ""


@pytest.mark.parametrize(
    ("month", "name"), [("2023-05", "LSOA11"), ("2023-06", "LSOA21"), ("2010-12", "LSOA11")]
)
def test_else_the_month_decides(month, name):
    found = vintage_of(SAME, month=month, known=KNOWN)
    assert (found.name, found.by) == (name, "month")


def test_else_nothing_does():
    assert vintage_of(SAME, known=KNOWN).name == ""
    assert vintage_of([], known=KNOWN).name == ""


def test_codes_of_places_elsewhere_decide_nothing():
    only_here = {"LSOA11": KNOWN["LSOA11"]}
    found = vintage_of(["E01009999", *SAME], month="2023-06", known=only_here)
    assert (found.name, found.by) == ("LSOA21", "month")


def test_a_stray_code_is_forgiven_and_counted_but_a_mixture_is_not():
    older = [f"E0102{n:04d}" for n in range(200)]
    known = {"LSOA11": {*SAME, *older}, "LSOA21": {*SAME, "E01033800", "E01033801"}}
    found = vintage_of([*older, "E01033800"], known=known)
    assert (found.name, found.strangers) == ("LSOA11", 1)
    mixed = vintage_of([*older[:9], "E01033800", "E01033801"], month="2023-01", known=known)
    assert (mixed.name, mixed.strangers) == ("", 2)


@pytest.mark.shared
def test_the_numbers_of_real_codes_part_the_two_vintages(shared):
    """Every code of 2011 is at or below the last we name, and 2021 goes on beyond it."""

    def codes(file, column):
        with gzip.open(shared / "data/uk_geography_deprivation" / file, "rt") as text:
            return {row[column] for row in csv.DictReader(text)}

    older = codes("lsoa11_msoa11_lad17_lookup.csv.gz", "LSOA11CD")
    newer = codes("census21_deprivation_england_wales_lsoa21.csv.gz", "lsoa21_code")
    assert by_number(older) == ""
    beyond = {code for code in newer if by_number([code])}
    assert beyond == newer - older  # not a code more, not one less
    assert len(newer) == 35_672


def test_codes_of_no_census_are_of_the_vintage_most_of_them_belong_to():
    known = {**KNOWN, "MADEUP21": {"Q1", "Q2", "Q3"}, "beats-24": {"N1"}}
    half = ["Q1", "Q2", "E01000001", "E01000002"]  # as many of a census: those decide, by the month
    assert vintage_of(half, month="2023-02", known=known).name == "LSOA11"
    assert vintage_of(["Q1", "Q2", "Q9"], month="2023-02", known=known).name == "MADEUP21"
    assert vintage_of(["N1", "N7", "N8"], month="2023-02", known=known).by == "month"


@pytest.mark.parametrize("order", [("MADEUP11", "MADEUP21"), ("MADEUP21", "MADEUP11")])
def test_codes_that_never_changed_are_of_the_newest_vintage_that_has_them(order):
    """A file of a few unchanged areas fits both vintages; one changed area decides."""
    codes = {"MADEUP11": {"Q1", "Q2", "Q3"}, "MADEUP21": {"Q1", "Q2", "Q4", "Q5"}}
    known = {name: codes[name] for name in order}
    assert vintage_of(["Q1", "Q2"], known=known).name == "MADEUP21"
    assert vintage_of(["Q1", "Q3"], known=known).name == "MADEUP11"
    assert vintage_of(["Q1", "Q4"], known=known).name == "MADEUP21"
