"""The verbs of the safeguards: what they say, what they refuse, and with which exit code."""

import json
import sqlite3
from contextlib import closing

import pytest
from bench.kill_bench import street
from typer.testing import CliRunner

from peelian.cli.app import app


def peelian(*words):
    done = CliRunner().invoke(app, [str(word) for word in words])
    return done.exit_code, done.output


@pytest.fixture
def store(tmp_path):
    assert peelian("new", tmp_path / "store")[0] == 0
    file = street(tmp_path / "a.csv", "2031-01", 40)
    assert peelian("load", tmp_path / "store", file, "--as", "police-uk")[0] == 0
    return tmp_path / "store"


def test_audit_lists_and_verifies(store, tmp_path):
    peelian("show", store, "demand.composition", "--purpose", "demand: \x1b[2Jhidden")
    code, out = peelian("audit", store)
    assert code == 0
    assert "consultation of analysis demand.composition, 40 records; demand: ?[2Jhidden" in out
    assert "\x1b" not in out
    assert len(json.loads(peelian("audit", store, "--json", "--last", 2)[1])) == 2
    assert peelian("audit", store, "--verify")[0] == 0
    peelian("report", store, "demand.composition", "--out", tmp_path / "out")
    assert peelian("audit", store, "--release", tmp_path / "out")[0] == 0
    with closing(sqlite3.connect(store / "audit.sqlite")) as base:
        base.execute("drop trigger lines_are_not_deleted")
        base.execute("delete from lines where line = 3")
        base.commit()
    code, out = peelian("audit", store, "--verify")
    assert code == 9
    assert "found: line 4 stands where line 3 should" in out


def test_audit_of_no_store_is_refused(tmp_path):
    code, out = peelian("audit", tmp_path)
    assert (code, "no store here" in out) == (5, True)


def test_erase_asks_whether_somebody_is_sure(store):
    code, out = peelian("erase", store, "--before", "2031-02-01")
    assert code == 2
    assert "40 records would go" in out
    code, out = peelian("erase", store, "--before", "2031-02-01", "--yes", "--json")
    assert code == 0
    assert '"records": 40' in out
    code, out = peelian("ledger", store)
    assert "of the loaded, 40 were erased later" in out


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["--before", "last year"], "not a day"),
        ([], "Nothing says what to erase"),
        (["--source", "Nobody"], "no such source"),
    ],
)
def test_a_slip_in_an_erasure_is_named(store, words, says):
    code, out = peelian("erase", store, *words, "--yes")
    assert (code, says in out) == (2, True)


def test_publish_says_why_not(store, tmp_path):
    peelian("report", store, "demand.composition", "--out", tmp_path / "out")
    code, out = peelian("publish", tmp_path / "out", "--to", tmp_path / "public", "--json")
    assert code == 8
    assert '"check": "expiry"' in out
    assert not (tmp_path / "public").exists()
