"""Which areas `places.profile` lists, in what order, what touches what, and when it says no."""

from functools import partial

from peelian.analysis.places.profile import profile

per_head = partial(profile, denominator="population")


def force(counts, deciles, arcs=()):
    """Draw a force of areas a1, a2, ... of a thousand people each, and one large quiet area z."""
    codes = [f"a{i}" for i in range(1, len(counts) + 1)]
    everyone = [*codes, "z"]
    tables = {
        "crimes\narea_code | area_vintage | crime_type | local_date | times": [
            f"{code} | V1 | burglary | 2022-01 | {n}"
            for code, n in zip(everyone, [*counts, 200], strict=True)
        ],
        "areas\narea_code | vintage | name | geometry": [
            f"{code} | V1 | {code.upper()} | g" for code in everyone
        ],
        "measures\nmeasure | vintage | scale | unit | need_is": [
            "population | V1 | count | people | -",
            "imd_decile | V1 | decile | - | low",
        ],
        "area_measures\nvintage | area_code | measure | value": [
            *(f"V1 | {code} | population | 1000" for code in codes),
            "V1 | z | population | 20000",
            *(
                f"V1 | {code} | imd_decile | {decile}"
                for code, decile in zip(everyone, [*deciles, 10], strict=True)
            ),
        ],
        "coverage\nsource | layout | table | month | load_id | n": [
            f"force | police-uk | crimes | 2022-{month:02d} | x | 0" for month in range(1, 13)
        ],
    }
    if arcs:
        tables["area_arcs\nvintage | arc | left_code | right_code | line"] = [
            f"V1 | {i} | {left} | {right} | l" for i, (left, right) in enumerate(arcs)
        ]
    return "\n\n".join("\n".join([head, *rows]) for head, rows in tables.items())


def test_areas_of_high_need_are_listed_by_what_they_hold_over_the_average(spec):
    """a3 holds most and is not of high need; a4 is of high need and holds less than the average."""
    spec(
        force([80, 120, 200, 5], [1, 2, 3, 1]),
        per_head,
        """
        targets
        rank | area_code | area_name | n   | need
        1    | a2        | A2        | 120 | 2
        2    | a1        | A1        | 80  | 1

        totals
        high_need | both | both_firm | targets | target_n
        3         | 2    | 2         | 2       | 200
        """,
    )


def test_no_more_areas_are_listed_than_were_asked_for(spec):
    spec(
        force([80, 120, 200, 5], [1, 2, 3, 1]),
        partial(per_head, targets=1),
        """
        targets
        rank | area_code
        1    | a2
        """,
    )


def test_listed_areas_that_touch_are_one_cluster(spec):
    """a1 and a3 touch; a2 touches only a4, which is not listed; z touches all and is not listed."""
    spec(
        force(
            [80, 120, 100, 20],
            [1, 1, 1, 9],
            [("a1", "a3"), ("a2", "a4"), ("a4", "a1"), ("z", "a1"), ("z", "a2"), ("z", "")],
        ),
        per_head,
        """
        targets
        rank | area_code | cluster
        1    | a2        | 1
        2    | a3        | 2
        3    | a1        | 2

        clusters
        cluster | areas  | n_areas | n
        1       | A2     | 1       | 120
        2       | A3; A1 | 2       | 180
        """,
    )


def test_a_close_call_holds_its_place_in_few_draws(result_of):
    """Two areas within a crime of each other compete for one place; a third is nowhere near."""
    result = result_of(force([100, 99, 300], [1, 1, 1]), partial(per_head, targets=2))
    rows = result.tables["targets"].data.to_pylist()
    assert [row["area_code"] for row in rows] == ["a3", "a1"]
    assert rows[0]["rank_stability"] == 1
    assert 0.4 < rows[1]["rank_stability"] < 0.65


def test_a_listed_area_is_expected_to_fall_with_nothing_done(result_of):
    """The fall is the observed count less the steadied one: what luck put there."""
    result = result_of(force([80, 120, 200, 5], [1, 2, 3, 1]), per_head)
    for row in result.tables["targets"].data.to_pylist():
        assert row["expected_fall"] == row["n"] - row["smoothed"]  # a thousand people, one year
        assert 0 < row["expected_fall"] < 5


def test_where_areas_differ_no_more_than_chance_nothing_is_shown(spec, said):
    result = spec(
        force([9, 11, 10, 12], [1, 1, 1, 1]),
        per_head,
        """
        totals
        targets | both_firm
        0       | 0
        """,
    )
    assert said(result, result.answer).startswith("Not shown: over January 2022 to December 2022")
    assert result.tables["targets"].data.num_rows == 0
    assert [drawing.kind for drawing in result.drawings] == ["class_grid"]


def test_where_high_rates_are_not_where_need_is_nothing_is_shown(result_of, said):
    """a1 has a high rate and little need; a2 is of high need and near the average."""
    result = result_of(force([200, 20], [9, 1]), per_head)
    assert said(result, result.answer).startswith("Not shown: ")
    assert "none of 1 areas of high need" in said(result, result.answer)


def test_the_words_blame_no_place(result_of, said):
    result = result_of(force([80, 120, 200, 5], [1, 2, 3, 1]), per_head)
    fields = [f for table in result.tables.values() for f in table.fields.values()]
    words = " ".join(
        [
            *(said(result, sentence) for sentence in result.sentences()),
            *(table.caption for table in result.tables.values()),
            *(f"{field.label} {field.note}" for field in fields),
            *result.definitions,
            *result.definitions.values(),
        ]
    ).lower()
    assert "where support could start" in words
    for word in ("worst", "blackspot", "problem area", "crime-ridden", "offender"):
        assert word not in words
