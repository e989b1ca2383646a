"""Two servers under a path behind nginx with TLS, set up by `deploy/nginx.conf`: pages, uploads, owners, forgers."""

from __future__ import annotations

import os
import re
import ssl
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Response, expect

from attnviz.ui import owner
from benchmarks import proxy as proxy_program
from benchmarks.report import LeftOut
from benchmarks.servers import ROOT
from tests.browser.conftest import served
from tests.browser.test_every_page import PAGES

KEY = "a key that nobody guesses"
VISITOR = "This server is open for looking"
OWNED = "This browser is the owner"
PROCESS = "attnviz_process"


@dataclass(frozen=True)
class Proxy:
    """A running nginx."""

    address: str
    log: Path

    def processes(self) -> dict[str, set[str]]:
        """Return which servers it asked, by the number that a browser has."""
        asked: dict[str, set[str]] = {}
        for line in self.log.read_text().splitlines():
            number, server, *_ = line.split(" ")
            if server != "-":
                asked.setdefault(number, set()).add(server)
        return asked

    def get(self, path: str, **headers: str) -> tuple[str, str]:
        """Ask for a path as no browser would, and return the page and the cookie that came with it."""
        request = urllib.request.Request(self.address + path)
        for name, value in headers.items():
            request.add_header(name.replace("_", "-"), value)
        with urllib.request.urlopen(request, timeout=20, context=ssl._create_unverified_context()) as answer:
            return answer.read().decode(), answer.headers.get("Set-Cookie", "")


@contextmanager
def nginx(folder: Path, servers: Sequence[str], *changes: tuple[str, str]) -> Iterator[Proxy]:
    """Run nginx with the file that we ship; where there is none the test is skipped, but never in CI."""
    with ExitStack() as stack:
        try:
            address = stack.enter_context(proxy_program.nginx(folder, servers, *changes))
        except LeftOut as why:
            assert not os.environ.get("CI"), why
            pytest.skip(str(why))
        yield Proxy(address, folder / "access")


@pytest.fixture(scope="module")
def proxy(tiny_models: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Proxy]:
    folder = tmp_path_factory.mktemp("proxy")
    with ExitStack() as stack:
        with pytest.MonkeyPatch.context() as patch:  # for these two only
            patch.setenv(owner.KEY, KEY)
            servers = [stack.enter_context(served(tiny_models, folder / one, under="/attnviz")) for one in ("1", "2")]
        hosts = [server.removeprefix("http://").removesuffix("/attnviz") for server in servers]
        yield stack.enter_context(nginx(folder / "nginx", hosts))


def another_process(proxy: Proxy, number: str) -> str:
    """Return a number that leads to another server than this one does."""
    for _ in range(64):
        cookie = proxy.get("/attnviz/owner")[1]
        found = cookie.removeprefix(f"{PROCESS}=").partition(";")[0]
        while found not in proxy.processes():  # it answers before it writes that down
            time.sleep(0.05)
        if proxy.processes()[found] != proxy.processes()[number]:
            return found
    raise AssertionError("64 new visitors came to one process")


