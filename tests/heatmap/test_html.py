from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Iterator
from dataclasses import replace
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from attnviz.errors import AttnvizError
from attnviz.heatmap import html, text_width
from attnviz.heatmap.display import shorten, signed, visible
from attnviz.heatmap.heatmap import between, shading
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
    page = Reader(html.html(explanation, shade))
    for token, number in zip(explanation.tokens, shading(explanation, shade)[1], strict=True):
        assert f"{token.text}\n{number}" in page.text
    for label, share in zip(explanation.labels, explanation.probabilities, strict=True):
        assert label in page.text and f"{share:.1%}" in page.text


@pytest.mark.parametrize("shade", ["attention", "positive"])
def test_a_drawing_is_well_formed_and_shows_every_word(tiny: Experiment, shade: str) -> None:
    explanation = tiny.explain("The plot was not brilliant!")
    drawn = ET.fromstring(html.svg(explanation, shade))
    texts = [node.text for node in drawn.iter("{http://www.w3.org/2000/svg}text")]
    assert {token.text for token in explanation.tokens} <= set(texts)
    assert set(explanation.labels) <= set(texts)


def test_what_people_type_is_never_markup(tiny: Experiment) -> None:
    explanation = tiny.explain(MARKUP)
    page = Reader(html.html(explanation))
    assert not {"img", "script"} & page.tags
    drawn = ET.fromstring(html.svg(explanation))
    assert not [node for node in drawn.iter() if node.tag.endswith(("img", "script", "image"))]


def test_pictures_need_nothing_from_outside(tiny: Experiment) -> None:
    explanation = tiny.explain("a great film")
    for drawn in (html.html(explanation), html.svg(explanation)):
        assert "http" not in drawn.replace('xmlns="http://www.w3.org/2000/svg"', "")
        assert "url(" not in drawn.replace("url(#scale)", "")


@settings(deadline=None, max_examples=60)
@given(text=st.text(max_size=60))
def test_any_text_gives_a_picture(tiny: Experiment, text: str) -> None:
    explanation = tiny.explain(text)
    Reader(html.html(explanation))
    ET.fromstring(html.svg(explanation))


@pytest.mark.parametrize(
    "text",
    ["", "   ", "\x00\x07", "a" * 100_000, "great " * 500, "שלום עולם", "مرحبا", "ab\n\ncd", "👩‍👩‍👧 ok", "\u202eevil"],
)
def test_strange_texts_give_pictures_of_sensible_size(tiny: Experiment, text: str) -> None:
    explanation = tiny.explain(text)
    for drawn in (html.html(explanation), html.svg(explanation)):
        assert len(drawn) < 300_000


def test_right_to_left_text_starts_at_the_right(tiny: Experiment) -> None:
    first, second = (
        float(node.attrib["x"])
        for node in ET.fromstring(html.svg(tiny.explain("שלום עולם"))).iter("{http://www.w3.org/2000/svg}rect")
        if node.attrib.get("height") == "42"
    )
    assert first > second


def test_a_word_left_out_is_still_seen_struck(tiny: Experiment) -> None:
    explanation = tiny.explain("it was not good", without=[2])
    assert "<s " in html.html(explanation)
    assert 'text-decoration="line-through">not</text>' in html.svg(explanation)


def test_only_words_left_out_are_struck(tiny: Experiment) -> None:
    explanation = tiny.explain("it\x00 was\u200b \u202enot good", without=[2])
    drawn = html.svg(explanation)
    assert drawn.count("line-through") == 1 and 'text-decoration="line-through">not</text>' in drawn
    assert html.html(explanation).count("<s ") == 1
    assert ">␀</text>" in drawn and "\u200b" not in drawn


@settings(deadline=None, max_examples=60)
@given(
    text=st.text(max_size=60)
    | st.lists(
        st.sampled_from(
            ["good", "글" * 70, "שלוםעולם" * 9, "مرحبا", "👩‍👩‍👧", "W" * 500, "\n", "\x00" * 90, "\u202e", " " * 200]
        ),
        max_size=80,
    ).map(" ".join),
    without=st.sets(st.integers(0, 60), max_size=60),
    shade=st.sampled_from(["attention", "positive"]),
    label=st.sampled_from(["positive", "긍정" * 300, "a long label " * 40]),
)
def test_nothing_leaves_the_drawing(tiny: Experiment, text: str, without: set[int], shade: str, label: str) -> None:
    explanation = replace(tiny.explain(text, without=without), labels=("negative", label))
    drawn = ET.fromstring(html.svg(explanation, label if shade == "positive" else shade))
    _, _, width, height = map(float, drawn.attrib["viewBox"].split())
    for left, top, right, bottom in boxes(drawn):
        assert left >= 0 and top >= 0 and right <= width and bottom <= height


