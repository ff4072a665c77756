"""The report in a real browser: it asks for nothing, can be used by anyone, and prints."""

import csv
import io
from pathlib import Path

import pytest

from conftest import skip_or_fail
from fixtures.made_up import beside_real_releases, composition_release, profile_release
from peelian.render.tables import cell_text
from peelian.report import write_report
from peelian.report.tables import display_order
from peelian.schema.kinds import Sensitivity

pytestmark = pytest.mark.browser

HOSTILE = "</script><img src=x onerror=\"document.title='harmed'\">"
AREAS, MAP = "places-profile-areas", "places-profile-map-0"


@pytest.fixture(scope="module")
def report(tmp_path_factory) -> Path:
    made = [composition_release(Sensitivity.INTERNAL), profile_release(240, Sensitivity.INTERNAL)]
    folder = tmp_path_factory.mktemp("report")
    return write_report(made, folder, title="A made-up study", purpose="To try it")


@pytest.fixture
def visit(open_page, report):
    """Open the report, or another page, keeping all that it asks for or complains of."""

    def opened(path: Path = report, **context):
        return open_page(path, **context)

    return opened


def test_it_asks_for_nothing_and_complains_of_nothing(visit, report):
    seen = visit()
    seen.page.click("summary >> nth=0")
    seen.page.mouse.wheel(0, 6000)
    seen.page.wait_for_timeout(200)
    assert seen.requests == [report.as_uri()]
    assert seen.complaints == []


@pytest.mark.parametrize("width", [1280, 400])
def test_axe_finds_nothing(visit, width):
    try:
        from axe_playwright_python.sync_playwright import Axe
    except ImportError:
        skip_or_fail("axe is not installed")
    seen = visit(width=width, bypass_csp=True)
    _open_everything(seen.page)
    results = Axe().run(seen.page)
    assert results.violations_count == 0, results.generate_report()


def _open_everything(page) -> None:
    page.evaluate("document.querySelectorAll('details').forEach(d => { d.open = true })")
    for button in page.query_selector_all("button.all"):
        button.click()


def test_it_reflows_at_400_pixels_with_everything_open(visit):
    seen = visit(width=400)
    _open_everything(seen.page)
    assert seen.page.evaluate("document.scrollingElement.scrollWidth") <= 400
    assert seen.complaints == []


def test_every_control_can_be_reached_and_shows_its_focus(visit):
    page = visit().page
    reached = set()
    for _ in range(400):
        page.keyboard.press("Tab")
        at = page.evaluate(
            """() => {
                const e = document.activeElement;
                if (e === document.body) return null;
                const shown = getComputedStyle(e);
                return [e.className || e.tagName, shown.outlineStyle, e.dataset.do ?? ''];
            }"""
        )
        if at is None:
            break
        assert at[1] != "none", f"{at[0]} hides its focus"
        reached |= {at[0].split()[0], at[2]}
    wanted = {"trace", "stage", "find", "go", "save", "scroll", "sort", "pick", "SUMMARY"}
    assert wanted | {"in", "out", "all", "left", "right", "up", "down"} <= reached


def test_the_keyboard_walks_the_map_and_shows_each_areas_figures(visit):
    page = visit().page
    page.focus(".stage")
    assert "choose one" in page.inner_text(".detail")
    seen = []
    for key in ("ArrowRight", "ArrowRight", "ArrowDown", "ArrowLeft", "ArrowUp"):
        page.keyboard.press(key)
        seen.append(page.inner_text(".detail-name"))
    assert len(set(seen)) >= 4
    row = page.evaluate("peelian.maps[0].areas.list[peelian.maps[0].picture.chosen].row")
    table = profile_release(240, Sensitivity.INTERNAL).tables["areas"]
    assert seen[-1] == cell_text(table, row, "area_name")
    assert cell_text(table, row, "smoothed") in page.inner_text(".detail dl")
    page.keyboard.press("Escape")
    assert "choose one" in page.inner_text(".detail")


