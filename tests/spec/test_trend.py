"""What `demand.trend` counts, leaves out, splits and refuses."""

from datetime import date, timedelta
from functools import partial

import numpy as np
import pytest

from peelian.analysis.demand.trend import trend
from peelian.errors import CannotAnswer, UsageError

YEARS = ("2021", "2022", "2023")
MONTHS = [f"{year}-{month:02}" for year in YEARS for month in range(1, 13)]
# A month's own number, so that no two are alike: up and down with the year, and a little by chance.
SIZES = [
    40 + 6 * min(i % 12, 12 - i % 12) + [0, 3, -2, 1, -3, 2, 4, -1][i % 8]
    for i in range(len(MONTHS))
]


def table(name, header, rows):
    return "\n".join([name, header, *rows]) + "\n"


def coverage(months, kind="incidents", source="force"):
    return [f"{source} | p | {kind} | {month} | x | 9" for month in months]


def given(months=MONTHS, sizes=SIZES, covered=None, *, extra=(), kind="incidents", more=""):
    column = "category" if kind == "incidents" else "crime_type"
    rows = [
        f"{month} | noise-nuisance | month | {n}" if kind == "incidents"
        else f"{month} | burglary | month | {n}"
        for month, n in zip(months, sizes, strict=True) if n
    ]  # fmt: skip
    held = months if covered is None else covered
    return "\n".join([
        table(kind, f"local_date | {column} | time_precision | times", [*rows, *extra]),
        table("coverage", "source | layout | table | month | load_id | n", coverage(held, kind)),
        more,
    ])  # fmt: skip


def row(result, name, column, value, want):
    table = result.tables[name].data.to_pylist()
    return next(line[want] for line in table if line[column] == value)


def test_records_are_counted_by_month_and_every_number_has_its_cell(result_of, said):
    result = result_of(given(), trend)
    series = result.tables["series"].data.to_pylist()
    assert [line["n"] for line in series] == SIZES
    assert [line["month"] for line in series] == MONTHS
    totals = result.tables["totals"].data.to_pylist()[0]
    assert totals["n"] == sum(SIZES)
    assert totals["low"] <= totals["change"] <= totals["high"]
    assert result.tables["records_used"].data.to_pylist()[0]["used"] == sum(SIZES)
    assert said(result, result.answer).startswith("Not shown")


def test_a_month_that_nothing_covers_is_missing_and_never_nought(result_of, said):
    gone = 16
    sizes = [*SIZES[:gone], 0, *SIZES[gone + 1 :]]
    covered = [m for m in MONTHS if m != MONTHS[gone]]
    result = result_of(given(sizes=sizes, covered=covered), trend)
    line = result.tables["series"].data.to_pylist()[gone]
    assert line["status"] == "missing"
    assert all(line[name] is None for name in ("n", "fitted", "low", "high", "smooth"))
    assert any("May 2022" in said(result, caveat) for caveat in result.caveats)
    whole = result_of(given(), trend).tables["totals"].data.to_pylist()[0]
    found = result.tables["totals"].data.to_pylist()[0]
    assert found["missing"] == 1
    assert found["change"] == pytest.approx(whole["change"], abs=0.01)


def test_a_covered_month_without_a_record_is_nought(result_of):
    sizes = [*SIZES[:16], 0, *SIZES[17:]]
    line = result_of(given(sizes=sizes), trend).tables["series"].data.to_pylist()[16]
    assert line["n"] == 0
    assert line["status"] == "recorded"


def test_a_month_known_to_be_incomplete_can_be_left_out(result_of):
    sizes = [*SIZES[:16], 3, *SIZES[17:]]
    blind = result_of(given(sizes=sizes), trend)
    assert any("leave_out" in caveat.template for caveat in blind.caveats)
    result = result_of(given(sizes=sizes), partial(trend, leave_out=(date(2022, 5, 20),)))
    line = result.tables["series"].data.to_pylist()[16]
    assert (line["n"], line["status"]) == (None, "left out")
    assert not any("No records cover" in caveat.template for caveat in result.caveats)
    used = result.tables["records_used"].data.to_pylist()[0]
    assert used["cut"] == 3
    assert used["used"] == sum(sizes) - 3
    with pytest.raises(UsageError, match="outside the series"):
        result_of(given(), partial(trend, leave_out=(date(2024, 5, 20),)))


