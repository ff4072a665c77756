"""`peelian definitions`: what is listed, what one says, and what one finds, held back where few."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from peelian.cli.app import app
from peelian.definitions import shipped
from peelian.records.synth.making import make_store
from peelian.records.synth.scales import SCALES

MINE = """
name = "mine"
title = "Mine"
counts = "what is mine"
health = true
source.says = "this test"
[[rule.any]]
category = ["message"]
[[rule.any]]
closing = ["not-a-code", "section-136"]
"""


def peelian(*words):
    done = CliRunner().invoke(app, [str(word) for word in words])
    return done.exit_code, done.output


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    made = make_store(tmp_path_factory.mktemp("force") / "store", scale=SCALES["small"], seed=7)
    return made.store


def test_all_are_listed():
    code, out = peelian("definitions")
    assert code == 0
    assert all(f"{name} " in out for name in shipped())
    code, out = peelian("definitions", "--json")
    assert [one["name"] for one in json.loads(out)] == list(shipped())


def test_one_is_told_in_full_with_every_word_of_its_list():
    code, out = peelian("definitions", "mental-health-words")
    assert code == 0
    told = " ".join(out.split())
    for words in (
        "place of safety",
        "suicide squad",
        "no history of",
        "7.3 % to 11.8 %",
        "Scotland",
    ):
        assert words in told
    assert "by district or force only" in told


def test_a_file_is_tried_on_a_store_and_few_are_held_back(store, tmp_path):
    file = tmp_path / "mine.toml"
    file.write_text(MINE, encoding="utf-8")
    code, out = peelian("definitions", file, "--check", store, "--json")
    assert code == 0
    (release,) = json.loads(out)
    rows = {row["says"]: row["n"] for row in release["tables"]["parts"]["rows"]}
    assert release["tables"]["counted"]["rows"][0]["incidents"] > 1000
    assert rows['closing code "not-a-code"'] == 0
    # Four detentions are too few to show, made up or not.
    assert rows['closing code "section-136"'] is None


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (["mental-helth"], 2, "Did you mean mental-health"),
        (["nowhere.toml"], 2, "nowhere.toml cannot be read"),
        (["--check", "STORE"], 2, "Nothing was named"),
        (["mental-health-machine", "--check", "STORE"], 6, "load labels"),
        (["section-136", "--check", "nowhere"], 5, "no store"),
    ],
)
def test_what_cannot_be_done_is_said(words, code, says, store, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    asked = [str(store) if word == "STORE" else word for word in words]
    done = peelian("definitions", *asked)
    assert done[0] == code, done[1]
    assert says in " ".join(done[1].split())
    assert not list(Path(tmp_path).iterdir())
