"""`make` fills a store with made-up records: the same bytes however it is done, or nothing."""

import contextlib
import hashlib
import json
import os
import signal
import subprocess
import sys
import time
import tomllib
from dataclasses import replace
from pathlib import Path

import psutil
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from peelian.errors import StoreError, UsageError
from peelian.records.store import Store
from peelian.records.store.filling import Filling
from peelian.records.synth import partitions
from peelian.records.synth.making import make_part, make_store
from peelian.records.synth.partitions import PLACES, SERVICES
from peelian.records.synth.plan_file import plan_of
from peelian.records.synth.scales import SCALES, jobs_of, plan_at
from peelian.schema import TABLES
from peelian.schema.codes import code_list

SMALL = replace(SCALES["small"], areas=20, incidents=6_000, months=3)
SEED = 7


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    store = tmp_path_factory.mktemp("made") / "store"
    return make_store(store, scale=SMALL, seed=SEED)


def prints(folder, pattern="*.parquet"):
    return {
        p.relative_to(folder).as_posix(): hashlib.sha256(p.read_bytes()).hexdigest()
        for p in sorted(folder.rglob(pattern))
        if "loads" not in p.parts
    }


def records(store):
    return prints(store / "tables")


def test_the_store_is_whole_and_the_ledger_says_what_is_in_it(made):
    with Store.open(made.store) as store:
        store.verify()
        loads = store.loads()
        assert sum(load.loaded for load in loads) == sum(made.tables.values())
        assert {load.layout for load in loads} == {"made-up"}
        months = plan_at(SMALL).present
        assert {load.file for load in loads} == {
            f"merrowshire-{part}" for part in (*months, PLACES, SERVICES)
        }
        covered = store.table("coverage").to_pyarrow().to_pylist()
        assert {row["source"] for row in covered} == {"Merrowshire Police"}
        for name in ("incidents", "crimes", "stops"):
            told = sum(row["n"] for row in covered if row["table"] == name)
            assert told == store.table(name).count().to_pyarrow().as_py() > 0


def test_there_are_records_of_every_process(made):
    expected = {"contacts", "incidents", "incident_codes", "deployments", "labels", "crimes"}
    expected |= {"outcomes", "stops", "areas", "area_arcs", "area_links", "measures"}
    expected |= {"area_measures", "people", "markers", "involvements", "services", "interventions"}
    assert expected <= made.tables.keys()
    assert all(made.tables[name] for name in expected)
    with Store.open(made.store) as store:
        texts = store.table("incidents").narrative.to_pyarrow()
    assert texts.null_count == 0
    assert pc.mean(pc.utf8_length(texts)).as_py() > 100


def test_every_coded_word_is_one_its_list_knows(made):
    with Store.open(made.store) as store:
        for name in made.tables:
            table = store.table(name)
            for column in TABLES[name].columns:
                if column.codes:
                    words = set(table[column.name].to_pyarrow().drop_null().to_pylist())
                    known = code_list(column.codes)
                    assert all(word in known for word in words), (name, column.name)


def test_keys_are_keys_and_required_columns_are_filled(made):
    with Store.open(made.store) as store:
        for name in made.tables:
            rows = store.table(name).to_pyarrow()
            for column in TABLES[name].required:
                assert rows[column].null_count == 0, (name, column)
            if key := TABLES[name].key:
                assert len(rows.group_by(list(key)).aggregate([])) == len(rows), name


def test_records_join(made):
    with Store.open(made.store) as store:
        held = {
            name: store.table(name).to_pyarrow()
            for name in ("incidents", "deployments", "incident_codes", "crimes", "areas")
        }
    incidents = set(held["incidents"]["incident_id"].to_pylist())
    for name in ("deployments", "incident_codes"):
        assert set(held[name]["incident_id"].to_pylist()) <= incidents
    codes = set(held["areas"]["area_code"].to_pylist())
    for name in ("incidents", "crimes"):
        placed = held[name]["area_code"].drop_null().to_pylist()
        assert sum(code in codes for code in placed) > 0.99 * len(placed)
    named = held["incidents"]["crime_id"].drop_null().to_pylist()
    assert len(set(named) & set(held["crimes"]["crime_id"].to_pylist())) > 0.7 * len(named) > 100


