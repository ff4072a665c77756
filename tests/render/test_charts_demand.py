"""The drawings of demand draw every row they may, hold back what is held back, and stay light."""

import re
from dataclasses import replace
from html import unescape

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fixtures.made_up_demand import DENOMINATORS, SETS, demand_release
from peelian.disclosure import Release
from peelian.render.charts_choices import specification
from peelian.render.charts_curves import curves
from peelian.render.charts_dots import dots
from peelian.render.charts_grids import flows, tiles
from peelian.render.charts_parts import axis_row
from peelian.render.charts_sets import MOST_COMBINATIONS, upset
from peelian.render.charts_steps import waterfall
from peelian.render.charts_time import bands
from peelian.render.scales import Scale
from peelian.results import Field
from peelian.schema.kinds import Sensitivity

DRAW = {
    "dots": dots,
    "upset": upset,
    "specification": specification,
    "waterfall": waterfall,
    "bands": bands,
    "tiles": tiles,
    "flows": flows,
    "curves": curves,
}


def _drawn(kind: str, made: Release | None = None) -> str:
    made = made or demand_release()
    drawing = next(drawing for drawing in made.drawings if drawing.kind == kind)
    return DRAW[kind](made, drawing)


def _with(name: str, columns: dict, held: dict | None = None) -> Release:
    """Return the release with other values in a table; `held` says which cells are held back."""
    made = demand_release()
    table = made.tables[name]
    rows = len(next(iter(columns.values())))
    data = {n: columns.get(n, table.data.column(n)[:rows]) for n in table.data.column_names}
    masks = {n: np.array(mask) for n, mask in (held or {}).items()}
    changed = replace(table, data=pa.table(data), held_back=masks)
    return replace(made, tables={**made.tables, name: changed})


@pytest.mark.parametrize("kind", DRAW)
def test_a_chart_weighs_at_most_thirty_thousand_bytes_and_runs_nothing(kind):
    drawn = _drawn(kind)
    assert len(drawn.encode()) <= 30_000
    assert "<script" not in drawn
    assert " style=" not in drawn


@pytest.mark.parametrize("kind", ["dots", "specification", "waterfall", "flows"])
def test_names_in_the_charts_are_inert(kind):
    drawn = _drawn(kind, demand_release(hostile="<script>alert(1)</script>"))
    assert "<script" not in drawn
    assert "&lt;script" in drawn


def test_each_definition_has_its_dot_in_the_panel_of_each_denominator():
    drawn = _drawn("dots")
    assert re.findall(r"<h4>([^<]+)</h4>", drawn) == [d[:1].upper() + d[1:] for d in DENOMINATORS]
    rows = demand_release().tables["definitions"].data.num_rows
    assert drawn.count('class="dot"') == drawn.count('class="interval"') == rows


def test_panels_share_one_scale():
    drawn = _drawn("dots")
    values = demand_release().tables["definitions"].data.column("share").to_pylist()
    places = [float(x) for x in re.findall(r'class="dot" cx="([\d.]+)%"', drawn)]
    ratios = [place / value for place, value in zip(places, values, strict=True)]
    assert max(ratios) / min(ratios) < 1.02  # of places written to two decimals


def test_what_others_published_is_a_bar_and_one_figure_alone_a_rule():
    table = demand_release().tables["definitions"]
    low, high = (table.data.column(f"published_{end}").to_pylist() for end in ("low", "high"))
    ranges = sum(a is not None and a < b for a, b in zip(low, high, strict=True))
    points = sum(a is not None and a == b for a, b in zip(low, high, strict=True))
    drawn = _drawn("dots")
    assert drawn.count('class="published"') == ranges == 15
    assert drawn.count('class="published-one"') == points == 1
    assert "what others have published" in drawn


def test_bounds_have_ends_and_a_range_behind_and_no_dot():
    made = demand_release()
    drawing = next(d for d in made.drawings if d.kind == "dots")
    encode = {k: v for k, v in drawing.encode.items() if k != "value"}
    drawn = dots(made, replace(drawing, encode={**encode, "behind": "all that it can be"}))
    first = made.tables["definitions"].data.to_pylist()[0]
    rows = made.tables["definitions"].data.num_rows
    assert 'class="dot"' not in drawn
    assert drawn.count('class="interval"') == rows
    assert "all that it can be" in drawn
    ends = " to ".join(f"{100 * first[end]:.1f}%" for end in ("low", "high"))
    assert f'"row-value">{ends}<' in drawn


