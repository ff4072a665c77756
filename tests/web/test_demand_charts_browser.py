"""The drawings of demand in a real browser: read on a phone, on a desk, on paper, and by axe."""

from calendar import month_name as MONTH_NAMES
from dataclasses import replace
from pathlib import Path

import pytest

from conftest import skip_or_fail
from fixtures.made_up_demand import MONTHS, demand_release
from peelian.report import write_report
from peelian.results import Sentence
from peelian.schema.kinds import Sensitivity

pytestmark = pytest.mark.browser

KINDS = ("dots", "upset", "specification", "waterfall", "bands", "tiles", "flows", "curves")
WIDTHS = [320, 390, 768, 1280]


@pytest.fixture(scope="module")
def demand(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("demand")
    made = [demand_release(Sensitivity.INTERNAL)]
    return write_report(made, folder, title="Demand, made up", purpose="To try it")


@pytest.fixture
def visit(open_page, demand):
    return lambda **context: open_page(demand, **context)


@pytest.mark.parametrize("width", [390, 1280])
def test_axe_finds_nothing(visit, width):
    try:
        from axe_playwright_python.sync_playwright import Axe
    except ImportError:
        skip_or_fail("axe is not installed")
    page = visit(width=width, bypass_csp=True).page
    results = Axe().run(page)
    assert results.violations_count == 0, results.generate_report()


@pytest.mark.parametrize("width", WIDTHS)
def test_every_drawing_stays_on_the_page_and_within_its_figure(visit, demand, width):
    seen = visit(width=width)
    assert seen.page.evaluate("document.scrollingElement.scrollWidth") <= width
    over = seen.page.evaluate(
        """() => [...document.querySelectorAll(
            'figure.drawing .chart :is(rect, circle, line, text, span, td, th, p)')]
            .filter(e => {
                const box = e.getBoundingClientRect(), figure = e.closest('figure');
                const { left, right } = figure.getBoundingClientRect();
                return box.width && (box.left < left - 4 || box.right > right + 4);
            }).map(e => e.outerHTML.slice(0, 90))"""
    )
    assert over == []
    assert seen.complaints == []
    assert seen.requests == [demand.as_uri()]


@pytest.mark.parametrize("width", WIDTHS)
def test_no_words_of_a_drawing_run_into_one_another(visit, width):
    """Every two stretches of text of one chart, wherever they stand, leave each other room.

    A line's box is taller than its letters, whichever way it is turned: a little is none of theirs.
    """
    page = visit(width=width).page
    meeting = page.evaluate(
        """() => [...document.querySelectorAll('figure.drawing .chart')].flatMap(chart => {
            const walker = document.createTreeWalker(chart, NodeFilter.SHOW_TEXT), boxes = [];
            for (let node; node = walker.nextNode();) {
                if (!node.data.trim() || node.parentNode.closest('title')) continue;
                const range = document.createRange();
                range.selectNodeContents(node);
                for (const box of range.getClientRects())
                    if (box.width) boxes.push({ box, words: node.data, in: node.parentNode });
            }
            const found = [];
            boxes.forEach((a, i) => boxes.slice(i + 1).forEach(b => {
                const wide = Math.min(a.box.right, b.box.right)
                    - Math.max(a.box.left, b.box.left);
                const high = Math.min(a.box.bottom, b.box.bottom)
                    - Math.max(a.box.top, b.box.top);
                if (a.in !== b.in && wide > 3 && high > 4) found.push([a.words, b.words]);
            }));
            return found;
        })"""
    )
    assert meeting == []


@pytest.mark.parametrize("width", [390, 1280])
def test_the_dots_of_a_combination_stand_beneath_its_bar(visit, width):
    page = visit(width=width).page
    apart = page.evaluate(
        """() => {
            const middle = e => {
                const box = e.getBoundingClientRect();
                return box.left + box.width / 2;
            };
            const bars = [...document.querySelectorAll('.upset .set-bars rect')].map(middle);
            const rows = [...document.querySelectorAll('.upset .set-row:not(.set-bars)')];
            return rows.flatMap(row => [...row.querySelectorAll('circle')].map(middle)
                .map((x, i) => Math.abs(x - bars[i])));
        }"""
    )
    assert len(apart) == 6 * 16
    assert max(apart) < 1


@pytest.mark.parametrize("width", [390, 1280])
def test_the_strokes_of_a_specification_stand_beneath_its_dot(visit, width):
    """Paths are stretched to the page: curve and grid must be stretched alike."""
    page = visit(width=width).page
    ends = page.evaluate(
        """() => [...document.querySelectorAll('.curve .track svg.stretched path')].map(path => {
            const { a, e } = path.getScreenCTM();
            const { left, right } = path.closest('.track').getBoundingClientRect();
            return [e - left, e + 100 * a - right];
        })"""
    )
    assert len(ends) > 15
    assert all(abs(end) < 1 for both in ends for end in both)


@pytest.mark.parametrize("width", [390, 1280])
def test_the_lines_of_a_definition_table_end_where_its_numbers_stand(open_page, tmp_path, width):
    """Also in a panel of one row, which is lower than an SVG that nobody gave a height."""
    made = demand_release()
    table = made.tables["definitions"]
    first = replace(table, data=table.data.slice(0, 1))
    made = replace(made, tables={**made.tables, "definitions": first}, answer=Sentence("One row."))
    page = open_page(write_report([made], tmp_path, title="One", purpose="To try it"), width=width)
    box = page.page.evaluate(
        """() => {
            const panel = document.querySelector('.dot-rows');
            const [lines, axis] = ['.lines-behind .track', '.axis'].map(
                part => panel.querySelector(part).getBoundingClientRect());
            const drawn = panel.querySelector('.lines-behind svg').getBoundingClientRect();
            return [drawn.bottom - lines.bottom, lines.bottom - axis.bottom, drawn.width];
        }"""
    )
    assert box[0] < 1
    assert box[1] < 1
    assert box[2] > 200


def test_strokes_keep_their_width_however_far_a_drawing_is_stretched(visit):
    """A dot drawn as a stroke without length is as wide as it is high."""
    page = visit().page
    effect = page.evaluate(
        """() => [...document.querySelectorAll('.stretched path')].map(
            path => getComputedStyle(path).vectorEffect)"""
    )
    assert len(effect) > 30
    assert set(effect) == {"non-scaling-stroke"}


def test_on_a_phone_a_flow_is_a_list_with_each_code_beside_its_share(visit):
    page = visit(width=390).page
    assert page.is_hidden(".flow-box thead")
    cell = page.locator(".flow-box td.num:not(.few):not(.none-flow)").first
    beside = cell.evaluate("e => getComputedStyle(e, '::before').content")
    assert beside.strip('"') == cell.get_attribute("data-to")
    assert page.locator(".flow-box td.few:visible").count() == 0
    assert "Under 5.0% of their row: left out" in page.inner_text(".flows .chart")
    wide = visit(width=1280).page
    assert wide.is_visible(".flow-box thead")
    assert wide.locator(".flow-box td.few:visible").count() > 5


def test_each_drawing_has_its_table_and_words_for_those_who_cannot_see_it(visit):
    page = visit().page
    for kind in KINDS:
        figure = page.locator(f"figure.{kind}")
        assert figure.count() == 1
        assert figure.locator("details table").count() == 1
        chart = figure.locator(".chart")
        if kind == "flows":  # a table in itself
            assert chart.get_attribute("role") is None
            assert chart.locator("th[scope=row]").count() == 8
        else:
            assert chart.get_attribute("role") == "img"
            assert chart.get_attribute("aria-label")


def test_they_print_without_being_cut_off(visit):
    page = visit().page
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 700, "height": 1000})  # A4 less its margins
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    over = page.evaluate(
        """() => [...document.querySelectorAll('figure .chart *')]
            .filter(e => e.getBoundingClientRect().right > innerWidth + 1)
            .map(e => e.outerHTML.slice(0, 80))"""
    )
    assert over == []
    shade = page.locator(".flow-box td.s3").first
    assert shade.evaluate("e => getComputedStyle(e).printColorAdjust") == "exact"