def test_pages_uploads_downloads_and_the_owner_under_a_path(proxy: Proxy, chromium: Browser, tmp_path: Path) -> None:
    context = chromium.new_context(locale="en-US", ignore_https_errors=True)
    page = context.new_page()
    trouble, asked = list[str](), list[str]()
    page.on("console", lambda told: trouble.append(told.text) if "Security Policy" in told.text else None)
    page.on("pageerror", lambda error: trouble.append(str(error)))
    # On a page's own address Streamlit asks for itself one floor too low first, and then where it is.
    astray = re.compile("/attnviz/[a-z_]+/_stcore/(health|host-config)$")

    def answered(told: Response) -> None:
        if told.status >= 400 and not astray.search(told.url):
            trouble.append(told.url)

    page.on("response", answered)
    page.on("request", lambda request: asked.append(request.url))
    page.on("websocket", lambda opened: asked.append(opened.url))

    page.goto(f"{proxy.address}/attnviz/owner#{KEY}")
    page.get_by_role("link", name="To the page Train").click()
    form = page.get_by_text("A new experiment", exact=True)
    expect(form).to_be_visible(timeout=60_000)
    cookies = {one["name"]: one for one in context.cookies()}
    kept, number = cookies[owner.COOKIE], cookies[PROCESS]["value"]
    assert (kept["path"], kept["secure"], kept["httpOnly"], kept["sameSite"]) == ("/attnviz/", True, True, "Strict")

    for path, drawn in PAGES.items():
        page.goto(f"{proxy.address}/attnviz/{path}")
        expect(page.locator(drawn).first).to_be_attached(timeout=60_000)
        finished(page)
        assert page.url.startswith(f"{proxy.address}/attnviz/{path.partition('?')[0]}")
    with page.expect_download() as download:  # on the page Train
        page.get_by_role("button", name="Download as zip").click()
    assert download.value.path().read_bytes().startswith(b"PK")
    page.get_by_role("link", name="Errors").first.click()  # the menu
    expect(page).to_have_url(re.compile("/attnviz/errors"))
    page.goto(f"{proxy.address}/attnviz/errors?data=upload")
    rows = "".join(f"the film was {word},{label}\n" for word, label in (("good", "positive"), ("bad", "negative")))
    (tmp_path / "mine.csv").write_text("text,label\n" + rows * 10)
    page.locator("input[type=file]").set_input_files(tmp_path / "mine.csv")
    expect(page.get_by_role("button", name="Score the rows")).to_be_visible(timeout=60_000)
    finished(page)
    assert not trouble
    own = f"{proxy.address}/attnviz/"
    assert not [url for url in asked if not url.startswith((own, own.replace("https", "wss"), "data:", "blob:"))]
    assert any(url.startswith("wss:") for url in asked)
    assert len(proxy.processes()[number]) == 1  # all of that came from one process

    other = another_process(proxy, number)  # whoever owns one owns all
    context.add_cookies([{"name": PROCESS, "value": other, "url": own}])
    page.goto(f"{own}train")
    expect(form).to_be_visible(timeout=60_000)
    assert len(proxy.processes()[other] | proxy.processes()[number]) == 2
    context.close()


def finished(page: Page) -> None:
    expect(page.get_by_test_id("stApp")).to_have_attribute("data-test-script-state", "notRunning", timeout=60_000)


def test_no_visitor_of_a_proxy_on_this_machine_is_taken_for_local(
    address: str, chromium: Browser, tmp_path: Path
) -> None:
    """The server has no key, and so is open to this machine; our nginx says who asks, another one may not."""
    assert OWNED in urllib.request.urlopen(f"{address}/owner").read().decode()
    server, shipped = address.removeprefix("http://"), ("/attnviz/", "/")
    local = {"Host": server, "Origin": address, "X_Forwarded_For": "127.0.0.1", "X_Forwarded_Proto": "http"}
    with nginx(tmp_path / "nginx", [server], shipped, ("location = / {", "location = /nothing {")) as proxy:
        for told in ({}, *({name: value} for name, value in local.items() if name != "Host"), local):
            try:
                assert OWNED not in proxy.get("/owner", **told)[0], told
            except urllib.error.HTTPError as refused:
                assert refused.code == 421 and "Host" in told
        page = chromium.new_page(locale="en-US", ignore_https_errors=True)
        page.goto(f"{proxy.address}/train")
        expect(page.get_by_text(VISITOR)).to_be_visible(timeout=60_000)
        page.close()
    silent = [(line, "") for line in re.findall(r" +proxy_set_header X-Forwarded.*\n", nginx_file())]
    assert len(silent) == 2
    named = ("server_name localhost", "server_name school.example localhost")
    with nginx(
        tmp_path / "silent", [server], shipped, ("location = / {", "location = /nothing {"), named, *silent
    ) as proxy:
        assert OWNED not in proxy.get("/owner", Host="school.example")[0]
        assert OWNED not in proxy.get("/owner", Origin="https://school.example")[0]
        assert OWNED in proxy.get("/owner")[0]  # cannot be known: a key must be set, as docs/serving.md says


def nginx_file() -> str:
    return (ROOT / "deploy" / "nginx.conf").read_text(encoding="utf-8")
