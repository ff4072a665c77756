"""The release register: what releases tell together, who may write it, and what it never holds."""

import sqlite3
import threading

import numpy as np
import pyarrow as pa
import pytest

from peelian.disclosure import Register, release
from peelian.errors import DisclosureError, StoreBusy
from peelian.results import Field, Provenance, Result, ResultTable, Sentence
from peelian.schema import Sensitivity

MONTHS = [f"2024-{m:02d}" for m in range(1, 13)]


def made(period, analysis="demand.composition", **settings):
    return Provenance(
        analysis=analysis, settings=settings, period=period, generation="0", files=(),
        data_as_at="2024-12", records_used={}, engine="duckdb", versions={},
        made_at="2025-01-01T00:00:00+00:00",
    )  # fmt: skip


def asked(columns, period, *, where=None, **stamp):
    """One table: key columns by name, and counts `n`."""
    fields = {
        name: (
            values,
            Field(role="label" if name == "district" else "key", label=name,
                  form="month" if name == "month" else "text"),
        )
        for name, values in columns.items() if name != "n"
    }  # fmt: skip
    fields["n"] = (pa.array(columns["n"], pa.int64()), Field(role="count", label="Records"))
    table = ResultTable.of("Counts", fields, sums_over=(), where={} if where is None else where)
    result = Result(question="?", answer=Sentence("Counted."), tables={"t": table})
    return result.stamped(made(period, **stamp))


@pytest.fixture
def register(tmp_path):
    return Register(tmp_path / "releases.sqlite")


def let_out(register, *args, level=Sensitivity.INTERNAL, **kwargs):
    out = release(asked(*args, **kwargs), sensitivity=level, register=register)
    return out.tables["t"].data.column("n").to_pylist()


def test_a_year_less_eleven_months_does_not_tell_the_twelfth(register):
    assert let_out(register, {"n": [100]}, "2024-01..2024-12") == [100]
    assert let_out(register, {"n": [97]}, "2024-01..2024-11") == [None]


def test_a_large_twelfth_month_may_be_told(register):
    assert let_out(register, {"n": [100]}, "2024-01..2024-12") == [100]
    assert let_out(register, {"n": [80]}, "2024-01..2024-11") == [80]


def test_without_the_register_both_would_leave(tmp_path):
    """The same two questions in two stores: so it is the register that stops the second."""
    for i, (n, period) in enumerate([(100, "2024-01..2024-12"), (97, "2024-01..2024-11")]):
        assert let_out(Register(tmp_path / f"{i}.sqlite"), {"n": [n]}, period) == [n]


def test_a_year_less_its_middle_does_not_tell_its_ends(register):
    assert let_out(register, {"n": [100]}, "2024-01..2024-12") == [100]
    assert let_out(register, {"n": [98]}, "2024-02..2024-11") == [None]


def test_a_district_less_its_other_areas_does_not_tell_the_last(register):
    areas = {"area": ["a", "b", "c"], "district": ["D", "D", "D"], "n": [40, 50, 3]}
    assert let_out(register, areas, "2024-01") == [40, 50, None]
    assert let_out(register, {"district": ["D"], "n": [93]}, "2024-01") == [None]


def test_nor_do_its_areas_once_the_district_is_told(register):
    assert let_out(register, {"district": ["D"], "n": [93]}, "2024-01") == [93]
    areas = {"area": ["a", "b", "c"], "district": ["D", "D", "D"], "n": [40, 50, 3]}
    seen = let_out(register, areas, "2024-01")
    assert seen[2] is None
    assert seen.count(None) == 2


def test_months_told_one_by_one_count_against_their_sum(register):
    months = {"month": MONTHS, "n": [20] * 11 + [2]}
    assert let_out(register, months, "2024-01..2024-12") == [20] * 11 + [None]
    assert let_out(register, {"n": [222]}, "2024-01..2024-12") == [None]


def test_the_same_question_has_the_same_answer_and_is_written_once(register):
    table = {"kind": ["a", "b", "c"], "n": [3, 40, 50]}
    first = let_out(register, table, "2024-01")
    assert let_out(register, table, "2024-01") == first
    assert len(register) == 1


def test_a_held_back_count_is_written_nowhere(register):
    let_out(register, {"kind": ["a", "b", "c"], "n": [3, 77777, 50]}, "2024-01")
    with sqlite3.connect(register.path) as base:
        (region,) = base.execute("select region from blocks").fetchone()
    import io

    with np.load(io.BytesIO(region)) as held:
        assert held["held"].tolist() == [True, False, False]
        assert np.isnan(held["values"][0])


