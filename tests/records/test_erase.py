"""Erasing: what is chosen goes with all that follows from it, for good, and the ledger says so."""

import subprocess
import sys
from datetime import UTC, date, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import erasing
from peelian.errors import AlreadyLoaded, UsageError
from peelian.records.erasing import Wish, erase
from peelian.records.erasing.retention import Span, read_retention
from peelian.records.load import load
from peelian.records.store import Store
from peelian.records.store.emptying import is_marked
from peelian.records.store.transaction import Transaction
from peelian.records.tally import ERASED, ERASED_ASIDE

OLD, NEW = date(2020, 3, 14), date(2024, 5, 6)
A, B = "North/1", "South/1"


def at(day, precision="day"):
    return {"local_date": day, "time_precision": precision}


def rows():
    """Two sources whose identifiers are alike, and every kind of row that follows another."""
    return {
        "crimes": [
            {"load_id": A, "crime_id": "old-crime", "location_text": "Quillfeather", **at(OLD)},
            {"load_id": A, "crime_id": "new-crime", **at(NEW)},
            {"load_id": B, "crime_id": "old-crime", **at(NEW)},
        ],
        "outcomes": [
            {"load_id": A, "crime_id": "old-crime", "outcome_code": "charged", **at(NEW)},
            {"load_id": A, "crime_id": "new-crime", "outcome_code": "charged", **at(NEW)},
            {"load_id": B, "crime_id": "old-crime", "outcome_code": "charged", **at(NEW)},
        ],
        "documents": [
            {"load_id": A, "document_id": "d1", "crime_id": "old-crime", "text": "Moonwhistle",
             **at(NEW)},
        ],
        "incidents": [
            {"load_id": A, "incident_id": "i-old", "narrative": "Thistledown", **at(OLD)},
            {"load_id": A, "incident_id": "i-new", "crime_id": "old-crime", **at(NEW)},
            {"load_id": B, "incident_id": "i-south", **at(NEW)},
        ],
        "incident_codes": [
            {"load_id": A, "incident_id": "i-old", "code": "c", "position": 1},
            {"load_id": A, "incident_id": "i-new", "code": "c", "position": 1},
            # Codes that came from another source than their incident.
            {"load_id": B, "incident_id": "i-old", "code": "c", "position": 2},
            {"load_id": B, "incident_id": "i-south", "code": "c", "position": 1},
        ],
        "deployments": [
            {"load_id": A, "incident_id": "i-old", "unit_id": "u", **at(None)},
            {"load_id": B, "incident_id": "i-south", "unit_id": "u", **at(None)},
        ],
        "labels": [
            {"load_id": A, "item_kind": "incident", "item_id": "i-old", "codebook": "k",
             "code": "c", "coder": "x", **at(NEW)},
            {"load_id": A, "item_kind": "document", "item_id": "d1", "codebook": "k", "code": "c",
             "coder": "x", **at(NEW)},
            # A document that is called like an incident is no incident.
            {"load_id": A, "item_kind": "document", "item_id": "i-old", "codebook": "k",
             "code": "c", "coder": "x", **at(NEW)},
        ],
        "contacts": [
            {"load_id": A, "contact_id": "c1", "incident_id": "i-old", **at(NEW)},
        ],
        "people": [
            {"load_id": A, "person_id": "p1", "expires_on": date(2024, 1, 1)},
            {"load_id": A, "person_id": "p2", "expires_on": date(2030, 1, 1)},
        ],
        "markers": [
            {"load_id": A, "person_id": "p1", "marker": "m"},
            {"load_id": A, "person_id": "p2", "marker": "m"},
        ],
        "relations": [{"load_id": A, "person_id": "p2", "other_id": "p1", "kind": "kin"}],
        "quarantine": [
            {"load_id": A, "line": 7, "reason": "no date", "row": "Brackenmoor"},
            {"load_id": B, "line": 7, "reason": "no date", "row": "Fernhollow"},
        ],
    }  # fmt: skip


