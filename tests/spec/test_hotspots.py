"""What `places.hotspots` calls, what it is set against, and what it refuses or says."""

from functools import partial

import pytest

from peelian.analysis.places.hotspots import hotspots
from peelian.errors import CannotAnswer, MissingDenominator, UsageError

WIDE, HIGH = 8, 6
CODES = [f"r{row}c{column}" for row in range(HIGH) for column in range(WIDE)]
SQUARE = {f"r{row}c{column}" for row in range(3) for column in range(3)}  # in a corner
COVERAGE = ["force | p | crimes | 2022-01 | x | 9", "force | p | crimes | 2022-03 | x | 9"]


def _touching() -> list[tuple[str, str]]:
    """Return the pairs of areas that touch, be it at a corner; row by row, those across first."""
    ways = ((0, 1), (1, 0), (1, 1), (1, -1))
    return [
        (f"r{r}c{c}", f"r{r + down}c{c + along}")
        for down, along in ways
        for r in range(HIGH - down)
        for c in range(WIDE)
        if 0 <= c + along < WIDE
    ]


def city(counts, *, alone=(), more=(), touching=None, people=None, deciles=None, districts=None):
    """Draw a city of 8 by 6 areas: records by area, those that touch none, and other records."""
    codes = [*CODES, *alone]
    tables = {
        "crimes\narea_code | area_vintage | crime_type | local_date | times": [
            *(f"{code} | V1 | burglary | 2022-01 | {n}" for code, n in counts.items() if n),
            *more,
        ],
        "areas\narea_code | vintage | name | parent_name | geometry": [
            f"{code} | V1 | - | {(districts or {}).get(code, '-')} | g" for code in codes
        ],
        "coverage\nsource | layout | table | month | load_id | n": COVERAGE,
    }
    arcs = _touching() if touching is None else touching
    if arcs:
        tables["area_arcs\nvintage | arc | left_code | right_code | line"] = [
            f"V1 | {i} | {left} | {right} | l" for i, (left, right) in enumerate(arcs)
        ]
    measures = {"population": people or {}, "imd_decile": deciles or {}}
    scales = {"population": "count | people | - | -", "imd_decile": "decile | - | low | part"}
    if people or deciles:
        tables["measures\nmeasure | vintage | scale | unit | need_is | circular"] = [
            f"{name} | V1 | {scales[name]}" for name, held in measures.items() if held
        ]
        tables["area_measures\nvintage | area_code | measure | value"] = [
            f"V1 | {code} | {name} | {value}"
            for name, held in measures.items()
            for code, value in held.items()
        ]
    return "\n\n".join("\n".join([head, *rows]) for head, rows in tables.items())


