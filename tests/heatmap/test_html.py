from __future__ import annotations

from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from attnviz.heatmap import html
from attnviz.model.experiment import Experiment

MARKUP = '<img src=x onerror="alert(1)"> & <script>alert(2)</script>'


class Reader(HTMLParser):
    """Collects what a browser would: the tags, and the text between them."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.text = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.text += "\n" if tag == "br" else ""
        assert not any(name.startswith("on") for name, _ in attrs)

    def handle_data(self, data: str) -> None:
        self.text += data


@pytest.mark.parametrize("shade", ["attention", "negative", "positive"])
def test_a_page_shows_every_word_its_number_and_every_class(tiny: Experiment, shade: str) -> None:
    explanation = tiny.explain("The plot was not brilliant!")
    page = Reader(explanation.to_html(shade))
    for word in explanation.heatmap(shade).words:
        assert f"{word.text}\n{word.number}" in page.text
    for label, share in zip(explanation.labels, explanation.probabilities, strict=True):
        assert label in page.text and f"{share:.1%}" in page.text


def test_what_people_type_is_never_markup(tiny: Experiment) -> None:
    page = Reader(tiny.explain(MARKUP).to_html())
    assert not {"img", "script"} & page.tags
    assert "alert" in page.text


def test_a_page_needs_nothing_from_outside(tiny: Experiment) -> None:
    drawn = tiny.explain("a great film").to_html()
    assert "http" not in drawn and "url(" not in drawn


def test_nothing_stands_between_words_that_the_sentence_has_not(tiny: Experiment) -> None:
    explanation = tiny.explain("so  good, so\nbad")
    words = [f"{word.text}\n{word.number}" for word in explanation.heatmap().words]
    assert "{}  {}{} {}\n{}".format(*words) in Reader(explanation.to_html()).text


@settings(max_examples=60)
@given(text=st.text(max_size=60))
def test_any_text_gives_a_page(tiny: Experiment, text: str) -> None:
    Reader(tiny.explain(text).to_html())


@pytest.mark.parametrize(
    "text",
    ["", "   ", "\x00\x07", "a" * 100_000, "great " * 500, "שלום עולם", "مرحبا", "ab\n\ncd", "👩‍👩‍👧 ok", "\u202eevil"],
)
def test_strange_texts_give_pictures_of_sensible_size(tiny: Experiment, text: str) -> None:
    explanation = tiny.explain(text)
    for drawn in (explanation.to_html(), explanation.to_svg()):
        assert len(drawn) < 300_000


def test_only_words_left_out_are_struck(tiny: Experiment) -> None:
    page = tiny.explain("it\x00 was\u200b \u202enot good", without=[2]).to_html()
    assert page.count("<s ") == 1
    assert "␀" in page


def test_several_heatmaps_share_a_page(tiny: Experiment) -> None:
    heatmaps = [tiny.explain("a great film", variant).heatmap() for variant in tiny.variants]
    assert html.page(heatmaps).count("<section") == len(tiny.variants)


def test_a_page_speaks_the_language_of_its_heatmap(tiny: Experiment) -> None:
    page = html.page([tiny.explain("a great film").heatmap(translate=lambda text: f"«{text}»")])
    assert "«positive»" in page and "«fine-tuned»" in page


def test_a_notebook_shows_the_page(tiny: Experiment) -> None:
    explanation = tiny.explain("a great film")
    assert explanation._repr_html_() == explanation.to_html()
