"""The page of a phone as the server sends it; what it does is in `tests/browser/test_rounds_phone.py`."""

from __future__ import annotations

import json
import re

import pytest

from attnviz.heatmap import palette
from attnviz.rounds.phone import phone
from attnviz.ui.i18n import LANGUAGES, catalogue

HEAVIEST = 29_200  # bytes; what a class's state takes comes to it
WORDS = re.compile(r'<script type="application/json" id="words">(.*)</script>')


def page(language: str, code: str = "") -> str:
    return phone.page(catalogue(language).gettext, language, "/course/", LANGUAGES, code)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_page_with_all_it_links_is_small(language: str) -> None:
    parts = (page(language, "K7MPQ"), phone.script(), phone.style())
    assert sum(len(part.encode()) for part in parts) <= HEAVIEST


def test_it_says_all_that_it_has_words_for_and_nothing_else() -> None:
    found = WORDS.search(page("en"))
    assert found
    by_name = {*re.findall(r"\bsaid\.(\w+)", phone.script()), "open", "closed", "revealed"}
    assert by_name == set(json.loads(found[1]))


def test_nothing_inline_runs_and_nothing_comes_from_elsewhere() -> None:
    assert "unsafe" not in phone.POLICY and "http" not in phone.POLICY
    hostile = page("en", '"><script>alert(1)</script>')
    assert hostile.count("<script") == page("en").count("<script") == 2
    assert re.findall(r'(?:href|src)="([^"]*)"', hostile) == [
        "data:,",
        f"/course/join/phone.css?v={phone.digest()}",
        f"/course/join/phone.js?v={phone.digest()}",
        "?lang=ko",
        "/course/join?lang=en",
    ]


def test_its_colours_are_those_of_the_palette() -> None:
    found = re.search(r"SHADES=(\{.*?\});", phone.script())
    assert found
    inks = {"k": "#000000", "w": "#ffffff"}
    for scale, themes in json.loads(found[1]).items():
        for theme, levels in zip(palette.THEMES, themes, strict=True):
            read = [levels[at : at + 7] for at in range(0, len(levels), 7)]
            shades = [(f"#{one[1:]}", inks.get(one[0], palette.INK[theme])) for one in read]
            assert shades == [palette.colour(level, scale, theme) for level in range(palette.LEVELS + 1)]


def test_only_comments_and_blanks_are_left_out() -> None:
    kept = phone.script()
    for path in phone.sources():
        without = re.sub(r"^ *//.*|(?<=[;,]) //.*", "", path.read_text(encoding="utf-8"), flags=re.MULTILINE)
        for text in re.findall(r'"[^"\n]*"|`[^`]*`', without):
            assert text in kept, text
        assert re.sub(r"\s|;(?=\s*\})", "", without) in re.sub(r"\s", "", kept), path