def test_a_rise_is_shown_with_its_interval(result_of, said):
    sizes = [round(n * 1.3 ** (i / 12)) for i, n in enumerate(SIZES)]
    result = result_of(given(sizes=sizes), trend)
    totals = result.tables["totals"].data.to_pylist()[0]
    assert totals["low"] < 0.30 < totals["high"]
    assert "rose by" in said(result, result.answer)


def test_a_break_gives_each_part_a_level_and_a_trend_of_its_own(result_of, said):
    """Counts double on one day and are level either side: no trend, whatever the step."""
    sizes = [n * (2 if i >= 18 else 1) for i, n in enumerate(SIZES)]
    asked = partial(trend, break_at=(date(2022, 7, 1),))
    blind = result_of(given(sizes=sizes), trend)
    split = result_of(given(sizes=sizes), asked)
    assert blind.tables["totals"].data.to_pylist()[0]["change"] > 0.3
    parts = split.tables["trend"].data.to_pylist()
    assert [p["part"] for p in parts] == ["2021-01 to 2022-06", "2022-07 to 2023-12"]
    assert all(abs(p["change"]) < 0.1 for p in parts)
    assert said(split, split.answer).startswith("Not shown")
    with pytest.raises(UsageError, match="outside the series"):
        result_of(given(), partial(trend, break_at=(date(2020, 7, 1),)))
    with pytest.raises(CannotAnswer, match="less than 1 year"):
        result_of(given(), partial(trend, break_at=(date(2023, 7, 1),)))


def test_the_length_of_a_month_is_no_season(result_of):
    """Ten a day, every day: February holds fewer, and is no less busy."""
    days = [(np.datetime64(m, "M") + 1).astype("M8[D]") - np.datetime64(m, "D") for m in MONTHS]
    sizes = [10 * int(d.astype(int)) for d in days]
    result = result_of(given(sizes=sizes), trend)
    assert abs(row(result, "season", "time", "February", "effect")) < 1e-6


def test_categories_are_chosen_by_code_or_by_name(result_of):
    extra = ["2022-03 | rowdy-behaviour | month | 9"]
    asked = partial(trend, categories=("noise-nuisance",))
    used = result_of(given(extra=extra), asked).tables["records_used"].data.to_pylist()[0]
    assert (used["used"], used["others"]) == (sum(SIZES), 9)
    with pytest.raises(UsageError, match="No incidents of the category"):
        result_of(given(), partial(trend, categories=("nonsense",)))


def test_less_than_two_years_are_refused(result_of):
    with pytest.raises(CannotAnswer, match="less than 2 years"):
        result_of(given(MONTHS[:23], SIZES[:23]), trend)


def test_too_few_records_are_refused_and_not_numbered(result_of):
    with pytest.raises(CannotAnswer, match="too few records") as refused:
        result_of(given(sizes=[1] * 36), trend)
    assert "36 records" not in str(refused.value)


def test_records_that_know_no_day_cannot_be_put_in_weeks(result_of):
    with pytest.raises(CannotAnswer, match="know their month and not their day"):
        result_of(given(), partial(trend, by="week"))


def test_months_that_were_asked_for_and_are_not_covered_are_missing(result_of):
    asked = partial(trend, period=(date(2021, 1, 1), date(2024, 2, 29)))
    series = result_of(given(), asked).tables["series"].data.to_pylist()
    assert [line["status"] for line in series[-2:]] == ["missing", "missing"]


DAYS = [date(2021, 1, 1) + timedelta(days=i) for i in range(1095)]


def daily(covered=MONTHS):
    rows = [
        f"{day} | noise-nuisance | day | {6 + 4 * (day.weekday() >= 5) + i % 3}"
        for i, day in enumerate(DAYS)
        if f"{day:%Y-%m}" in covered
    ]
    return "\n".join([
        table("incidents", "local_date | category | time_precision | times", rows),
        table("coverage", "source | layout | table | month | load_id | n", coverage(covered)),
    ])  # fmt: skip


def test_weeks_begin_on_mondays_and_are_whole(result_of):
    result = result_of(daily(), partial(trend, by="week"))
    series = result.tables["series"].data.to_pylist()
    assert series[0]["from"] == "2021-01-04"
    assert series[0]["n"] == sum(6 + 4 * (d.weekday() >= 5) + i % 3
                                 for i, d in enumerate(DAYS) if 3 <= i < 10)  # fmt: skip
    used = result.tables["records_used"].data.to_pylist()[0]
    assert used["used"] + used["cut"] == sum(
        6 + 4 * (d.weekday() >= 5) + i % 3 for i, d in enumerate(DAYS)
    )


