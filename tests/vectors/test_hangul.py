from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from attnviz.vectors.hangul import compose, is_syllable, keys, letters, syllable

SYLLABLES = st.characters(min_codepoint=ord("가"), max_codepoint=ord("힣"))


@pytest.mark.parametrize(
    ("character", "apart"),
    [("가", "ㄱㅏ"), ("힣", "ㅎㅣㅎ"), ("밌", "ㅁㅣㅆ"), ("값", "ㄱㅏㅄ"), ("ㅋ", "ㅋ"), ("a", "a")],
)
def test_a_syllable_comes_apart_into_its_keys(character: str, apart: str) -> None:
    assert letters(character) == apart


@given(character=SYLLABLES)
def test_letters_give_the_syllable_back(character: str) -> None:
    assert syllable(*letters(character)) == character


@given(character=SYLLABLES)
def test_the_letters_are_those_of_unicode(character: str) -> None:
    names = [unicodedata.name(letter).split()[-1] for letter in unicodedata.normalize("NFD", character)]
    assert [unicodedata.name(letter).split()[-1] for letter in letters(character)] == names


@given(character=st.characters())
def test_nothing_else_is_a_syllable(character: str) -> None:
    assert is_syllable(character) == unicodedata.name(character, "").startswith("HANGUL SYLLABLE")
    assert is_syllable(character) or letters(character) == character


@given(word=st.text(SYLLABLES))
def test_the_keys_of_syllables_type_them(word: str) -> None:
    assert compose(keys(word)) == word


@given(typed=st.text("ㄱㄴㅅㅎㄸㅏㅗㅣㅡaé가😀"))
def test_whatever_is_typed_its_keys_come_back(typed: str) -> None:
    assert keys(compose(typed)) == keys(typed)


@pytest.mark.parametrize(
    ("typed", "text"),
    [
        ("ㅈㅐㅁㅣ", "재미"),
        ("ㅈㅐㅣㅁ", "재ㅣㅁ"),
        ("ㅈㅐㅁㅁㅣ", "잼미"),
        ("ㄱㅏㅂㅅㅣ", "갑시"),
        ("ㄱㅏㅂㅅㅇㅣ", "값이"),
        ("ㄱㅗㅏㄴ", "관"),
        ("ㄱㅏㄸㅏ", "가따"),
        ("ㅏㄱㅏ", "ㅏ가"),
        ("ㅗㅏ", "ㅘ"),
        ("ㅋㅋaㅏ", "ㅋㅋaㅏ"),
    ],
)
def test_an_input_method_joins_what_makes_a_syllable(typed: str, text: str) -> None:
    assert compose(typed) == text
