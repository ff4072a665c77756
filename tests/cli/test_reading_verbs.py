"""`peelian draw`, `sheet` and `take`: what they print, and how they refuse."""

import json

import pytest
from typer.testing import CliRunner

import erasing
from peelian.cli.app import app

WHY = ["--purpose", "demand: how much of it"]


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    rows = [
        {"load_id": "North/1", "incident_id": f"i{n}", "time_precision": "day",
         "narrative": "caller in distress" if n % 4 == 0 else ""}
        for n in range(80)
    ]  # fmt: skip
    return erasing.make(tmp_path_factory.mktemp("verbs") / "store", {"incidents": rows})


def run(*words, code=0):
    done = CliRunner().invoke(app, [str(word) for word in words])
    assert done.exit_code == code, done.output
    return done


def test_from_drawing_to_taking_back(store, tmp_path):
    small = ("--read", "40", "--least", "5", "--least-low", "10", "--word", "distress")
    would = run("draw", store, *small, "--dry-run").output
    assert "would read 40 of 80 logs" in would
    assert "have no text" in would
    made = json.loads(run("draw", store, *small, *WHY, "--json").stdout)
    assert {one["stratum"]: one["size"] for one in made["strata"]} == {
        "words: none": 60, "words: one": 20
    }  # fmt: skip
    told = json.loads(run("sheet", store, "--out", tmp_path, "--as", "csv", *WHY, "--json").stdout)
    assert [one["logs"] for one in told] == [40, 40]
    for one in told:
        with open(one["file"], encoding="utf-8-sig") as file:
            items = [line[:12] for line in file if line.startswith(made["plan"])]
        with open(one["file"], "w", encoding="utf-8") as file:
            file.write("item,code\n" + "".join(f"{item},no\n" for item in items) + "x,no\n")
    taken = run("take", store, *(one["file"] for one in told), *WHY).output
    assert "41 rows = 40 taken + 0 known + 0 blank + 0 repeated + 1 refused" in taken
    assert "1 refused: the item is no number of a reading sheet" in taken
    settled = run("sheet", store, "--settle", "--out", tmp_path, *WHY).output
    assert "agree on every log" in settled
    shown = run("show", store, "demand.audit").output
    assert "what people read of 40 logs" in " ".join(shown.split())


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["draw", "--codebook", "mental-helth", *WHY], "mental-health"),
        (["draw", "--flag", "mental-health-flg", *WHY], "mental-health-flag"),
        (["draw", "--by", "categry", *WHY], "category"),
        (["draw", "--machine", "no-slash", *WHY], "CODEBOOK/CODE"),
        (["draw", "--machine", "a/b", "--cuts", "x", *WHY], "numbers"),
        (["draw", "--machine", "a/b", "--cuts", "0.5,0.2", *WHY], "rise"),
        (["draw", "--word", "a", "--machine", "a/b", *WHY], "one thing"),
        (["draw"], "purpose"),
        (["draw", "--read", "-4", *WHY], "read=-4"),
        (["sheet", "--out", "out", "--as", "pdf", *WHY], "xlsx"),
        (["sheet", "--out", "out", "--plan", "none", *WHY], "no such plan"),
        (["sheet", "--out", "out", "--keep-days", "0", *WHY], "days"),
    ],
)
def test_what_is_wrong_is_said(store, words, says, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    verb, *rest = words
    done = run(verb, store, *rest, code=2)
    assert says in done.output
    assert "A fault of peelian's own" not in done.output
    assert not list(tmp_path.rglob("*.xlsx"))


def test_a_flag_that_the_store_cannot_bear_is_refused(store):
    done = run("draw", store, "--flag", "mental-health-flag", *WHY, code=6)
    assert "qualifier" in done.output or "code" in done.output


def test_an_audit_of_nothing_says_what_to_do(tmp_path):
    empty = erasing.make(tmp_path / "s", {"incidents": [{"load_id": "North/1",
        "incident_id": "a", "time_precision": "day"}]})  # fmt: skip
    assert "peelian draw" in run("show", empty, "demand.audit", code=6).output
