"""Who may change what is on the server."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from http.cookies import SimpleCookie
from pathlib import Path

import pytest
from itsdangerous import TimestampSigner
from starlette.applications import Starlette
from starlette.testclient import TestClient

from attnviz.model import archive
from attnviz.ui import owner
from tests.ui.conftest import opened, said
from tests.ui.pages.test_train import epoch, left_behind

KEY = "a key that nobody guesses"
VISITOR = "This server is open for looking"


@pytest.fixture(autouse=True)
def own_key(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Set a key: then a server on this machine alone asks for it too."""
    monkeypatch.setenv(owner.KEY, KEY)
    monkeypatch.setattr(owner, "_tries", owner.Tries())
    owner.key.cache_clear()
    yield
    owner.key.cache_clear()


@pytest.fixture
def knock() -> TestClient:
    return TestClient(Starlette(routes=owner.routes()), base_url="https://attnviz.test")


def test_the_key_gives_a_cookie_that_scripts_and_other_sites_never_see(knock: TestClient) -> None:
    assert 'name="key"' in knock.get("/owner").text
    answer = knock.post("/owner", data={"key": KEY}, follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, "/owner")
    cookie = SimpleCookie(answer.headers["set-cookie"])[owner.COOKIE]
    assert (cookie["httponly"], cookie["samesite"], cookie["secure"]) == (True, "strict", True)
    assert KEY not in cookie.value
    told = knock.get("/owner")
    assert "This browser is the owner" in told.text and told.headers["cache-control"] == "no-store"
    knock.post("/owner", data={"leave": "1"})
    assert 'name="key"' in knock.get("/owner").text


def test_under_a_path_of_the_server_the_cookie_is_for_that_path_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("streamlit.get_option", {"server.baseUrlPath": "/course/"}.get)
    knock = TestClient(Starlette(routes=owner.routes()), base_url="http://attnviz.test")
    assert knock.get("/owner").status_code == 404
    behind = {"x-forwarded-proto": "https, http"}  # a second proxy in between
    answer = knock.post("/course/owner", data={"key": KEY}, headers=behind, follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, "/course/owner")
    cookie = SimpleCookie(answer.headers["set-cookie"])[owner.COOKIE]
    assert (cookie["path"], cookie["secure"]) == ("/course/", True)


@pytest.mark.parametrize("given", ["", "wrong", KEY + " ", KEY[:-1], "é" * 20, "x" * 5000])
def test_a_wrong_key_gives_nothing(knock: TestClient, given: str) -> None:
    answer = knock.post("/owner", data={"key": given}, headers={"accept-language": "ko-KR,ko;q=0.9"})
    assert answer.status_code == 403 and "set-cookie" not in answer.headers
    assert "이 서버의 키가 아닙니다" in answer.text


