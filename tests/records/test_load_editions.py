"""Another edition of what is held: refused, or put in its place in one generation."""

import datetime

import pytest

from peelian.errors import AlreadyLoaded
from peelian.records.load import load
from peelian.records.store import Store
from police_rows import STOPS, STREET, stop, street, write

MAY, JUNE = datetime.date(2022, 5, 1), datetime.date(2022, 6, 1)


@pytest.fixture
def store(tmp_path):
    path = tmp_path / "store"
    Store.create(path).close()
    both = write(tmp_path / "both.csv", STREET, street(40) + street(40, "2022-06"))
    load(path, [both], layout="police-uk")
    return path


def by_month(path, table="crimes"):
    with Store.open(path) as opened:
        rows = opened.table(table)
        counted = rows.group_by("local_date", "load_id").aggregate(n=rows.count()).to_pyarrow()
        assert opened.verify()
    return sorted((row["local_date"], row["n"]) for row in counted.to_pylist())


def test_another_file_for_a_held_month_is_refused(store, tmp_path):
    other = write(tmp_path / "other.csv", STREET, street(20))
    with pytest.raises(AlreadyLoaded, match="already holds police-uk-street") as refusal:
        load(store, [other], layout="police-uk")
    assert refusal.value.found == "1 months, 2022-05 to 2022-05"
    assert by_month(store) == [(MAY, 30), (JUNE, 30)]


def test_another_layout_or_source_does_not_overlap(store, tmp_path):
    other = write(tmp_path / "other.csv", STREET, street(20))
    assert load(store, [other], layout="police-uk", source="elsewhere").as_json()["loaded"] == 20
    stops = write(tmp_path / "stops.csv", STOPS, [stop("2022-05-03T12:00:00+00:00")])
    assert load(store, [stops], layout="police-uk").as_json()["loaded"] == 1


def test_replacing_takes_the_covered_months_and_no_others(store, tmp_path):
    better = write(tmp_path / "better.csv", STREET, street(60))
    report = load(store, [better], layout="police-uk", replace=True).as_json()
    assert (report["loaded"], report["duplicates"], report["quarantined"]) == (60, 0, 0)
    assert by_month(store) == [(MAY, 45), (JUNE, 30)]
    assert by_month(store, "incidents") == [(MAY, 15), (JUNE, 10)]
    with Store.open(store) as opened:
        old, new = opened.loads()
        assert old.tables == {"crimes": 30, "incidents": 10}
        assert old.notes == {"rows were replaced by a later load": 40}
        assert (old.read, old.loaded) == (80, 80)  # what it did is not rewritten
        assert new.tables == {"crimes": 45, "incidents": 15}
        coverage = opened.table("coverage").to_pyarrow().to_pylist()
    assert sorted((row["month"], row["table"], row["n"]) for row in coverage) == [
        (MAY, "crimes", 45), (MAY, "incidents", 15), (JUNE, "crimes", 30), (JUNE, "incidents", 10),
    ]  # fmt: skip


def test_what_was_replaced_can_be_put_back(store, tmp_path):
    """The ledger does not take a file for known whose rows are gone."""
    better = write(tmp_path / "better.csv", STREET, street(60) + street(8, "2022-06"))
    load(store, [better], layout="police-uk", replace=True)
    both = tmp_path / "both.csv"
    with pytest.raises(AlreadyLoaded):
        load(store, [both], layout="police-uk")
    assert load(store, [both], layout="police-uk", replace=True).as_json()["loaded"] == 80
    assert by_month(store) == [(MAY, 30), (JUNE, 30)]
    with Store.open(store) as opened:
        assert len(opened.loads()) == 2


def test_a_few_rows_of_another_month_are_no_edition_of_it(store, tmp_path):
    """A stop just after midnight on the first of June does not make May's file cover June."""
    rows = [stop(f"2022-05-{1 + i % 28:02}T12:00:00+00:00") for i in range(300)]
    may = write(tmp_path / "may.csv", STOPS, [*rows, stop("2022-05-31T23:10:00+00:00")])
    june = write(tmp_path / "june.csv", STOPS, [stop("2022-06-05T12:00:00+00:00")] * 200)
    load(store, [may], layout="police-uk")
    assert load(store, [june], layout="police-uk").as_json()["loaded"] == 200


def test_two_editions_of_one_file_are_not_loaded_together(tmp_path):
    path = tmp_path / "s"
    Store.create(path).close()
    write(tmp_path / "in" / "a" / "2022-05-x-street.csv", STREET, street(8))
    write(tmp_path / "in" / "b" / "2022-05-x-street.csv", STREET, street(12))
    with pytest.raises(AlreadyLoaded, match="cover the same months of Made-up Police"):
        load(path, [tmp_path / "in"], layout="police-uk")


def test_files_of_several_forces_load_together(tmp_path):
    path = tmp_path / "s"
    Store.create(path).close()
    write(tmp_path / "in" / "2022-05-x-street.csv", STREET, street(8))
    write(
        tmp_path / "in" / "2022-05-y-street.csv", STREET, street(8, first=100, force="Other Police")
    )
    assert load(path, [tmp_path / "in"], layout="police-uk").as_json()["loaded"] == 16
    with Store.open(path) as opened:
        assert {ledger.source for ledger in opened.loads()} == {"Made-up Police", "Other Police"}