def test_questions_of_another_measure_do_not_stand_against_one_another(register):
    assert let_out(register, {"n": [100]}, "2024-01..2024-12", where={"records": "crimes"})
    other = asked({"n": [97]}, "2024-01..2024-11")
    table = other.tables["t"]
    fields = {"n": Field(role="count", label="Records", where={"measure": "minutes"})}
    apart = ResultTable(caption="Counts", data=table.data, fields=fields, sums_over=(), where={})
    out = release(
        Result(question="?", answer=Sentence("Counted."), tables={"t": apart}).stamped(
            made("2024-01..2024-11")
        ),
        sensitivity=Sensitivity.INTERNAL,
        register=register,
    )
    assert out.tables["t"].data.column("n").to_pylist() == [97]


def test_open_records_are_not_registered(register):
    let_out(register, {"n": [3]}, "2024-01", level=Sensitivity.OPEN)
    assert not register.path.exists()


def test_a_register_that_cannot_be_written_lets_nothing_out(tmp_path):
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(DisclosureError, match="cannot be written") as caught:
        let_out(Register(tmp_path / "file" / "releases.sqlite"), {"n": [100]}, "2024-01")
    assert "a folder you may write to" in caught.value.text()


def test_a_damaged_register_lets_nothing_out(register):
    register.path.write_bytes(b"not a database at all" * 500)
    with pytest.raises(DisclosureError, match="damaged"):
        let_out(register, {"n": [100]}, "2024-01")


def test_a_register_of_a_newer_peelian_is_left_alone(register):
    let_out(register, {"n": [100]}, "2024-01")
    with sqlite3.connect(register.path) as base:
        base.execute("pragma user_version = 99")
    with pytest.raises(DisclosureError, match="newer peelian"):
        let_out(register, {"n": [100]}, "2024-02")


def test_while_another_release_is_made_a_second_waits_and_then_says_so(register, monkeypatch):
    monkeypatch.setattr("peelian.disclosure.register._WAIT_S", 0.2)
    with register.held(), pytest.raises(StoreBusy, match="Another release"):
        let_out(register, {"n": [100]}, "2024-01")


def test_two_at_once_cannot_both_tell_their_half_of_a_secret(register):
    told = {}

    def ask(n, period):
        told[period] = let_out(register, {"n": [n]}, period)

    halves = [(100, "2024-01..2024-12"), (97, "2024-01..2024-11")]
    threads = [threading.Thread(target=ask, args=half) for half in halves]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(told.values(), key=str).count([None]) == 1


def test_a_new_register_opened_by_many_at_once_takes_them_all(tmp_path):
    def ask(folder, month, start, told):
        start.wait()
        told.append(let_out(Register.of(folder), {"n": [100]}, f"2024-{month:02}"))

    for round_ in range(10):
        folder = tmp_path / str(round_)
        folder.mkdir()
        start, told = threading.Barrier(6), []
        threads = [threading.Thread(target=ask, args=(folder, m, start, told)) for m in range(1, 7)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert told == [[100]] * 6
        assert len(Register.of(folder)) == 6


def test_a_release_that_fails_leaves_no_trace(register, monkeypatch):
    def fail(*_):
        raise RuntimeError("stopped")

    monkeypatch.setattr("peelian.disclosure.door._let_out", fail)
    with pytest.raises(RuntimeError):
        let_out(register, {"n": [100]}, "2024-01..2024-12")
    assert len(register) == 0


def test_what_an_earlier_release_already_told_is_refused_not_told_again(register):
    """Told below the present threshold, at a time when the records were thought less sensitive."""
    assert let_out(register, {"n": [7]}, "2024-01") == [7]
    assert let_out(register, {"n": [7]}, "2024-01", level=Sensitivity.SENSITIVE) == [None]


def test_a_refusal_names_the_earlier_releases_in_the_way_and_no_value(register):
    """Seven in January are told by the quarter less its rest, and are few by today's threshold."""
    for period, n in (("2024-01..2024-03", 107), ("2024-02..2024-03", 100), ("2023-05", 40)):
        assert let_out(register, {"n": [n]}, period) == [n]
    with pytest.raises(DisclosureError, match="Earlier releases already tell") as refused:
        let_out(register, {"n": [7]}, "2024-01", level=Sensitivity.SENSITIVE)
    found = refused.value.found
    assert "“?” of 2024-01..2024-03, let out on 2025-01-01" in found
    assert "2023-05" not in found
    assert not any(str(value) in found.replace("2024-0", "") for value in (7, 107, 100))
