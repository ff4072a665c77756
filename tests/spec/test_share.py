"""What `demand.share` divides by what: definitions, denominators, hours, overlap, and refusals."""

from functools import partial

import pytest

from peelian.analysis.demand.share import share
from peelian.errors import CannotAnswer, UsageError

# Ten calls over three days. Flagged: a, b, c; their log has the words: b, c, d, e.
GIVEN = """
incidents
incident_id | local_date | local_hour | category | narrative | dispatched_at | arrived_at | unit_minutes | officer_minutes | area_code | area_vintage
a | 2022-01-01 | 3  | burglary | quiet night       | 2022-01-01 | 2022-01-01 | 60  | 120 | X1 | V
b | 2022-01-01 | 3  | burglary | he is suicidal    | 2022-01-01 | 2022-01-01 | 120 | 120 | X1 | V
c | 2022-01-02 | 4  | burglary | he is suicidal    | -          | -          | 0   | 0   | X1 | V
d | 2022-01-02 | 4  | fraud    | she is suicidal   | 2022-01-02 | -          | 30  | -   | X2 | V
e | 2022-01-02 | 4  | fraud    | she is suicidal   | 2022-01-02 | 2022-01-02 | -   | -   | X2 | V
f | 2022-01-03 | 5  | fraud    | a lost purse      | 2022-01-03 | 2022-01-03 | 690 | 690 | Y1 | V
g | 2022-01-03 | 5  | fraud    | a lost purse      | -          | -          | 0   | 0   | Y1 | V
h | 2022-01-03 | 5  | fraud    | a lost purse      | -          | -          | 0   | 0   | Y1 | V
i | 2022-01-03 | 5  | fraud    | a lost purse      | -          | -          | 0   | 0   | Y1 | V
j | 2022-01-03 | 5  | fraud    | a lost purse      | -          | -          | 0   | 0   | -  | -
k | -          | -  | fraud    | a lost purse      | -          | -          | 0   | 0   | -  | -

incident_codes
incident_id | position | kind      | code
a           | 1        | qualifier | with-mental-health
b           | 1        | qualifier | with-mental-health
c           | 1        | qualifier | with-mental-health

contacts
contact_id | incident_id | local_date
1          | a           | 2022-01-01
2          | a           | 2022-01-01
3          | b           | 2022-01-01
4          | d           | 2022-01-02
5          | -           | 2022-01-02
6          | elsewhere   | 2022-01-03
7          | j           | 2022-01-03
8          | j           | 2022-01-03

areas
area_code | vintage | name | parent_code | parent_name | geometry
X1        | V       | one  | X           | Exe         | g
X2        | V       | two  | X           | Exe         | g
Y1        | V       | why  | Y           | Wye         | g

coverage
source | layout | table     | month   | load_id | n
s      | l      | incidents | 2022-01 | x       | 10
s      | l      | contacts  | 2022-01 | x       | 8
"""  # noqa: E501
FLAG, WORDS = "mental-health-flag", "mental-health-words"
both = partial(share, definitions=(FLAG, WORDS))


def rows_of(result, table, *columns):
    data = result.tables[table].data
    return [tuple(row[c] for c in columns) for row in data.select(list(columns)).to_pylist()]


def test_each_definition_in_each_denominator(spec):
    """Of 10 dated incidents 3 are flagged; of 4 attended 2; of 8 contacts 3; of 15 hours 3.

    Hours are of incidents that a unit was sent to and whose minutes are known: a, b, d and f. The
    officers aboard d are not known, so that officer-hours are of a, b and f.
    """
    spec(
        GIVEN,
        both,
        """
        shares
        definition          | denominator   | n | of_n | hours | of_hours | share
        mental-health-flag  | incidents     | 3 | 10   | -     | -        | 0.3
        mental-health-words | incidents     | 4 | 10   | -     | -        | 0.4
        mental-health-flag  | attended      | 2 | 4    | -     | -        | 0.5
        mental-health-words | attended      | 2 | 4    | -     | -        | 0.5
        mental-health-flag  | contacts      | 3 | 8    | -     | -        | 0.375
        mental-health-words | contacts      | 2 | 8    | -     | -        | 0.25
        mental-health-flag  | unit-hours    | 2 | 4    | 3.0   | 15.0     | 0.2
        mental-health-words | unit-hours    | 2 | 4    | 2.5   | 15.0     | 0.1667
        mental-health-flag  | officer-hours | 2 | 3    | 4.0   | 15.5     | 0.2581
        mental-health-words | officer-hours | 1 | 3    | 2.0   | 15.5     | 0.1290

        totals
        incidents | attended | sent | contacts | undated | no_district
        10        | 4        | 5    | 8        | 1       | 1

        records_used
        records   | used | undated
        incidents | 10   | 1
        contacts  | 8    | 0
        """,
    )