def test_the_pointer_shows_an_area_and_leaves_the_chosen_one_be(visit):
    page = visit().page
    page.locator(".stage").scroll_into_view_if_needed()
    box = page.locator(".stage").bounding_box()
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    chosen = page.inner_text(".detail-name")
    page.mouse.move(box["x"] + box["width"] / 2 + 90, box["y"] + box["height"] / 2 + 70)
    assert page.inner_text(".detail-name") != chosen
    assert page.is_visible(".float")
    page.mouse.move(box["x"] - 5, box["y"] - 5)
    assert page.inner_text(".detail-name") == chosen


def test_choosing_in_the_map_and_in_the_table_is_the_same(visit):
    page = visit().page
    page.locator("#places-profile-targets tr[data-row='4'] .pick").click()
    name = page.inner_text("#places-profile-targets tr[data-row='4'] .pick")
    assert page.inner_text(".detail-name") == name
    assert (
        page.get_attribute("#places-profile-targets tr[data-row='4'] .pick", "aria-pressed")
        == "true"
    )
    page.fill(".find", "E01000001")
    page.keyboard.press("Enter")
    assert page.locator("#places-profile-targets .chosen").count() == 0
    chosen = page.locator(f"#{AREAS} tr.chosen")
    assert chosen.get_attribute("data-row") == "1"
    assert chosen.locator(".pick").text_content() == page.inner_text(".detail-name")


def test_buttons_wheel_and_keys_move_and_zoom_the_map(visit):
    page = visit().page
    stage = page.locator(".stage")
    stage.scroll_into_view_if_needed()
    scale = lambda: page.evaluate("peelian.maps[0].picture.view.scale")  # noqa: E731
    whole = scale()
    page.click("[data-do=in]")
    assert scale() > whole
    x = page.evaluate("peelian.maps[0].picture.view.x")
    page.click("[data-do=left]")
    assert page.evaluate("peelian.maps[0].picture.view.x") == x + 80
    page.click("[data-do=all]")
    assert scale() == pytest.approx(whole)
    stage.hover()
    page.mouse.wheel(0, -300)
    page.wait_for_timeout(100)
    assert scale() == pytest.approx(whole)  # the page scrolls until the map is chosen
    stage.focus()
    stage.hover()
    page.mouse.wheel(0, -300)
    page.wait_for_function(f"peelian.maps[0].picture.view.scale > {whole * 1.2}")
    page.keyboard.press("0")
    assert scale() == pytest.approx(whole)


def test_the_scale_bar_is_true(visit):
    """Two points a known way apart are as many metres apart on the map as on the ground."""
    page = visit().page
    metres = page.evaluate(
        """() => {
            const { picture } = peelian.maps[0], { origin, step } = picture.areas.spec.outline;
            const north = lat => Math.asinh(Math.tan(lat * Math.PI / 180)) / (2 * Math.PI);
            const place = (lon, lat) => [
                ((lon + 180) / 360 - origin[0]) / step,
                (0.5 - north(lat) - origin[1]) / step,
            ];
            const [west, east] = [place(-2.0, 55.2), place(-1.9, 55.2)];
            picture.lookAt(west, picture.view.scale);
            const perPixel = picture.metresPerPixel();
            return (east[0] - west[0]) * picture.view.scale * perPixel;
        }"""
    )
    assert metres == pytest.approx(6371008 * 0.1 * 3.14159265 / 180 * 0.57071357, rel=0.002)


def test_a_numbers_source_shows_on_focus_and_opens_its_cell(visit):
    page = visit().page
    link = page.locator("#places-profile .answer .trace").nth(2)
    link.focus()
    assert page.inner_text("#tip").startswith(
        "From the table “Totals”, row 1, column “Force average”"
    )
    page.keyboard.press("Escape")
    assert not page.is_visible("#tip")
    link.press("Enter")
    cell = page.locator(".shown-cell")
    assert cell.is_visible()
    assert cell.text_content() == link.text_content()
    assert page.evaluate("document.activeElement.classList.contains('shown-cell')")


def test_the_script_writes_every_cell_as_the_page_does(visit):
    page = visit().page
    for name, made in (
        ("demand-composition", composition_release(Sensitivity.INTERNAL)),
        ("places-profile", profile_release(240, Sensitivity.INTERNAL)),
    ):
        for table_name, table in made.tables.items():
            if table.for_machine:
                continue
            order = display_order(table)
            shown = page.evaluate(
                """name => {
                    const { data } = peelian.tables.get(name);
                    return Array.from({ length: data.length }, (_, row) =>
                        data.order.map(column => data.shown(row, column)));
                }""",
                f"{name}-{table_name.replace('_', '-')}",
            )
            rows = range(table.data.num_rows)
            assert shown == [[cell_text(table, row, column) for column in order] for row in rows]


