"""What gives way under a load: full disks, lost permissions, clocks, crowds; the store holds."""

import errno
import multiprocessing

import pytest
from bench.door.faults import (
    Faults,
    clock_back,
    every_write,
    full_disk,
    read_only,
    reader_meanwhile,
    small_disk,
    state,
    told_time,
    two_at_once,
)

from peelian.errors import InputError, StoreError
from peelian.records.load import load
from peelian.records.store import faults as gave_way
from peelian.records.store import pointer, transaction


@pytest.fixture(scope="module")
def faults(tmp_path_factory):
    return Faults(tmp_path_factory.mktemp("faults"))


@pytest.mark.parametrize("kind", ["full", "denied"])
def test_a_write_that_fails_leaves_the_store_as_it_was_or_complete(faults, kind):
    ended = list(every_write(faults, kind, step=9))
    assert not [wrong for _, _, wrong in ended if wrong]
    assert "refused" in {how for _, how, _ in ended}


def test_a_disk_that_is_really_full(faults, tmp_path):
    with small_disk(tmp_path / "disk", 4) as disk:
        if disk is None:
            pytest.skip("this account may not make a small disk")
        assert not full_disk(faults, disk)


def test_two_loads_at_once_take_turns_or_one_is_told_to_wait(faults):
    assert multiprocessing.get_start_method() is not None
    assert not two_at_once(faults, rounds=1)


def test_a_reader_sees_the_store_before_or_after_a_load_and_nothing_between(faults):
    assert not reader_meanwhile(faults, rounds=1)


def test_a_clock_moved_back_loses_nothing(faults):
    assert not clock_back(faults, told_time)


def test_a_store_that_may_only_be_read_is_shown_and_not_loaded_into(faults):
    wrong = read_only(faults)
    if wrong is None:
        pytest.skip("no account here that modes bind")
    assert not wrong


def test_a_load_stopped_just_after_the_swap_keeps_what_the_store_now_shows(faults, monkeypatch):
    """What was committed must not be cleared away with what was not."""
    whole = pointer.write_pointer

    def stopped(*arguments):
        whole(*arguments)
        raise KeyboardInterrupt

    monkeypatch.setattr(transaction, "write_pointer", stopped)
    with pytest.raises(KeyboardInterrupt):
        load(faults.store, [faults.file], layout="police-uk")
    assert state(faults.store) == faults.after
    faults.reset()


def test_a_fault_after_the_swap_does_not_say_that_nothing_was_changed(faults, monkeypatch):
    whole = pointer.write_pointer

    def failing(*arguments):
        whole(*arguments)
        raise OSError(errno.ENOSPC, "full", "x")

    monkeypatch.setattr(transaction, "write_pointer", failing)
    with pytest.raises(StoreError, match="changed all the same"):
        load(faults.store, [faults.file], layout="police-uk")
    assert state(faults.store) == faults.after
    faults.reset()


def test_a_pointer_that_cannot_be_written_leaves_no_record_of_a_generation(faults, monkeypatch):
    whole, recorded = pointer._write, []

    def failing(path, raw):
        if path.name == pointer.CURRENT:
            recorded.append(path)
            raise OSError(errno.ENOSPC, "full", str(path))
        whole(path, raw)

    before = sorted((faults.store / pointer.GENERATIONS).iterdir())
    monkeypatch.setattr(pointer, "_write", failing)
    with pytest.raises(StoreError, match="disk is full"):
        load(faults.store, [faults.file], layout="police-uk")
    assert recorded
    assert sorted((faults.store / pointer.GENERATIONS).iterdir()) == before
    assert state(faults.store) == faults.before


def test_a_file_that_may_not_be_read_is_named_and_its_folder_is_not(tmp_path):
    problem = PermissionError(errno.EACCES, "denied", str(tmp_path / "private" / "calls.csv"))
    said = gave_way.in_words(problem, tmp_path / "store")
    assert isinstance(said, InputError)
    assert "calls.csv cannot be read" in said.text()
    assert "private" not in said.text()
