"""What of a share may leave: small counts, what would tell them, and hours that one log makes."""

from datetime import UTC, datetime
from functools import partial

import pytest

from peelian.analysis.demand.share import share
from peelian.disclosure import release
from peelian.results import Provenance
from peelian.schema.kinds import Sensitivity

FLAG, WORDS, CODE = "mental-health-flag", "mental-health-words", "mental-health-code"


def force(*kinds, minutes="60"):
    """Draw incidents of kinds: how many, whether flagged, whether their words say so, district."""
    incidents, codes, number = [], ["i1 | 1 | closing | burglary"], 0
    for n, flagged, worded, district in kinds:
        for _ in range(n):
            number += 1
            words = "he is suicidal" if worded else "a lost purse"
            incidents.append(
                f"i{number} | 2022-01-{number % 28 + 1:02d} | {words} | 2022-01-01 | {minutes} | "
                f"{district}1 | V"
            )
            if flagged:
                codes.append(f"i{number} | 1 | qualifier | with-mental-health")
    head = "incident_id | local_date | narrative | arrived_at | unit_minutes | area_code | "
    return (
        f"incidents\n{head}area_vintage\n"
        + "\n".join(incidents)
        + "\n\nincident_codes\nincident_id | position | kind | code\n"
        + "\n".join(codes)
        + "\n\nareas\narea_code | vintage | name | parent_code | parent_name | geometry\n"
        "X1 | V | one | X | Exe | g\nY1 | V | why | Y | Wye | g\n\n"
        "coverage\nsource | layout | table | month | load_id | n\n"
        "s | l | incidents | 2022-01 | x | 10\n"
    )


@pytest.fixture
def let_out(result_of):
    def run(sensitivity, given, *definitions, by=()):
        asked = partial(
            share, definitions=definitions, denominators=("incidents", "unit-hours"), by=by
        )
        result = result_of(given, asked)
        stamp = Provenance(
            analysis="demand.share", settings={}, period="2022-01..2022-01", generation="g",
            files=(), data_as_at="2022-01", records_used={}, engine="duckdb", versions={},
            made_at=str(datetime.now(UTC)),
        )  # fmt: skip
        return release(result.stamped(stamp), sensitivity=sensitivity)

    return run


def shown(out, table, column="n"):
    return out.tables[table].data.column(column).to_pylist()


PLAIN = ((60, True, True, "X"), (40, True, False, "Y"), (50, False, True, "X"),
         (350, False, False, "Y"))  # fmt: skip


def test_open_and_large_counts_all_leave(let_out):
    for level in (Sensitivity.OPEN, Sensitivity.SENSITIVE):
        out = let_out(level, force(*PLAIN), FLAG, WORDS)
        assert not any(table.cells_held_back for table in out.tables.values())
        assert shown(out, "shares") == [100, 110, 100, 110]


def test_a_small_definition_takes_its_share_its_interval_and_its_hours_with_it(let_out):
    kinds = ((3, True, False, "X"), (110, False, True, "X"), (390, False, False, "Y"))
    out = let_out(Sensitivity.INTERNAL, force(*kinds), WORDS, FLAG)
    for row in out.tables["shares"].data.to_pylist():
        told = [row[c] for c in ("n", "share", "low", "high")]
        assert all(v is None for v in told) == (row["definition"] == FLAG)
        if row["denominator"] == "unit-hours":
            assert (row["hours"] is None) == (row["definition"] == FLAG)


UNION = "mental-health-words-or-flag"


def test_three_more_in_a_definition_that_holds_another_are_not_told_by_their_totals(let_out):
    """Every flagged log meets the union, by its rule; three meet it by words: 103 less 100."""
    kinds = ((60, True, True, "X"), (40, True, False, "X"), (3, False, True, "X"),
             (400, False, False, "Y"))  # fmt: skip
    out = let_out(Sensitivity.INTERNAL, force(*kinds), FLAG, UNION)
    told = {(r["definition"], r["denominator"]): r["n"] for r in
            out.tables["shares"].data.to_pylist()}  # fmt: skip
    assert None in (told[FLAG, "incidents"], told[UNION, "incidents"])
    assert 3 not in shown(out, "combinations") + shown(out, "steps")
    for row in out.tables["pairs"].data.to_pylist():
        assert None in (row["n"], row["of_n"]) or row["definition"] == FLAG


def test_where_definitions_may_lie_apart_their_totals_tell_no_small_count(let_out):
    """The words hold all that is flagged here, but need not: what is flagged alone is not told."""
    kinds = ((100, True, True, "X"), (3, False, True, "X"), (400, False, False, "Y"))
    out = let_out(Sensitivity.INTERNAL, force(*kinds), FLAG, WORDS)
    assert shown(out, "shares")[:2] == [100, 103]
    assert 3 not in shown(out, "combinations") + shown(out, "steps")
    assert 0 not in shown(out, "steps")
    assert 100 not in shown(out, "combinations") + shown(out, "pairs")


def test_a_small_district_hides_behind_another(let_out):
    """Two flagged in Wye of 102: the total is told above, so Exe's count hides too."""
    kinds = ((100, True, False, "X"), (2, True, False, "Y"), (300, False, False, "X"),
             (200, False, False, "Y"))  # fmt: skip
    out = let_out(Sensitivity.INTERNAL, force(*kinds), FLAG, by=("district",))
    assert shown(out, "by_district") == [None, None]
    assert shown(out, "by_district", "share") == [None, None]
    assert shown(out, "shares")[0] == 102


def test_all_but_three_are_not_told_either(let_out):
    """All but three logs say so: what a share leaves is as small as what it takes."""
    kinds = ((497, False, True, "X"), (3, False, False, "Y"), (100, True, True, "Y"))
    out = let_out(Sensitivity.INTERNAL, force(*kinds), WORDS)
    row = out.tables["shares"].data.to_pylist()[0]
    assert row["n"] is None or row["of_n"] is None
    assert row["share"] is None


def test_hours_that_one_log_makes_are_held_back_though_their_count_is_not(let_out):
    given = force(*PLAIN, minutes="6").replace(
        "suicidal | 2022-01-01 | 6 ", "suicidal | 2022-01-01 | 60000 ", 1
    )
    out = let_out(Sensitivity.INTERNAL, given, WORDS)
    row = next(r for r in out.tables["shares"].data.to_pylist()
               if r["denominator"] == "unit-hours")  # fmt: skip
    assert row["n"] == 110
    assert row["hours"] is None
    assert row["share"] is None
    assert "hours_largest" not in out.tables["shares"].data.column_names


def test_the_few_without_a_district_are_not_told_by_what_the_districts_lack(let_out):
    kinds = ((60, True, True, "X"), (40, True, False, "Y"), (390, False, False, "Y"),
             (2, True, False, "Z"), (9, False, False, "Z"))  # fmt: skip
    given = force(*kinds)  # no area Z1 is loaded
    out = let_out(Sensitivity.INTERNAL, given, FLAG, by=("district",))
    whole = shown(out, "shares")[0]
    rows = dict(zip(shown(out, "by_district", "district"), shown(out, "by_district"), strict=True))
    assert rows["none"] is None
    assert whole is None or sum(n is None for n in rows.values()) >= 2
    assert (
        let_out(Sensitivity.OPEN, given, FLAG, by=("district",))
        .tables["by_district"]
        .data.column("district_name")
        .to_pylist()[-1]
        == "Without a district"
    )