def boxes(drawn: ET.Element) -> Iterator[tuple[float, float, float, float]]:
    """Yield (left, top, right, bottom) of what one panel draws, text as wide as it says or as we think it is."""
    for node in drawn.iter():
        at = node.attrib
        kind = node.tag.rpartition("}")[2]
        if kind == "rect" and at["width"] != "100%":
            left, top, wide, high = (float(at[name]) for name in ("x", "y", "width", "height"))
            yield left, top, left + wide, top + high
        elif kind == "text":
            size = float(at["font-size"])
            wide = float(at.get("textLength", text_width.width(node.text or "") * size))
            left = (
                float(at["x"])
                - wide * {"start": 0, "middle": 0.5, "end": 1}[at.get("text-anchor", anchor(drawn, node))]
            )
            yield left, float(at["y"]) - size, left + wide, float(at["y"]) + 0.3 * size


def anchor(drawn: ET.Element, text: ET.Element) -> str:
    """Return the anchor that a text has from what it stands in."""
    return next((parent.get("text-anchor", "start") for parent in drawn.iter() if text in list(parent)), "start")


def test_long_passages_left_out_break_like_other_words(tiny: Experiment) -> None:
    drawn = ET.fromstring(html.svg(tiny.explain("good " * 50, without=range(45))))
    struck = [node for node in drawn.iter() if node.get("text-decoration") == "line-through"]
    assert len(struck) == 45 and len({node.attrib["y"] for node in struck}) > 1


def test_several_explanations_share_a_page(tiny: Experiment) -> None:
    explanations = [tiny.explain("a great film", variant) for variant in tiny.variants]
    assert html.page(explanations).count("<section") == len(tiny.variants)
    drawn = ET.fromstring(html.sheet(explanations))
    assert len(drawn.findall("{http://www.w3.org/2000/svg}g")) == len(tiny.variants)


def test_pictures_speak_the_language_they_are_given(tiny: Experiment) -> None:
    page = html.html(tiny.explain("a great film"), translate=lambda text: f"«{text}»")
    assert "«positive»" in page and "«fine-tuned»" in page


def test_an_unknown_shade_names_the_choices(tiny: Experiment) -> None:
    with pytest.raises(AttnvizError, match="negative, positive"):
        html.html(tiny.explain("a great film"), "joy")


@given(text=st.text(alphabet=st.characters(), max_size=40))
def test_pieces_and_words_make_up_the_text(tiny: Experiment, text: str) -> None:
    explanation = tiny.explain(text)
    gaps, tail = between(explanation)
    words = [token.text for token in explanation.tokens]
    assert "".join(gap + word for gap, word in zip(gaps, [*words, ""], strict=True)) + tail == text


def test_the_part_that_is_not_read_stands_after_the_rest(tiny: Experiment) -> None:
    text = "good " * (tiny.max_tokens + 5)
    gaps, tail = between(tiny.explain(text))
    assert gaps[-1] == ""
    assert tail == " good" * 5 + " "


def test_endless_words_lose_their_middle() -> None:
    assert shorten("good") == "good"
    assert len(shorten("x" * 10_000)) < 61
    assert "…" in shorten("x" * 61)


def test_control_characters_become_pictures() -> None:
    assert visible("a\x00b\x1bc\x7f\td\n") == "a␀b␛c␡\td\n"
    assert visible("\ud800\ufffe\x85") == "���"


def test_numbers_carry_a_true_minus() -> None:
    assert signed(-0.5) == "−0.50"
    assert signed(0.5) == "+0.50"


def test_what_rounds_to_nothing_has_no_sign() -> None:
    assert {signed(value) for value in (0.0, -0.0, 0.004, -0.004)} == {"0.00"}
    assert (signed(-0.0049, 3), signed(0.0051)) == ("−0.005", "+0.01")