def _even() -> dict[str, int]:
    """Return counts from 3 to 6 that no part of the city has more of than another."""
    return {code: 3 + (7 * i + i // WIDE) % 4 for i, code in enumerate(CODES)}


def _hot() -> dict[str, int]:
    return {code: n + (30 if code in SQUARE else 0) for code, n in _even().items()}


def _called(result, what="among high ones"):
    rows = result.tables["areas"].data.to_pylist()
    return {row["area_code"] for row in rows if row["class"] == what}


def test_the_areas_of_a_hot_square_are_called_and_those_far_from_it_are_not(result_of, said):
    result = result_of(city(_hot()), hotspots)
    called = _called(result)
    # these have only hot ones around them, and enough of them
    assert {"r1c1", "r0c1", "r1c0"} <= called
    far = {code for code in CODES if int(code[1]) > 3 or int(code[3:]) > 3}
    assert not called & far
    assert said(result, result.answer).startswith("Over January 2022 to March 2022, ")
    totals = result.tables["totals"].data.to_pylist()[0]
    assert totals["high"] == len(called)
    assert totals["high_alone"] >= totals["high"]
    assert totals["fewest"] == 1
    assert totals["moran_z"] > 2


def test_values_that_lie_anywhere_are_not_shown_to_be_hot(result_of, said):
    result = result_of(city(_even()), hotspots)
    assert not _called(result)
    assert said(result, result.answer).startswith("Not shown")
    checks = {check.name: check.held for check in result.diagnostics}
    assert checks["What is called stays called with other borders"] is None


def test_an_area_called_tells_how_it_lies_itself(result_of):
    """One quiet area amid eight busy ones is low among high: it is called, and its corner says."""
    counts = _hot() | {"r1c1": 0}
    rows = result_of(city(counts), hotspots).tables["areas"].data.to_pylist()
    corner = {row["area_code"]: row["corner"] for row in rows}
    assert corner["r1c1"] == "low among high ones"
    assert corner["r0c1"] in {"high among high ones", None}
    assert corner["r5c7"] is None


def test_an_island_is_never_called_and_is_told_of(result_of, said):
    """The island holds most of all, and touches nothing."""
    result = result_of(city(_hot() | {"isle": 90}, alone=("isle",)), hotspots)
    assert _called(result, "no neighbour") == {"isle"}
    totals = result.tables["totals"].data.to_pylist()[0]
    assert (totals["islands"], totals["tested"], totals["outside"]) == (1, 48, 90)
    assert any("touch no other" in said(result, c) and "1" in said(result, c)
               for c in result.caveats)  # fmt: skip
    without = result_of(city(_hot()), hotspots)
    assert _called(without) == _called(result)


def test_records_are_accounted_for(spec):
    more = (
        "r0c0 | V1 | drugs | 2022-01 | 7",
        "- | - | burglary | 2022-01 | 4",
        "Z | V1 | burglary | 2022-01 | 2",
        "r0c0 | V1 | burglary | 2022-02 | 5",
        "r5c7 | V1 | burglary | 2022-03 | 1",
    )
    spec(
        city(dict.fromkeys(CODES, 2) | {"r0c0": 3}, more=more),
        partial(hotspots, categories=("burglary",)),
        """
        records_used
        records | used | undated | not_placed | outside | other_category
        crimes  | 98   | 5       | 4          | 2       | 7

        totals
        n  | months | months_missing | areas | tested
        98 | 2      | 1              | 48    | 48
        """,
    )


def test_rates_are_compared_where_a_denominator_is_named(result_of, said):
    """The busy corner is where people live: high by counts, and not by rates."""
    counts = {code: n * (10 if code in SQUARE else 1) for code, n in _even().items()}
    people = {code: 1000 * (10 if code in SQUARE else 1) for code in CODES}
    given = city(counts, people=people)
    assert _called(result_of(given, hotspots))
    result = result_of(given, partial(hotspots, denominator="population"))
    assert not _called(result)
    assert "rates of recorded crimes per person" in said(result, result.answer)
    assert "standard_rate" in result.tables["areas"].fields
    assert not {"rate", "crude"} & set(result.tables["areas"].fields)


def test_the_same_rate_stands_out_less_where_few_live(result_of):
    """Twice the average: by two records of a hundred people, and by two hundred of ten thousand."""
    people = dict.fromkeys(CODES, 1000) | {"r0c0": 100, "r5c7": 10_000}
    counts = {code: 9 + i % 3 for i, code in enumerate(CODES)} | {"r0c0": 2, "r5c7": 200}
    result = result_of(city(counts, people=people), partial(hotspots, denominator="population"))
    rows = result.tables["areas"].data.to_pylist()
    stands_out = {row["area_code"]: row["standard_rate"] for row in rows}
    assert 0 < 2 * stands_out["r0c0"] < stands_out["r5c7"]


def test_areas_without_a_denominator_are_left_out_of_the_map(result_of):
    people = {code: 1000 for code in CODES if code != "r5c7"}
    result = result_of(city(_hot(), people=people), partial(hotspots, denominator="population"))
    rows = {row["area_code"]: row for row in result.tables["areas"].data.to_pylist()}
    assert rows["r5c7"]["class"] is None
    assert rows["r5c6"]["neighbours"] == 4
    totals = result.tables["totals"].data.to_pylist()[0]
    assert (totals["left_out"], totals["tested"]) == (1, 47)


def test_a_second_measure_is_set_beside_with_need_as_higher(result_of, said):
    """Decile 1 is most in need, and lies where records are: all three go up together."""
    deciles = {code: 1 if code in SQUARE else 5 + (i * 3) % 6 for i, code in enumerate(CODES)}
    result = result_of(city(_hot(), deciles=deciles), partial(hotspots, beside="imd"))
    rows = {row["statistic"].split(":")[0]: row
            for row in result.tables["resemblance"].data.to_pylist()}  # fmt: skip
    assert {"Moran's I", "Bivariate Moran", "Lee's L", "Correlation"} == set(rows)
    for name in ("Bivariate Moran", "Lee's L", "Correlation"):
        assert rows[name]["value"] > 0.3
        assert rows[name]["z"] is None
    warned = " ".join(said(result, caveat) for caveat in result.caveats)
    assert "Neither is a correlation" in warned
    assert "Recorded crime is itself a part" in warned


def test_few_permutations_are_warned_of(result_of, said):
    """With 99, the least two-sided chance is 0.02: of 48 areas 20 would have to be called."""
    result = result_of(city(_hot()), partial(hotspots, permutations=99))
    totals = result.tables["totals"].data.to_pylist()[0]
    assert totals["draws"] == 99
    assert totals["fewest"] >= 0.02 * 48 / 0.05
    checks = {check.name: check for check in result.diagnostics}
    assert checks["Permutations enough"].held is False
    assert "no fewer than" in said(result, checks["Permutations enough"].says)


def test_what_is_called_is_asked_again_of_other_units(result_of):
    """A square of nine areas is still there when areas are merged; eight districts are asked of."""
    counts = {code: n + 60 * (code in SQUARE) for code, n in _even().items()}
    districts = {code: f"D{int(code[1]) // 3}{int(code[3:]) // 2}" for code in CODES}
    result = result_of(city(counts, districts=districts), hotspots)
    units = {row["unit"]: row for row in result.tables["units"].data.to_pylist()}
    once = units["Areas merged with a neighbour"]
    assert once["ways"] == 10
    assert 12 <= once["groups"] <= 24
    assert once["kept"] >= once["of_all"]
    assert units["Areas they nest in"]["groups"] == 8
    few = {code: f"D{int(code[3:]) // 4}" for code in CODES}
    result = result_of(city(counts, districts=few), hotspots)
    assert "Areas they nest in" not in result.tables["units"].data["unit"].to_pylist()


@pytest.mark.parametrize("precision", ["exact", "snapped"])
def test_cells_of_a_grid_are_asked_of_where_points_are_exact(result_of, precision):
    """One point an area, a kilometre apart: cells a kilometre wide are the areas themselves.

    Wherever the grid begins, for each point lies in the lower quarter of a cell. Of cells half as
    wide none touches another, so that there is nothing to ask.
    """
    head = "crimes\narea_code | area_vintage | crime_type | local_date | times | x | y | "
    rows = [
        f"{code} | V1 | burglary | 2022-01 | {n} | {1000 * int(code[3:]) + 100} | "
        f"{1000 * int(code[1]) + 100} | {precision}"
        for code, n in _hot().items()
    ]
    whole = city({}).split("\n\n", 1)[1]
    given = f"{head}location_precision\n" + "\n".join(rows) + "\n\n" + whole
    result = result_of(given, hotspots)
    units = {row["unit"]: row for row in result.tables["units"].data.to_pylist()}
    cells = {name: row for name, row in units.items() if name.startswith("Cells")}
    if precision == "snapped":
        assert not cells
        return
    assert list(cells) == ["Cells 1,000 metres wide, by records"]
    (row,) = cells.values()
    assert (row["ways"], row["groups"]) == (4, 48)
    assert row["high"] == result.tables["totals"].data.to_pylist()[0]["high"]
    assert row["kept"] == row["kept_least"] == 1
    assert row["of_all"] < 0.8


def test_what_cannot_be_asked_is_refused(result_of):
    with pytest.raises(CannotAnswer, match="which areas touch"):
        result_of(city(_hot(), touching=()), hotspots)
    with pytest.raises(CannotAnswer, match="too few areas"):
        result_of(city(_hot(), touching=_touching()[:7]), hotspots)
    with pytest.raises(CannotAnswer, match="hold alike"):
        result_of(city(dict.fromkeys(CODES, 4)), hotspots)
    with pytest.raises(CannotAnswer, match="No record fits"):
        result_of(city(_hot()), partial(hotspots, categories=("drugs",)))
    with pytest.raises(MissingDenominator):
        result_of(city(_hot()), partial(hotspots, denominator="population"))
    hub = [("r0c0", code) for code in CODES[1:]]
    with pytest.raises(CannotAnswer, match="touches all the others"):
        result_of(city(_hot(), touching=hub), hotspots)
    for wrong in ({"false_discovery": 0}, {"permutations": 5}, {"seed": -1}):
        with pytest.raises(UsageError, match="false alarms"):
            result_of(city(_hot()), partial(hotspots, **wrong))


def test_small_areas_are_marked_as_below_a_district(result_of):
    """The door counts sensitive records by no such area; sums over neighbours stay coarse."""
    areas = result_of(city(_hot()), hotspots).tables["areas"]
    assert areas.fields["area_code"].below_district
    assert areas.fields["class"].of == areas.fields["gi"].of == areas.fields["chance"].of == ("n",)
    assert all(isinstance(v, int) for v in areas.data["gi"].to_pylist())
    assert set(areas.data["chance"].to_pylist()) <= {
        "under 0.001", "under 0.01", "under 0.05", "0.05 or more",
    }  # fmt: skip