_MAKE = """
import sys
from dataclasses import replace
from peelian.records.synth.making import make_store
from peelian.records.synth.scales import SCALES
if __name__ == "__main__":
    scale = replace(SCALES["small"], areas=20, incidents=6_000, months=3)
    make_store(sys.argv[1], scale=scale, seed=7, workers=int(sys.argv[2]))
"""


def test_two_workers_make_the_bytes_that_one_makes(made, tmp_path):
    """In a process of its own, with another hash seed, on two workers: every file of records and
    of truth, to the byte."""
    script = tmp_path / "make.py"
    script.write_text(_MAKE, encoding="utf-8")
    environment = {**os.environ, "PYTHONHASHSEED": "3", "OMP_NUM_THREADS": "2"}
    run = [sys.executable, str(script), str(tmp_path / "store"), "2"]
    subprocess.run(run, check=True, env=environment, timeout=300)
    assert records(tmp_path / "store") == records(made.store)
    truth = made.truth.parent / "store"
    assert prints(tmp_path / "truth" / "store", "*.*") == prints(truth, "*.*")
    assert len(records(made.store)) > 3 * 12


@pytest.mark.parametrize("what", ["2022-02", PLACES, SERVICES])
def test_a_part_made_alone_has_the_bytes_of_the_whole(made, tmp_path, what):
    paths = make_part(tmp_path / "part", only=f"Merrowshire Police/{what}", scale=SMALL, seed=SEED)
    assert paths
    whole = made.store / "tables"
    for path in paths:
        theirs = whole / path.parent.name / f"000001-{path.name}"
        assert path.read_bytes() == theirs.read_bytes()
    held = {p.parent.name for p in whole.rglob(f"*-merrowshire-{what}.parquet")}
    assert {path.parent.name for path in paths} == held


def test_another_seed_makes_other_records(made, tmp_path):
    other = make_store(tmp_path / "other", scale=SMALL, seed=SEED + 1)
    theirs, mine = records(other.store), records(made.store)
    same = [name for name in mine if mine[name] == theirs.get(name)]
    assert {Path(name).parent.name for name in same} <= {"measures", "interventions", "coverage"}


def test_leaving_the_words_out_changes_nothing_else(made, tmp_path):
    without = make_store(tmp_path / "dumb", scale=SMALL, seed=SEED, narratives=False)
    with Store.open(made.store) as one, Store.open(without.store) as other:
        for name in made.tables:
            mine, theirs = (
                store.table(name).drop("load_id").to_pyarrow() for store in (one, other)
            )
            if name == "incidents":
                assert theirs["narrative"].null_count == len(theirs)
                mine, theirs = mine.drop(["narrative"]), theirs.drop(["narrative"])
            assert mine.equals(theirs), name


NATION = replace(SCALES["nation"], areas=43 * 20, incidents=43 * 9_000, months=1)


@pytest.fixture(scope="module")
def nation(tmp_path_factory):
    store = tmp_path_factory.mktemp("nation") / "store"
    return make_store(store, scale=NATION, seed=SEED, narratives=False, workers=2)


def test_a_nation_is_43_forces_that_share_nothing_but_their_vintage(nation):
    with Store.open(nation.store) as store:
        assert nation.forces == len({load.source for load in store.loads()}) == 43
        areas = store.table("areas").select("vintage", "area_code", "source").to_pyarrow()
        by = areas.group_by(["vintage", "area_code"]).aggregate([("source", "count_distinct")])
        assert max(by["source_count_distinct"].to_pylist()) == 1
        arcs = store.table("area_arcs").select("vintage", "arc").to_pyarrow()
        assert len(arcs.group_by(["vintage", "arc"]).aggregate([])) == len(arcs)
        measures = store.table("measures").select("vintage", "measure").to_pyarrow()
        assert len(measures.group_by(["vintage", "measure"]).aggregate([])) == len(measures)
        for name in ("incidents", "crimes"):
            key = {"incidents": "incident_id", "crimes": "crime_id"}[name]
            ids = store.table(name)[key].to_pyarrow()
            assert len(ids.unique()) == len(ids), "no two forces have one identifier"
    files = list((nation.store / "tables" / "incidents").glob("*.parquet"))
    assert len(files) == 43


