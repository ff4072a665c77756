"""The made-up force's files are laid out as the published ones, and say what was drawn."""

import csv
import json
import os
import subprocess
import sys
from hashlib import sha256

import pyarrow as pa
import pytest

from peelian.records.synth import make_force, write_files, write_truth
from peelian.records.synth.categories import ASB
from peelian.records.synth.plan_file import plan_of
from peelian.records.synth.write import RECORDED_OUTCOMES, STOPPED, STREET

SMALL = plan_of({"places": {"areas": 60}, "period": {"months": 8, "missing_month": "2022-06"}})


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    folder = tmp_path_factory.mktemp("made")
    force = make_force(SMALL, seed=5)
    files = write_files(force, folder / "files")
    write_truth(force, files, folder / "truth")
    return force, files, folder


def read(path):
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def rows_of(files, kind):
    return [row for path in sorted(files.police.glob(f"*/*-{kind}.csv")) for row in read(path)]


def test_a_folder_a_month_and_one_month_missing(made):
    _, files, _ = made
    months = sorted(folder.name for folder in files.police.iterdir())
    assert months == [f"2022-{m:02d}" for m in (1, 2, 3, 4, 5, 7, 8)]
    for month in months:
        names = sorted(path.name for path in (files.police / month).iterdir())
        kinds = ("outcomes", "stop-and-search", "street")
        assert names == [f"{month}-merrowshire-{kind}.csv" for kind in kinds]


@pytest.mark.shared
@pytest.mark.parametrize(
    ("name", "header"),
    [("street", STREET), ("outcomes", RECORDED_OUTCOMES), ("stop-and-search", STOPPED)],
)
def test_headers_are_those_of_the_published_files(shared, name, header):
    import gzip

    path = shared / "data/uk_northumbria" / f"northumbria-{name}.csv.gz"
    with gzip.open(path, "rt", encoding="utf-8") as file:
        assert tuple(next(csv.reader(file))) == header


def test_every_drawn_record_of_a_written_month_stands_in_a_file(made):
    force, files, _ = made
    held = [force.period.number(month) for month in force.plan.present]
    street = rows_of(files, "street")
    drawn = [force.crimes.recorded_in, force.stops.month]
    crimes, stops = (sum(int((m == h).sum()) for h in held) for m in drawn)
    calls = sum(int(force.calls(month).antisocial.sum()) for month in force.plan.present)
    assert sum(row["Crime type"] == ASB for row in street) == calls
    assert sum(row["Crime type"] != ASB for row in street) == crimes
    assert len(rows_of(files, "stop-and-search")) == stops
    assert calls > 1000
    assert crimes > 3000


def test_incidents_have_no_identifier_and_crimes_have_one_of_their_own(made):
    _, files, _ = made
    street = rows_of(files, "street")
    for row in street:
        incident = row["Crime type"] == ASB
        assert (row["Crime ID"] == "") == incident == (row["Last outcome category"] == "")
    ids = [row["Crime ID"] for row in street if row["Crime ID"]]
    assert len(set(ids)) == len(ids)
    assert all(len(i) == 64 for i in ids)


def test_outcomes_belong_to_crimes_and_never_come_before_them(made):
    """Some belong to the crimes of the missing month: real outcome files do that too."""
    force, files, _ = made
    month_of = {
        row["Crime ID"]: row["Month"] for row in rows_of(files, "street") if row["Crime ID"]
    }
    outcomes = rows_of(files, "outcomes")
    known = [row for row in outcomes if row["Crime ID"] in month_of]
    assert all(row["Month"] >= month_of[row["Crime ID"]] for row in known)
    unknown = {row["Crime ID"] for row in outcomes} - set(month_of)
    number = force.period.number("2022-06")
    missing = set(force.crimes.crime_id.take(pa.array(force.crimes.month(number))).to_pylist())
    assert unknown
    assert unknown <= missing


def test_a_place_is_whole_or_absent_and_a_few_lie_beyond(made):
    force, files, _ = made
    codes = set(force.places.codes)
    lost = beyond = 0
    for row in rows_of(files, "street"):
        parts = [bool(row[k]) for k in ("Longitude", "Latitude", "LSOA code", "LSOA name")]
        assert all(parts) or not any(parts)
        lost += not any(parts)
        beyond += all(parts) and row["LSOA code"] not in codes
    assert lost
    assert beyond


def test_longitude_and_latitude_change_places_in_stops(made):
    _, files, _ = made
    assert STOPPED.index("Latitude") < STOPPED.index("Longitude")
    assert STREET.index("Longitude") < STREET.index("Latitude")
    for row in rows_of(files, "stop-and-search"):
        if row["Latitude"]:
            assert float(row["Latitude"]) > 50 > float(row["Longitude"])


def test_the_truth_counts_the_files(made):
    _, files, folder = made
    listed = read(folder / "truth" / "files.csv")
    assert len(listed) == 7 * 3 + 5  # outlines and measures of two vintages, and links
    for entry in listed:
        under = files.police if "/" in entry["file"] else folder / "files"
        content = (under / entry["file"]).read_bytes()
        assert sha256(content).hexdigest() == entry["sha256"]
        if entry["file"].endswith(".csv"):
            assert len(read(under / entry["file"])) == int(entry["rows"])


def test_the_truth_says_what_each_lost_record_was(made):
    force, files, folder = made
    lost = read(folder / "truth" / "lost.csv")
    assert {row["record_says"] for row in lost} == {"no place", "beyond the force"}
    in_files = [r for r in rows_of(files, "street") if not r["LSOA code"] and r["Crime ID"]]
    truth = {row["crime_id"]: row for row in lost if row["crime_id"]}
    for row in in_files:
        assert truth[row["Crime ID"]]["record_says"] == "no place"
        assert truth[row["Crime ID"]]["area_code"] in force.places.codes


def test_areas_and_measures_describe_the_same_places(made):
    force, files, _ = made
    outlines = json.loads(files.areas.read_text(encoding="utf-8"))["features"]
    codes = [feature["properties"]["MADEUP21CD"] for feature in outlines]
    assert codes == sorted(force.places.codes) == [r["Area code"] for r in read(files.measures)]


_MAKE = """
import sys
from pathlib import Path
from peelian.records.synth import make_force, write_files, write_truth
from peelian.records.synth.plan_file import plan_of
force = make_force(plan_of({"places": {"areas": 40}, "period": {"months": 3}}), seed=9)
folder = Path(sys.argv[1])
write_truth(force, write_files(force, folder / "files"), folder / "truth")
"""


def test_two_runs_are_the_same_to_the_byte(tmp_path):
    """In separate processes, with other hash seeds, on one thread and on two."""
    contents = []
    for threads in ("1", "2"):
        folder = tmp_path / threads
        names = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "PYTHONHASHSEED")
        environment = {**os.environ, **dict.fromkeys(names, threads)}
        run = [sys.executable, "-c", _MAKE, str(folder)]
        subprocess.run(run, check=True, env=environment, timeout=120)
        contents.append(
            {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file()}
        )
    assert contents[0] == contents[1]
    assert len(contents[0]) == 3 * 3 + 9 + 8  # months, places, truth


def test_another_seed_makes_another_force(made, tmp_path):
    _, files, _ = made
    other = write_files(make_force(SMALL, seed=6), tmp_path)
    assert not {f.sha256 for f in files.written} & {f.sha256 for f in other.written}
