"""The audit log: each line stays, and whatever is done to it is found."""

import json
import random
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from datetime import UTC, datetime, timedelta

import pytest
from bench.door import tampering

from peelian.errors import AuditError, UsageError
from peelian.safeguards.audit import Event, Head, Log, Operation, verify
from peelian.safeguards.audit import log as log_file
from peelian.safeguards.purpose import Purpose

WHY = Purpose.read("prevention: planning")


def event(n, operation=Operation.CONSULTATION):
    return Event(
        operation=operation, object=f"analysis {n}", object_type="analysis", purpose=WHY, records=n
    )


@pytest.fixture
def store(tmp_path):
    (tmp_path / "store").mkdir()
    (tmp_path / "store" / "audit.toml").write_text('heads = "heads.txt"\n', encoding="utf-8")
    return tmp_path / "store"


@pytest.fixture
def log(store):
    made = Log.of(store)
    for n in range(12):
        made.write(event(n, list(Operation)[n % 6]))
    with closing(sqlite3.connect(made.path)) as base:
        base.execute("pragma wal_checkpoint(truncate)")
    return made


def test_a_line_says_who_when_what_why_and_how_many(log):
    says = list(log.lines())[4].says
    assert says["operation"] == "disclosure"
    assert says["records"] == 3
    assert (says["purpose"], says["justification"]) == ("prevention", "planning")
    assert "@" in says["actor"]
    assert datetime.now(UTC) - datetime.fromisoformat(says["at"]) < timedelta(minutes=5)


def test_what_was_written_is_whole(log):
    verdict = verify(log)
    assert (verdict.whole, verdict.lines, verdict.outside) == (True, 13, 12)
    assert not verdict.notes


@pytest.mark.parametrize("way", tampering.WAYS, ids=lambda way: way.__name__)
def test_tampering_is_found(log, way):
    for seed in range(8):
        lines = tampering.read(log.path)
        changed = way(random.Random(seed), lines)
        assert changed != lines
        tampering.put(log.path, changed)
        assert not verify(log).whole, (way.__name__, seed)
        tampering.put(log.path, lines)
    assert verify(log).whole


@pytest.mark.parametrize("way", [tampering.edit, tampering.swap, tampering.take_out])
def test_without_any_head_from_outside_plain_changes_are_found(log, store, way):
    (store / "audit.toml").unlink()
    log = Log.of(store)
    tampering.put(log.path, way(random.Random(1), tampering.read(log.path)))
    verdict = verify(log)
    assert not verdict.whole
    assert verdict.outside == 0


def test_a_cut_tail_is_seen_only_from_outside(log, store):
    lines = tampering.read(log.path)
    tampering.put(log.path, lines[:-3])
    assert "its tail is cut" in " ".join(verify(log).findings)
    (store / "audit.toml").unlink()
    blind = verify(Log.of(store))
    assert blind.whole
    assert "a cut tail would not be seen" in " ".join(blind.notes)


def written(folder, head):
    folder.mkdir()
    told = {"releases": [{"provenance": {"audit": str(head)}}]}
    (folder / "release.json").write_text(json.dumps(told), encoding="utf-8")
    return folder


def test_a_release_knows_the_log_it_was_made_under(log, store, tmp_path):
    (store / "audit.toml").unlink()
    log = Log.of(store)
    release = written(tmp_path / "report", log.write(event(99)))
    assert verify(log, releases=[release]).outside == 1
    assert verify(log, releases=[release]).whole
    tampering.put(log.path, tampering.read(log.path)[:-1])
    assert "the release report knows line" in verify(log, releases=[release]).findings[0]


def test_a_log_that_was_put_in_the_place_of_another_is_found(log, store):
    (store.parent / "elsewhere").mkdir()
    forged = Log.of(store.parent / "elsewhere")
    forged.write(event(1))
    with closing(sqlite3.connect(forged.path)) as base:
        base.execute("pragma wal_checkpoint(truncate)")
    log.path.unlink()
    assert "another log" in verify(log).findings[0]
    shutil.copy(forged.path, log.path)
    assert "no head in the outside file is of this log" in verify(log).findings


def test_the_files_own_guards_are_part_of_it(log):
    with closing(sqlite3.connect(log.path)) as base:
        with pytest.raises(sqlite3.IntegrityError, match="stays as it is"):
            base.execute("update lines set body = '' where line = 3")
        with pytest.raises(sqlite3.IntegrityError, match="stays where it is"):
            base.execute("delete from lines where line = 3")
        base.execute("drop trigger lines_are_not_deleted")
        base.commit()
    assert "other parts" in verify(log).findings[0]


