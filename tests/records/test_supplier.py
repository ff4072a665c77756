"""Who supplied a public file: one force's months say nothing of another's."""

import pytest

from peelian.errors import AlreadyLoaded, InputError
from peelian.records.load import load
from peelian.records.store import Store

STREET = (
    "Crime ID,Month,Reported by,Falls within,Longitude,Latitude,Location,LSOA code,LSOA name,"
    "Crime type,Last outcome category,Context"
)
STOPS = (
    "Type,Date,Part of a policing operation,Policing operation,Latitude,Longitude,Gender,Age range,"
    "Self-defined ethnicity,Officer-defined ethnicity,Legislation,Object of search,Outcome,"
    "Outcome linked to object of search,Removal of more than just outer clothing"
)


def street(folder, name, force, *, month="2031-01", rows=3):
    lines = [
        f"{force[:3]}{month}{i},{month},{force},{force},1.5,54.9,On or near Nowhere,,,Drugs,,"
        for i in range(rows)
    ]
    path = folder / name
    path.write_text("\n".join([STREET, *lines]) + "\n", encoding="utf-8")
    return path


def stops(folder, name, *, rows=2):
    line = "Person search,2031-01-02T10:0{}:00+00:00,,,54.9,1.5,Male,18-24,,White,,,,True,False"
    path = folder / name
    path.write_text("\n".join([STOPS, *map(line.format, range(rows))]) + "\n", encoding="utf-8")
    return path


@pytest.fixture
def store(tmp_path):
    path = tmp_path / "store"
    Store.create(path).close()
    return path


def sources(path, table):
    with Store.open(path) as store:
        return sorted(store.table(table).select("source").distinct().to_pyarrow()[0].to_pylist())


def test_two_forces_of_one_month_lie_side_by_side(store, tmp_path):
    load(store, [street(tmp_path, "a.csv", "Moor Police")], layout="police-uk")
    load(store, [street(tmp_path, "b.csv", "Fen Police")], layout="police-uk")
    assert sources(store, "crimes") == ["Fen Police", "Moor Police"]


def test_another_edition_of_a_force_and_month_is_refused(store, tmp_path):
    load(store, [street(tmp_path, "a.csv", "Moor Police")], layout="police-uk")
    again = street(tmp_path, "b.csv", "Moor Police", rows=4)
    with pytest.raises(AlreadyLoaded, match="Moor Police"):
        load(store, [again], layout="police-uk")


def test_two_editions_in_one_load_are_refused_whatever_they_are_called(store, tmp_path):
    whole = street(tmp_path, "whole-year.csv", "Moor Police")
    month = street(tmp_path, "2031-01-moor-street.csv", "Moor Police", rows=2)
    with pytest.raises(AlreadyLoaded, match="Moor Police"):
        load(store, [whole, month], layout="police-uk")
    with Store.open(store) as opened:
        assert opened.loads() == ()


def test_stops_are_known_by_the_name_of_their_file(store, tmp_path):
    moor = stops(tmp_path, "2031-01-moor-stop-and-search.csv")
    fen = stops(tmp_path, "2031-01-fen-stop-and-search.csv", rows=3)
    load(store, [moor, fen], layout="police-uk")
    assert sources(store, "stops") == ["data.police.uk: fen", "data.police.uk: moor"]


def test_what_the_caller_says_goes_first(store, tmp_path):
    load(store, [street(tmp_path, "a.csv", "Moor Police")], layout="police-uk", source="Archive")
    assert sources(store, "crimes") == ["Archive"]


def test_a_file_of_two_suppliers_is_refused_unless_one_is_named_for_it(store, tmp_path):
    moor = street(tmp_path, "moor.csv", "Moor Police", rows=30).read_text(encoding="utf-8")
    fen = street(tmp_path, "fen.csv", "Fen Police", rows=20).read_text(encoding="utf-8")
    both = tmp_path / "both.csv"
    both.write_text(moor + fen.partition("\n")[2], encoding="utf-8")
    with pytest.raises(InputError, match="records of 2 suppliers"):
        load(store, [both], layout="police-uk")
    load(store, [both], layout="police-uk", source="Archive")
    assert sources(store, "crimes") == ["Archive"]


@pytest.mark.parametrize("blank", ["", " ", "  ", "NULL"])
def test_crimes_without_an_identifier_are_separate_crimes(store, tmp_path, blank):
    path = street(tmp_path, "a.csv", "Moor Police", rows=1)
    head, row = path.read_text(encoding="utf-8").splitlines()
    bare = blank + row[row.index(",") :]
    path.write_text("\n".join([head, *[bare] * 4]) + "\n", encoding="utf-8")
    done = load(store, [path], layout="police-uk").as_json()
    assert (done["loaded"], done["duplicates"]) == (4, 0)
