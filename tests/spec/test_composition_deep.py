"""What `demand.composition` says of time, codes, hours and blanks; and what dates cannot show."""

from functools import partial

import pytest

from peelian.analysis.demand.composition import composition
from peelian.disclosure import release
from peelian.errors import UsageError
from peelian.results import Provenance
from peelian.schema import Sensitivity

COVERAGE = """

coverage
source | layout | table     | month   | load_id | n
force  | p      | incidents | 2022-01 | x       | 9
"""
# Welfare: 60 and 2,000 minutes (over the cap), and none sent. Noise: 30 minutes, and one unknown.
WORK = """
incidents
incident_id | category           | local_date | time_precision | unit_minutes | officer_minutes | arrived_at          | closed_at           | dispatched_at       | grade
a           | concern-for-safety | 2022-01-03 | instant        | 60           | 120             | 2022-01-03T10:00:00 | 2022-01-03T11:30:00 | 2022-01-03T09:50:00 | priority
b           | concern-for-safety | 2022-01-04 | instant        | 2000         | -               | 2022-01-04T10:00:00 | 2022-01-09T10:00:00 | 2022-01-04T09:50:00 | immediate
c           | concern-for-safety | 2022-01-04 | instant        | 0            | 0               | -                   | 2022-01-04T11:00:00 | -                   | priority
d           | asb-nuisance       | 2022-01-05 | instant        | -            | -               | 2022-01-05T12:00:00 | 2022-01-05T11:00:00 | 2022-01-05T11:50:00 | -
e           | asb-nuisance       | 2022-01-05 | instant        | -            | -               | -                   | -                   | 2022-01-05T11:50:00 | priority
f           | asb-nuisance       | 2021-12-31 | instant        | 500          | 500             | -                   | -                   | -                   | priority

deployments
incident_id | unit_id | assigned_at         | cleared_at          | crew_size
d           | u1      | 2022-01-05T12:00:00 | 2022-01-05T12:20:00 | 2
d           | u2      | 2022-01-05T12:10:00 | 2022-01-05T12:20:00 | -
e           | u1      | 2022-01-05T13:00:00 | -                   | 2
a           | u1      | 2022-01-03T10:00:00 | 2022-01-03T10:05:00 | 1
"""  # noqa: E501  (a table is read across)
INCIDENTS = partial(composition, records=("incidents",))
MADE = Provenance(
    analysis="demand.composition", settings={}, period="2022-01", generation="g", files=(),
    data_as_at="2022-01", records_used={"incidents": 1}, engine="duckdb", versions={},
    made_at="2022-02-01T00:00:00+00:00",
)  # fmt: skip


def test_time_is_the_record_s_own_or_that_of_every_unit_and_an_unknown_time_is_no_time(spec):
    """An hour's own minutes win over its unit's five. f lies in a month that nothing covers."""
    spec(
        WORK + COVERAGE,
        INCIDENTS,
        """
        time
        time                          | measured | some | unknown | hours | mean  | median | cap  | over
        unit-minutes                  | 4        | 3    | 1       | 25.5  | 510.0 | 60.0   | 1440 | 1
        officer-minutes               | 2        | 1    | 3       | 2.0   | 120.0 | 120.0  | 2880 | 0
        minutes from arrival to close | 2        | 2    | 3       | 25.5  | 765.0 | 765.0  | 1440 | 1
        """,  # noqa: E501
    )


def test_a_category_s_share_of_the_time_stands_beside_its_share_of_the_incidents(spec):
    """Of 4 incidents whose unit-minutes are known 3 are of welfare, with 1,500 of 1,530 minutes."""
    result = spec(
        WORK + COVERAGE,
        INCIDENTS,
        """
        time_by_category
        time                          | category           | some | records_share | time_share | ratio | largest | second
        unit-minutes                  | concern-for-safety | 2    | 0.750         | 0.980      | 1.307 | 24.0    | 1.0
        unit-minutes                  | asb-nuisance       | 1    | 0.250         | 0.020      | 0.078 | 0.5     | 0.0
        officer-minutes               | concern-for-safety | 1    | 1.000         | 1.000      | 1.000 | 2.0     | 0.0
        minutes from arrival to close | concern-for-safety | 2    | 1.000         | 1.000      | 1.000 | 24.0    | 1.5
        """,  # noqa: E501
    )
    assert {field.role for name, field in result.tables["time_by_category"].fields.items()
            if name in ("largest", "second")} == {"part"}  # fmt: skip