def test_no_published_range_is_explained_where_none_is_drawn():
    rows = demand_release().tables["definitions"].data.num_rows
    none = pa.nulls(rows, pa.float64())
    made = _with("definitions", {"published_low": none, "published_high": none})
    assert "published" not in _drawn("dots", made)


def test_a_held_back_share_has_no_dot_and_is_marked():
    made = demand_release(Sensitivity.INTERNAL)
    table = made.tables["definitions"]
    held = int(table.held_back["share"].sum())
    assert held == 1
    drawn = _drawn("dots", made)
    assert drawn.count('class="dot"') == table.data.num_rows - held
    assert drawn.count('"row-value">[c]<') == held


def _overlap(met: list[str], counts: list[int | None], held: list[bool] | None = None) -> Release:
    """Return a release with these combinations: `met` has the first letters of the sets met."""
    columns = {s: [s[0] in letters for letters in met] for s in SETS}
    return _with(
        "overlap",
        {"combination": met, **columns, "n": pa.array(counts, pa.int64())},
        {"n": held or [False] * len(met)},
    )


def test_combinations_stand_with_most_records_first_and_that_of_no_set_is_told():
    made = _overlap(["f", "fo", "", "k"], [70, 9, 5_000, 200])
    drawn = _drawn("upset", made)
    assert re.findall(r'class="set-count[^"]*">([^<]+)<', drawn) == ["200", "70", "9"]
    assert "Not drawn: 5,000 in none of these" in drawn
    tall = [float(h) for h in re.findall(r'class="bar"[^>]* height="([\d.]+)"', drawn)]
    assert tall[1] / tall[0] == pytest.approx(70 / 200, abs=0.01)


def test_joined_dots_are_the_sets_a_combination_meets():
    drawn = _drawn("upset", _overlap(["fk"], [70]))  # the first and the fifth of six
    rows = re.findall(r'<div class="set-row">(.*?)</div>', drawn)
    assert ['class="dot"' in row for row in rows] == [True, False, False, False, True, False]
    assert ["set-join" in row for row in rows] == [True] * 5 + [False]


def test_a_held_back_combination_is_hatched_last_and_its_size_told_by_nothing():
    drawn = _drawn("upset", _overlap(["f", "o", "k"], [70, None, 60], [False, True, False]))
    assert re.findall(r'class="set-count[^"]*">([^<]+)<', drawn) == ["70", "60", "[c]"]
    assert drawn.count('class="gap"') == 1
    assert drawn.count('class="bar"') == 2


def test_no_more_combinations_are_drawn_than_can_be_read_and_the_rest_are_counted():
    table = demand_release().tables["overlap"]
    drawn = _drawn("upset")
    assert drawn.count("set-count") == MOST_COMBINATIONS
    left = table.data.num_rows - 1 - MOST_COMBINATIONS  # less that of no set
    assert f"{left} more combinations are in the table." in drawn


def _points(drawn: str, class_: str) -> list[tuple[float, float]]:
    path = re.search(rf'class="{class_}" d="([^"]*)"', drawn)
    assert path is not None
    return [(float(x), float(y)) for x, y in re.findall(r"M([-\d.]+) ([-\d.]+)", path[1])]


def test_the_specification_curve_rises_from_left_to_right_with_every_specification():
    points = _points(_drawn("specification"), "points")
    assert len(points) == demand_release().tables["choices"].data.num_rows
    assert [x for x, _ in points] == sorted(x for x, _ in points)
    assert [y for _, y in points] == sorted((y for _, y in points), reverse=True)


def test_beneath_the_curve_each_specification_has_one_stroke_for_each_choice():
    drawn = _drawn("specification")
    places = [x for x, _ in _points(drawn, "points")]
    blocks = drawn.split("<h4>")[1:]
    assert [block[: block.index("<")] for block in blocks] == ["Definition", "Denominator", "Unit"]
    for block in blocks:
        paths = re.findall(r'class="strokes" d="([^"]*)"', block)
        strokes = [float(x) for path in paths for x in re.findall(r"M([\d.]+) ", path)]
        assert sorted(strokes) == places