@pytest.fixture
def store(tmp_path):
    return erasing.make(tmp_path / "store", rows())


def test_before_a_day_goes_with_all_that_follows(store):
    done = erase(store, Wish(before=date(2021, 1, 1)))
    assert done.tables == {
        "crimes": 1, "deployments": 1, "documents": 1, "incident_codes": 2, "incidents": 1,
        "labels": 2, "outcomes": 1,
    }  # fmt: skip
    assert done.followed == 7
    assert erasing.held(store, "crimes", "source", "crime_id") == [
        ("North", "new-crime"),
        ("South", "old-crime"),
    ]
    assert erasing.held(store, "outcomes", "source", "crime_id") == [
        ("North", "new-crime"),
        ("South", "old-crime"),
    ]
    assert erasing.held(store, "incident_codes", "source", "incident_id") == [
        ("North", "i-new"),
        ("South", "i-south"),
    ]
    assert erasing.held(store, "labels", "item_kind", "item_id") == [("document", "i-old")]


def test_what_only_names_an_erased_record_stays_without_the_name(store):
    done = erase(store, Wish(before=date(2021, 1, 1)))
    assert done.cleared == {"contacts": 1, "incidents": 1}
    assert erasing.held(store, "incidents", "incident_id", "crime_id") == [
        ("i-new", None),
        ("i-south", None),
    ]
    assert erasing.held(store, "contacts", "contact_id", "incident_id") == [("c1", None)]


def test_the_bytes_are_in_no_file(store):
    words = ("Quillfeather", "Moonwhistle", "Thistledown")
    assert all(erasing.files_with(store, word) for word in words)
    erase(store, Wish(before=date(2021, 1, 1)))
    assert [erasing.files_with(store, word) for word in words] == [[], [], []]
    assert erasing.files_with(store, "new-crime")
    assert not is_marked(store)


def test_a_source_goes_whole_with_what_stood_aside(store):
    done = erase(store, Wish(sources=("North",)))
    assert erasing.files_with(store, "Brackenmoor") == []
    assert erasing.files_with(store, "Fernhollow")
    assert erasing.held(store, "incidents", "source") == [("South",)]
    # The code that South held of North's incident went too.
    assert erasing.held(store, "incident_codes", "incident_id") == [("i-south",)]
    assert done.tables["quarantine"] == 1


def test_the_ledger_and_coverage_say_what_is_left(store):
    with Store.open(store) as opened:
        before = {load.load_id: load for load in opened.loads()}
    done = erase(store, Wish(sources=("North",)))
    with Store.open(store) as opened:
        opened.verify()
        after = {load.load_id: load for load in opened.loads()}
    for name, now in after.items():
        was = before[name]
        assert now.read == now.loaded + now.quarantined + now.duplicates
        assert sum(now.tables.values()) == now.loaded - int(now.notes.get(ERASED, 0))
        assert (now.read, now.loaded, now.quarantined) == (was.read, was.loaded, was.quarantined)
    assert after[A].tables == {}
    assert after[A].notes[ERASED_ASIDE] == 1
    assert after[B].notes == {ERASED: 1}
    assert done.records == sum(
        int(load.notes.get(ERASED, 0)) + int(load.notes.get(ERASED_ASIDE, 0))
        for load in after.values()
    )
    assert erasing.held(store, "coverage", "load_id", "table", "n") == [
        (B, "crimes", 1),
        (B, "incidents", 1),
        (B, "outcomes", 1),
    ]


def test_a_dry_run_says_how_many_and_changes_nothing(store):
    files = sorted(p.as_posix() for p in store.rglob("*") if p.is_file())
    would = erase(store, Wish(before=date(2021, 1, 1)), dry_run=True)
    assert sorted(p.as_posix() for p in store.rglob("*") if p.is_file()) == files
    done = erase(store, Wish(before=date(2021, 1, 1)))
    assert (would.tables, would.followed, would.cleared) == (
        done.tables, done.followed, done.cleared,
    )  # fmt: skip
    assert would.generation != done.generation


