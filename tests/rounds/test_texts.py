"""Whatever is typed into a phone: codes, sentences, tokens."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from attnviz.rounds import codes, texts
from attnviz.rounds.refusals import Unknown, Wrong

CODES = st.text(codes.ALPHABET, min_size=codes.LENGTH, max_size=codes.LENGTH)


def test_codes_are_unlike_one_another_and_no_words() -> None:
    made = {codes.new() for _ in range(500)}
    assert len(made) > 490
    assert all(re.fullmatch(f"[{codes.ALPHABET}]{{{codes.LENGTH}}}", code) for code in made)
    assert not set("0O1ILAEUYaeiou") & set(codes.ALPHABET)


@given(CODES, st.lists(st.sampled_from(" -–—_.\t\u00a0\u3000"), min_size=6, max_size=6), st.booleans())
def test_a_code_is_read_however_it_is_typed(code: str, between: list[str], wide: bool) -> None:
    typed = "".join(gap + c for gap, c in zip(between, code.lower(), strict=False)) + between[-1]
    if wide:
        typed = "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in typed)
    assert codes.read(typed) == codes.read(code) == code


@given(st.text())
def test_what_is_no_code_is_unknown(typed: str) -> None:
    try:
        assert re.fullmatch(f"[{codes.ALPHABET}]{{{codes.LENGTH}}}", codes.read(typed))
    except Unknown as unknown:
        assert len(str(unknown)) < 200


@given(st.text(st.characters(exclude_categories=[]), max_size=1500))
def test_a_sentence_is_one_line_that_every_database_and_page_can_hold(typed: str) -> None:
    try:
        kept = texts.sentence(typed)
    except Wrong:
        return
    assert 0 < len(kept) <= texts.LONGEST
    assert kept == " ".join(kept.split()) == texts.sentence(kept)
    assert "\x00" not in kept and kept.encode().decode() == kept


@pytest.mark.parametrize("typed", [None, 7, [], {}, "", "   ", "...", "\x00", "\u200b", "\ud800"])
def test_what_says_nothing_is_no_sentence(typed: object) -> None:
    with pytest.raises(Wrong, match="Type a sentence"):
        texts.sentence(typed)


@given(st.lists(st.integers(-3, 12), max_size=12), st.integers(0, 4))
def test_marks_are_places_of_the_sentence_each_once(given: list[int], most: int) -> None:
    try:
        kept = texts.marks(given, 8, most)
    except Wrong:
        within = bool(given) and all(0 <= place < 8 for place in given) and len(given) <= 8
        assert not within or (most and len(set(given)) > most)
        return
    assert list(kept) == sorted(set(given)) and 0 < len(kept) <= (most or 8)


@given(st.text(st.characters(exclude_categories=[])))
def test_a_device_is_kept_as_a_digest_or_refused(token: str) -> None:
    try:
        kept = texts.device(token)
    except Wrong:
        assert not re.fullmatch(r"[A-Za-z0-9_-]{22,64}", token) or "\n" in token
        return
    assert re.fullmatch("[0-9a-f]{32}", kept) and token not in kept