def test_the_readers_own_choice_is_marked_where_it_stands_and_told():
    made = demand_release()
    table = made.tables["choices"].data.to_pylist()
    own = next(row for row in table if row["own"] == "yes")
    place = sorted(row["share"] for row in table).index(own["share"])
    drawn = _drawn("specification", made)
    (x,) = re.findall(r'class="own" r="6" cx="([\d.]+)%"', drawn)
    assert float(x) == pytest.approx(100 * (place + 0.5) / len(table), abs=0.01)
    assert f"your choice: {100 * own['share']:.1f}%" in drawn
    ways = sum(len({row[c] for row in table}) for c in ("definition", "denominator", "unit"))
    assert drawn.count("own-rule") == 1 + ways


def test_specifications_that_cannot_be_drawn_are_counted_by_why():
    shares = [0.1, None, 0.2, None, None]
    made = _with(
        "choices",
        {"share": pa.array(shares)},
        {"share": [False, True, False, False, False]},
    )
    drawn = _drawn("specification", made)
    assert "Not drawn: 1 held back, 2 without a figure." in drawn
    assert len(_points(drawn, "points")) == 2


def _bars(drawn: str) -> list[tuple[str, float, float]]:
    found = re.findall(r'<rect class="([a-z-]+)" x="([\d.]+)%" y="5" width="([\d.]+)%"', drawn)
    return [(class_, float(x), float(x) + float(wide)) for class_, x, wide in found]


def test_each_step_of_a_waterfall_begins_where_the_one_before_it_ended():
    drawn = _drawn("waterfall")
    bars = _bars(drawn)
    kinds = ["bar", "moved-out", "moved-in", "bar", "moved-in", "bar"]
    assert [class_ for class_, _, _ in bars] == kinds
    flag, out, judged, whole, words, last = [(low, high) for _, low, high in bars]
    assert (flag[0], whole[0], last[0]) == (0, 0, 0)
    assert out[1] == pytest.approx(flag[1], abs=0.02)
    assert judged[0] == pytest.approx(out[0], abs=0.02)
    assert whole[1] == pytest.approx(judged[1], abs=0.02)
    assert words == (pytest.approx(whole[1], abs=0.02), pytest.approx(last[1], abs=0.02))
    said = [unescape(text) for text in re.findall(r'"row-value">([^<]+)<', drawn)]
    assert said == ["840", "\N{MINUS SIGN}310", "+1,210", "1,740", "+905", "2,645"]


def test_a_held_back_step_is_no_total_and_has_no_bar():
    made = _with(
        "steps",
        {"change": pa.array([None, None, 4], pa.int64())},
        {"change": [False, True, False]},
    )
    drawn = _drawn("waterfall", made)
    assert [class_ for class_, _, _ in _bars(drawn)] == ["bar", "moved-in"]
    assert re.findall(r'"row-value">([^<]+)<', drawn) == ["840", "[c]", "+4"]
    assert drawn.count("step-total") == 1


def test_a_series_has_its_points_fit_and_ribbon_and_says_what_is_missing_or_held_back():
    made = demand_release(Sensitivity.INTERNAL)
    drawn = _drawn("bands", made)
    assert drawn.count('class="ribbon"') == drawn.count('class="fit"') == 2
    first, second = re.findall(r'class="points" d="([^"]*)"', drawn)
    held = int(made.tables["series"].held_back["n"].sum())
    assert held == 1
    assert (first.count("M"), second.count("M")) == (60 - 3 - held, 60 - 3)
    assert drawn.count('class="gap"') == 6 + held
    assert "No records for: March 2020 to April 2020, June 2022." in drawn
    assert "Held back for: August 2019." in drawn


def test_marked_points_are_ringed_and_only_where_they_may_be_seen():
    assert _drawn("bands").count('class="ring"') == 3
    rows = demand_release().tables["series"].data.num_rows
    every = _with("series", {"alarm": ["yes"] * rows}, {"alarm": [True] * rows})
    assert 'class="ring"' not in _drawn("bands", every)
    assert "outside what was expected" in _drawn("bands")
    assert "outside what was expected" not in _drawn("bands", every)  # no key to what is not there


def test_a_rule_stands_at_its_month_in_every_panel_and_is_named():
    drawn = _drawn("bands")
    places = re.findall(r'class="reference" x1="([\d.]+)%"', drawn)
    assert [float(x) for x in places] == [pytest.approx(100 * 30.5 / 60, abs=0.01)] * 2
    assert "July 2021: new form for flags" in drawn