def test_minutes_may_be_capped_or_their_missing_ones_filled(result_of):
    """Capped at 480: f counts 8 hours, all 11.5. Filled: d and e are 30 and 75 minutes marked.

    Of what the words mark, b and d have 150 minutes and e has none: it counts as their mean.
    """
    result = result_of(GIVEN, both)
    found = {
        (row["definition"], row["rule"]): row
        for row in result.tables["choices"].data.to_pylist()
        if row["denominator"] == "unit-hours"
    }
    assert found[FLAG, ""]["share"] == pytest.approx(3 / 15)
    assert found[FLAG, "capped"]["share"] == pytest.approx(3 / 11.5)
    assert found[WORDS, "filled"]["share"] == pytest.approx(3.75 / (3.75 + 12.5))
    assert found[WORDS, "filled"]["hours"] == pytest.approx(3.75)
    # Without the words, unit minutes of e are among the others: d, e and f, of whom two are known.
    assert found[FLAG, "filled"]["share"] == pytest.approx(3 / (3 + 3 * 12 / 2))


def test_the_cap_is_a_setting(result_of):
    result = result_of(GIVEN, partial(both, cap_minutes=60.0))
    capped = [r for r in result.tables["choices"].data.to_pylist() if r["rule"] == "capped"]
    assert capped[0]["share"] == pytest.approx((1 + 1) / (1 + 1 + 0.5 + 1))


def test_where_definitions_meet(spec):
    spec(
        GIVEN,
        both,
        """
        combinations
        mental-health-flag | mental-health-words | n
        False              | False               | 5
        False              | True                | 2
        True               | False               | 1
        True               | True                | 2

        pairs
        definition          | other               | n | of_n | share
        mental-health-flag  | mental-health-words | 2 | 3    | 0.667
        mental-health-words | mental-health-flag  | 2 | 4    | 0.5

        steps
        marked              | not_marked          | n | change | total
        mental-health-flag  | -                   | 3 | -      | 3
        mental-health-flag  | mental-health-words | 1 | -1     | 2
        mental-health-words | mental-health-flag  | 2 | 2      | 4
        mental-health-words | -                   | 4 | -      | 4
        """.replace("| -                   | 3", "|                     | 3").replace(
            "| -                   | 4", "|                     | 4"
        ),
    )


def test_the_first_definition_is_told_by_district_category_and_hour_of_the_week(spec):
    result = spec(
        GIVEN,
        both,
        """
        by_district
        district | district_name | n | of_n | share
        X        | Exe           | 3 | 5    | 0.6
        Y        | Wye           | 0 | 4    | 0
        none     | Without a district | 0 | 1 | 0

        by_category
        category | n | of_n
        fraud    | 0 | 7
        burglary | 3 | 3

        by_hour
        hour | n | of_n
        3    | 2 | 2
        4    | 1 | 3
        5    | 0 | 5
        """,
    )
    week = {(r["weekday"], r["hour"]): r for r in result.tables["week"].data.to_pylist()}
    assert len(week) == 7 * 24
    assert week["Saturday", 3]["n"] == 2  # the first of January 2022
    assert week["Sunday", 4]["of_n"] == 3
    assert week["Monday", 0]["share"] is None


def test_incidents_without_an_hour_have_a_row_in_each_table_by_hour(result_of, said):
    """Else all less the hours would tell how few of them are marked."""
    given = GIVEN.replace("a | 2022-01-01 | 3 ", "a | 2022-01-01 | - ")
    result = result_of(given, both)
    every = result.tables["totals"].data.to_pylist()[0]
    for table in ("by_hour", "week"):
        rows = [row for row in result.tables[table].data.to_pylist() if row["hour"] is None]
        assert (sum(row["n"] for row in rows), sum(row["of_n"] for row in rows)) == (1, 1)
        assert sum(result.tables[table].data["of_n"].to_pylist()) == every["incidents"]
    assert rows_of(result, "by_hour", "hour_name")[-1] == ("Without an hour",)
    saturday = [r for r in result.tables["week"].data.to_pylist() if r["weekday"] == "Saturday"]
    assert [(r["hour"], r["n"]) for r in saturday if r["n"]] == [(3, 1), (None, 1)]
    assert "Incidents without an hour, which stand in a row of their own: 1." in [
        said(result, caveat) for caveat in result.caveats
    ]


