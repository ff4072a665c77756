"""Loading: every row accounted for, none lost, none twice, and nothing half done."""

import datetime
import json

import pyarrow as pa
import pytest

from peelian.errors import InputError, MappingError, UsageError
from peelian.records.load import load
from peelian.records.store import Store
from police_rows import FORCE, OUTCOMES, STOPS, STREET, key, outcome, stop, street, write


@pytest.fixture
def store(tmp_path):
    Store.create(tmp_path / "store").close()
    return tmp_path / "store"


def table(path, name):
    with Store.open(path) as opened:
        return opened.table(name).to_pyarrow().to_pylist()


def counts(report):
    told = report.as_json()
    assert told["read"] == told["loaded"] + told["quarantined"] + told["duplicates"]
    for file in told["files"]:
        assert file["read"] == file["loaded"] + file["quarantined"] + file["duplicates"]
    return told["read"], told["loaded"], told["quarantined"], told["duplicates"]


def test_a_folder_of_public_files_goes_to_its_tables(store, tmp_path):
    folder = tmp_path / "2022-05"
    write(folder / "2022-05-x-street.csv", STREET, street(40))
    write(folder / "2022-05-x-outcomes.csv", OUTCOMES, [outcome(key("2022-05/0"))] * 2)
    write(folder / "2022-05-x-stop-and-search.csv", STOPS, [stop("2022-05-03T12:00:00+00:00")])
    (folder / "notes.md").write_text("not data", encoding="utf-8")
    report = load(store, [folder], layout="police-uk")
    assert counts(report) == (43, 43, 0, 0)
    told = report.as_json()
    assert told["tables"] == {"crimes": 30, "incidents": 10, "outcomes": 2, "stops": 1}
    assert [skipped["name"] for skipped in told["not_read"]] == ["notes.md"]
    with Store.open(store) as opened:
        loads = opened.loads()
        assert {ledger.layout: ledger.tables for ledger in loads} == {
            "police-uk-street": {"crimes": 30, "incidents": 10},
            "police-uk-outcomes": {"outcomes": 2},
            "police-uk-stops": {"stops": 1},
        }
        assert {ledger.sensitivity for ledger in loads} == {"open"}
        assert opened.data_as_at(["crimes"]) == "2022-05"
        assert opened.verify() == 6


def test_anti_social_behaviour_is_incidents_and_the_rest_crimes(store, tmp_path):
    load(store, [write(tmp_path / "s.csv", STREET, street(8))], layout="police-uk")
    assert {row["category"] for row in table(store, "incidents")} == {"anti-social-behaviour"}
    kinds = {row["crime_type"] for row in table(store, "crimes")}
    assert kinds == {"burglary", "drugs", "shoplifting"}


def test_rows_without_an_identifier_are_never_taken_for_duplicates(store, tmp_path):
    asb = street(4)[3]
    file = write(tmp_path / "s.csv", STREET, [asb] * 5)
    assert counts(load(store, [file], layout="police-uk")) == (5, 5, 0, 0)


def test_a_known_identifier_is_a_duplicate_or_is_set_aside(store, tmp_path):
    """The same row again is known; another row under the same identifier cannot be believed."""
    rows = street(4)
    other = [*rows[0][:9], "Drugs", *rows[0][10:]]
    file = write(tmp_path / "s.csv", STREET, [*rows, rows[0], other, rows[1], rows[3]])
    assert counts(load(store, [file], layout="police-uk")) == (8, 5, 1, 2)
    aside = table(store, "quarantine")
    assert [(row["line"], row["reason"]) for row in aside] == [
        (7, "crime_id: met before, in a row that says something else")
    ]
    assert json.loads(aside[0]["row"])["crime_type"] == "drugs"
    assert len(table(store, "crimes")) == 3
    assert len(table(store, "incidents")) == 2


def test_an_identifier_the_store_holds_is_known_in_a_later_file(store, tmp_path):
    may = street(8)
    load(store, [write(tmp_path / "may.csv", STREET, may)], layout="police-uk")
    later = [[*row[:1], "2022-06", *row[2:]] for row in may[:2]]
    june = write(tmp_path / "june.csv", STREET, [*later, *street(4, "2022-06")])
    report = load(store, [june], layout="police-uk")
    assert counts(report) == (6, 4, 2, 0)  # the same crimes, in another month: not the same row
    elsewhere = load(store, [june], layout="police-uk", source="another force")
    assert counts(elsewhere) == (6, 6, 0, 0)  # another source numbers its own records