def test_long_tables_unfold_and_sort(visit):
    page = visit().page
    table = page.locator(f"#{AREAS}")
    page.locator("summary", has_text="Show as a table").nth(2).click()
    assert table.locator("tbody tr").count() == 10
    table.locator(".all").click()
    assert table.locator("tbody tr").count() == 240
    head = table.locator("th[data-column=n]")
    head.locator(".sort").click()
    assert head.get_attribute("aria-sort") == "ascending"
    head.locator(".sort").click()
    assert head.get_attribute("aria-sort") == "descending"
    counts = profile_release(240, Sensitivity.INTERNAL).tables["areas"].data.column("n").to_pylist()
    at = display_order(profile_release(240).tables["areas"]).index("n") + 1
    cells = table.locator(f"tbody tr > :nth-child({at})").all_text_contents()
    assert cells[0] == f"{max(n for n in counts if n is not None):,}"
    assert cells[-1] == "[c]"  # what is held back comes last either way


def test_the_saved_csv_holds_what_the_table_shows(visit, report):
    page = visit().page
    page.locator("summary", has_text="Show as a table").nth(2).click()
    with page.expect_download() as download:
        page.locator(f"#{AREAS} .save").click()
    assert download.value.suggested_filename == "places-profile-areas-as-shown.csv"
    beside = {path.name for path in (report.parent / "tables").iterdir()}
    assert download.value.suggested_filename not in beside  # it is rounded; those are not
    text = Path(download.value.path()).read_bytes()
    assert text.startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader(io.StringIO(text.decode("utf-8-sig"))))
    made = profile_release(240, Sensitivity.INTERNAL).tables["areas"]
    assert list(rows[0]) == list(made.fields)
    held = {row for row, cells in enumerate(rows) if cells["n"] == "[c]"}
    assert held == set(made.held_back["n"].nonzero()[0].tolist())
    assert rows[5]["rate"] == "[x]"


def test_hostile_names_stay_words(visit, tmp_path):
    made = [profile_release(240, hostile=HOSTILE)]
    path = write_report(made, tmp_path, title=f"Title {HOSTILE}", purpose="To try it")
    seen = visit(path)
    seen.page.focus(".stage")
    seen.page.keyboard.press("ArrowRight")
    _open_everything(seen.page)
    assert HOSTILE in seen.page.inner_text(".detail-name")
    assert "harmed" not in seen.page.title().replace(HOSTILE, "")
    assert seen.page.locator("img").count() == 0
    assert seen.complaints == []
    assert seen.requests == [path.as_uri()]


@pytest.mark.parametrize("areas", [916, 4988])
def test_moving_a_map_is_quick(visit, tmp_path, areas):
    """A frame is timed until its pixels are there: reading one back sees to that."""
    path = write_report([profile_release(areas)], tmp_path, title="Large", purpose="To try it")
    page = visit(path).page
    times = page.evaluate(
        """() => {
            const { picture } = peelian.maps[0], times = [];
            picture.draw(true);
            for (let i = 0; i < 30; i++) {
                if (i % 2) picture.pan(7, 4); else picture.zoom(i < 15 ? 1.1 : 1 / 1.1);
                const started = performance.now();
                picture.draw();
                picture.pen.getImageData(0, 0, 1, 1);  // drawing done, not only asked for
                times.push(performance.now() - started);
            }
            return times.sort((a, b) => a - b);
        }"""
    )
    assert times[15] <= 25, f"{times[15]:.1f} ms"