def test_a_fit_breaks_where_it_was_not_made():
    rows = demand_release().tables["series"].data.num_rows
    fitted = [None if i % 60 in (10, 11) else 300.0 for i in range(rows)]
    drawn = _drawn("bands", _with("series", {"fitted": fitted}))
    for path in re.findall(r'class="fit" d="([^"]*)"', drawn):
        assert path.count("M") == 2


def test_days_stand_apart_by_days():
    rows, days = 4, ["2024-02-28", "2024-02-29", "2024-03-01", "2024-03-09"]
    made = demand_release()
    table = made.tables["series"]
    data = {**{n: table.data.column(n)[:rows] for n in table.data.column_names}, "month": days}
    fields = {**table.fields, "month": Field(role="key", label="Day", form="date")}
    changed = replace(table, data=pa.table(data), fields=fields, held_back={})
    drawn = _drawn("bands", replace(made, tables={**made.tables, "series": changed}))
    xs = [x for x, _ in _points(drawn, "points")]
    gaps = np.diff(xs)
    assert gaps[0] == pytest.approx(gaps[1], abs=0.01)
    assert gaps[2] == pytest.approx(8 * gaps[0], abs=0.05)
    assert "No records for: 2 March 2024 to 8 March 2024." in drawn


def test_a_month_without_a_row_is_as_missing_as_one_without_a_number():
    made = demand_release()
    table = made.tables["series"]
    kept = [i for i in range(table.data.num_rows) if i % 60 not in (14, 15, 41)]
    made = replace(
        made, tables={**made.tables, "series": replace(table, data=table.data.take(kept))}
    )
    assert _drawn("bands", made) != _drawn("bands")  # the fit is broken there, too
    without = _drawn("bands", made)
    assert without.count('class="gap"') == _drawn("bands").count('class="gap"') == 6
    assert without.count("No records for: March 2020 to April 2020, June 2022.") == 2
    for path in re.findall(r'class="fit" d="([^"]*)"', without):
        assert path.count("M") == 3


def test_tiles_are_darker_where_there_is_more_and_each_shade_is_in_the_key():
    drawn = _drawn("tiles")
    found = re.findall(r'<rect class="s(\d)"[^>]*><title>[^:]*: ([\d,]+)</title>', drawn)
    pairs = sorted((int(n.replace(",", "")), int(shade)) for shade, n in found)
    assert len(pairs) == 7 * 24
    assert [shade for _, shade in pairs] == sorted(shade for _, shade in pairs)
    key = re.findall(r'class="shade s(\d)"[^>]*></span> ([\d,]+) to ([\d,]+)<', drawn)
    for number, shade in pairs:
        low, high = next((int(a), int(b)) for s, a, b in key if int(s) == shade)
        assert low <= number <= high


def test_a_held_back_tile_is_hatched_and_an_absent_one_empty():
    drawn = _drawn("tiles", demand_release(Sensitivity.INTERNAL))
    assert drawn.count('class="gap"') == 1
    assert "Thursday, 4: [c]" in drawn
    assert "held back" in drawn
    short = {n: demand_release().tables["week"].data.column(n)[:-1] for n in ("weekday", "hour")}
    short["n"] = demand_release().tables["week"].data.column("n")[:-1]
    assert _drawn("tiles", _with("week", short)).count('class="no-tile"') == 1


def test_the_most_usual_way_from_a_code_is_shaded_darkest_with_or_without_shares():
    made = demand_release()
    drawing = next(d for d in made.drawings if d.kind == "flows")
    counted = replace(drawing, encode={k: v for k, v in drawing.encode.items() if k != "share"})
    rows = made.tables["flows"].data.to_pylist()
    for drawn in (flows(made, drawing), flows(made, counted)):
        for line in re.findall(r'<tr><th scope="row">(.*?)</tr>', drawn):
            start = line[: line.index("<")]
            cells = re.findall(r'class="num s(\d)[^"]*" data-to="([^"]+)"', line)
            shades = {end: int(shade) for shade, end in cells}
            there = {r["closed"]: r["n"] for r in rows if r["opened"] == start}
            most = max((end for end in there if end in shades), key=lambda end: there[end])
            assert shades[most] == max(shades.values())