def test_a_clock_that_is_moved_back_is_noted_and_the_chain_goes_on(log, monkeypatch):
    class Yesterday(datetime):
        @classmethod
        def now(cls, tz=None):
            return super().now(tz) - timedelta(days=1)

    monkeypatch.setattr(log_file, "datetime", Yesterday)
    log.write(event(50))
    monkeypatch.undo()
    log.write(event(51))
    verdict = verify(log)
    assert verdict.whole
    assert verdict.notes == ["the clock was moved back before 1 of the lines"]
    assert list(log.lines())[-2].says["clock_moved_back_s"] == pytest.approx(86_400, abs=60)


def test_without_the_outside_file_nothing_is_logged_and_nothing_done(log, store):
    (store.parent / "heads.txt").unlink()
    (store.parent / "heads.txt").mkdir()
    with pytest.raises(AuditError, match="outside the store"):
        log.write(event(1))
    assert len(list(log.lines())) == 13


def test_an_outside_file_that_is_gone_is_found(log, store):
    (store.parent / "heads.txt").unlink()
    assert verify(log).findings == ["the outside file heads.txt is gone"]


def test_a_half_written_head_spoils_no_other(log, store):
    with (store.parent / "heads.txt").open("a", encoding="ascii") as file:
        file.write("abcdef:13:01234")
    log.write(event(1))
    verdict = verify(log)
    assert verdict.whole
    assert (verdict.outside, verdict.notes) == (13, ["1 lines of the outside file are no heads"])


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("head = 'x'", "Did you mean heads"),
        ("heads = 3", "heads is a str"),
        ("purpose = 'always'", "asked, required"),
        ("heads = ", "TOML"),
    ],
)
def test_settings_that_cannot_be_are_refused(store, text, says):
    (store / "audit.toml").write_text(text, encoding="utf-8")
    with pytest.raises(UsageError, match=says):
        Log.of(store)


def test_a_purpose_can_be_required_and_its_words_left_out(store):
    (store / "audit.toml").write_text(
        'purpose = "required"\njustification = false\n', encoding="utf-8"
    )
    log = Log.of(store)
    with pytest.raises(UsageError, match="does not say why"):
        log.check_purpose(Purpose.read(""))
    log.check_purpose(WHY)
    log.write(event(1))
    says = list(log.lines())[-1].says
    assert (says["purpose"], says["justification"]) == ("prevention", "")


_WRITER = """
import sys
from pathlib import Path
from peelian.safeguards.audit import Event, Log, Operation
from peelian.safeguards.purpose import Purpose
log = Log.of(Path(sys.argv[1]))
for n in range(int(sys.argv[2])):
    head = log.write(Event(operation=Operation.CONSULTATION, object=sys.argv[3],
                           object_type="analysis", purpose=Purpose("demand"), records=n))
    print(head, flush=True)
"""


def writer(store, lines, name):
    command = [sys.executable, "-c", _WRITER, str(store), str(lines), name]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


def test_two_processes_log_at_once_and_neither_loses_a_line(store):
    both = [writer(store, 30, name) for name in ("one", "other")]
    heads = [
        Head.read(line) for child in both for line in child.communicate(timeout=100)[0].split()
    ]
    log = Log.of(store)
    verdict = verify(log)
    assert verdict.whole, verdict.findings
    assert len(heads) == 60
    assert verdict.lines == 61
    hashes = [line.hash for line in log.lines()]
    assert all(hashes[head.line] == head.hash for head in heads)


@pytest.mark.parametrize("after", [1, 7, 19])
def test_killed_while_it_logs_no_line_is_lost_and_the_chain_is_whole(store, after):
    child = writer(store, 10_000, "killed")
    assert child.stdout is not None
    told = [child.stdout.readline() for _ in range(after)]
    child.kill()
    told += [line for line in child.communicate()[0].splitlines(keepends=True) if line[-1] == "\n"]
    log = Log.of(store)
    log.write(event(0))
    verdict = verify(log)
    assert verdict.whole, verdict.findings
    hashes = [line.hash for line in log.lines()]
    assert all(hashes[Head.read(t.strip()).line] == Head.read(t.strip()).hash for t in told)


@pytest.mark.deep
def test_every_figure_of_the_audit_log_is_met(tmp_path):
    from bench.door.audit import figures

    assert [figure.line() for figure in figures(tmp_path) if not figure.met] == []
