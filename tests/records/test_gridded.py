"""Places given on a grid: found again on the globe, asked about, set aside if they cannot be."""

import csv

import pytest

from peelian.records.load import load
from peelian.records.store import Store

# The British grid reference that the Ordnance Survey's guide works out by hand, and where the place
# is by satellite's reckoning.
CAISTER = (651_409.903, 313_177.270, 1.716074, 52.657979)
MAPPING = """
layout = "grid"
sensitivity = "internal"
crs = "EPSG:27700"
{top}
[[route]]
table = "incidents"
[route.columns]
incident_id = "Log"
reported_at = {{ columns = ["Day", "Time"], together = true, format = "%d/%m/%Y %H:%M" }}
x = "Easting"
y = "Northing"
location_precision = {{ value = "exact" }}
"""
BOUNDS = "bounds = [-9.0, 49.0, 2.5, 61.5]"


@pytest.fixture
def loaded(tmp_path):
    """Return, for rows of (day, time, easting, northing): the report, the rows, what is aside."""

    def of(rows, top=BOUNDS):
        with Store.create(tmp_path / "store"):
            pass
        with (tmp_path / "calls.csv").open("w", newline="") as file:
            csv.writer(file).writerows([("Log", "Day", "Time", "Easting", "Northing")])
            csv.writer(file).writerows((n, *row) for n, row in enumerate(rows))
        (tmp_path / "map.toml").write_text(MAPPING.format(top=top))
        report = load(
            tmp_path / "store", [tmp_path / "calls.csv"], layout="incidents",
            mapping=tmp_path / "map.toml", source="here",
        ).as_json()  # fmt: skip
        assert report["read"] == report["loaded"] + report["quarantined"] + report["duplicates"]
        with Store.open(tmp_path / "store") as store:
            calls = store.table("incidents").order_by("incident_id").to_pyarrow().to_pylist()
            aside = store.table("quarantine").to_pyarrow().to_pylist()
        return report, calls, aside

    return of


SOUND = ("13/01/2024", "10:30", str(CAISTER[0]), str(CAISTER[1]))
SOUND_ROWS = [SOUND] * 30  # a file most of whose rows do not fit is refused whole


def test_a_published_reference_is_where_it_is_published_to_be(loaded):
    _, calls, aside = loaded([SOUND])
    assert not aside
    # The grid's file of shifts is not at hand, so the plain transformation is used: some metres.
    assert calls[0]["lon"] == pytest.approx(CAISTER[2], abs=1e-4)
    assert calls[0]["lat"] == pytest.approx(CAISTER[3], abs=1e-4)
    # The store is on the same grid, and so the place comes back to where it came from.
    assert calls[0]["x"] == pytest.approx(CAISTER[0], abs=0.01)
    assert calls[0]["y"] == pytest.approx(CAISTER[1], abs=0.01)
    assert calls[0]["location_precision"] == "exact"


def test_a_place_half_given_or_at_the_origin_is_no_place(loaded):
    day, time, x, y = SOUND
    _, calls, aside = loaded([(day, time, x, ""), (day, time, "", y), (day, time, "0", "0")])
    assert not aside
    assert [(c["lon"], c["x"], c["location_precision"]) for c in calls] == [
        (None, None, "none")
    ] * 3


@pytest.mark.parametrize(
    ("place", "reason"),
    [
        (("1.716", "52.658"), "degrees, where the mapping says a grid"),
        (("564900", "1e9"), "not a place of the grid EPSG:27700"),
        (("somewhere", SOUND[3]), "not a number"),
    ],
)
def test_what_can_be_no_place_is_set_aside_and_says_why(loaded, place, reason):
    report, _, aside = loaded([*SOUND_ROWS, (*SOUND[:2], *place)])
    assert report["quarantined"] == 1
    assert reason in aside[0]["reason"]
    assert "Easting" in aside[0]["reason"]
    assert aside[0]["line"] == 32
    assert all(value not in aside[0]["reason"] for value in place)


def test_eastings_and_northings_that_change_places_are_named_so(loaded):
    # North-east Scotland: turned round, it lies far out at sea.
    wick = ("336000", "951000")
    _, _, aside = loaded([*SOUND_ROWS, (*SOUND[:2], wick[1], wick[0])])
    assert aside[0]["reason"].endswith("easting and northing are swapped")


@pytest.mark.parametrize("place", [(SOUND[3], "1651409"), ("430000", "-900000")])
def test_a_point_out_of_bounds_is_no_place_and_the_report_says_so(loaded, place):
    report, calls, aside = loaded([*SOUND_ROWS, (*SOUND[:2], *place)])
    assert not aside
    assert sum(call["x"] is None for call in calls) == 1
    told = [note for file in report["files"] for note in file["notes"]]
    assert "1 rows have coordinates that are no place (0, 0, or out of bounds)" in told


def test_without_bounds_no_place_is_asked_about(loaded):
    report, _, _ = loaded([*SOUND_ROWS, (*SOUND[:2], "951000", "336000")], top="")
    assert report["loaded"] == 31


def test_a_date_and_a_time_in_two_columns_are_one_moment(loaded):
    rows = [*SOUND_ROWS, ("14/07/2024", "00:05", *SOUND[2:]), ("14/07/2024", "", *SOUND[2:]),
            ("", "00:05", *SOUND[2:])]  # fmt: skip
    report, calls, aside = loaded(rows)
    one = next(call for call in calls if call["incident_id"] == "30")
    assert str(one["reported_at"]) == "2024-07-13 23:05:00+00:00"
    assert (str(one["local_date"]), one["local_hour"]) == ("2024-07-14", 0)
    # A day without its time of day is not what the mapping says, and a time without a day is none.
    assert 33 in [row["line"] for row in aside if "Day" in row["reason"]]
    assert report["loaded"] + report["quarantined"] == len(rows)


@pytest.mark.parametrize("there", [(), ("Easting",), ("Northing",)])
def test_a_source_that_may_lack_its_eastings_has_no_place_where_either_is_missing(tmp_path, there):
    with Store.create(tmp_path / "store"):
        pass
    with (tmp_path / "calls.csv").open("w", newline="") as file:
        csv.writer(file).writerows([("Log", "Day", "Time", *there)])
        csv.writer(file).writerows([("1", *SOUND[:2], *[SOUND[2]] * len(there))])
    toml = MAPPING.format(top=BOUNDS)
    for name in ("Easting", "Northing"):
        toml = toml.replace(f'"{name}"', f'{{ column = "{name}", optional = true }}')
    (tmp_path / "map.toml").write_text(toml)
    report = load(
        tmp_path / "store", [tmp_path / "calls.csv"], layout="incidents",
        mapping=tmp_path / "map.toml", source="here",
    ).as_json()  # fmt: skip
    assert (report["read"], report["loaded"]) == (1, 1)
    with Store.open(tmp_path / "store") as store:
        (call,) = store.table("incidents").to_pyarrow().to_pylist()
    assert (call["x"], call["lon"], call["location_precision"]) == (None, None, "none")


def test_numbers_beyond_all_bounds_are_set_aside_without_a_warning(loaded, recwarn):
    rows = [*SOUND_ROWS, (*SOUND[:2], "1e400", "565000"), (*SOUND[:2], "nan", "565000")]
    report, _, _ = loaded(rows)
    assert report["quarantined"] == 2
    assert not [warned for warned in recwarn if warned.category is RuntimeWarning]
