"""Sentences, words, names, links and cookies of any kind: a right answer, drawn with nothing in it that runs."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import fields
from html.parser import HTMLParser
from urllib.parse import urlencode
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.applications import Starlette
from starlette.testclient import TestClient

from attnviz.analysis.subwords import compare, dissect
from attnviz.model.adoption.segmenter import PlainSegmenter
from attnviz.model.experiment import Experiment, check_name, load
from attnviz.model.names import available_name
from attnviz.text import tokenize, words
from attnviz.ui import owner, views
from attnviz.ui.markdown import escape_markdown
from tests.hostile.nasty import TEXTS, case, every, texts, tries

VIEWS = [
    views.SentenceView,
    views.SubwordsView,
    views.EmbeddingsView,
    views.StepsView,
    views.SelfAttentionView,
    views.ErrorsView,
    views.TrainView,
]
OURS = {
    "html",
    "head",
    "meta",
    "title",
    "body",
    "div",
    "section",
    "span",
    "bdi",
    "br",
    "small",
    "s",
    "p",
    "table",
    "tr",
    "td",
}


class Inert(HTMLParser):
    """Fails for an element that is none of ours, and for what would run."""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in OURS
        assert not any(name.startswith("on") or "javascript:" in (value or "").lower() for name, value in attrs)


def draws(experiment: Experiment, text: str) -> None:
    """Explain a text in every drawing."""
    found = experiment.explain(text)
    assert abs(found.probabilities.sum() - 1) < 1e-6 and all(
        found.text[t.start : t.end] == t.text for t in found.tokens
    )
    Inert().feed(found.to_html())
    ElementTree.fromstring(found.to_svg())
    assert found.to_dict() and "\x1b" not in found.to_svg()


@tries(80, 2000)
@given(texts)
def test_a_text_is_cut_where_it_stands(text: str) -> None:
    with case("tokenize"):
        tokens = tokenize(text)
        assert all(text[one.start : one.end] == one.text and one.text for one in tokens)
        assert words(text) == [one.word for one in tokens]
        for cut in ("words", "letters", "spaces"):
            assert all(text[one.start : one.end] == one.text for one in PlainSegmenter(cut_at=cut).tokenize(text))


def test_every_nasty_sentence_has_its_heat_map(tiny: Experiment, tiny_ko: Experiment) -> None:
    every("sentence", TEXTS, lambda text: draws(tiny, text))
    every("sentence", TEXTS, lambda text: draws(tiny_ko, text))


@tries(15, 600)
@given(text=texts)
def test_any_sentence_has_its_heat_map(tiny: Experiment, text: str) -> None:
    with case("sentence"):
        draws(tiny, text)


@tries(30, 600)
@given(word=texts, other=texts)
def test_any_word_has_a_vector_n_grams_and_neighbours(tiny: Experiment, word: str, other: str) -> None:
    with case("word"):
        assert tiny.vectors.vector(word).shape == (tiny.vectors.dim,)
        compare(dissect(tiny.vectors, word), dissect(tiny.vectors, other))
    with case("word"):
        tiny.vectors.most_similar(word)


@tries(60, 1000)
@given(texts, texts)
def test_a_name_is_a_name_and_nothing_else(typed: str, fallback: str) -> None:
    with case("name"):
        check_name(available_name(typed, {"x"}, fallback).name)
    with case("name"):
        check_name(typed)
        assert re.fullmatch("[a-z0-9-]{1,64}", typed)


@pytest.mark.parametrize(
    "name", [*TEXTS, "..", ".", "a\n", "A", "-a", "a-", "a" * 65, "hf://a", "hf://../..", "hf://a/b@../c"]
)
def test_no_name_opens_what_is_no_experiment(name: str) -> None:
    with case("name"):
        load(name)


@tries(150, 2500)
@given(kind=st.sampled_from(VIEWS), data=st.data())
def test_any_link_is_a_view_and_is_written_as_it_is_read(kind: type[views.View], data: st.DataObject) -> None:
    names = [*(one.metadata["name"] or one.name for one in fields(kind)), "marked", "x"]
    numbers = st.sampled_from(["9" * 400, "-1", "1e9", "٣", "1,2,x,,-3,9999999999", "nan", "0x1", "1_0", " 1", "1\n"])
    query = data.draw(st.dictionaries(st.sampled_from(names), texts | numbers, max_size=8))
    with case("link"):
        view = views.read(kind, query)
        assert views.read(kind, views.write(view)) == view
        urlencode(views.fitting(kind, views.write(view)), errors="replace")


@tries(60, 600)
@given(texts)
def test_what_is_escaped_is_no_markdown(text: str) -> None:
    with case("markdown"):
        escaped = escape_markdown(text)
        assert not re.search(r"(?<!\\)(?:\\\\)*[<*\[\]$`]", escaped)


@pytest.fixture
def knock(monkeypatch: pytest.MonkeyPatch) -> Iterator[TestClient]:
    monkeypatch.setenv(owner.KEY, "a key that nobody guesses")
    owner.key.cache_clear()
    yield TestClient(Starlette(routes=owner.routes()), base_url="https://attnviz.test")
    owner.key.cache_clear()


@tries(30, 600)
@given(body=st.binary(max_size=60) | texts.map(lambda text: ("key=" + text).encode("utf-8", "replace")), cookie=texts)
def test_no_key_and_no_cookie_but_the_right_one_opens(knock: TestClient, body: bytes, cookie: str) -> None:
    owner._tries = owner.Tries()
    with case("owner"):
        answer = knock.post("/owner", content=body, follow_redirects=False)
        assert answer.status_code in (303, 403) and owner.COOKIE + "=owner" not in str(answer.headers)
        header = f"{owner.COOKIE}={cookie}".encode("utf-8", "replace").replace(b"\n", b"").replace(b"\r", b"")
        told = knock.get("/owner", headers=[(b"cookie", header.replace(b"\0", b""))])
        assert "is the owner" not in told.text
    with case("owner"):
        assert not owner._signed(cookie)