def test_expiry_is_by_the_day_a_record_names(store):
    done = erase(store, Wish(expired=True), today=date(2024, 1, 1))
    assert done.tables == {"markers": 1, "people": 1, "relations": 1}
    assert erasing.held(store, "people", "person_id") == [("p2",)]


def test_retention_is_by_class_and_the_shorter_holds(tmp_path):
    made = rows()
    made["deployments"].append({"load_id": B, "incident_id": "not held", **at(None)})
    store = erasing.make(tmp_path / "store", made, {B: "special"})
    (store / "retention.toml").write_text(
        '[sensitivity]\nspecial = "90 days"\n[table]\ncrimes = "3 years"\noutcomes = "90 years"\n',
        encoding="utf-8",
    )
    wish = Wish(expired=True)
    assert erase(store, wish, today=date(2023, 3, 14), dry_run=True).tables.get("crimes") is None
    done = erase(store, wish, today=date(2024, 5, 7))
    assert done.tables["crimes"] == 1
    assert erasing.held(store, "crimes", "source", "crime_id") == [
        ("North", "new-crime"),
        ("South", "old-crime"),
    ]
    erase(store, wish, today=date(2024, 9, 1))
    assert erasing.held(store, "crimes", "source") == [("North",)]
    # No date of its own: as old as the load that brought it, which is of today.
    assert erasing.held(store, "deployments", "incident_id") == [("i-old",), ("not held",)]
    assert erasing.held(store, "outcomes", "source") == [("North",)]
    far = datetime.now(UTC).date().replace(year=datetime.now(UTC).year + 1, day=1)
    erase(store, wish, today=far)
    assert erasing.held(store, "deployments", "incident_id") == [("i-old",)]


def test_of_what_is_known_to_the_month_only_whole_months_go(tmp_path):
    store = erasing.make(
        tmp_path / "store",
        {"crimes": [{"load_id": A, "crime_id": "m", **at(date(2022, 5, 1), "month")}]},
    )
    assert not erase(store, Wish(before=date(2022, 5, 20))).records
    assert erase(store, Wish(before=date(2022, 6, 1))).records == 1


def test_counts_go_by_the_last_day_that_they_count(tmp_path):
    count = {"load_id": A, "area_code": "a", "category": "c", "n": 3}
    may = {"period_start": date(2022, 5, 1), "period_end": date(2022, 5, 31)}
    june = {"period_start": date(2022, 6, 1), "period_end": date(2022, 6, 30)}
    store = erasing.make(tmp_path / "store", {"counts": [count | may, count | june]})
    assert not erase(store, Wish(before=date(2022, 5, 31))).records
    assert erase(store, Wish(before=date(2022, 6, 30))).tables == {"counts": 1}
    assert erasing.held(store, "counts", "period_start") == [(date(2022, 6, 1),)]
    assert erasing.held(store, "coverage", "month", "n") == [(date(2022, 6, 1), 1)]


def test_rows_without_a_date_stay_and_are_counted(store):
    done = erase(store, Wish(before=date(2000, 1, 1)))
    assert (done.records, done.undated) == (0, 2)


def test_nothing_to_erase_makes_no_generation(store):
    with Store.open(store) as opened:
        before = opened.generation
    erase(store, Wish(before=date(1999, 1, 1)))
    with Store.open(store) as opened:
        assert opened.generation == before


@pytest.mark.parametrize(
    ("wish", "says"),
    [
        ({}, "Nothing says what to erase"),
        ({"sources": ("Nort",)}, "Did you mean North"),
        ({"loads": ("nowhere",)}, "0 loads begin so"),
        ({"loads": ("",)}, "2 loads begin so"),
    ],
)
def test_a_wish_that_cannot_be_is_refused(store, wish, says):
    with pytest.raises(UsageError, match=says):
        erase(store, Wish(**wish))


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('[table]\ncrime = "1 year"', "Did you mean crimes"),
        ('[sensitivity]\nspecial = "a while"', "6 years"),
        ("[tables]\n", "Did you mean table"),
        ("table = 3", "a table"),
        ("[table", "TOML"),
    ],
)
def test_a_retention_that_cannot_be_is_refused(store, text, says):
    (store / "retention.toml").write_text(text, encoding="utf-8")
    with pytest.raises(UsageError, match=says):
        read_retention(store)