def test_the_answer_says_where_months_inside_its_span_are_missing(result_of, said):
    later = GIVEN.replace("i | 2022-01-03", "i | 2022-03-03").replace(
        "s      | l      | contacts", "s      | l      | incidents | 2022-03 | y       | 1\n"
        "s      | l      | contacts"
    )  # fmt: skip
    gap = result_of(later, both)
    assert said(gap, gap.answer).startswith(
        "Over January 2022 to March 2022 (1 of 3 months missing), "
    )
    whole = result_of(GIVEN, partial(both, definitions=(FLAG,)))
    assert said(whole, whole.answer).startswith("Over January 2022, ")
    assert " 1 definition) " in said(whole, whole.answer)
    assert "Of 1 month, missing: 0." in [said(whole, check.says) for check in whole.diagnostics]


def test_minutes_that_are_missing_are_told_for_marked_and_others(spec):
    spec(
        GIVEN,
        both,
        """
        minutes
        time          | marked             | n | missing | share_missing
        unit-hours    | True               | 2 | 0       | 0
        unit-hours    | False              | 2 | 1       | 0.333
        officer-hours | True               | 2 | 0       | 0
        officer-hours | False              | 1 | 2       | 0.667
        """,
    )


def test_minutes_may_come_from_the_deployments(result_of):
    """Two units for an hour with two and one aboard, and one that was never cleared."""
    deployed = """
deployments
incident_id | unit_id | assigned_at         | arrived_at          | cleared_at          | crew_size
a           | u1      | 2022-01-01T10:00:00 | 2022-01-01T10:10:00 | 2022-01-01T11:00:00 | 2
a           | u2      | 2022-01-01T10:00:00 | -                   | 2022-01-01T11:00:00 | 1
f           | u3      | 2022-01-03T10:00:00 | 2022-01-03T10:10:00 | 2022-01-03T12:00:00 | 2
g           | u4      | 2022-01-03T10:00:00 | 2022-01-03T10:10:00 | -                   | 2
"""
    result = result_of(GIVEN + deployed, partial(both, minutes="deployments"))
    found = {
        row[:2]: row[2:]
        for row in rows_of(result, "shares", "definition", "denominator", "n", "of_n", "share")
    }
    assert found[FLAG, "attended"] == (1, 3, pytest.approx(1 / 3))
    assert found[FLAG, "unit-hours"] == (1, 2, pytest.approx(0.5))
    assert found[FLAG, "officer-hours"] == (1, 2, pytest.approx(3 / 7))


def test_the_answer_is_never_one_number(result_of, said):
    result = result_of(GIVEN, both)
    text = said(result, result.answer)
    assert "0.3 (" in text
    assert "anything from" in text
    assert "“Flagged as mental health”, of incidents" in text
    every = [choice["share"] for choice in result.tables["choices"].data.to_pylist()]
    assert f"{min(every)}" in text
    assert f"{max(every)}" in text


def test_what_is_asked_first_leads(result_of, said):
    asked = partial(share, definitions=(WORDS, FLAG), denominators=("attended", "incidents"))
    text = said(*(result := result_of(GIVEN, asked), result.answer)[:1], result.answer)
    assert "“Words about mental ill health in the log”, of attended incidents" in text


def test_a_definition_that_records_cannot_tell_is_listed_with_what_it_needs(result_of, said):
    result = result_of(GIVEN, partial(share, definitions=("mental-health-machine", FLAG)))
    (row,) = [r for r in result.tables["cannot"].data.to_pylist() if r["kind"] == "definition"]
    assert "machine-reading" in row["needs"]
    assert "cannot be worked out" in said(result, result.caveats[0])
    assert {r[0] for r in rows_of(result, "shares", "definition")} == {FLAG}


def test_if_none_can_be_told_it_is_refused(result_of):
    with pytest.raises(CannotAnswer, match="None of these definitions") as refusal:
        result_of(GIVEN, partial(share, definitions=("mental-health-machine",)))
    assert "machine-reading" in refusal.value.try_


def test_health_is_never_told_by_area_and_other_things_may_be(result_of):
    with pytest.raises(CannotAnswer, match="never by area") as refusal:
        result_of(GIVEN, partial(share, definitions=(FLAG,), by=("area",)))
    assert "by=district" in refusal.value.try_
    crime = partial(share, definitions=("all-non-crime",), by=("area",))
    table = result_of(GIVEN, crime).tables["by_area"]
    assert table.fields["area"].below_district


def test_contacts_of_other_months_are_no_denominator(result_of):
    given = GIVEN.replace("contacts  | 2022-01", "contacts  | 2022-02")
    result = result_of(given, both)
    assert "contacts" not in {r[0] for r in rows_of(result, "shares", "denominator")}
    (row,) = [r for r in result.tables["cannot"].data.to_pylist() if r["kind"] == "denominator"]
    assert "February 2022" in row["found"]
    with pytest.raises(CannotAnswer, match="nothing to divide by"):
        result_of(given, partial(both, denominators=("contacts",)))