def test_the_same_file_again_is_all_duplicates(store, tmp_path):
    file = write(tmp_path / "s.csv", STREET, street(40))
    first = load(store, [file], layout="police-uk")
    copy = write(tmp_path / "renamed.csv", STREET, street(40))
    again = load(store, [file, copy], layout="police-uk")
    assert counts(again) == (80, 0, 0, 80)
    assert again.generation == first.generation
    assert len(table(store, "crimes")) == 30


def test_one_content_twice_in_one_load_is_loaded_once(store, tmp_path):
    a = write(tmp_path / "a.csv", STREET, street(12))
    b = write(tmp_path / "b.csv", STREET, street(12))
    assert counts(load(store, [a, b], layout="police-uk")) == (24, 12, 0, 12)


def test_identical_outcomes_and_stops_are_kept_and_flagged(store, tmp_path):
    twice = outcome(key(1))
    write(tmp_path / "d" / "o.csv", OUTCOMES, [twice, outcome(key(2)), twice, twice])
    write(tmp_path / "d" / "s.csv", STOPS, [stop(), stop(), stop(kind="Vehicle search")])
    assert counts(load(store, [tmp_path / "d"], layout="police-uk")) == (7, 7, 0, 0)
    assert (
        sorted(row["repeats_row"] for row in table(store, "outcomes")) == [False] * 2 + [True] * 2
    )
    assert sorted(row["repeats_row"] for row in table(store, "stops")) == [False, False, True]


def test_bad_rows_are_set_aside_with_their_lines(store, tmp_path):
    rows = street(40)
    bad = {
        3: [*rows[1][:1], "2022-13", *rows[1][2:]],
        5: [*rows[1][:4], "east", *rows[1][5:]],
        7: rows[1][:9],
        8: [*rows[1], "more"],
        12: [*rows[1][:9], "Jaywalking", *rows[1][10:]],
        20: [*rows[1][:4], rows[1][5], rows[1][4], *rows[1][6:]],
    }
    for line, row in sorted(bad.items()):
        rows.insert(line - 2, row)
    file = write(tmp_path / "s.csv", STREET, rows)
    assert counts(load(store, [file], layout="police-uk")) == (46, 40, 6, 0)
    aside = {row["line"]: row["reason"] for row in table(store, "quarantine")}
    assert set(aside) == set(bad)
    assert aside[3] == "Month: not a month"
    assert aside[7] == "fewer fields than the header has columns"
    assert aside[8] == "more fields than the header has columns"
    assert aside[20] == "Latitude and Longitude: longitude and latitude are swapped"
    assert not any("Jaywalking" in reason or "east" in reason for reason in aside.values())


def test_where_rows_run_over_lines_a_line_is_not_guessed(store, tmp_path):
    rows = street(8)
    rows[0][6] = "On or near\nExample Road"
    rows.append([*rows[1][:1], "May", *rows[1][2:]])
    file = write(tmp_path / "s.csv", STREET, rows)
    assert counts(load(store, [file], layout="police-uk")) == (9, 8, 1, 0)
    assert [row["line"] for row in table(store, "quarantine")] == [None]


def test_local_time_is_the_clock_of_the_place(store, tmp_path):
    """A stop at ten past midnight in summer is of that day, though UTC says the day before."""
    rows = [stop("2022-06-30T23:10:00+00:00"), stop("2022-12-05T08:00:00+00:00")]
    load(store, [write(tmp_path / "s.csv", STOPS, rows)], layout="police-uk")
    found = {row["local_date"]: row for row in table(store, "stops")}
    summer = found[datetime.date(2022, 7, 1)]
    assert (summer["local_hour"], summer["local_weekday"]) == (0, 4)
    assert summer["time_precision"] == "instant"
    winter = found[datetime.date(2022, 12, 5)]
    assert (winter["local_hour"], winter["local_weekday"]) == (8, 0)
    assert {row["month"] for row in table(store, "coverage")} == {
        datetime.date(2022, 7, 1), datetime.date(2022, 12, 1),
    }  # fmt: skip


def test_a_month_has_no_hour_and_no_weekday(store, tmp_path):
    load(store, [write(tmp_path / "s.csv", STREET, street(4))], layout="police-uk")
    for row in table(store, "crimes"):
        assert row["local_date"] == datetime.date(2022, 5, 1)
        assert row["time_precision"] == "month"
        assert row["local_hour"] is None
        assert row["local_weekday"] is None