@pytest.mark.parametrize(
    ("span", "day", "cut"),
    [
        ("6 years", date(2026, 11, 23), date(2020, 11, 23)),
        ("1 year", date(2024, 2, 29), date(2023, 2, 28)),
        ("18 months", date(2026, 1, 15), date(2024, 7, 15)),
        ("8 weeks", date(2026, 3, 1), date(2026, 1, 4)),
        ("90 days", date(2026, 3, 31), date(2025, 12, 31)),
        ("0 days", date(2026, 3, 31), date(2026, 3, 31)),
    ],
)
def test_a_span_is_of_the_calendar(span, day, cut):
    assert Span.read(span).before(day) == cut


def test_what_was_erased_comes_back_only_when_somebody_says_so(tmp_path):
    from bench.kill_bench import street

    store = tmp_path / "store"
    Store.create(store).close()
    file = street(tmp_path / "a.csv", "2031-01", 40)
    load(store, [file], layout="police-uk")
    erase(store, Wish(before=date(2031, 2, 1)))
    with pytest.raises(AlreadyLoaded, match="40 rows"):
        load(store, [file], layout="police-uk")
    assert load(store, [file], layout="police-uk", replace=True).files[0].loaded == 40
    assert len(erasing.held(store, "crimes", "crime_id")) == 30


_KILLED = """
import os, sys
from datetime import date
from peelian.records.erasing import Wish, erase
from peelian.records.store import transaction
def dies(*_):
    os._exit(9)
transaction.empty = dies
erase(sys.argv[1], Wish(before=date(2021, 1, 1)))
"""


def test_killed_before_its_old_files_are_gone_the_next_writer_finishes(store):
    done = subprocess.run([sys.executable, "-c", _KILLED, str(store)], check=False, timeout=100)
    assert done.returncode == 9
    assert len(erasing.held(store, "crimes", "crime_id")) == 2
    assert erasing.files_with(store, "Quillfeather")
    assert is_marked(store)
    with Transaction(store):
        pass
    assert erasing.files_with(store, "Quillfeather") == []
    assert not is_marked(store)


ids = st.sampled_from(["1", "2", "3"])
loads = st.sampled_from([A, B])
days = st.sampled_from([OLD, NEW, None])


@settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    crimes=st.lists(st.tuples(loads, ids, days), max_size=6),
    outcomes=st.lists(st.tuples(loads, ids, days), max_size=6),
)
def test_who_follows_whom_by_other_code(tmp_path_factory, crimes, outcomes):
    """Row by row, in plain Python: what is of before, and what belongs to nothing else any more."""
    if not crimes + outcomes:
        return
    made = {
        "crimes": [{"load_id": s, "crime_id": i, **at(d)} for s, i, d in crimes],
        "outcomes": [
            {"load_id": s, "crime_id": i, "outcome_code": "c", **at(d)} for s, i, d in outcomes
        ],
    }
    store = erasing.make(tmp_path_factory.mktemp("any") / "store", made)
    erase(store, Wish(before=date(2021, 1, 1)))

    kept = [row for row in crimes if row[2] != OLD]

    def stays(row):
        own = [c for c in crimes if c[:2] == row[:2]]
        family = own or [c for c in crimes if c[1] == row[1]]
        return row[2] != OLD and (not family or any(c in kept for c in family))

    left = [tuple(r) for r in erasing.held(store, "crimes", "load_id", "crime_id", "local_date")]
    assert left == sorted(kept, key=repr)
    left = [tuple(r) for r in erasing.held(store, "outcomes", "load_id", "crime_id", "local_date")]
    assert left == sorted((row for row in outcomes if stays(row)), key=repr)
