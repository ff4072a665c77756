"""Charts draw every row of their table, leave gaps where nothing was recorded, and run nothing."""

import re
from dataclasses import replace

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fixtures.made_up import composition_release, profile_release
from peelian.disclosure import Release
from peelian.render import charts
from peelian.render.html import tag
from peelian.render.scales import Scale
from peelian.results import Drawing, Field
from peelian.schema.kinds import Sensitivity


def _drawing(made: Release, kind: str) -> Drawing:
    return next(drawing for drawing in made.drawings if drawing.kind == kind)


def test_a_line_breaks_where_months_are_missing_and_names_them():
    made = composition_release()
    drawn = charts.lines(made, _drawing(made, "lines"))
    assert drawn.count('class="gap"') == 2
    assert "No records for: March 2022, April 2022." in drawn
    assert drawn.count('class="stroke"') == 13 + 10  # the second line is in two pieces
    assert "Each panel has its own scale, from zero" in drawn


def test_a_held_back_bar_is_marked_and_not_drawn():
    made = composition_release(Sensitivity.INTERNAL)
    drawn = charts.bars(made, _drawing(made, "bars"))
    rows = made.tables["by_category"].data.num_rows
    held = made.tables["by_category"].held_back["n"].sum()
    assert held == 2
    assert drawn.count('class="bar"') == rows - held
    assert drawn.count("[c]") == held


def test_bars_of_all_groups_share_one_scale_from_zero():
    made = composition_release()
    widths = re.findall(r'width="([\d.]+)%" height="16"', charts.bars(made, _drawing(made, "bars")))
    counts = made.tables["by_category"].data.column("n").to_pylist()
    shares = [
        float(width) / count for width, count in zip(widths, counts, strict=True) if count > 99
    ]
    assert max(shares) / min(shares) < 1.001


def test_intervals_show_the_reference_and_every_interval():
    made = profile_release()
    drawn = charts.intervals(made, _drawing(made, "intervals"))
    assert drawn.count('class="dot"') == drawn.count('class="interval"') == 20
    assert drawn.count('class="reference"') == 20
    average = made.tables["totals"].data.column("average")[0].as_py()
    assert f"Force average, {average:.1f}" in drawn


def test_intervals_beyond_forty_are_counted_and_not_drawn():
    made = profile_release(240)
    areas = made.tables["areas"]
    drawing = replace(_drawing(made, "intervals"), table="areas")
    drawn = charts.intervals(made, drawing)
    assert drawn.count('class="row-label"') == charts.MOST_INTERVALS + 1  # and the axis
    assert f"{areas.data.num_rows - charts.MOST_INTERVALS} more are in the table." in drawn


def _told_of_visitors(answers: list[str], held: list[bool]) -> Release:
    """Return a release whose list of areas says which have many visitors, where it may be said."""
    made = profile_release()
    targets = made.tables["targets"]
    shown = [None if h else answer for answer, h in zip(answers, held, strict=True)]
    told = replace(
        targets,
        data=targets.data.append_column("visitors", pa.array(shown)),
        fields={
            **targets.fields,
            "visitors": Field(
                role="figure", label="Many visitors", form="yes_no", note="Residents may be away."
            ),
        },
        held_back={**targets.held_back, "visitors": np.array(held)},
    )
    return replace(made, tables={**made.tables, "targets": told})


def test_intervals_mark_areas_with_many_visitors_and_explain_the_mark():
    made = _told_of_visitors(["yes", "no", "yes", "yes"] + ["no"] * 16, [False] * 3 + [True] * 17)
    drawn = charts.intervals(made, _drawing(made, "intervals"))
    marked = ["†" in label for label in re.findall(r'"row-label">([^<]+)<', drawn)]
    assert marked == [True, False, True] + [False] * 17  # what is held back is not given away
    assert "† Many visitors: residents may be away." in drawn


def test_no_mark_is_explained_where_none_is_drawn():
    for made in (profile_release(), _told_of_visitors(["no"] * 20, [False] * 20)):
        assert "†" not in charts.intervals(made, _drawing(made, "intervals"))


@pytest.mark.parametrize(
    ("first", "months", "labels"),
    [
        ("2022-02", 1, ["Feb 2022"]),
        ("2022-02", 2, ["Feb 2022", "Mar 2022"]),
        ("2022-02", 12, ["Feb 2022", "Aug 2022", "Jan 2023"]),
        (
            "2021-12",
            14,
            ["Dec 2021", "Jul 2022", "Jan 2023"],
        ),  # its Januaries are too near its ends
        ("2021-02", 36, ["Feb 2021", "Jan 2022", "Jan 2023", "Jan 2024"]),
        ("2016-05", 90, ["May 2016", "Jan 2019", "Jan 2021", "Oct 2023"]),
    ],
)
def test_a_panel_names_few_months_januaries_first(first, months, labels):
    start = np.datetime64(first, "M")
    named = [str(start + i) for i in range(months)]
    made = composition_release()
    lines = _drawing(made, "lines")
    table = replace(
        made.tables["by_month"],
        data=pa.table({"month": named, "n": [5] * months}),
        held_back={},
    )
    made = replace(made, tables={**made.tables, "by_month": table})
    drawn = charts.lines(made, replace(lines, encode={"x": "month", "y": "n"}))
    assert re.findall(r">([A-Z][a-z]{2} \d{4})</text>", drawn) == labels


def test_the_class_grid_stands_with_high_need_above_and_high_rate_to_the_right():
    made = profile_release()
    drawn = charts.class_grid(made, _drawing(made, "class_grid"))
    assert re.findall(r'<td class="c(\d)">', drawn) == list("678345012")
    rows = made.tables["classes"].data.to_pylist()
    both = next(r for r in rows if (r["need_band"], r["rate_class"]) == ("high", "high"))
    assert f'<td class="c8"><strong>{both["areas"]}</strong>' in drawn


def test_names_in_charts_are_inert():
    made = profile_release(240, hostile="<script>alert(1)</script>")
    assert "<script" not in charts.intervals(made, _drawing(made, "intervals"))


@given(st.text(), st.text())
def test_no_text_or_attribute_becomes_an_element(text, attribute):
    made = tag("p", text, title=attribute)
    assert made.count("<") == 2
    assert made.count(">") == 2
    assert made.count('"') == 2 + text.count('"')


@given(st.lists(st.floats(-1e7, 1e7), min_size=1))
def test_a_scale_holds_every_number_with_few_round_ticks(numbers):
    scale = Scale.over(numbers)
    slack = 1e-6 * (scale.high - scale.low)
    assert scale.low - slack <= min([0, *numbers])
    assert max([0, *numbers]) <= scale.high + slack
    assert 2 <= len(scale.ticks) <= 9
    assert len({scale.label(tick) for tick in scale.ticks}) == len(scale.ticks)