def test_the_grid_is_the_stores(store, tmp_path):
    """The survey's own example, Caister water tower: 651409.903 east, 313177.270 north."""
    row = street(1)[0]
    row[4:6] = ["1.7160519", "52.6579786"]
    load(store, [write(tmp_path / "s.csv", STREET, [row])], layout="police-uk")
    (crime,) = table(store, "crimes")
    assert crime["x"] == pytest.approx(651409.903, abs=5)
    assert crime["y"] == pytest.approx(313177.270, abs=5)


def test_rows_without_a_place_are_loaded_and_counted(store, tmp_path):
    nowhere, zeroed, sound = street(3)
    nowhere[4:9] = ["", "", "No Location", "", ""]
    zeroed[4:6] = ["0", "0.0"]
    report = load(
        store, [write(tmp_path / "s.csv", STREET, [nowhere, zeroed, sound])], layout="police-uk"
    )
    (file,) = report.as_json()["files"]
    assert "1 rows have no place" in file["notes"]
    assert "1 rows have coordinates that are no place (0, 0, or out of bounds)" in file["notes"]
    precisions = sorted(row["location_precision"] for row in table(store, "crimes"))
    assert precisions == ["area", "none", "snapped"]
    assert sum(row["x"] is None for row in table(store, "crimes")) == 2


def test_the_vintage_follows_the_month_where_no_code_tells(store, tmp_path):
    rows = street(3, "2023-05") + street(3, "2023-06")
    load(store, [write(tmp_path / "s.csv", STREET, rows)], layout="police-uk")
    found = {(f"{row['local_date']:%Y-%m}", row["area_vintage"]) for row in table(store, "crimes")}
    assert found == {("2023-05", "LSOA11"), ("2023-06", "LSOA21")}


def test_points_without_an_area_are_placed_by_outlines(store, tmp_path):
    square = [[-1.7, 54.8], [-1.5, 54.8], [-1.5, 55.0], [-1.7, 55.0], [-1.7, 54.8]]
    areas = {
        "type": "FeatureCollection",
        "features": [
            {
                "type": "Feature",
                "properties": {"BEAT24CD": "B1", "BEAT24NM": "Middle"},
                "geometry": {"type": "Polygon", "coordinates": [square]},
            }
        ],
    }
    path = tmp_path / "beats.geojson"
    path.write_text(json.dumps(areas), encoding="utf-8")
    how = tmp_path / "beats.toml"
    how.write_text('vintage = "BEAT24"\ncode = "BEAT24CD"\nname = "BEAT24NM"\n', encoding="utf-8")
    assert counts(load(store, [path], layout="areas", mapping=how)) == (1, 1, 0, 0)
    outside = stop()
    outside[4:6] = ["50.0", "-1.6"]
    load(store, [write(tmp_path / "s.csv", STOPS, [stop(), outside])], layout="police-uk")
    found = {(row["lat"], row["area_code"], row["area_vintage"]) for row in table(store, "stops")}
    assert found == {(54.9, "B1", "BEAT24"), (50.0, None, None)}


def test_a_file_that_the_engine_reads_otherwise_is_refused(store, tmp_path, monkeypatch):
    """Were a row lost between the file and the store, nothing would be loaded."""
    from peelian.records import load as loading

    def one_more(paths, **rest):
        found = real(paths, **rest)
        extracts = tuple(
            type(e)(**{f: getattr(e, f) for f in e.__slots__} | {"rows": e.rows + 1})
            for e in found.extracts
        )
        return type(found)(extracts, found.not_read)

    real = loading.find
    monkeypatch.setattr(loading, "find", one_more)
    file = write(tmp_path / "s.csv", STREET, street(4))
    with pytest.raises(InputError, match="was not read whole") as refusal:
        load(store, [file], layout="police-uk")
    assert refusal.value.found == "4 rows read; the file has 5"
    assert table(store, "crimes") == []


def test_one_bad_file_keeps_all_of_a_load_out(store, tmp_path):
    write(tmp_path / "d" / "a.csv", STREET, street(4))
    (tmp_path / "d" / "b.csv").write_bytes(b"\x00\x01\x02")
    with pytest.raises(InputError):
        load(store, [tmp_path / "d"], layout="police-uk")
    assert table(store, "crimes") == []
    assert table(store, "loads") == []


