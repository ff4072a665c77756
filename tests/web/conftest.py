"""Pages in a real browser: one Chromium, and what each page asks for and complains of."""

import shutil
from pathlib import Path

import pytest

from conftest import skip_or_fail

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "microsoft-edge", "msedge")
QUIET = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@pytest.fixture(scope="module")
def browser():
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        skip_or_fail("playwright is not installed")
    found = next(filter(None, map(shutil.which, BROWSERS)), None)
    if found is None:
        skip_or_fail("no Chromium, Chrome or Edge is on the path")
    with sync_playwright() as started:
        running = started.chromium.launch(executable_path=found, args=list(QUIET))
        yield running
        running.close()


class Visit:
    """One page, with everything it asked for and complained of."""

    def __init__(self, page) -> None:
        self.page, self.requests, self.complaints = page, [], []
        page.on("request", lambda request: self.requests.append(request.url))
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on(
            "console",
            lambda said: said.type in {"error", "warning"} and self.complaints.append(said.text),
        )


@pytest.fixture
def open_page(browser):
    """Open a page, keeping all that it asks for or complains of."""
    contexts = []

    def opened(path: Path, *, width: int = 1280, **context) -> Visit:
        made = browser.new_context(viewport={"width": width, "height": 900}, **context)
        contexts.append(made)
        visit = Visit(made.new_page())
        visit.page.goto(path.as_uri())
        if context.get("java_script_enabled", True):
            visit.page.wait_for_selector("html[data-ready]")
        return visit

    yield opened
    for context in contexts:
        context.close()