def test_a_map_that_has_come_to_rest_is_painted_anew(visit):
    """While it moves, what is painted moves with it; then it is as sharp as if drawn at once."""
    page = visit().page
    told = page.evaluate(
        """async () => {
            const { picture } = peelian.maps[0];
            const pixels = () => picture.pen.getImageData(0, 0, 400, 300).data;
            const unlike = (a, b) => a.reduce((n, value, i) => n + (value !== b[i]), 0);
            picture.draw(true);
            picture.zoom(1.3);
            picture.pan(31.4, 9.7);
            picture.draw();
            const moving = pixels();
            await new Promise(done => setTimeout(done, 1500));
            const rested = pixels();
            picture.draw(true);
            return { moving: unlike(moving, pixels()), rested: unlike(rested, pixels()) };
        }"""
    )
    assert told["rested"] == 0
    assert told["moving"] > 0


def test_without_a_script_the_findings_and_tables_are_there(visit):
    page = visit(java_script_enabled=False).page
    assert "of 240 areas" in page.inner_text("#places-profile .answer")
    assert page.locator("#places-profile-targets tbody tr").count() == 20
    assert page.locator("#places-profile-targets button.save").is_hidden()


def test_without_a_script_nothing_dead_is_shown_and_words_say_where_the_figures_lie(visit, report):
    page = visit(java_script_enabled=False).page
    page.locator("summary", has_text="Show as a table").nth(2).click()
    assert page.locator(f"#{AREAS} tbody tr").count() == 10
    for part in (".map-main", ".map-bar", ".stage", ".map-buttons button", ".find", "button.all"):
        assert page.locator(part).count()
        assert page.locator(f"{part}:visible").count() == 0, part
    assert page.locator(".map").bounding_box()["height"] < 120
    assert "need scripts" in page.inner_text(".map")
    for file in page.locator(".map .unscripted .file").all_inner_texts():
        assert (report.parent / file).is_file()
        assert file in page.inner_text(".map")
    assert "needs scripts" in page.inner_text(f"#{AREAS} .table-foot")


def test_with_scripts_nothing_says_that_there_are_none(visit):
    page = visit().page
    _open_everything(page)
    assert page.locator(".unscripted").count() > 1
    assert page.locator(".unscripted:visible").count() == 0


@pytest.mark.parametrize("width", [320, 390, 860, 1280])
def test_the_months_of_a_line_do_not_run_into_one_another(visit, width):
    page = visit(width=width).page
    gaps = page.evaluate(
        """() => [...document.querySelectorAll('.plot')].flatMap(plot => {
            const boxes = [...plot.querySelectorAll('text')].map(t => t.getBoundingClientRect())
                .filter(box => box.width);
            return boxes.slice(1).map((box, i) => box.left - boxes[i].right);
        })"""
    )
    assert len(gaps) >= 2
    assert min(gaps) >= 6


def test_a_caption_stays_within_sight_on_a_phone(visit):
    page = visit(width=390).page
    _open_everything(page)
    page.evaluate("document.querySelectorAll('.scroll').forEach(box => { box.scrollLeft = 150 })")
    assert page.evaluate("document.querySelector('#places-profile-targets .scroll').scrollLeft")
    outside = page.evaluate(
        """() => [...document.querySelectorAll('.scroll caption')].filter(caption => {
            const words = document.createRange();
            words.selectNodeContents(caption);
            return [...words.getClientRects()].some(box => box.left < 0 || box.right > innerWidth);
        }).map(caption => caption.textContent)"""
    )
    assert outside == []