def test_whoever_guesses_has_to_wait_even_with_the_right_one(
    knock: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = [0.0]
    monkeypatch.setattr(owner, "_tries", owner.Tries(lambda: now[0]))
    said = [knock.post("/owner", data={"key": "wrong"}).status_code for _ in range(20)]
    assert said == [403] * owner.WRONG_KEYS + [429] * 10
    assert knock.post("/owner", data={"key": KEY}).status_code == 429
    now[0] = owner.PERIOD
    assert knock.post("/owner", data={"key": KEY}, follow_redirects=False).status_code == 303


def test_the_tries_of_many_clients_are_not_remembered_for_ever() -> None:
    tries = owner.Tries(lambda: 0.0)
    for number in range(3000):
        tries.wrong(str(number))
    assert len(tries._wrong) == 1000 and not tries.too_many("5")


@pytest.mark.parametrize("forged", ["nothing", "unsigned", "another key", "another salt"])
def test_a_forged_cookie_opens_nothing(knock: TestClient, forged: str) -> None:
    cookies = {
        "nothing": "",
        "unsigned": "owner",
        "another key": TimestampSigner("another key, just as long", salt=owner.COOKIE).sign("owner").decode(),
        "another salt": TimestampSigner(KEY, salt="another salt").sign("owner").decode(),
    }
    knock.cookies.set(owner.COOKIE, cookies[forged])
    assert 'name="key"' in knock.get("/owner").text


def test_a_cookie_runs_out_and_another_key_ends_it(monkeypatch: pytest.MonkeyPatch) -> None:
    class Then(TimestampSigner):
        def get_timestamp(self) -> int:
            return super().get_timestamp() - owner.KEPT - 2

    now = owner._signer().sign("owner").decode()
    then = Then(KEY, salt=owner.COOKIE, digest_method=owner._signer().digest_method).sign("owner").decode()
    assert (owner._signed(now), owner._signed(then)) == (True, False)
    monkeypatch.setenv(owner.KEY, "the next term has another key")
    owner.key.cache_clear()
    assert not owner._signed(now)


@pytest.mark.parametrize(
    ("address", "headers", "everything"),
    [
        ("127.0.0.1", {"host": "127.0.0.1:8501"}, True),
        ("localhost", {"host": "localhost"}, True),
        ("::1", {"host": "[::1]:8501"}, True),
        ("127.0.0.1", {}, True),
        ("127.0.0.1", {"host": "attnviz.test"}, False),  # a proxy, or a name that was made to mean this machine
        ("127.0.0.1", {"host": "localhost:8501", "x-forwarded-for": "10.0.0.7"}, False),
        ("127.0.0.1", {"host": "localhost:8501", "x-forwarded-for": "127.0.0.1"}, False),  # forged: nothing is gained
        ("127.0.0.1", {"host": "localhost:8501", "x-forwarded-port": "443"}, False),
        ("127.0.0.1", {"host": "localhost:8501", "forwarded": "for=10.0.0.7"}, False),
        ("127.0.0.1", {"host": "127.0.0.1:8501", "origin": "http://localhost:8501"}, True),
        ("127.0.0.1", {"host": "127.0.0.1:8501", "origin": "https://attnviz.test"}, False),  # of a proxy that hides
        ("127.0.0.1", {"host": "127.0.0.1:8501", "origin": "null"}, False),
        ("0.0.0.0", {"host": "127.0.0.1:8501"}, False),
        ("", {"host": "127.0.0.1:8501"}, False),
        ("192.168.0.4", {"host": "192.168.0.4:8501"}, False),
    ],
)
def test_everything_is_open_to_this_machine_alone(
    monkeypatch: pytest.MonkeyPatch, address: str, headers: dict[str, str], everything: bool
) -> None:
    monkeypatch.delenv(owner.KEY)
    options = {"server.address": address, "server.baseUrlPath": ""}
    monkeypatch.setattr("streamlit.get_option", options.get)
    assert owner.open_to_all(headers) == everything
    options["server.baseUrlPath"] = "course"  # nobody gives a path where no proxy is
    assert not owner.open_to_all(headers)
    options["server.baseUrlPath"] = ""
    monkeypatch.setenv(owner.KEY, KEY)
    assert not owner.open_to_all(headers)


def test_a_short_key_is_not_taken(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv(owner.KEY, "class4b")
    owner.key.cache_clear()
    made = owner.key()
    told = capsys.readouterr().err
    assert len(made) >= 32 and f"/owner#{made}" in told and "16 are the least" in told
    assert owner.key() == made and not capsys.readouterr().err  # said once


ACTIONS = ["start", "estimate", "keep_renamed", "keep_deleted", "really_earlier", "resume_earlier"]


def tree(folder: Path) -> dict[str, bytes]:
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): path.read_bytes() for path in files if path.suffix != ".lock"}


def test_a_visitor_sees_nothing_that_changes_the_server(models: Path) -> None:
    left_behind(models, "interrupted", epoch(1))
    shutil.copytree(models / "tiny-en", models / "mine")
    app = opened("train", experiment="mine")
    assert VISITOR in said(app)
    keys = {button.key for button in app.button}
    assert not keys & {"import", *ACTIONS}
    assert not app.get("file_uploader")
    assert app.get("download_button")  # what can be looked at can be taken home


@pytest.mark.parametrize("action", ACTIONS)
def test_what_an_owner_left_on_the_screen_is_refused_to_a_visitor(
    models: Path, tiny_csv: Path, monkeypatch: pytest.MonkeyPatch, action: str
) -> None:
    left_behind(models, "interrupted", epoch(1))
    shutil.copytree(models / "tiny-en", models / "mine")
    monkeypatch.setattr(owner, "is_owner", lambda: True)
    app = opened("train", experiment="mine")
    app.file_uploader(key="file").upload("mine.csv", tiny_csv.read_bytes(), "text/csv").run()
    app.text_input(key="new_name_mine").set_value("yours").run()
    before = tree(models)
    monkeypatch.setattr(owner, "is_owner", lambda: False)
    app.button(key=action).click().run()
    assert not app.exception and VISITOR in said(app)
    assert tree(models) == before


def test_a_visitor_brings_no_experiment(models: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    packed = archive.to_zip(models, "tiny-en")
    monkeypatch.setattr(owner, "is_owner", lambda: True)
    app = opened("train")
    app.file_uploader(key="zip_0").upload("tiny-en.zip", packed, "application/zip").run()
    before = tree(models)
    monkeypatch.setattr(owner, "is_owner", lambda: False)
    app.button(key="import").click().run()
    assert VISITOR in said(app) and tree(models) == before
