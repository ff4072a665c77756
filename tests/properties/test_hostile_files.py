"""Hostile files made from seeds: each is loaded or refused with help, and every row is known of."""

import random

import pytest
from bench.door.hostile_make import CANARY, make
from bench.door.hostile_trial import Trial
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from peelian.errors import PeelianError
from peelian.records import load as loading
from peelian.records.read import find
from peelian.records.text_table import open_table


@pytest.fixture(scope="module")
def trial(tmp_path_factory):
    return Trial(tmp_path_factory.mktemp("hostile"))


# The library of boundaries remarks on some damage by an exception that nobody can catch.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.filterwarnings("ignore:.*:UserWarning")
# Seeds from 1 million on: `make accept-door` tries those from 0 on.
@pytest.mark.parametrize("first", range(1_000_000, 1_000_144, 48))
def test_no_hostile_file_crashes_loses_a_row_quotes_a_value_or_leaves_a_trace(trial, first):
    outcome = trial.run(range(first, first + 48))
    assert not outcome.wrong
    assert outcome.files == 48
    assert outcome.loaded > 10
    assert outcome.refused > 3


def test_the_trial_sees_a_reader_that_loses_rows(trial, monkeypatch):
    whole = loading.load

    def lossy(*arguments, **settings):
        report = whole(*arguments, **settings)
        for file in report.files:
            object.__setattr__(file, "loaded", file.loaded - 1)
        return report

    monkeypatch.setattr("bench.door.hostile_trial.load", lossy)
    seeds = [s for s in range(300) if (h := make(s)).kind == "codes" and h.expect == "load"][:2]
    assert any("set aside" in what for _, _, what in trial.run(seeds).wrong)


def test_the_trial_sees_a_crash_and_a_quoted_value(trial, monkeypatch):
    def crashing(*arguments, **settings):
        raise KeyError(CANARY)

    def telling(*arguments, **settings):
        raise PeelianError("No.", found=CANARY, try_="again")

    seeds = [s for s in range(300) if make(s).kind == "codes"][:1]
    monkeypatch.setattr("bench.door.hostile_trial.load", crashing)
    assert any("crashed" in what for _, _, what in trial.run(seeds).wrong)
    monkeypatch.setattr("bench.door.hostile_trial.load", telling)
    assert any("quoted" in what for _, _, what in trial.run(seeds).wrong)


def test_a_seed_makes_the_same_text_file_again():
    for seed in range(60):
        first, second = make(seed), make(seed)
        if first.name.endswith(".csv"):
            assert (first.data, first.name) == (second.data, second.name)


words = st.text(st.characters(exclude_categories=("Cs",)), max_size=12)


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    rows=st.lists(st.lists(words, min_size=3, max_size=3), min_size=1, max_size=8),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
    seed=st.integers(0, 99),
)
def test_any_words_written_by_rule_are_read_as_they_were_written(
    tmp_path_factory, rows, encoding, seed
):
    """Whoever quotes every field and doubles the quotes inside gets every word back."""
    if any("\0" in word for row in rows for word in row):
        return
    end = random.Random(seed).choice(("\n", "\r\n"))
    lines = [["name", "other", "third"], *rows]
    text = "".join(
        ",".join('"' + word.replace('"', '""') + '"' for word in line) + end for line in lines
    )
    path = tmp_path_factory.mktemp("words") / "words.csv"
    path.write_bytes(text.encode(encoding))
    with open_table(path, "how-to/load-records") as table:
        read = [[*row] for _, row in table.rows]
        assert table.n == len(rows) == len(read)
    if encoding != "utf-16":  # a rewritten file has its line ends made alike, inside fields too
        assert read == rows


@settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.binary(max_size=400), name=st.sampled_from(["a.csv", "a.zip", "a.gz", "a.xlsx"]))
def test_any_bytes_are_a_table_or_a_refusal_that_helps(tmp_path_factory, data, name):
    folder = tmp_path_factory.mktemp("bytes")
    (folder / name).write_bytes(data)
    refusal = None
    try:
        found = find([folder / name], workdir=folder / "work")
    except PeelianError as problem:
        refusal = problem
    if refusal is None:
        assert all(extract.rows >= 0 for extract in found.extracts)
    else:
        assert refusal.problem
        assert refusal.try_