def test_a_header_without_rows_is_read_and_loads_nothing(store, tmp_path):
    empty = write(tmp_path / "s.csv", STREET, [])
    report = load(store, [empty], layout="police-uk")
    assert counts(report) == (0, 0, 0, 0)
    assert report.as_json()["files"][0]["notes"] == ["it holds a header and no rows"]


CALLS = """
layout = "made-up-calls"
source = "Made-up Police"
timezone = "America/Los_Angeles"
null = ["NULL"]
[[route]]
table = "incidents"
[route.columns]
incident_id = { column = "id" }
reported_at = { column = "opened", epoch = "milliseconds", zone = "UTC" }
opening_code = { column = "code" }
narrative = { column = "words" }
lon = { column = "lng" }
lat = { column = "lat" }
location_precision = { value = "exact" }
"""


def test_any_csv_loads_through_a_mapping(tmp_path):
    """Epoch milliseconds become local dates of the mapping's zone; care is internal by default."""
    path = tmp_path / "us"
    Store.create(path, crs="EPSG:32610", timezone="America/Los_Angeles").close()
    how = tmp_path / "calls.toml"
    how.write_text(CALLS, encoding="utf-8")
    rows = [["1", "1641016800000", "A", "=cmd()", "-121.5", "38.6"], ["2", "NULL", "B", "", "", ""]]
    file = write(tmp_path / "c.csv", ["id", "opened", "code", "words", "lng", "lat"], rows)
    report = load(path, [file], layout="incidents", mapping=how)
    assert counts(report) == (2, 2, 0, 0)
    assert "1 rows have no date" in report.as_json()["files"][0]["notes"]
    first, second = sorted(table(path, "incidents"), key=lambda row: row["incident_id"])
    assert first["local_date"] == datetime.date(2021, 12, 31)  # 06:00 UTC on New Year's Day
    assert first["local_hour"] == 22
    assert first["narrative"] == "=cmd()"
    assert 600_000 < first["x"] < 700_000
    assert second["local_date"] is None
    assert table(path, "loads")[0]["sensitivity"] == "internal"


def test_parquet_loads_as_csv_does(tmp_path, store):
    how = tmp_path / "people.toml"
    how.write_text(
        'layout = "p"\nsource = "s"\n[[route]]\ntable = "staff_months"\n[route.columns]\n'
        'unit = { column = "u" }\nmonth = { column = "m", as = "month" }\nfte = { column = "n" }\n',
        encoding="utf-8",
    )
    rows = pa.table({"u": ["a", "b"], "m": ["2024-01", "2024-02"], "n": [1.5, None]})
    import pyarrow.parquet as pq

    pq.write_table(rows, tmp_path / "staff.parquet")
    report = load(store, [tmp_path / "staff.parquet"], layout="staff_months", mapping=how)
    assert counts(report) == (2, 2, 0, 0)
    assert [(r["unit"], r["fte"]) for r in table(store, "staff_months")] == [
        ("a", 1.5),
        ("b", None),
    ]


def test_a_wrong_request_is_answered_with_what_to_try(store, tmp_path):
    file = write(tmp_path / "s.csv", STREET, street(4))
    with pytest.raises(UsageError, match="no such layout"):
        load(store, [file], layout="police")
    with pytest.raises(MappingError, match="need a mapping"):
        load(store, [file], layout="incidents")
    with pytest.raises(UsageError, match="sensitivity"):
        load(store, [file], layout="police-uk", sensitivity="secret")
    with pytest.raises(InputError, match="None of these files"):
        load(store, [write(tmp_path / "x.csv", ["a", "b"], [["1", "2"]])], layout="police-uk")
    with pytest.raises(InputError, match="no such file"):
        load(store, [tmp_path / "gone.csv"], layout="police-uk")


def test_progress_is_told(store, tmp_path):
    told = []
    load(
        store,
        [write(tmp_path / "s.csv", STREET, street(4))],
        layout="police-uk",
        tell=lambda *words: told.append(words),
    )
    assert told[0][0] == "reading s.csv"
    assert told[-1][0] == "done"
    assert all(isinstance(done, int) and isinstance(total, int) for _, done, total in told)


def test_messages_quote_no_value(store, tmp_path):
    """Neither a refusal nor a note repeats what a record says."""
    secret = "Zebedee Quux"
    rows = [[*row[:9], secret, *row[10:]] for row in street(8)]
    with pytest.raises(InputError) as refusal:
        load(store, [write(tmp_path / "s.csv", STREET, rows)], layout="police-uk")
    assert secret not in refusal.value.text()
    assert FORCE not in refusal.value.text()
