"""What a phone may ask for over HTTP, and what it is told."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest
import sqlalchemy as sa
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.testclient import TestClient

from attnviz.model.experiment import Experiment
from attnviz.rounds import database as of_rounds
from attnviz.rounds import reading, routes, store
from attnviz.rounds.round import Counts, Task
from attnviz.rounds.store import Rounds
from attnviz.ui.i18n import LANGUAGES, catalogue, spoken
from tests.rounds.conftest import MARK, token

HOSTILE = (
    "<script>alert(1)</script> good",
    "{{ 7 * 7 }} ${7*7} good",
    "'; DROP TABLE attnviz_answers; -- good",
    "=cmd|'/c calc'!A1 good",
    "\u202egood\u202c \u0000\u0007 \ud800 good",
    "%s %n {0} {label} good",
    "good " * 50,
)


@pytest.fixture
def phone(rounds: Rounds, tiny: Experiment, monkeypatch: pytest.MonkeyPatch) -> Iterator[TestClient]:
    """Return a phone at a server that has the experiment tiny-en."""
    monkeypatch.setattr(store, "rounds", lambda: rounds)
    outside = routes.Outside(
        lambda _experiment, variant, text: tiny.explain(text, variant),
        lambda language: catalogue(language).gettext,
        spoken,
        LANGUAGES,
    )
    with TestClient(Starlette(routes=routes.routes("/", outside))) as client:
        yield client


@pytest.fixture
def code(rounds: Rounds) -> str:
    return rounds.open_classroom()


def of_tiny(tiny: Experiment, kind: Any, **more: Any) -> Task:
    text = "the movie was not good <b>&amp;</b>"
    return reading.task(kind, [tiny.explain(text, variant) for variant in ("frozen", "fine-tuned")], "en", **more)


def test_a_phone_joins_and_sees_where_the_class_is_at(phone: TestClient, rounds: Rounds, code: str) -> None:
    device = token()
    told = phone.post(f"/join/{code.lower()}/join", json={"device": device}).json()
    assert told == {"version": 1, "classroom": code, "ended": False, "round": None}
    rounds.end_classroom(code)
    assert phone.post(f"/join/{code}/join", json={"device": device}).json()["ended"]
    rounds.resume_classroom(code)
    opened = rounds.open_round(code, MARK)
    answer = phone.get(f"/join/{code}/state", params={"device": device})
    assert answer.headers["cache-control"] == "no-store" and "set-cookie" not in answer.headers
    told = answer.json()
    assert told["version"] == 4 and told["round"] == {
        "id": opened.id,
        "number": 1,
        "kind": "mark",
        "state": "open",
        "question": "",
        "text": MARK.text,
        "right_to_left": False,
        "words": [{"text": word, "gap": ""} for word in ("a", "very", "good", "film")],
        "tail": "",
        "most": 3,
        "labels": [],
        "choices": [],
        "mine": None,
        "reveal": None,
    }
    assert rounds.counts(opened.id) == Counts(1, 0, 0)


def test_marks_are_hidden_until_the_reveal_and_then_stand_beside_the_models(
    phone: TestClient, rounds: Rounds, code: str, tiny: Experiment
) -> None:
    device, opened = token(), rounds.open_round(code, of_tiny(tiny, "mark"))
    given = {"device": device, "round": opened.id, "marks": [4, 3]}
    told = phone.post(f"/join/{code}/answer", json=given).json()
    assert told == {"accepted": {"marks": [3, 4]}, "version": 2}
    for state in ("open", "closed"):
        if state != "open":
            rounds.move(opened.id, "closed")
        told = phone.get(f"/join/{code}/state", params={"device": device}).json()["round"]
        assert (told["state"], told["mine"], told["reveal"]) == (state, {"marks": [3, 4]}, None)
    rounds.move(opened.id, "revealed")
    told = phone.get(f"/join/{code}/state", params={"device": token(), "lang": "ko"}).json()["round"]
    assert told["mine"] is None and told["reveal"]["devices"] == 1
    assert [at for at, share in enumerate(told["reveal"]["share"]) if share == 1.0] == [3, 4]
    assert [(one["variant"], one["shown"]) for one in told["reveal"]["models"]] == [
        ("frozen", "동결"),
        ("fine-tuned", "파인튜닝"),
    ]
    words = told["reveal"]["models"][0]["words"]
    assert [word["text"] for word in words] == [word["text"] for word in told["words"]]
    assert sum(word["weight"] for word in words) == pytest.approx(1, abs=0.001)
    assert words[3]["number"].endswith("%") and 0 <= words[3]["level"] <= 40


def test_guesses_become_bars(phone: TestClient, rounds: Rounds, code: str, tiny: Experiment) -> None:
    opened = rounds.open_round(code, of_tiny(tiny, "guess"))
    for choice in ("negative", "negative", "positive"):
        given = {"device": token(), "round": opened.id, "choice": choice}
        assert phone.post(f"/join/{code}/answer", json=given).status_code == 200
    rounds.move(opened.id, "revealed")
    told = phone.get(f"/join/{code}/state", params={"device": token(), "lang": "ko"}).json()["round"]
    assert told["choices"] == [["negative", "부정"], ["positive", "긍정"]]
    assert told["reveal"]["bars"] == [["negative", "부정", 2], ["positive", "긍정", 1]]
    assert all("words" not in one and one["percent"].endswith("%") for one in told["reveal"]["answers"])


def test_a_trap_gets_its_heat_maps_at_once_and_others_see_it_once_it_is_let_through(
    phone: TestClient, rounds: Rounds, code: str, tiny: Experiment
) -> None:
    device, opened = token(), rounds.open_round(code, of_tiny(tiny, "fool"))
    given = {"device": device, "round": opened.id, "nonce": "nonce-of-1", "text": "a good film", "label": "negative"}
    taken = phone.post(f"/join/{code}/sentence", json=given).json()["accepted"]
    assert [one["variant"] for one in taken["answers"]] == ["frozen", "fine-tuned"]
    assert [word["text"] for word in taken["answers"][0]["words"]] == ["a", "good", "film"]
    assert phone.post(f"/join/{code}/sentence", json=given).json()["accepted"] == taken
    assert rounds.counts(opened.id) == Counts(1, 1, 1)
    mine = phone.get(f"/join/{code}/state", params={"device": device}).json()["round"]["mine"]
    assert mine == {"sentences": [taken]}
    rounds.move(opened.id, "revealed")
    told = phone.get(f"/join/{code}/state", params={"device": token()}).json()["round"]
    assert told["mine"] is None and told["reveal"] == {"shown": []}
    rounds.look(rounds.sentences(opened.id)[0].id, True)
    (shown,) = phone.get(f"/join/{code}/state", params={"device": token()}).json()["round"]["reveal"]["shown"]
    assert (shown["text"], shown["label"]) == ("a good film", ["negative", "negative"])
    assert shown["answers"] == taken["answers"]


@pytest.mark.parametrize("text", HOSTILE, ids=map(str, range(len(HOSTILE))))
def test_what_is_typed_is_text(phone: TestClient, rounds: Rounds, code: str, tiny: Experiment, text: str) -> None:
    opened = rounds.open_round(code, of_tiny(tiny, "fool"))
    given = {"device": token(), "round": opened.id, "nonce": "nonce-of-1", "text": text, "label": "positive"}
    answer = phone.post(f"/join/{code}/sentence", content=json.dumps(given))
    assert answer.status_code == 200 and answer.headers["content-type"] == "application/json"
    (kept,) = rounds.sentences(opened.id)
    assert answer.json()["accepted"]["text"] == kept.text
    assert not {"\u0000", "\u0007", "\ud800", "\n"} & set(kept.text)
    assert kept.text.split()[-1] == "good"


def test_one_that_teaches_sends_to_the_teachers_classes(phone: TestClient, rounds: Rounds, code: str) -> None:
    task = Task("teach", "tiny-en", ("frozen",), "en", labels=("<b>cats</b>", "dogs"))
    opened = rounds.open_round(code, task)
    given = {"device": token(), "round": opened.id, "nonce": "nonce-of-1", "text": "It purrs", "label": "<b>cats</b>"}
    told = phone.post(f"/join/{code}/sentence", json=given).json()
    assert told["accepted"] == {"nonce": "nonce-of-1", "text": "It purrs", "label": "<b>cats</b>", "answers": []}
    wrong = phone.post(f"/join/{code}/sentence", json={**given, "nonce": "nonce-of-2", "label": "cows"})
    assert (wrong.status_code, wrong.json()["error"]) == (422, "wrong")


@pytest.mark.parametrize("state", ["closed", "revealed", "put away"])
def test_an_answer_that_is_too_late_is_told_so(phone: TestClient, rounds: Rounds, code: str, state: Any) -> None:
    opened = rounds.open_round(code, MARK)
    rounds.move(opened.id, state)
    given = {"device": token(), "round": opened.id, "marks": [0]}
    answer = phone.post(f"/join/{code}/answer?lang=ko", json=given)
    assert answer.status_code == 409
    assert answer.json()["error"] == ("gone" if state == "put away" else state)
    assert "라운드" in answer.json()["message"]


@pytest.mark.parametrize("way", ["join", "state", "answer", "sentence", "events"])
@pytest.mark.parametrize("typed", ["ZZZZZ", "abc", "<script>", "..%2f..", "%00", "A" * 5000])
def test_an_unknown_code_is_said_plainly(phone: TestClient, way: str, typed: str) -> None:
    body: dict[str, Any] = {
        "device": token(),
        "round": 1,
        "marks": [0],
        "nonce": "nonce-of-1",
        "text": "a text",
        "label": "negative",
    }
    reads = way in ("state", "events")
    device = {"device": body["device"]}
    answer = (
        phone.get(f"/join/{typed}/{way}", params=device) if reads else phone.post(f"/join/{typed}/{way}", json=body)
    )
    if way in ("answer", "sentence") and answer.status_code == 409:  # a code that could be one: its round is gone
        assert answer.json()["error"] == "gone"
    elif "/" not in typed and "%2f" not in typed:
        assert answer.status_code == 404


@pytest.mark.parametrize("body", ["", "[]", "null", "7", "{", "[" * 10_000, "\ud800", '{"device": NaN}'])
def test_what_is_no_request_is_refused(phone: TestClient, code: str, body: str) -> None:
    for way in ("join", "answer", "sentence"):
        answer = phone.post(f"/join/{code}/{way}", content=body.encode("utf-8", "surrogatepass"))
        assert answer.status_code in (409, 422), answer.text
        assert answer.json()["message"]


def test_ten_thousand_characters_are_too_many_and_said_so(phone: TestClient, rounds: Rounds, code: str) -> None:
    opened = rounds.open_round(code, Task("teach", "tiny-en", ("frozen",), "en", labels=("a", "b")))
    given = {"device": token(), "round": opened.id, "nonce": "nonce-of-1", "label": "a"}
    for length in (301, 1201, 10_000):
        answer = phone.post(f"/join/{code}/sentence", json={**given, "text": "x" * length})
        assert answer.status_code == 422 and f"{length:,}" in answer.json()["message"], "its length and the limit"
        assert "300" in answer.json()["message"]
    answer = phone.post(f"/join/{code}/sentence", json={**given, "text": "x" * 20_000})
    assert (answer.status_code, answer.json()["error"]) == (413, "long")
    assert phone.post(f"/join/{code}/sentence", json={**given, "text": "x" * 300}).status_code == 200


def test_cookies_mean_nothing(phone: TestClient, rounds: Rounds, code: str) -> None:
    opened = rounds.open_round(code, MARK)
    phone.cookies.set("attnviz_owner", "owner.forged.signature")
    phone.cookies.set("device", token())
    for way in ("close", "reveal", "move", "delete"):
        assert phone.post(f"/join/{code}/{way}", json={"round": opened.id, "state": "revealed"}).status_code == 404
    answer = phone.post(f"/join/{code}/answer", json={"round": opened.id, "marks": [0]})
    assert answer.status_code == 422
    assert rounds.round(opened.id).state == "open"


def test_the_same_device_twice_at_once_counts_once(phone: TestClient, rounds: Rounds, code: str) -> None:
    device, opened, together = token(), rounds.open_round(code, MARK), threading.Barrier(6)

    def answer(place: int) -> int:
        together.wait()
        given = {"device": device, "round": opened.id, "marks": [place % 4]}
        return phone.post(f"/join/{code}/answer", json=given).status_code

    with ThreadPoolExecutor(6) as pool:
        assert set(pool.map(answer, range(6))) == {200}
    assert rounds.counts(opened.id) == Counts(1, 1, 0)


def test_while_the_database_is_away_phones_are_told_to_wait(
    phone: TestClient, rounds: Rounds, code: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened = rounds.open_round(code, MARK)
    given: dict[str, Any] = {"device": token(), "round": opened.id, "marks": [0]}

    def gone(*_args: Any, **_kwargs: Any) -> Any:
        raise sa.exc.OperationalError("SELECT", {}, Exception("server closed the connection unexpectedly"))

    with monkeypatch.context() as patch:
        patch.setattr(sa.Engine, "connect", gone)
        for answer in (
            phone.post(f"/join/{code}/answer", json=given),
            phone.get(f"/join/{code}/state", params={"device": given["device"], "lang": "ko"}),
        ):
            assert (answer.status_code, answer.json()["error"]) == (503, "busy")
            assert "server closed" not in answer.text
    assert phone.post(f"/join/{code}/answer", json=given).status_code == 200


def test_listeners_hear_of_a_change_and_of_the_end(phone: TestClient, rounds: Rounds, code: str) -> None:
    heard: list[str] = []
    opened = rounds.open_round(code, MARK)

    def act(line: str) -> None:
        if line == "data: 2":
            rounds.move(opened.id, "closed")
        elif line == "data: 3":
            rounds.delete_classroom(code)

    with phone.stream("GET", f"/join/{code}/events") as stream:
        assert stream.headers["content-type"].startswith("text/event-stream")
        for line in stream.iter_lines():
            heard.append(line)
            act(line)
    assert [line for line in heard if line.startswith("data")] == ["data: 2", "data: 3"]


def test_nothing_is_opened_before_the_first_phone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(of_rounds, "Database", SimpleNamespace)
    monkeypatch.setattr(store, "rounds", lambda: pytest.fail("asked for"))
    outside = routes.Outside(lambda *_: pytest.fail("asked for"), lambda _language: str, spoken, LANGUAGES)
    with TestClient(Starlette(routes=routes.routes("/course/", outside))) as client:
        page = client.get("/course/join/<b>", headers={"accept-language": "ko-KR,ko;q=0.9"})
        assert page.status_code == 200 and 'lang="ko"' in page.text and "<b>" not in page.text
        assert "default-src 'none'" in page.headers["content-security-policy"]
        for name in ("phone.js", "phone.css"):
            plain, packed = (
                client.get(f"/course/join/{name}", headers={"accept-encoding": way}) for way in ("identity", "gzip")
            )
            assert "immutable" in plain.headers["cache-control"] and packed.headers["content-encoding"] == "gzip"
            assert plain.text == packed.text and "content-encoding" not in plain.headers
        assert client.get("/join").status_code == 404


def test_a_class_that_comes_at_once_opens_one_room(rounds: Rounds, code: str, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[Rounds] = []

    def open_them() -> Rounds:
        opened.append(rounds)
        return rounds

    monkeypatch.setattr(store, "rounds", open_them)
    outside = routes.Outside(lambda *_: pytest.fail("asked for"), lambda _language: str, spoken, LANGUAGES)
    (state,) = [route.endpoint for route in routes.routes("/", outside) if route.path.endswith("/state")]

    def request() -> Request:
        asked = f"device={token()}".encode()
        return Request({"type": "http", "path_params": {"code": code}, "query_string": asked, "headers": []})

    async def at_once() -> list[int]:
        return [told.status_code for told in await asyncio.gather(*(state(request()) for _ in range(40)))]

    with ThreadPoolExecutor(1) as pool:
        assert pool.submit(asyncio.run, at_once()).result() == [200] * 40
    assert opened == [rounds]


def test_a_language_of_its_own_for_each_phone(phone: TestClient, rounds: Rounds, code: str, tiny: Experiment) -> None:
    rounds.open_round(code, replace(of_tiny(tiny, "guess"), question="twin", label="negative"))
    device = token()
    said = {
        language: phone.get(f"/join/{code}/state", params={"device": device, "lang": language}).json()["round"]
        for language in LANGUAGES
    }
    assert said["en"]["question"] == "Which classifier answers “negative”?" and "부정" in said["ko"]["question"]
    assert said["ko"]["choices"] == [["frozen", "동결"], ["fine-tuned", "파인튜닝"]]
