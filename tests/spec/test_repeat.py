"""What `demand.repeat` counts: callers, addresses, people; halves; close pairs; never one's own."""

from functools import partial

import pytest

from peelian.analysis.demand.repeat import repeat
from peelian.errors import CannotAnswer, UsageError

COVERAGE = """

coverage
source | layout | table     | month   | load_id | n
force  | p      | incidents | 2022-01 | x       | 9
force  | p      | incidents | 2022-02 | x       | 9
force  | p      | incidents | 2022-03 | x       | 9
"""
HEADER = (
    "incidents\nincident_id | caller_id | local_date | time_precision | location_precision | x | y"
)


def log(*calls, quiet=120, extra=""):
    """Draw incidents: those given as (caller, day), and callers who call once, in February."""
    rows = list(calls) + [(f"q{i}", "2022-02-10") for i in range(quiet)]
    lines = [
        f"i{n} | {who} | {day} | instant | exact | {who[1:] if who != '-' else 7}.2 | 5.0"
        for n, (who, day) in enumerate(rows)
    ]
    return HEADER + "\n" + "\n".join(lines) + "\n" + extra + COVERAGE


OFTEN = [("b1", f"2022-01-{day:02}") for day in (1, 2, 5, 20, 28, 30)]
OFTEN += [("b1", "2022-02-03"), ("b1", "2022-02-12")]
OFTEN += [("b2", f"2022-01-{day:02}") for day in (3, 4, 4)] + [("b2", "2022-03-01")]
ASKED = {"of": "callers", "leave_out": (), "most": (), "draws": 99}


def test_callers_are_counted_and_those_who_come_often_followed_into_the_next_half(spec):
    """Two halves of one month; March is in neither. b1 had six then two, b2 three then none."""
    spec(
        log(*OFTEN, ("-", "2022-01-09"), ("z", "2021-07-01")),
        partial(repeat, **ASKED),
        """
        totals
        incidents | sources | again | keyless | undated | spare
        132       | 122     | 2     | 1       | 1       | 1

        halves
        first     | later     | sources
        0         | 1         | 120
        0         | 2         | 0
        0         | 3 or more | 0
        1         | 0         | 0
        1         | 1         | 0
        1         | 2         | 0
        1         | 3 or more | 0
        2         | 0         | 0
        2         | 1         | 0
        2         | 2         | 0
        2         | 3 or more | 0
        3 or more | 0         | 1
        3 or more | 1         | 0
        3 or more | 2         | 1
        3 or more | 3 or more | 0

        after
        often | sources | then | later
        3     | 2       | 9    | 2

        records_used
        records   | used | keyless | left_out | undated
        incidents | 132  | 1       | 0        | 1
        """,
    )


def test_pairs_are_of_one_caller_in_one_month_at_most_so_many_days_apart(spec):
    """b1: 1-2, 1-5, 2-5, 28-30, and 20 with none; February's two are nine days apart. b2: three.

    The pair of 30 January and 3 February lies across a month's end and is no pair here.
    """
    spec(
        log(*OFTEN),
        partial(repeat, **ASKED, within_days=5),
        """
        bouts
        within | pairs
        5      | 7
        """,
    )


def test_the_busiest_are_shown_only_in_groups_that_tell_of_nobody(result_of):
    """Of 122 callers the busiest hundredth is two; ten are apart from it by eight: left out."""
    result = result_of(log(*OFTEN), partial(repeat, **{**ASKED, "most": (5, 10, 60)}))
    groups = result.tables["busiest"].data.to_pydict()
    assert groups["group"][0] == "the busiest hundredth of callers"
    assert (groups["sources"][0], groups["incidents"][0]) == (2, 12)
    assert (groups["largest"][0], groups["second"][0]) == (8.0, 4.0)
    apart = [b - a for a, b in zip(groups["sources"], groups["sources"][1:], strict=False)]
    assert min(apart) >= 10
    assert "the busiest 5" not in groups["group"]
    assert "the busiest 60" in groups["group"]