def test_months_that_come_twice_sort_by_time_and_are_saved_as_months(visit):
    """Their words are held once on the page, and what they sort by with them."""
    page = visit().page
    sorted_months, saved = page.evaluate(
        """() => {
            const { data } = peelian.tables.get('demand-share-series');
            const rows = data.sorted('month', true);
            return [rows.map(row => data.shown(row, 'month')), data.csv().split('\\r\\n')];
        }"""
    )
    at = {name: number for number, name in enumerate(MONTH_NAMES)}
    places = [
        12 * int(year) + at[name] for name, year in (month.split() for month in sorted_months)
    ]
    assert len(places) == 120
    assert places == sorted(places)
    column = saved[0].lstrip("\ufeff").split(",").index("month")
    assert [line.split(",")[column] for line in saved[1:61]] == list(MONTHS)


@pytest.mark.parametrize("width", [390, 1280])
def test_tiles_fill_their_rows_and_each_stands_over_its_hour(visit, width):
    page = visit(width=width).page
    rows = page.evaluate(
        """() => [...document.querySelectorAll('.tile-row:not(.tile-columns) .track')].map(row => {
            const whole = row.getBoundingClientRect();
            return [...row.querySelectorAll('rect')].map(tile => {
                const box = tile.getBoundingClientRect();
                return [(box.left - whole.left) / whole.width, box.width / whole.width, box.height];
            }).sort((a, b) => a[0] - b[0]);
        })"""
    )
    assert [len(row) for row in rows] == [24] * 7
    for row in rows:
        for hour, (left, wide, high) in enumerate(row):
            assert left == pytest.approx(hour / 24, abs=0.01)
            assert wide == pytest.approx(1 / 24, abs=0.01)
            assert high == pytest.approx(24, abs=2)