def test_what_nobody_judged_is_in_no_share_of_judgement(result_of):
    """Two of ten were judged, one of them yes: a half, and no share of contacts."""
    judged = """
labels
item_kind | item_id | codebook          | code          | value | coder
incident  | a       | officer-judgement | mental-health | yes   | o1
incident  | f       | officer-judgement | mental-health | no    | o2
"""
    result = result_of(GIVEN + judged, partial(share, definitions=("national-definition",)))
    found = {r[0]: r[1:] for r in rows_of(result, "shares", "denominator", "n", "of_n", "share")}
    assert found["incidents"] == (1, 2, 0.5)
    assert found["unit-hours"] == (1, 2, pytest.approx(1 / 12.5))
    assert "contacts" not in found
    assert any(r["kind"] == "share" for r in result.tables["cannot"].data.to_pylist())


def test_hours_and_districts_that_are_not_known_are_refused_by_name(result_of):
    lines = GIVEN.split("\nareas\n", maxsplit=1)[0].replace("| local_hour ", "| location_text ") + (
        "\n\ncoverage\nsource | layout | table | month | load_id | n\n"
        "s | l | incidents | 2022-01 | x | 10\ns | l | contacts | 2022-01 | x | 8\n"
    )
    result = result_of(lines, both)
    refused = {r["what"] for r in result.tables["cannot"].data.to_pylist()}
    assert {"by district", "by hour"} <= refused
    assert "week" not in result.tables


def test_published_shares_of_something_else_are_marked(result_of):
    result = result_of(GIVEN, partial(share, definitions=("national-definition", FLAG)))
    said = {(r["of"], r["comparable"]) for r in result.tables["published"].data.to_pylist()}
    assert any("with care: of contacts" in comparable for _, comparable in said)
    assert any(comparable.startswith("no: a number") for _, comparable in said)


@pytest.mark.parametrize(
    ("settings", "problem"),
    [
        ({"definitions": ("mental-health-flagg",)}, "mental-health-flag"),
        ({"definitions": ()}, "must be named"),
        ({"denominators": ("incidents", "incidents")}, "each once"),
        ({"definitions": (FLAG,), "to": "missing-people"}, "none of the definitions"),
        ({"cap_minutes": 0.0}, "above nought"),
        ({"bootstrap": 3}, "no interval"),
    ],
)
def test_what_cannot_be_asked_is_said(result_of, settings, problem):
    with pytest.raises(UsageError, match=problem):
        result_of(GIVEN, partial(share, **settings))


def test_no_incidents_are_no_share(result_of):
    empty = "incident_codes\nincident_id | kind | code\na | qualifier | with-mental-health\n"
    with pytest.raises(CannotAnswer, match="No incidents with a date"):
        result_of(empty, partial(share, definitions=(FLAG,)))


CALLERS = """
incidents
incident_id | local_date | caller_id | times
{rows}

incident_codes
incident_id | position | kind      | code
{codes}

coverage
source | layout | table     | month   | load_id | n
s      | l      | incidents | 2022-01 | x       | 1
"""


def called(by_one):
    """Sixty calls on thirty days, ten of them flagged: by ten people, or by one."""
    rows, codes = [], []
    for i in range(60):
        caller = "one" if by_one and i % 6 == 0 else f"c{i}"
        rows.append(f"i{i} | 2022-01-{i // 2 + 1:02d} | {caller} | 1")
        if i % 6 == 0:
            codes.append(f"i{i} | 1 | qualifier | with-mental-health")
    return CALLERS.format(rows="\n".join(rows), codes="\n".join(codes))


def test_ten_calls_of_one_caller_are_less_sure_than_ten_of_ten(result_of):
    asked = partial(share, definitions=(FLAG,), denominators=("incidents",), by=())
    many, one = (
        result_of(called(by_one), asked).tables["shares"].data.to_pylist()[0]
        for by_one in (False, True)
    )
    assert many["share"] == one["share"] == pytest.approx(1 / 6)
    assert one["high"] - one["low"] > 1.5 * (many["high"] - many["low"])


def test_a_bootstrap_stands_beside_and_is_the_same_again(result_of):
    asked = partial(
        share, definitions=(FLAG,), denominators=("incidents",), by=(), bootstrap=500, seed=3
    )
    first, again = (
        result_of(called(False), asked).tables["shares"].data.to_pylist()[0] for _ in range(2)
    )
    assert first == again
    assert first["drawn_low"] < first["share"] < first["drawn_high"]
    # Sixty records of which a sixth are flagged: a binomial share's reach, near enough.
    assert first["drawn_high"] - first["drawn_low"] == pytest.approx(
        2 * 1.96 * (1 / 6 * 5 / 6 / 60) ** 0.5, rel=0.25
    )
