"""Loads, looks and written releases leave their lines; killed ones are settled by the next."""

import subprocess
import sys
from datetime import date

import pytest
from bench.kill_bench import street

from peelian.changes import erase, load
from peelian.cli.writing import run_and_write
from peelian.errors import InputError, StoreBusy, StoreError, UsageError
from peelian.records.erasing import Wish
from peelian.records.load import load as load_without_log
from peelian.records.store import Store, transaction
from peelian.records.store.emptying import is_marked
from peelian.records.store.pointer import read_generations
from peelian.safeguards.audit import Log, verify
from peelian.study import Question, Study, answer


@pytest.fixture
def store(tmp_path):
    Store.create(tmp_path / "store").close()
    return tmp_path / "store"


def said(store):
    lines = [line.says for line in Log.of(store).lines()][1:]
    return [(s["operation"], s["state"], s["records"]) for s in lines]


def whole(store, **settings):
    return verify(Log.of(store), generations=read_generations(store), **settings)


def test_a_load_is_logged_before_and_after(store, tmp_path):
    load(store, [street(tmp_path / "a.csv", "2031-01", 40)], layout="police-uk", purpose="demand")
    assert said(store) == [("collection", "begun", None), ("collection", "done", 40)]
    says = list(Log.of(store).lines())[-1].says
    with Store.open(store) as opened:
        assert says["version"] == opened.fingerprint
        assert says["detail"]["files"] == {"a.csv": opened.loads()[0].sha256}
    assert says["purpose"] == "demand"
    assert whole(store).whole


def test_replacing_is_logged_as_an_alteration_too(store, tmp_path):
    load(store, [street(tmp_path / "a.csv", "2031-01", 40)], layout="police-uk")
    load(store, [street(tmp_path / "b.csv", "2031-01", 44)], layout="police-uk", replace=True)
    assert said(store)[2:] == [
        ("collection", "begun", None),
        ("collection", "done", 44),
        ("alteration", "done", 40),
    ]


def test_a_refused_load_is_logged_as_refused(store, tmp_path):
    with pytest.raises(InputError):
        load(store, [tmp_path / "none.csv"], layout="police-uk")
    assert said(store) == [("collection", "begun", None), ("collection", "refused", None)]


def test_a_folder_that_is_no_store_gets_no_log(tmp_path):
    with pytest.raises(StoreError, match="no store here"):
        load(tmp_path, [tmp_path / "none.csv"], layout="police-uk")
    assert not list(tmp_path.iterdir())


def test_a_look_is_logged_and_its_head_is_in_the_answer(store, tmp_path):
    load(store, [street(tmp_path / "a.csv", "2031-01", 40)], layout="police-uk")
    with Store.open(store) as opened:
        release = answer(opened, Question("demand.composition"), purpose="demand: how much")
    assert said(store)[-1] == ("consultation", "done", 40)
    head = Log.of(store).lines()
    assert release.provenance.audit.endswith(list(head)[-1].hash)


def test_a_look_at_two_sources_is_a_combination_too(store, tmp_path):
    for name, month in (("one", "2031-01"), ("two", "2031-02")):
        file = street(tmp_path / f"{name}.csv", month, 40)
        load(store, [file], layout="police-uk", source=name)
    with Store.open(store) as opened:
        answer(opened, Question("demand.composition"))
    assert [line[0] for line in said(store)[-2:]] == ["consultation", "combination"]


def test_a_written_release_is_a_disclosure_and_can_be_checked_against(store, tmp_path):
    load(store, [street(tmp_path / "a.csv", "2031-01", 40)], layout="police-uk")
    study = Study.from_words(
        {"title": "T", "purpose": "scrutiny: panel", "analyses": [{"id": "demand.composition"}]}
    )
    with Store.open(store) as opened:
        run_and_write(study, opened, tmp_path / "out")
    assert said(store)[-3:] == [
        ("consultation", "done", 40),
        ("disclosure", "begun", 40),
        ("disclosure", "done", 40),
    ]
    assert {s.says["purpose"] for s in list(Log.of(store).lines())[-3:]} == {"scrutiny"}
    verdict = whole(store, releases=[tmp_path / "out"])
    assert (verdict.whole, verdict.outside) == (True, 1)


