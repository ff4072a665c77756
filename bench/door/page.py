"""How long a report takes to be drawn in Chromium, and what a frame of its map costs."""

import shutil
from dataclasses import dataclass
from pathlib import Path

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "microsoft-edge", "msedge")
QUIET = (
    "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
)  # fmt: skip
FRAMES = 41
# From the start of the navigation until two frames have followed the first drawing.
_DRAWN = """() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(
    () => done(performance.now()))))"""
# A frame is measured until its pixels are there: reading one back waits for all of them.
_FRAMES = """([how, frames]) => {
    const { picture } = peelian.maps[0], times = [];
    picture.fit(picture.areas.whole);
    picture.draw(true);
    for (let i = 0; i < frames; i++) {
        if (how === "pan") picture.pan(i % 20 < 10 ? 9 : -9, i % 20 < 10 ? 5 : -5);
        else picture.zoom(i < frames / 2 ? 1.12 : 1 / 1.12);
        const started = performance.now();
        picture.draw();
        picture.pen.getImageData(0, 0, 1, 1);
        times.push(performance.now() - started);
    }
    return times.sort((a, b) => a - b);
}"""


@dataclass(frozen=True)
class Page:
    """What drawing a page took.

    Args:
        drawn_s: Seconds from the navigation's start until the page and its map are drawn.
        pan_ms: Milliseconds of each frame while the map is moved, sorted.
        zoom_ms: Of each frame while it is zoomed, sorted.
        areas: How many areas its map has.
    """

    drawn_s: float
    pan_ms: list[float]
    zoom_ms: list[float]
    areas: int


def time_drawn(path: Path, *, visits: int = 3) -> float:
    """Draw a report in Chromium, each time as a new visitor, and return the middle visit's seconds.

    Args:
        path: The report, with or without a map.
        visits: How many times.

    Raises:
        RuntimeError: There is no browser on the path, or the page complained of something.
    """
    from playwright.sync_api import sync_playwright

    times: list[float] = []
    complaints: list[str] = []
    with sync_playwright() as started:
        browser = started.chromium.launch(executable_path=_browser(), args=list(QUIET))
        for _ in range(visits):
            context = browser.new_context(viewport={"width": 1280, "height": 900})
            page = context.new_page()
            page.on("pageerror", lambda error: complaints.append(str(error)))
            page.goto(path.resolve().as_uri())
            page.wait_for_selector("html[data-ready]")
            times.append(page.evaluate(_DRAWN) / 1000)
            context.close()
        browser.close()
    if complaints:
        raise RuntimeError("; ".join(complaints))
    return sorted(times)[visits // 2]


def _browser() -> str:
    found = next(filter(None, map(shutil.which, BROWSERS)), None)
    if found is None:
        raise RuntimeError("no Chromium, Chrome or Edge is on the path")
    return found


def measure_page(path: Path, *, visits: int = 3) -> Page:
    """Draw a report in Chromium, each time as a new visitor, and keep the middle visit's figures.

    Args:
        path: The report.
        visits: How many times; the middle one by time drawn is kept.

    Raises:
        RuntimeError: There is no browser on the path.
    """
    from playwright.sync_api import sync_playwright

    pages = []
    with sync_playwright() as started:
        browser = started.chromium.launch(executable_path=_browser(), args=list(QUIET))
        for _ in range(visits):
            context = browser.new_context(viewport={"width": 1280, "height": 900})
            page = context.new_page()
            page.goto(path.resolve().as_uri())
            page.wait_for_selector("html[data-ready]")
            drawn = page.evaluate(_DRAWN) / 1000
            pan, zoom = (page.evaluate(_FRAMES, [how, FRAMES]) for how in ("pan", "zoom"))
            areas = page.evaluate("peelian.maps[0].areas.list.length")
            pages.append(Page(drawn, pan, zoom, areas))
            context.close()
        browser.close()
    return sorted(pages, key=lambda page: page.drawn_s)[visits // 2]