def test_few_that_took_none_are_not_told_by_those_that_took_some(result_of):
    """Of 32 alarms three took none: the door may not show the 29, since 32 are shown."""
    lines = [
        f"{kind}{i} | {kind} | 2022-01-03 | instant | {0 if i < none else 30}"
        for kind, n, none in (("alarm", 32, 3), ("message", 50, 20), ("asb-nuisance", 60, 25))
        for i in range(n)
    ]
    header = "incident_id | category | local_date | time_precision | unit_minutes"
    result = result_of("incidents\n" + "\n".join([header, *lines]) + COVERAGE, INCIDENTS)
    known = {
        (r["category"], r["state"]): r["n"] for r in result.tables["time_known"].data.to_pylist()
    }
    assert known["alarm", "took some"] == 29
    assert known["alarm", "took none"] == 3
    stamped = result.stamped(MADE)
    seen = release(stamped, sensitivity=Sensitivity.INTERNAL)
    for table in ("time_by_category", "time_ratio", "time_known"):
        rows = seen.tables[table].data.to_pylist()
        alarms = [row for row in rows if row["category"] == "alarm"]
        counts = [row["n"] if "n" in row else row["some"] for row in alarms]
        assert alarms
        assert not {29, 3} & set(counts), table
    assert seen.tables["by_category"].data["n"].to_pylist() == [60, 50, 32]


def test_a_cap_is_a_setting(spec, result_of):
    spec(
        WORK + COVERAGE,
        partial(INCIDENTS, cap_unit_minutes=50.0),
        """
        time
        time                          | hours | over
        unit-minutes                  | 2.2   | 2
        officer-minutes               | 2.0   | 0
        minutes from arrival to close | 25.5  | 1
        """,
    )
    with pytest.raises(UsageError, match="cap is above nought"):
        result_of(WORK + COVERAGE, partial(INCIDENTS, cap_open_minutes=0.0))


def turn(n):
    """Draw incidents of three categories whose order depends on how time is measured."""
    kinds = {"alarm": (10, 10, 60), "message": (20, 12, 30), "asb-nuisance": (30, 90, 10)}
    lines = [
        f"{kind}{i} | {kind} | 2022-01-03 | instant | {unit} | {officer} | 2022-01-03T10:00:00 | "
        f"2022-01-03T{10 + opened // 60:02}:{opened % 60:02}:00"
        for kind, (unit, officer, opened) in kinds.items()
        for i in range(n)
    ]
    return (
        "incidents\nincident_id | category | local_date | time_precision | unit_minutes | "
        "officer_minutes | arrived_at | closed_at\n" + "\n".join(lines) + COVERAGE
    )


def test_categories_that_change_place_between_measures_of_time_are_named(spec, said):
    result = spec(
        turn(12),
        INCIDENTS,
        """
        ranks
        category     | records_rank | unit_rank | officer_rank | open_rank | moved
        alarm        | 1            | 3         | 3            | 1         | 2
        asb-nuisance | 1            | 1         | 1            | 3         | 2
        message      | 1            | 2         | 2            | 2         | 0

        time_totals
        ranked | moved | measures
        3      | 2     | 3
        """,
    )
    assert any("do not agree on the order: 2 of 3" in said(result, c) for c in result.caveats)


CODED = """
incidents
incident_id | category     | opening_code | local_date | local_weekday | local_hour | time_precision
a           | asb-nuisance | NOISE        | 2022-01-03 | 0             | 23         | instant
b           | asb-nuisance | NOISE        | 2022-01-03 | 0             | 23         | instant
c           | asb-nuisance | CONCERN      | 2022-01-09 | 6             | 4          | instant
d           | -            | CONCERN      | 2022-01-09 | 6             | -          | day
e           | asb-nuisance | -            | 2022-01-09 | 6             | 4          | instant

incident_codes
incident_id | kind      | position | code
a           | closing   | 2        | CONCERN
a           | closing   | 1        | NOISE
b           | closing   | 1        | CONCERN
c           | closing   | 1        | RARE
e           | closing   | 1        | NOISE
d           | qualifier | 1        | ALCOHOL
"""