def test_a_week_that_touches_a_missing_month_is_missing(result_of):
    covered = [m for m in MONTHS if m != "2022-05"]
    result = result_of(daily(covered), partial(trend, by="week"))
    missing = [r["from"] for r in result.tables["series"].data.to_pylist() if r["n"] is None]
    assert missing == ["2022-04-25", "2022-05-02", "2022-05-09", "2022-05-16", "2022-05-23",
                       "2022-05-30"]  # fmt: skip


def test_days_are_told_apart_by_weekday_and_watched_by_week(result_of):
    result = result_of(daily(), partial(trend, by="day"))
    kinds = {line["kind"] for line in result.tables["season"].data.to_pylist()}
    assert kinds == {"Month", "Day of the week"}
    assert result.tables["holidays"].data.num_rows == 3
    assert [d.table for d in result.drawings if d.kind == "bands"] == ["watched"]
    saturday = row(result, "season", "time", "Saturday", "effect")
    monday = row(result, "season", "time", "Monday", "effect")
    assert (1 + saturday) / (1 + monday) == pytest.approx(11 / 7, rel=0.03)
    assert result.tables["watched"].data.num_rows == 156
    assert "unusual" not in result.tables["series"].fields


CODES = "\n".join([
    "incidents",
    "incident_id | local_date | time_precision | category | reported_at",
    *(f"{m}-{i} | {m} | month | noise-nuisance | {m}-05T12:00"
      for m, n in zip(MONTHS, SIZES, strict=True) for i in range(n)),
    "",
    "incident_codes",
    "incident_id | kind | position | code",
    *(f"{m}-{i} | qualifier | 1 | MH"
      for k, (m, n) in enumerate(zip(MONTHS, SIZES, strict=True)) for i in range(5 + k)),
    "",
    table("coverage", "source | layout | table | month | load_id | n", coverage(MONTHS)),
])  # fmt: skip


def test_a_definition_says_which_incidents_are_counted(result_of, said):
    result = result_of(CODES, partial(trend, definition="mental-health-flag"))
    series = result.tables["series"].data.to_pylist()
    assert [line["n"] for line in series] == [5 + k for k in range(36)]
    used = result.tables["records_used"].data.to_pylist()[0]
    assert used["others"] == sum(SIZES) - used["used"]
    assert "mental health" in said(result, result.answer)
    with pytest.raises(UsageError, match="several definitions"):
        result_of(CODES, partial(trend, definition="mental-health"))
    with pytest.raises(UsageError, match="counts incidents"):
        result_of(given(kind="crimes"), partial(trend, definition="mental-health-flag",
                                                records="crimes"))  # fmt: skip


def test_a_definition_that_names_what_the_store_lacks_is_refused(result_of):
    with pytest.raises(CannotAnswer):
        result_of(given(), partial(trend, definition="mental-health-flag"))


def beds(months=MONTHS, *, areas=("D1", "D2"), value=lambda i: 50 + 10 * ((i * 7) % 5)):
    rows = [
        f"hospital | {area} | {month}-01 | beds | {value(i)}"
        for i, month in enumerate(months) for area in areas
    ]  # fmt: skip
    return table("services", "service | area_code | period_start | measure | value", rows)


def test_a_driver_is_told_by_what_goes_with_a_tenth_more_of_it(result_of):
    """Counts go as the square root of the beds: a tenth more of one is 4.9 % more of the other."""
    value = [50 + 10 * ((i * 7) % 5) for i in range(36)]
    sizes = [round(100 * v**0.5) for v in value]
    result = result_of(given(sizes=sizes, more=beds()), partial(trend, drivers=("hospital",)))
    line = result.tables["drivers"].data.to_pylist()[0]
    assert line["effect"] == pytest.approx(1.1**0.5 - 1, abs=0.005)
    assert line["low"] <= line["effect"] <= line["high"]
    assert "beside" in result.tables["trend"].fields


def test_a_month_that_one_area_did_not_report_is_no_low_month(result_of):
    more = beds().rstrip("\n").splitlines()
    more = "\n".join(more[:-1]) + "\n"  # the last month has one area of two
    result = result_of(given(more=more), partial(trend, drivers=("hospital: beds",)))
    assert result.tables["drivers"].data.to_pylist()[0]["partial"] == 1
    assert result.tables["totals"].data.to_pylist()[0]["steps_beside"] == 35


