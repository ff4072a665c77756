"""What `demand.definition` says of a definition on some records, part by part."""

from functools import partial

import pytest

from peelian.analysis.demand.definition import definition
from peelian.errors import CannotAnswer, UsageError

GIVEN = """
incidents
incident_id | category       | local_date
one         | missing-person | 2024-01-10
two         | message        | 2024-01-10
three       | message        | 2024-01-10
four        | message        | 2024-01-10

incident_codes
incident_id | kind      | position | code
one         | qualifier | 1        | MH
two         | qualifier | 1        | mh
two         | closing   | 1        | message
"""


def test_each_code_is_counted_and_those_that_occur_nowhere_are_told(spec, said):
    result = spec(
        GIVEN,
        partial(definition, definition="welfare-group"),
        """
        counted
        n | asked | incidents | share | rules | empty | ways | unmet
        2 | 4     | 4         | 0.50  | 3     | 1     | 10   | 8

        parts
        part | says                               | n
        1    | settled as "concern-for-safety"    | 0
        1    | settled as "missing-person"        | 1
        2    | qualifier "with-mental-health"     | 0
        2    | qualifier "mental health"          | 0
        2    | qualifier "mental health qualifier"| 0
        2    | qualifier "mh"                     | 2
        3    | closing code "mental-health"       | 0
        3    | closing code "mental health"       | 0
        3    | closing code "mental health incident" | 0
        3    | closing code "psw - mental health" | 0

        records_used
        records   | used
        incidents | 4
        """,
    )
    (check,) = result.diagnostics
    assert check.held is False
    assert any("health" in said(result, caveat) for caveat in result.caveats)


def test_where_nobody_could_tell_the_share_is_of_the_others(result_of):
    labels = """

labels
item_kind | item_id | codebook          | code          | value | coder
incident  | one     | officer-judgement | mental-health | yes   | a
incident  | two     | officer-judgement | mental-health | no    | a
"""
    result = result_of(GIVEN + labels, partial(definition, definition="national-definition"))
    (row,) = result.tables["counted"].data.to_pylist()
    assert (row["n"], row["asked"], row["incidents"], row["share"]) == (1, 2, 4, 0.5)
    assert result.diagnostics[0].held is True


def test_a_family_is_looked_at_one_by_one(result_of):
    with pytest.raises(UsageError, match="one by one") as refusal:
        result_of(GIVEN, partial(definition, definition="welfare"))
    assert "welfare-group" in refusal.value.try_


def test_what_the_records_lack_is_refused(result_of):
    with pytest.raises(CannotAnswer, match="mental-health-words") as refusal:
        result_of(GIVEN, partial(definition, definition="mental-health-words"))
    assert "narrative" in refusal.value.try_
