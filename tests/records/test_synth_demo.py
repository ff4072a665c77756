"""The demo: everything made up comes in, nothing is lost, and the truth stays outside."""

import csv
import json
import tomllib
from pathlib import Path

import pytest

from peelian.cli.demo import make_demo
from peelian.errors import StoreError, UsageError
from peelian.records.store import Store
from peelian.records.synth import Plan

SMALL = Plan(areas=60, months=8, missing_month="2022-06")


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    out = tmp_path_factory.mktemp("demo") / "demo"
    told = []
    page = make_demo(out, seed=5, plan=SMALL, tell=lambda *words: told.append(words[0]))
    return out, page, told


def truth(out, name):
    with (out / "truth" / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_the_folder_is_tidy(demo):
    out, page, told = demo
    assert page == out / "report.html"
    names = {path.name for path in out.iterdir()}
    assert {"files", "store", "truth", "study.toml", "report.html", "tables"} <= names
    assert told[0] == "Making up a force"
    assert "Writing the report" in told


def test_every_row_of_every_file_is_accounted_for(demo):
    """Read by the store = written, file by file; nothing set aside, nothing a duplicate."""
    out, _, _ = demo
    written = {Path(row["file"]).name: int(row["rows"]) for row in truth(out, "files.csv")}
    with Store.open(out / "store") as store:
        loads = store.loads()
        assert {load.file: load.read for load in loads} == written
        assert all(load.loaded == load.read for load in loads)
        assert not any(load.quarantined or load.duplicates for load in loads)


def test_the_store_holds_what_was_planted(demo):
    """Records by area, counted by the store, are those of the files' own truth."""
    out, _, _ = demo
    expected = sum(float(row["expected"]) for row in truth(out, "rates.csv"))
    with Store.open(out / "store") as store:
        crimes, incidents = store.table("crimes"), store.table("incidents")
        n = crimes.count().execute() + incidents.count().execute()
        codes = set(store.table("areas").area_code.execute())
        assert len(codes) == SMALL.areas
        assert set(crimes.area_vintage.execute().dropna()) == {"MADEUP21"}
        placed = crimes.filter(crimes.area_code.isin(sorted(codes))).count().execute()
        assert placed > 0.99 * crimes.count().execute()
    assert abs(n - expected) < 5 * expected**0.5 + 0.004 * expected


def test_the_report_is_one_file_and_says_that_it_is_made_up(demo):
    out, page, _ = demo
    text = page.read_text(encoding="utf-8")
    assert "made up" in text
    for part in tomllib.loads((out / "study.toml").read_text(encoding="utf-8"))["analyses"]:
        assert f"<h2>{part['title']}</h2>" in text
    assert "http://" not in text.replace("http://www.w3.org", "")


def test_a_store_cannot_open_the_truth(demo):
    out, _, _ = demo
    with pytest.raises(StoreError):
        Store.open(out / "truth")
    with Store.open(out / "store") as store, pytest.raises(UsageError, match="no such table"):
        store.table("../truth/plan")


def test_no_file_of_the_store_holds_the_truth(demo):
    """The truth's own words (the area's factor) stand in no file of the store or of the files."""
    out, _, _ = demo
    planted = {f"{float(row['own']):.6f}" for row in truth(out, "rates.csv")[:50]}
    for folder in ("store", "files"):
        for path in (out / folder).rglob("*.json"):
            assert not any(word in path.read_text(encoding="utf-8") for word in planted)
    assert not list((out / "store").rglob("*truth*"))
    assert not list((out / "store").rglob("*rates*"))


def test_a_demo_is_made_anew_over_an_old_one(demo, tmp_path):
    """The same seed gives the same files over an old demo; another folder is left alone."""
    out = tmp_path / "again"
    tiny = Plan(areas=20, months=3, missing_month="2022-02")
    make_demo(out, seed=5, plan=tiny)
    first = truth(out, "files.csv")
    make_demo(out, seed=5, plan=tiny)
    assert truth(out, "files.csv") == first
    assert json.loads((out / "truth" / "plan.json").read_text(encoding="utf-8"))["seed"] == 5


def test_a_folder_that_is_no_demo_is_left_alone(tmp_path):
    (tmp_path / "store").mkdir()
    (tmp_path / "store" / "precious.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(UsageError, match="something else"):
        make_demo(tmp_path)
    assert (tmp_path / "store" / "precious.txt").read_text(encoding="utf-8") == "mine"