def test_where_a_purpose_is_required_nobody_is_answered_without(store, tmp_path):
    load(store, [street(tmp_path / "a.csv", "2031-01", 40)], layout="police-uk")
    (store / "audit.toml").write_text('purpose = "required"\n', encoding="utf-8")
    before = said(store)
    with Store.open(store) as opened, pytest.raises(UsageError, match="does not say why"):
        answer(opened, Question("demand.composition"))
    with pytest.raises(UsageError, match="does not say why"):
        load(store, [street(tmp_path / "b.csv", "2031-02", 40)], layout="police-uk")
    assert said(store) == before


def test_a_change_past_the_log_is_found(store, tmp_path):
    load(store, [street(tmp_path / "a.csv", "2031-01", 40)], layout="police-uk")
    load_without_log(store, [street(tmp_path / "b.csv", "2031-02", 40)], layout="police-uk")
    assert whole(store).findings == ["generation 2 came about with no operation logged"]


_KILLED = """
import os, sys
from peelian import changes
from peelian.records.store import transaction
def dies(self, whole=transaction.Transaction.commit):
    if sys.argv[3] == "after":
        whole(self)
    os._exit(9)
transaction.Transaction.commit = dies
changes.load(sys.argv[1], [sys.argv[2]], layout="police-uk")
"""


@pytest.mark.parametrize(("when", "found"), [("before", "found undone"), ("after", "found done")])
def test_a_killed_load_is_settled_by_the_next(store, tmp_path, when, found):
    file = street(tmp_path / "a.csv", "2031-01", 40)
    done = subprocess.run(
        [sys.executable, "-c", _KILLED, str(store), str(file), when], check=False, timeout=100
    )
    assert done.returncode == 9
    assert said(store) == [("collection", "begun", None)]
    assert "not seen to end: line 1" in " ".join(whole(store).notes)
    load(store, [street(tmp_path / "b.csv", "2031-02", 40)], layout="police-uk")
    assert said(store)[1] == ("collection", found, None)
    verdict = whole(store)
    assert (verdict.whole, verdict.notes[1:]) == (True, [])


def test_an_erasure_whose_old_files_are_held_open_was_made_all_the_same(
    store, tmp_path, monkeypatch
):
    load(store, [street(tmp_path / "a.csv", "2031-01", 40)], layout="police-uk")

    def held_open(*_):
        raise StoreError("old files are held open")

    monkeypatch.setattr(transaction, "empty", held_open)
    with pytest.raises(StoreError, match="held open"):
        erase(store, Wish(before=date(2031, 2, 1)))
    monkeypatch.undo()
    assert said(store)[-2:] == [("erasure", "begun", None), ("erasure", "done", None)]
    assert whole(store).whole
    assert is_marked(store)
    load(store, [street(tmp_path / "b.csv", "2031-02", 40)], layout="police-uk")
    assert not is_marked(store)


def test_an_erasure_is_logged_with_what_went(store, tmp_path):
    load(store, [street(tmp_path / "a.csv", "2031-01", 40)], layout="police-uk")
    erase(store, Wish(before=date(2031, 2, 1)), dry_run=True)
    assert said(store)[-1] == ("collection", "done", 40)
    erase(store, Wish(before=date(2031, 2, 1)), purpose="retention")
    assert said(store)[-2:] == [("erasure", "begun", None), ("erasure", "done", 40)]
    says = list(Log.of(store).lines())[-1].says
    assert says["detail"]["tables"] == {"crimes": 30, "incidents": 10}
    assert whole(store).whole


def test_one_change_at_a_time(store, tmp_path):
    from peelian.changes import _alone

    with _alone(store), pytest.raises(StoreBusy):
        load(store, [street(tmp_path / "a.csv", "2031-01", 40)], layout="police-uk")
    assert said(store) == []
