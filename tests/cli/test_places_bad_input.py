"""What the analyses of places say to files that cannot answer them: never a fault of our own."""

import csv
import json

import pytest
from typer.testing import CliRunner

from peelian.cli.app import app

MAPPING = """
layout = "bad"
source = "north"
sensitivity = "internal"
{top}
[[route]]
table = "crimes"
[route.columns]
occurred_from = {{ column = "Day", as = "{as_}" }}
lon = "Lon"
lat = "Lat"
location_precision = {{ value = "exact" }}
crime_type = {{ value = "burglary" }}
area_code = "Area"
area_vintage = {{ value = "LSOA21" }}
"""
WEST, SOUTH, STEP = -1.6, 54.9, 0.004  # about 250 metres east, 440 north
CANNOT, MISREAD = 6, 3


def spread_out(n, days=360, first=0):
    """Events of a grid of places, each a day after the one before."""
    for i in range(first, first + n):
        day = i * 7 % days
        yield [f"2022-{1 + day // 30:02}-{1 + day % 28:02}", WEST + STEP * (i % 9),
               SOUTH + STEP * (i * 5 % 7), f"E0100000{i % 6}"]  # fmt: skip


def squares(areas):
    """Square areas beside one another, or islands far from all others."""
    features = []
    for i, (x, y) in enumerate(areas):
        ring = [[x, y], [x + STEP, y], [x + STEP, y + STEP], [x, y + STEP], [x, y]]
        features.append({
            "type": "Feature",
            "properties": {"LSOA21CD": f"E0100000{i}", "LSOA21NM": f"Town 00{i}A"},
            "geometry": {"type": "Polygon", "coordinates": [ring]},
        })  # fmt: skip
    return {"type": "FeatureCollection", "features": features}


@pytest.fixture
def store(tmp_path):
    """Make a store of such events and, where asked, such areas."""

    def make(rows, *, areas=(), bounds=True, as_="day", code=0):
        path = tmp_path / "store"
        run("new", path)
        if areas:
            (tmp_path / "areas.geojson").write_text(json.dumps(squares(areas)))
            run("load", path, tmp_path / "areas.geojson", "--as", "areas")
        with (tmp_path / "crimes.csv").open("w", newline="") as file:
            csv.writer(file).writerows([("Day", "Lon", "Lat", "Area"), *rows])
        top = "bounds = [-3.0, 54.0, 0.0, 56.0]" if bounds else ""
        (tmp_path / "bad.toml").write_text(MAPPING.format(top=top, as_=as_))
        done = run("load", path, tmp_path / "crimes.csv", "--as", "crimes", "--map",
                   tmp_path / "bad.toml", code=code)  # fmt: skip
        return path, done

    return make


def run(*words, code=0):
    done = CliRunner().invoke(app, [str(word) for word in words])
    assert done.exit_code == code, done.output
    return done


def refused(path, analysis, *more):
    """Ask, and return what the refusal says: a problem, what was found and what to try."""
    said = " ".join(run("show", path, f"places.{analysis}", *more, code=CANNOT).stderr.split())
    assert "Traceback" not in said
    assert "Try:" in said
    assert "Read: how-to/" in said
    return said


EVENTS = ("near_repeats", "spread", "forecast")


@pytest.mark.parametrize("analysis", EVENTS)
@pytest.mark.parametrize(
    ("rows", "says"),
    [
        (list(spread_out(2)), "fewer than"),
        ([["2022-01-05", WEST, SOUTH, "E01000000"]] * 2, "fewer than"),
        (
            [[f"2022-01-{1 + i % 28:02}", WEST, SOUTH, "E01000000"] for i in range(200)],
            "at one place",
        ),
        ([["2022-01-05", *row[1:]] for row in spread_out(200)], "of one day"),
    ],
    ids=["two events", "two the same", "one place", "one day"],
)
def test_events_too_few_or_too_alike_are_refused(store, analysis, rows, says):
    path, _ = store(rows)
    assert says in refused(path, analysis)


@pytest.mark.parametrize("analysis", EVENTS)
def test_dates_by_the_month_are_refused(store, analysis):
    path, _ = store([[row[0][:7], *row[1:]] for row in spread_out(200)], as_="month")
    assert "by the month only" in refused(path, analysis)


@pytest.mark.parametrize("analysis", EVENTS)
def test_two_systems_mixed_up_are_refused_where_no_bounds_say_so_before(store, analysis):
    rows = [[d, x + 9 * (i % 2), y, a] for i, (d, x, y, a) in enumerate(spread_out(200))]
    path, _ = store(rows, bounds=False)
    assert "coordinates of two systems" in refused(path, analysis)


def test_longitude_and_latitude_swapped_are_refused_at_the_load(store):
    _, done = store([[d, y, x, a] for d, x, y, a in spread_out(200)], code=MISREAD)
    assert "longitude and latitude are swapped" in " ".join(done.stderr.split())


def test_months_between_are_missing_for_a_forecast_and_told_by_the_others(store):
    rows = [row for row in spread_out(360) if row[0][5:7] not in ("05", "06")]
    path, _ = store(rows)
    said = refused(path, "forecast", "--set", "side=1000")
    assert "2 months missing" in said
    assert "2022-07..2022-12" in said
    shown = " ".join(run("show", path, "places.near_repeats").stdout.split())
    assert "No records cover May 2022 to June 2022" in shown


def test_one_area_alone_is_refused(store):
    path, _ = store(list(spread_out(200)), areas=[(WEST, SOUTH)])
    assert "area" in refused(path, "hotspots")


def test_islands_alone_are_refused_since_none_has_a_neighbour(store):
    apart = [(WEST + 10 * STEP * i, SOUTH) for i in range(6)]
    path, _ = store(list(spread_out(200)), areas=apart)
    assert "takes knowing which areas touch, and no two do" in refused(path, "hotspots")


def test_hotspots_of_two_events_are_not_shown_or_refused(store):
    row = [(WEST + STEP * (i % 3), SOUTH + STEP * (i // 3)) for i in range(6)]
    path, _ = store(list(spread_out(2)), areas=row)
    done = CliRunner().invoke(app, ["show", str(path), "places.hotspots"])
    said = " ".join((done.stdout + done.stderr).split())
    assert done.exit_code in (0, CANNOT), said
    assert "Not shown" in said or "Try:" in said