def test_forces_of_a_nation_lie_apart_and_out_at_sea(nation):
    import shapely

    with Store.open(nation.store) as store:
        rows = store.table("areas").select("source", "geometry", "vintage").to_pyarrow()
        x = store.table("incidents").x.to_pyarrow()
    boxes = {}
    for row in rows.to_pylist():
        boxes.setdefault(row["source"], []).append(shapely.from_wkb(row["geometry"]))
    hulls = [shapely.box(*shapely.total_bounds(shapes)) for shapes in boxes.values()]
    tree = shapely.STRtree(hulls)
    assert all(len(tree.query(hull, "intersects")) == 1 for hull in hulls)
    west, south, east, north = shapely.total_bounds(hulls)
    # The open Atlantic between the Azores and Greenland; one zone of the grid.
    assert -36 < west < east < -30
    assert 41 < south < north < 49
    assert 100_000 < pc.min(x).as_py() < pc.max(x).as_py() < 900_000


def test_forces_as_large_as_they_may_be_lie_apart():
    """By the reach of the areas' outlines: the largest nation that can be asked for."""
    from peelian.records.synth.places import make_places

    scale = replace(SCALES["nation"], areas=41_000, months=1)
    jobs = jobs_of(scale, plan_at(scale), SEED)
    assert max(job.plan.places.areas for job in jobs) <= 2_000
    largest = max(jobs, key=lambda job: job.plan.places.areas)
    places = make_places(largest.plan.places, largest.who)
    lon, lat = (
        max(abs(ring[:, axis] - largest.who.origin[axis]).max() for ring in places.rings)
        for axis in (0, 1)
    )
    others = [job.who.origin for job in jobs if job is not largest]
    for origin in others:
        apart = [abs(origin[axis] - largest.who.origin[axis]) for axis in (0, 1)]
        assert apart[0] > 1.7 * lon or apart[1] > 1.7 * lat


def test_one_month_of_one_force_of_a_nation_can_be_made_alone(nation, tmp_path):
    job = jobs_of(NATION, plan_at(NATION), SEED)[29]
    only = f"{job.who.name}/2022-01"
    paths = make_part(tmp_path / "p", only=only, scale=NATION, seed=SEED, narratives=False)
    for path in paths:
        theirs = nation.store / "tables" / path.parent.name / f"000001-{path.name}"
        assert path.read_bytes() == theirs.read_bytes()


@pytest.mark.parametrize("problem", [RuntimeError, KeyboardInterrupt])
def test_a_make_that_is_broken_off_leaves_nothing(tmp_path, monkeypatch, problem):
    write, told = partitions.month_part, []

    def fail(job, force, month, frame):
        told.append(month)
        if len(told) == 2:
            raise problem
        return write(job, force, month, frame)

    monkeypatch.setattr("peelian.records.synth.workers.month_part", fail)
    with pytest.raises(problem):
        make_store(tmp_path / "store", scale=SMALL, seed=1)
    assert len(told) == 2
    assert list(tmp_path.iterdir()) == []