def test_an_area_without_a_figure_looks_like_no_class(visit):
    """Its grey is on the map, in the key and in the saved picture, and no class has it."""
    page = visit().page
    greys = page.evaluate(
        """async () => {
            const grey = [0xc5, 0xcc, 0xd3];
            const count = (pen, x, y, w, h) => {
                const { data } = pen.getImageData(x, y, w, h);
                let found = 0;
                for (let i = 0; i < data.length; i += 4)
                    found += grey.every((part, j) => Math.abs(part - data[i + j]) <= 2);
                return found;
            };
            const { picture } = peelian.maps[0], { areas } = picture;
            const none = areas.list.filter(area => area.class < 0).map(area => {
                picture.fit(area.box);
                picture.draw();
                return count(picture.pen, 0, 0, picture.canvas.width, picture.canvas.height);
            });
            const known = areas.list.find(area => area.class === 0 && !area.shaky);
            picture.fit(known.box);
            picture.zoom(8);
            picture.draw();
            const low = count(picture.pen, 0, 0, picture.canvas.width, picture.canvas.height);
            const blob = await new Promise(done => {
                window.saveBlob = done;
                saveMapImage(peelian.maps[0], 'map');
            });
            const image = await createImageBitmap(blob), canvas = document.createElement('canvas');
            Object.assign(canvas, { width: image.width, height: image.height });
            const pen = canvas.getContext('2d');
            pen.drawImage(image, 0, 0);
            const left = 2 * (picture.width + 2 * MARGIN);
            return { none, low, saved: count(pen, left, 0, image.width - left, image.height) };
        }"""
    )
    # One has no figure; two hold one and two events, and a third keeps their sum from being told.
    assert len(greys["none"]) == 4
    assert min(greys["none"]) > 5000
    assert greys["low"] == 0
    assert greys["saved"] > 200
    key = page.locator(".key-item", has_text="No figure, or held back").locator(".swatch")
    assert "rgb(197, 204, 211)" in key.evaluate("e => getComputedStyle(e).background")


def test_it_prints_with_its_tables_and_no_page_cut_off(visit):
    page = visit().page
    pdf = page.pdf(prefer_css_page_size=True, print_background=True)
    assert pdf.startswith(b"%PDF")
    assert pdf.count(b"/Type /Page\n") + pdf.count(b"/Type /Page/") >= 4
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 700, "height": 1000})  # A4 less its margins
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert page.is_hidden(".map-buttons")
    assert page.is_hidden(f"#{AREAS}")
    assert page.is_visible("#places-profile-targets tbody tr:last-child")
    assert "240 rows, in tables/places-profile-areas.csv" in page.inner_text("#places-profile")
    over = page.evaluate(
        """() => [...document.querySelectorAll('main *')]
            .filter(e => !e.closest('.wide') && e.getBoundingClientRect().right > innerWidth + 1)
            .map(e => e.outerHTML.slice(0, 80))"""
    )
    assert over == []


def test_the_map_can_be_kept_as_a_picture(visit):
    page = visit().page
    with page.expect_download() as download:
        page.click(".save-image")
    assert download.value.suggested_filename == f"{MAP}.png"
    assert Path(download.value.path()).read_bytes().startswith(b"\x89PNG")
    assert page.evaluate("peelian.maps[0].picture.ratio") == 1  # the screen is as it was


def test_a_report_that_may_show_no_small_area_still_works(visit, tmp_path):
    made = [profile_release(240, Sensitivity.SENSITIVE)]
    path = write_report(made, tmp_path, title="Sensitive", purpose="To try it")
    seen = visit(path)
    seen.page.focus(".stage")
    seen.page.keyboard.press("ArrowRight")
    assert "No class" in seen.page.inner_text(".detail")
    assert "[c]" in seen.page.inner_text(".detail")
    assert "every count of places smaller than a district" in seen.page.inner_text("header")
    assert seen.complaints == []


@pytest.fixture(scope="module")
def beside(tmp_path_factory) -> Path:
    """A store beside real records: some moments within their range, one outside, some untold."""
    made = beside_real_releases({"mix.burglary": 0.9, "text.long": None})
    folder = tmp_path_factory.mktemp("beside")
    return write_report(made, folder, title="Made-up records beside real ones", purpose="To try it")


@pytest.mark.parametrize("width", [390, 1280])
def test_made_up_beside_real_fits_a_phone_and_a_desk_with_everything_open(visit, beside, width):
    seen = visit(beside, width=width)
    _open_everything(seen.page)
    assert seen.page.evaluate("document.scrollingElement.scrollWidth") <= width
    assert seen.complaints == []
    # Every moment that is told has its dot, and each dot is on the picture, not beyond its edge.
    dots = seen.page.locator(".intervals circle.dot")
    assert dots.count() == 62
    edges = seen.page.evaluate(
        """() => [...document.querySelectorAll(".intervals circle.dot")].map(dot => {
            const d = dot.getBoundingClientRect(), s = dot.ownerSVGElement.getBoundingClientRect()
            return d.left + d.width / 2 >= s.left - 1 && d.left + d.width / 2 <= s.right + 1
        })"""
    )
    assert all(edges)