def test_desks_of_agencies_are_left_out_by_channel_where_contacts_say_so(spec, said):
    contacts = """
contacts
contact_id | channel | incident_id
k1         | partner | i0
k2         | 999     | i0
k3         | 999     | i1
"""
    result = spec(
        log(*OFTEN, extra=contacts),
        partial(repeat, **{**ASKED, "leave_out": ("partner",)}),
        """
        totals
        incidents | left_out
        131       | 1
        """,
    )
    assert any("partner are left out" in said(result, c) for c in result.caveats)
    blind = spec(
        log(*OFTEN),
        partial(repeat, **{**ASKED, "leave_out": ("partner",)}),
        "totals\nincidents | left_out\n132 | 0",
    )
    assert any("cannot be told from the public" in said(blind, c) for c in blind.caveats)


def test_addresses_are_exact_points_and_moved_points_are_refused(spec, result_of):
    spec(
        log(*OFTEN),
        partial(repeat, **{**ASKED, "of": "addresses"}),
        "totals\nincidents | sources | keyless\n132 | 120 | 0",  # b1 and q1 are one point
    )
    with pytest.raises(CannotAnswer, match="moved by their publisher"):
        result_of(log(*OFTEN).replace("| exact |", "| snapped |"), partial(repeat, of="addresses"))
    with pytest.raises(CannotAnswer, match="addresses to count by"):
        result_of(log(*OFTEN).replace("| exact |", "| area |"), partial(repeat, of="addresses"))


def test_people_are_counted_once_an_incident_and_only_in_the_parts_asked_for(spec):
    named = "\n".join(f"p{i} | i{i} | incident | other" for i in range(12, 130))
    people = f"""
involvements
person_id | event_id | event_kind | role
p1        | i0       | incident   | victim
p1        | i0       | incident   | witness
p1        | i1       | incident   | victim
p2        | i1       | incident   | suspect
p1        | i2       | crime      | victim
{named}
"""
    spec(
        log(*OFTEN, extra=people),
        partial(repeat, of="people", draws=99),
        "totals\nincidents | sources | again | keyless\n121 | 120 | 1 | 12",
    )


def test_only_what_a_definition_counts_is_counted_and_one_that_cannot_be_applied_says_so(
    result_of, said
):
    flags = "\n".join(f"i{n} | qualifier | 1 | MENTAL HEALTH" for n in range(4, 130, 1))
    codes = f"\nincident_codes\nincident_id | kind | position | code\n{flags}\n"
    asked = {**ASKED, "definition": "mental-health-flag"}
    result = result_of(log(*OFTEN, extra=codes), partial(repeat, **asked))
    totals = result.tables["totals"].data.to_pylist()[0]
    assert (totals["incidents"], totals["sources"]) == (126, 120)
    assert "under “Flagged as mental health”" in said(result, result.answer)
    with pytest.raises(CannotAnswer, match="mental-health-flag"):
        result_of(log(*OFTEN), partial(repeat, **asked))
    with pytest.raises(UsageError, match="one definition at a time"):
        result_of(log(*OFTEN), partial(repeat, **{**ASKED, "definition": "mental-health"}))


def test_what_cannot_be_told_is_refused_in_words(result_of, said):
    with pytest.raises(CannotAnswer, match=r"needed: incidents\.caller_id") as refused:
        result_of(log(*[("-", "2022-01-02")] * 3, quiet=0), partial(repeat, **ASKED))
    assert "b1" not in str(refused.value)
    with pytest.raises(CannotAnswer, match="too few callers"):
        result_of(log(*OFTEN, quiet=20), partial(repeat, **ASKED))
    with pytest.raises(UsageError, match="fewer callers in all than were seen"):
        result_of(log(*OFTEN), partial(repeat, **ASKED, in_all=50))
    for wrong in ({"often": 1}, {"most": (3,)}, {"within_days": 40}, {"draws": 9}):
        with pytest.raises(UsageError, match="out of its range"):
            result_of(log(*OFTEN), partial(repeat, **{**ASKED, **wrong}))
    with pytest.raises(UsageError, match="Did you mean partner"):
        result_of(log(*OFTEN), partial(repeat, **{**ASKED, "leave_out": ("partnr",)}))
    months = result_of(log(*OFTEN).replace("| instant |", "| month |"), partial(repeat, **ASKED))
    assert "the days are not known" in said(months, months.answer)
    assert "bouts" not in months.tables