def test_an_empty_store_is_filled_and_left_empty_when_it_goes_wrong(tmp_path, monkeypatch):
    store = tmp_path / "store"
    Store.create(store, crs="EPSG:32631").close()
    with monkeypatch.context() as broken:
        broken.setattr("peelian.records.synth.workers.services_part", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            make_store(store, scale=SMALL, seed=1, narratives=False)
    with Store.open(store) as opened:
        assert opened.loads() == ()
    assert not list((store / "tables").rglob("*.parquet"))
    make_store(store, scale=SMALL, seed=1, narratives=False)
    with Store.open(store) as opened:
        assert opened.crs == "EPSG:32631"
        opened.verify()


def test_a_store_that_holds_something_is_left_alone(made):
    before = records(made.store)
    with pytest.raises(StoreError, match="holds something"):
        make_store(made.store, scale=SMALL, seed=1)
    assert records(made.store) == before


def test_a_truth_that_is_none_is_left_alone(tmp_path):
    theirs = tmp_path / "truth" / "store"
    theirs.mkdir(parents=True)
    (theirs / "notes.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(StoreError, match="something else"):
        make_store(tmp_path / "store", scale=SMALL, seed=1)
    assert (theirs / "notes.txt").read_text(encoding="utf-8") == "mine"
    assert not (tmp_path / "store").exists()


def _alive(group):
    """Return the processes of a group that still run."""
    found = []
    for one in psutil.process_iter():
        with contextlib.suppress(psutil.Error, ProcessLookupError):
            if os.getpgid(one.pid) == group and one.status() != psutil.STATUS_ZOMBIE:
                found.append(one.pid)
    return found


@pytest.mark.skipif(sys.platform == "win32", reason="a signal is sent")
def test_ctrl_c_leaves_nothing_and_no_process_behind(tmp_path):
    run = [sys.executable, "-m", "peelian.cli", "make", str(tmp_path / "store"), "--workers", "2"]
    run += ["--areas", "60", "--years", "5"]
    process = subprocess.Popen(run, stderr=subprocess.PIPE, text=True, start_new_session=True)
    try:
        lines = []
        while "making up Merrowshire" not in "".join(lines[-1:]):
            lines.append(process.stderr.readline())
            assert lines[-1], "".join(lines)
        os.killpg(process.pid, signal.SIGINT)  # as a terminal does: to every process of the group
        _, rest = process.communicate(timeout=60)
        assert process.returncode == 130, rest
        assert "Stopped" in rest
    finally:
        if process.poll() is None:
            process.kill()
    assert list(tmp_path.iterdir()) == []
    until = time.monotonic() + 10
    while (left := _alive(process.pid)) and time.monotonic() < until:
        time.sleep(0.1)
    assert not left


def test_stopped_between_two_months_leaves_nothing_though_others_are_still_being_made(
    tmp_path, monkeypatch
):
    """The stop comes where the store takes a file in, while workers write the next ones."""
    adopted = []

    def adopt(filling, table, path):
        adopted.append(table)
        if len(adopted) == 20:
            raise KeyboardInterrupt
        return original(filling, table, path)

    original = Filling.adopt
    monkeypatch.setattr(Filling, "adopt", adopt)
    with pytest.raises(KeyboardInterrupt):
        make_store(tmp_path / "s", scale=SMALL, seed=SEED, workers=2)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["truth", "Truth"])
def test_no_truth_lies_in_the_store_it_tells_of(tmp_path, name):
    with pytest.raises(StoreError, match="would lie in the store"):
        make_store(tmp_path / name, scale=SMALL, seed=SEED, narratives=False)
    assert not list(tmp_path.iterdir())


def test_people_named_are_known_though_the_first_month_is_missing(tmp_path):
    plan = plan_at(SMALL, {"period": {"missing_month": "2022-01"}})
    make_store(tmp_path / "s", plan, scale=SMALL, seed=SEED, narratives=False)
    with Store.open(tmp_path / "s") as store:
        named = set(store.table("involvements").person_id.to_pyarrow().to_pylist())
        known = store.table("people").person_id.to_pyarrow().to_pylist()
        marked = set(store.table("markers").person_id.to_pyarrow().to_pylist())
    assert len(named) > 50
    assert named <= set(known)
    assert marked < set(known)
    assert len(known) == len(set(known))


def test_a_missing_month_is_missing_and_what_moved_in_it_is_not(tmp_path):
    plan = plan_at(SMALL, {"period": {"missing_month": "2022-02"}})
    store = make_store(tmp_path / "gap", plan, scale=SMALL, seed=SEED, narratives=False).store
    whole = make_store(tmp_path / "whole", scale=SMALL, seed=SEED, narratives=False).store
    with Store.open(store) as gap, Store.open(whole) as full:
        assert "merrowshire-2022-02" not in {load.file for load in gap.loads()}
        days = gap.table("incidents").local_date.to_pyarrow()
        assert {d.as_py().month for d in pc.unique(days)} == {1, 3}
        services = [s.table("services").drop("load_id").to_pyarrow() for s in (gap, full)]
        assert services[0].equals(services[1])


def test_the_truth_lies_beside_and_says_what_was_planted(made):
    assert made.truth == made.store.parent / "truth" / made.store.name
    told = json.loads((made.truth / "made.json").read_text(encoding="utf-8"))
    assert told["seed"] == SEED
    words = tomllib.loads((made.truth / "plan.toml").read_text(encoding="utf-8"))
    assert plan_of(words) == plan_at(SMALL)
    offences = pq.read_table(made.truth / "offences" / "merrowshire-places.parquet")
    assert len(offences) > made.tables["crimes"], "some offences are never recorded"
    with Store.open(made.store) as store:
        crimes = set(store.table("crimes").crime_id.to_pyarrow().to_pylist())
        incidents = set(store.table("incidents").incident_id.to_pyarrow().to_pylist())
    spoken = {
        crime
        for path in (made.truth / "crimes").iterdir()
        for crime in pq.read_table(path)["crime_id"].to_pylist()
    }
    assert spoken == crimes
    logs = [pq.read_table(path) for path in sorted((made.truth / "incidents").iterdir())]
    assert {i for log in logs for i in log["incident_id"].to_pylist()} == incidents


def test_the_truth_says_where_names_and_numbers_stand_in_the_logs(made):
    with Store.open(made.store) as store:
        rows = store.table("incidents").select("incident_id", "narrative").to_pyarrow()
    texts = dict(zip(*(rows[name].to_pylist() for name in rows.column_names), strict=True))
    spans = [
        row
        for path in sorted((made.truth / "spans").iterdir())
        for row in pq.read_table(path).to_pylist()
    ]
    assert len(spans) > len(texts) / 10
    words = [texts[row["incident_id"]][row["start"] : row["end"]] for row in spans]
    assert all(word and word == word.strip() for word in words)
    assert {row["kind"] for row in spans} >= {"person", "phone", "address"}
    phones = [w for w, row in zip(words, spans, strict=True) if row["kind"] == "phone"]
    assert all(sum(sign.isdigit() for sign in word) >= 6 for word in phones)


def test_a_refusal_in_a_worker_is_the_refusal_one_would_have_met(tmp_path):
    """Too few incidents are found out while making: the message arrives whole, nothing stays."""
    scale = replace(NATION, incidents=43 * 3_000)
    with pytest.raises(UsageError) as refused:
        make_store(tmp_path / "store", scale=scale, seed=1, narratives=False, workers=2)
    assert refused.value.found.startswith("calls.incidents")
    assert refused.value.text().count("UsageError") == 1
    assert list(tmp_path.iterdir()) == []


def test_no_store_can_open_the_truth(made):
    with pytest.raises(StoreError):
        Store.open(made.truth)
    with Store.open(made.store) as store, pytest.raises(UsageError, match="no such table"):
        store.table("../../truth/store/offences")


def test_no_column_of_the_store_is_one_of_the_truth(made):
    known = {column for table in TABLES.values() for column in table.names}
    for name in ("crimes", "stops", "incidents", "offences"):
        (first, *_) = sorted((made.truth / name).iterdir())
        assert set(pq.read_schema(first).names) - known, name
    truths = set(prints(made.truth).values())
    assert not truths & set(records(made.store).values())
    assert not list(made.store.rglob("*truth*"))