def test_flows_write_each_share_in_its_cell_and_leave_out_no_code_unsaid():
    made = demand_release()
    drawn = _drawn("flows", made)
    table = made.tables["flows"].data.to_pylist()
    for row in table[:5]:
        at = drawn.index(f'<th scope="row">{row["opened"]}</th>')
        cells = drawn[at : drawn.index("</tr>", at)]
        cell = re.search(rf'data-to="{row["closed"]}">([^<]*)<', cells)
        if cell:
            assert cell[1] == f"{100 * row['share']:.1f}%".replace("0.0%", "<0.1%")
    heads = len(re.findall(r'<th scope="col" class="num">', drawn))
    assert heads == 8
    assert "2 more rows and columns are in the table." in drawn


@given(st.floats(-50, 0), st.floats(0.1, 80))
def test_on_a_phone_every_other_number_of_a_long_scale_stays_and_nought_among_them(low, high):
    scale = Scale.over([low, high])
    drawn = axis_row(scale, Field(role="figure", label="Change", form="one"))
    texts = re.findall(r"<text([^>]*)>([^<]+)</text>", drawn)
    stay = [said for attributes, said in texts if "every-other" not in attributes]
    assert any(float(said.replace("\N{MINUS SIGN}", "-")) == 0 for said in stay)
    assert len(stay) <= max(5, (len(texts) + 1) // 2)


def test_a_curve_stands_in_a_panel_of_its_own_with_the_others_behind_on_the_same_scale():
    drawn = _drawn("curves")
    assert drawn.count('class="panel"') == drawn.count('class="others"') == 3
    fits = re.findall(r'class="fit" d="([^"]+)"', drawn)
    others = re.findall(r'class="others" d="([^"]+)"', drawn)
    for i, fit in enumerate(fits):
        assert fit not in others[i]
        assert all(fit in other for j, other in enumerate(others) if j != i)
    assert "All panels have the same scales" in drawn


def test_a_curve_stops_where_a_number_is_held_back():
    share = demand_release().tables["budgets"].data.column("share").to_pylist()
    held = [i == 2 for i in range(len(share))]
    given = [None if h else value for value, h in zip(share, held, strict=True)]
    drawn = _drawn("curves", _with("budgets", {"share": given}, {"share": held}))
    first, second, _ = re.findall(r'class="fit" d="([^"]+)"', drawn)
    # A point that is left alone is drawn, too: as a stretch to itself.
    assert [part.count("L") for part in first.split("M")[1:]] == [1, 1]
    assert [part.count("L") for part in second.split("M")[1:]] == [3]
    assert drawn.count('class="dot"') == 11


def test_a_curve_rises_with_its_numbers_and_its_ribbon_holds_it():
    drawn = _drawn("curves")
    fit = re.findall(r'class="fit" d="M([^"]+)"', drawn)[2]
    at = [tuple(map(float, point.split())) for point in fit.split("L")]
    assert [x for x, _ in at] == sorted(x for x, _ in at)
    assert [y for _, y in at] == sorted((y for _, y in at), reverse=True)  # pixels count downwards
    ribbon = re.findall(r'class="ribbon" d="M([^"]+)z"', drawn)[2]
    ends = [tuple(map(float, point.split())) for point in ribbon.split("L")]
    low, high = ends[:4], ends[4:][::-1]
    assert all(h[1] < y < lo[1] for lo, (_, y), h in zip(low, at, high, strict=True))
    assert ">0.5%<" not in drawn  # numbers under a panel are round ones
    assert ">6%<" in drawn


def test_a_measure_that_is_written_in_capitals_stays_so_in_the_key():
    table = demand_release().tables["budgets"]
    fields = {**table.fields, "share": replace(table.fields["share"], label="PEI")}
    made = demand_release()
    named = replace(table, fields=fields)
    assert " PEI<" in _drawn("curves", replace(made, tables={**made.tables, "budgets": named}))


def test_a_curve_alone_is_drawn_alone_and_with_neither_others_nor_a_word_of_them():
    made = demand_release()
    drawing = next(drawing for drawing in made.drawings if drawing.kind == "curves")
    table = made.tables["budgets"]
    one = replace(table, data=table.data.slice(4, 4), held_back={})
    encode = {"x": "budget", "y": "share"}
    drawn = curves(
        replace(made, tables={**made.tables, "budgets": one}), replace(drawing, encode=encode)
    )
    assert 'class="panels alone"' in drawn
    assert "others" not in drawn
    assert "interval" not in drawn
    assert "<h4" not in drawn
