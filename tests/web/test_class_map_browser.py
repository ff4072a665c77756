"""A map of one column's classes in a real browser: its colours, its key, and what it says."""

from dataclasses import replace

import pytest

from fixtures.made_up import profile_result
from peelian.disclosure import release
from peelian.report import write_report
from peelian.schema.kinds import Sensitivity

pytestmark = pytest.mark.browser

COLOURS = {"high": 6, "low": 2}  # of `middle` nothing is said, so that it has no class


@pytest.fixture(scope="module")
def report(tmp_path_factory):
    result = profile_result(60)
    drawn = tuple(
        replace(
            drawing,
            encode={
                "area": "area_code",
                "name": "area_name",
                "class": "rate_class",
                "classes": COLOURS,
                "detail": ["n"],
            },
        )
        for drawing in result.drawings
        if drawing.kind == "area_map"
    )
    made = release(replace(result, drawings=drawn), sensitivity=Sensitivity.OPEN)
    folder = tmp_path_factory.mktemp("classes")
    return made, write_report([made], folder, title="Classes, made up", purpose="To try it")


@pytest.mark.parametrize("width", [390, 1280])
def test_each_area_has_the_colour_of_its_class_and_says_it(open_page, report, width):
    made, path = report
    visit = open_page(path, width=width)
    page, words = visit.page, made.tables["areas"].data["rate_class"].to_pylist()
    areas = page.evaluate("peelian.maps[0].areas.list.map(({row, class: c}) => [row, c])")
    assert {colour for _, colour in areas} == {-1, *COLOURS.values()}
    for row, colour in areas:
        assert colour == (COLOURS.get(words[row], -1) if row >= 0 else -1)
    at = next(i for i, (_, colour) in enumerate(areas) if colour == COLOURS["high"])
    page.evaluate(f"peelian.maps[0].choose({at})")
    assert page.inner_text(".detail-class") == "Class: high"
    key = page.locator(".key .key-item").all_inner_texts()
    assert key == ["high", "low", "No figure, or held back"]
    assert page.locator(".key .key-squares").count() == 0
    assert page.locator(".key .swatch.c6").count() == 1
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    with page.expect_download() as saved:
        page.click(".save-image")
    assert saved.value.suggested_filename.endswith(".png")
    assert not visit.complaints
