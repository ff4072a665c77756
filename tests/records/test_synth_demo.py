"""The demo: everything made up comes in, nothing is lost, and the truth stays outside."""

import csv
import json
import tomllib

import pytest

from peelian.cli.demo import make_demo
from peelian.errors import StoreError, UsageError
from peelian.records.store import Store
from peelian.records.synth.scales import Scale, plan_at

SMALL = Scale(areas=60, incidents=20_000, months=8, crs="EPSG:27700")
PLAN = plan_at(SMALL, {"period": {"missing_month": "2022-06"}})


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    out = tmp_path_factory.mktemp("demo") / "demo"
    told = []
    page = make_demo(out, seed=5, scale=SMALL, plan=PLAN, tell=lambda *words: told.append(words[0]))
    return out, page, told


def truth(out, name):
    (path,) = (out / "truth" / "store" / name).glob("*.csv")
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_the_folder_is_tidy(demo):
    out, page, told = demo
    assert page == out / "report.html"
    names = {path.name for path in out.iterdir()}
    assert {"store", "truth", "study.toml", "report.html", "tables"} <= names
    assert told[0] == "Making up a force"
    assert "Writing the report" in told


def test_every_row_is_accounted_for(demo):
    """Every part's rows are in the store, and the ledger says so; nothing was set aside."""
    out, _, _ = demo
    with Store.open(out / "store") as store:
        store.verify()
        loads = store.loads()
        assert len(loads) == 7 + 2, "a part a month but the missing one, places, and services"
        assert all(load.loaded == load.read for load in loads)
        assert not any(load.quarantined or load.duplicates for load in loads)


def test_the_store_holds_what_was_planted(demo):
    """Recorded crime by area, counted by the store, is near what the truth expects."""
    out, _, _ = demo
    rates, months = truth(out, "rates"), truth(out, "months")
    burglary = [row for row in months if row["category"] == "Burglary"]
    held = sum(float(row["years"]) for row in burglary if row["month"] != "2022-06")
    share = held / sum(float(row["years"]) for row in burglary)
    crime = [row for row in rates if row["category"] != "Anti-social behaviour"]
    expected = share * sum(float(row["expected"]) for row in crime)
    with Store.open(out / "store") as store:
        crimes = store.table("crimes")
        n = int(crimes.count().to_pyarrow().as_py())
        areas = store.table("areas")
        codes = set(areas.filter(areas.vintage == "MADEUP21").area_code.to_pyarrow().to_pylist())
        assert len(codes) == SMALL.areas
        vintages = set(crimes.area_vintage.to_pyarrow().drop_null().to_pylist())
        assert vintages == {"MADEUP21"}
        placed = crimes.filter(crimes.area_code.isin(sorted(codes))).count().to_pyarrow().as_py()
        assert placed > 0.99 * n
    assert abs(n - expected) < 0.06 * expected


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
    """The truth's own words (the area's factor) stand in no file of the store."""
    out, _, _ = demo
    planted = {row["own"] for row in truth(out, "rates")[:50]}
    for path in (out / "store").rglob("*.json"):
        assert not any(word in path.read_text(encoding="utf-8") for word in planted)
    assert not list((out / "store").rglob("*truth*"))
    assert not list((out / "store").rglob("*rates*"))


def test_a_demo_is_made_anew_over_an_old_one(demo, tmp_path):
    """The same seed gives the same records over an old demo; another folder is left alone."""
    out = tmp_path / "again"
    tiny = Scale(areas=20, incidents=6_000, months=3, crs="EPSG:27700")
    plan = plan_at(tiny, {"period": {"missing_month": "2022-02"}})
    make_demo(out, seed=5, scale=tiny, plan=plan)
    (first,) = (out / "store/tables/crimes").glob("*-2022-03.parquet")
    before = first.read_bytes()
    make_demo(out, seed=5, scale=tiny, plan=plan)
    assert first.read_bytes() == before
    told = json.loads((out / "truth/store/made.json").read_text(encoding="utf-8"))
    assert told["seed"] == 5


def test_a_folder_that_is_no_demo_is_left_alone(tmp_path):
    (tmp_path / "store").mkdir()
    (tmp_path / "store" / "precious.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(UsageError, match="something else"):
        make_demo(tmp_path)
    assert (tmp_path / "store" / "precious.txt").read_text(encoding="utf-8") == "mine"
