from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Iterator
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from attnviz.heatmap import svg, text_width
from attnviz.model.experiment import Experiment

NAMESPACE = "{http://www.w3.org/2000/svg}"


@pytest.mark.parametrize("shade", ["attention", "positive"])
def test_a_drawing_is_well_formed_and_shows_every_word(tiny: Experiment, shade: str) -> None:
    explanation = tiny.explain("The plot was not brilliant!")
    drawn = ET.fromstring(explanation.to_svg(shade))
    texts = [node.text for node in drawn.iter(f"{NAMESPACE}text")]
    assert {token.text for token in explanation.tokens} <= set(texts)
    assert set(explanation.labels) <= set(texts)


def test_what_people_type_is_never_markup(tiny: Experiment) -> None:
    drawn = ET.fromstring(tiny.explain('<img src=x onerror="alert(1)"> & <script>alert(2)</script>').to_svg())
    assert not [node for node in drawn.iter() if node.tag.endswith(("img", "script", "image"))]


def test_a_drawing_needs_nothing_from_outside(tiny: Experiment) -> None:
    drawn = tiny.explain("a great film").to_svg()
    assert "http" not in drawn.replace('xmlns="http://www.w3.org/2000/svg"', "")
    assert "url(" not in drawn.replace("url(#scale)", "")


@settings(max_examples=60)
@given(text=st.text(max_size=60))
def test_any_text_gives_a_drawing(tiny: Experiment, text: str) -> None:
    ET.fromstring(tiny.explain(text).to_svg())


def test_right_to_left_text_starts_at_the_right(tiny: Experiment) -> None:
    first, second = (
        float(node.attrib["x"])
        for node in ET.fromstring(tiny.explain("שלום עולם").to_svg()).iter(f"{NAMESPACE}rect")
        if node.attrib.get("height") == "42"
    )
    assert first > second


def test_only_words_left_out_are_struck(tiny: Experiment) -> None:
    drawn = tiny.explain("it\x00 was\u200b \u202enot good", without=[2]).to_svg()
    assert drawn.count("line-through") == 1 and 'text-decoration="line-through">not</text>' in drawn
    assert ">␀</text>" in drawn and "\u200b" not in drawn


@settings(max_examples=60)
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
    drawn = ET.fromstring(explanation.to_svg(label if shade == "positive" else shade))
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
    drawn = ET.fromstring(tiny.explain("good " * 50, without=range(45)).to_svg())
    struck = [node for node in drawn.iter() if node.get("text-decoration") == "line-through"]
    assert len(struck) == 45 and len({node.attrib["y"] for node in struck}) > 1


def test_several_heatmaps_share_a_drawing(tiny: Experiment) -> None:
    heatmaps = [tiny.explain("a great film", variant).heatmap() for variant in tiny.variants]
    assert len(ET.fromstring(svg.sheet(heatmaps)).findall(f"{NAMESPACE}g")) == len(tiny.variants)