def test_openings_flow_to_primary_closings_where_both_exist(spec, said):
    result = spec(
        CODED + COVERAGE,
        INCIDENTS,
        """
        flows
        opening | closing | n | share
        NOISE   | CONCERN | 1 | 0.50
        NOISE   | NOISE   | 1 | 0.50
        CONCERN | RARE    | 1 | 1.00

        flow_totals
        both | same | changed_share
        3    | 1    | 0.667
        """,
    )
    assert any("66" in said(result, c) and "closing code" in said(result, c)
               for c in result.caveats)  # fmt: skip
    spec(
        CODED + COVERAGE,
        partial(INCIDENTS, codes_shown=1),
        """
        flows
        opening     | closing     | n
        NOISE       | CONCERN     | 1
        NOISE       | other-codes | 1
        other-codes | other-codes | 1
        """,
    )


def test_incidents_are_counted_by_hour_of_the_week_and_those_without_an_hour_told(spec, said):
    result = spec(CODED + COVERAGE, INCIDENTS, "")
    week = result.tables["hour_of_week"].data.to_pylist()
    assert len(week) == 168
    assert {(r["weekday"], r["hour"]): r["n"] for r in week if r["n"]} == {
        ("Monday", "23"): 2,
        ("Sunday", "04"): 2,
    }
    check = next(c for c in result.diagnostics if c.name == "Incidents: the hour is known")
    assert check.held is False
    assert said(result, check.says) == "The hour is not known of 1 incidents."


def test_what_is_not_filled_in_is_counted_by_field_and_by_category(spec):
    result = spec(CODED + COVERAGE, INCIDENTS, "")
    missing = {
        (r["records"], r["field"], r["state"]): r["n"]
        for r in result.tables["missing"].data.to_pylist()
    }
    assert missing["incidents", "category", "empty"] == 1
    assert missing["incidents", "category", "filled"] == 4
    assert missing["incidents", "local_hour", "empty"] == 1
    assert missing["incidents", "closing_code", "empty"] == 1
    assert missing["incidents", "closed_at", "empty"] == 5
    by_category = {
        (r["field"], r["category"], r["state"]): r["n"]
        for r in result.tables["missing_by_category"].data.to_pylist()
    }
    assert by_category["opening_code", "asb-nuisance", "empty"] == 1
    assert by_category["opening_code", "CONCERN", "filled"] == 1
    assert not any(field == "closed_at" for field, *_ in by_category)  # no one has it


def test_grades_stand_with_whether_a_unit_was_sent(spec):
    spec(
        WORK + COVERAGE,
        INCIDENTS,
        """
        by_grade
        grade      | n | share
        immediate  | 1 | 0.2
        priority   | 3 | 0.6
        not-stated | 1 | 0.2

        sent_by_grade
        grade      | sent     | n
        immediate  | sent     | 1
        immediate  | not sent | 0
        priority   | sent     | 2
        priority   | not sent | 1
        not-stated | sent     | 1
        not-stated | not sent | 0
        """,
    )


def test_dates_alone_show_no_hour_and_no_minutes_and_it_is_said(spec, said):
    """Days between arrival and closing are no minutes: midnight to midnight is not a day's work."""
    result = spec(
        """
incidents
incident_id | category     | local_date | time_precision | arrived_at | closed_at
a           | asb-nuisance | 2022-01-03 | day            | 2022-01-03 | 2022-01-04
"""
        + COVERAGE,
        INCIDENTS,
        "",
    )
    assert not {"time", "hour_of_week", "flows", "by_grade"} & set(result.tables)
    caveats = " ".join(said(result, caveat) for caveat in result.caveats)
    assert "No incident has a time of day" in caveats
    assert "never of time" in caveats
    check = next(c for c in result.diagnostics if c.name == "Incidents: the hour is known")
    assert check.held is None