def test_drivers_that_cannot_be_told_apart_or_are_not_there(result_of):
    said_twice = beds(value=lambda i: 50 * 1.02**i)
    result = result_of(given(more=said_twice), partial(trend, drivers=("hospital",)))
    held = {check.name: check.held for check in result.diagnostics}
    assert held["Drivers can be told apart"] is False
    with pytest.raises(CannotAnswer, match="No partner's counts"):
        result_of(given(), partial(trend, drivers=("hospital",)))
    with pytest.raises(UsageError, match="Did you mean hospital"):
        result_of(given(more=beds()), partial(trend, drivers=("hospitl",)))
    with pytest.raises(CannotAnswer, match="nought or below"):
        result_of(given(more=beds(value=lambda i: i)), partial(trend, drivers=("hospital",)))


COUNTED = "\n".join([
    table("counts", "series | area_code | period_start | period_end | category | n",
          [f"s | {a} | {m}-01 | {m}-28 | Burglary | {n}"
           for m, n in zip(MONTHS, SIZES, strict=True) for a in ("A", "B")]),
    table("coverage", "source | layout | table | month | load_id | n",
          [f"force | s | counts | {m} | x | 9" for m in MONTHS]),
])  # fmt: skip


def test_counts_that_arrived_counted_are_added_up_by_month(result_of):
    result = result_of(COUNTED, partial(trend, records="counts"))
    assert [line["n"] for line in result.tables["series"].data.to_pylist()] == [
        2 * n for n in SIZES
    ]
    with pytest.raises(UsageError, match="are of months"):
        result_of(COUNTED, partial(trend, records="counts", by="day"))


def test_settings_out_of_their_range_are_refused(result_of):
    for wrong in ({"alpha": 0.0}, {"ratio": 1.0}, {"run_years": 0.0}, {"ahead": 0}, {"seed": -1}):
        with pytest.raises(UsageError, match="out of its range"):
            result_of(given(), partial(trend, **wrong))


def test_a_burst_is_unusual_and_said_with_what_chance_brings(result_of):
    sizes = [*SIZES]
    sizes[33] = 3 * sizes[33]
    result = result_of(given(sizes=sizes), trend)
    alarms = result.tables["unusual"].data.to_pylist()
    assert any(a["from"] == MONTHS[33] and a["method"].startswith("Above") for a in alarms)
    rules = result.tables["rules"].data.to_pylist()
    assert [r["judged"] for r in rules] == [11, 36, 36]
    assert all(r["chance"] >= 0 for r in rules)
    assert result.tables["series"].data.to_pylist()[33]["unusual"] is True


def test_what_a_limit_that_follows_late_owes_to_the_trend_is_not_called_chance(result_of, said):
    """With two past years Farrington fits no trend: a steady rise passes its limit by itself."""
    rising = [round(n * 1.04**i) for i, n in enumerate(SIZES)]
    level, risen = (result_of(given(sizes=sizes), trend) for sizes in (SIZES, rising))
    expected = [result.tables["rules"].data["chance"][0].as_py() for result in (level, risen)]
    assert expected[1] > 10 * max(expected[0], 0.1)
    assert "by this trend, season and chance alone)" in said(risen, risen.answer)
    assert "follows a rising or falling series late" in " ".join(
        said(risen, caveat) for caveat in risen.caveats
    )


def test_the_same_seed_gives_the_same_answer(result_of):
    one, other = (result_of(given(), trend) for _ in range(2))
    for name, held in one.tables.items():
        assert held.data.equals(other.tables[name].data)


def sums(result, name):
    """Add up the rows that a table says its own are made of."""
    table = result.tables[name]
    ((mine, theirs),) = table.members.match.items()
    whole = result.tables[table.members.table].data.to_pylist()
    return [
        (line["n"], sum(w["n"] or 0 for w in whole if w[theirs] == line[mine]))
        for line in table.data.to_pylist()
        if line["n"] is not None
    ]


def test_every_sum_of_steps_tells_the_door_what_it_is_a_sum_of(result_of):
    """Else a part, a week or an alarm could tell a step that is held back."""
    sizes = [*SIZES[:33], 3 * SIZES[33], *SIZES[34:]]
    split = result_of(given(sizes=sizes), partial(trend, break_at=(date(2022, 7, 1),)))
    days = result_of(daily(), partial(trend, by="day"))
    checked = [*sums(split, "trend"), *sums(split, "unusual"), *sums(days, "watched")]
    assert len(checked) > 150
    assert all(told == added for told, added in checked)
    for line in split.tables["unusual"].data.to_pylist():
        assert (line["n"] is None) == (line["from"] != line["to"])
