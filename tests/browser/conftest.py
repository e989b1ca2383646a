"""The real app behind a real server, in a real Chromium."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Error, Page, expect, sync_playwright

from benchmarks.servers import APP, started, wait_until_healthy

expect.set_options(timeout=20_000)  # a busy machine is no fault of the page

# No colour is fading in, in the page or in a component of it.
FADED = """() => {
  const shadows = (root) => [...root.querySelectorAll("*")].flatMap(({ shadowRoot }) => shadowRoot ?? []);
  const roots = (root) => [root, ...shadows(root).flatMap(roots)];
  const left = (one) => one.effect.getComputedTiming().endTime - one.currentTime;
  const fades = (one) => one instanceof CSSTransition && one.playState === "running" && left(one) > 0;
  return !roots(document).some((root) => root.getAnimations().some(fades));
}"""
PAINTED = "() => new Promise((painted) => requestAnimationFrame(() => requestAnimationFrame(painted)))"


def still(page: Page) -> None:
    """Wait until the server has answered, and what it said is drawn and has faded in."""
    app = page.get_by_test_id("stApp")
    expect(app).to_have_attribute("data-test-script-state", "notRunning", timeout=60_000)
    page.evaluate(PAINTED)
    page.wait_for_function(FADED)


def themed(page: Page, scheme: Literal["light", "dark"]) -> None:
    """Turn the theme, and wait until the page has."""
    page.emulate_media(color_scheme=scheme)
    expect(page.get_by_test_id("stApp")).to_have_css("color-scheme", scheme)


def accessible(page: Page, part: str | None = None) -> None:
    """Hold the page, or a part of it, to what axe-core looks for."""
    still(page)
    rules = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]
    found = Axe().run(page, part, {"runOnly": rules, "resultTypes": ["violations"]})  # 4.5 s; with what passes 7.5
    assert not [(one["id"], [node["html"] for node in one["nodes"]]) for one in found.response["violations"]]


@contextmanager
def served(models: Path, log: Path, first: str = "", under: str = "") -> Iterator[str]:
    """Run the app on a folder of models and yield where it listens; a traceback in its log fails the test.

    Python code given as `first` is run in the server before it starts. Its pages lie `under` a path, as in "/course".
    """
    options = [f"--server.baseUrlPath={under}"] if under else []
    environment = {"ATTNVIZ_MODELS": str(models)}
    with started(APP, *options, first=first, environment=environment, log=log) as (place, server):
        address = f"http://{place}{under}"
        wait_until_healthy(address, server, log)
        yield address
        assert "Traceback" not in log.read_text(), log.read_text()


@pytest.fixture(scope="session")
def address(tiny_models: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Return where the app listens, on the tiny models."""
    with served(tiny_models, tmp_path_factory.mktemp("server") / "log") as address:
        yield address


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Return Chromium; where it is not installed the browser tests are skipped, but never in CI."""
    programs = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")  # the first is fastest
    program = next(filter(None, map(shutil.which, programs)), None)
    if program is None and not os.environ.get("CI"):
        pytest.skip("Chromium is not installed")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=program, args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
        )
        yield browser
        browser.close()


class Windows:
    """Windows of a browser, which stay open from test to test: what a page's code is compiled to is theirs.

    Of all else that happened in it a window knows nothing any more when it is asked for again. Unless it is asked for
    with `bypass_csp` it holds to the pages' policy.
    """

    def __init__(self, browser: Browser) -> None:
        self._browser = browser
        self._alike: dict[str, BrowserContext] = {}

    def like(self, **options: Any) -> BrowserContext:
        """Return the window of these options, which has seen nothing yet."""
        alike = repr(sorted(options.items()))
        if alike not in self._alike:
            self._alike[alike] = self._browser.new_context(**options)
        return self._alike[alike]

    def forget(self) -> None:
        """Close all pages, with what they have stored."""
        for alike, window in list(self._alike.items()):
            try:
                for page in window.pages:
                    session = window.new_cdp_session(page)
                    kinds = "cookies,local_storage,indexeddb,cache_storage,service_workers"
                    origin = page.evaluate("location.origin")
                    if origin.startswith("http"):
                        session.send("Storage.clearDataForOrigin", {"origin": origin, "storageTypes": kinds})
                    page.close()
                window.clear_cookies()
                window.clear_permissions()
            except Error:  # a test that failed may have left anything
                self._alike.pop(alike).close()


@pytest.fixture(scope="session")
def all_windows(chromium: Browser) -> Windows:
    """Return the windows that this run has open."""
    return Windows(chromium)


@pytest.fixture
def windows(all_windows: Windows) -> Iterator[Windows]:
    """Return what opens a window of some size, language and theme."""
    yield all_windows
    all_windows.forget()


@pytest.fixture
def context(windows: Windows) -> BrowserContext:
    """Return an English window, as wide as a projector, that has seen nothing yet.

    It passes over the pages' policy, for Playwright waits by code in a string; `test_policy.py` does not.
    """
    context = windows.like(
        viewport={"width": 1280, "height": 720}, locale="en-US", color_scheme="light", bypass_csp=True
    )
    context.grant_permissions([])
    return context


@pytest.fixture
def page(context: BrowserContext) -> Page:
    """Return a page of that window on which every error of its scripts fails the test."""
    page = context.new_page()
    page.set_default_timeout(20_000)
    page.on("pageerror", lambda error: pytest.fail(f"a script failed: {error}"))
    return page
