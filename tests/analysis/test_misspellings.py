from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from attnviz.analysis.misspellings import KINDS, misspellings
from attnviz.vectors.hangul import KEYBOARD, compose, keys

KOREAN = st.text(st.characters(min_codepoint=ord("가"), max_codepoint=ord("힣")), min_size=1, max_size=8)
LATIN = st.text("abcdefghijklmnopqrstuvwxyz", min_size=1, max_size=12)


@pytest.mark.parametrize(
    ("kind", "word", "among"),
    [
        ("ear", "었다", ["엇다"]),
        ("ear", "재밌어", ["제밌어", "재밋어"]),
        ("ear", "되다", ["돼다"]),
        ("ear", "돼지", ["되지", "뒈지"]),
        ("ear", "않고", ["안고"]),
        ("ear", "안고", ["않고"]),
        ("ear", "낳다", ["낫다", "났다"]),
        ("ear", "낫다", ["낳다", "났다"]),
        ("ear", "났다", ["낳다", "낫다"]),
        ("ear", "예의", ["얘의", "예에", "에의"]),
        ("ear", "에서", ["애서", "의서", "예서"]),
        ("ear", "얘기", ["예기"]),
        ("ear", "싶다", ["십다"]),
        ("shift", "까다", ["가다"]),
        ("shift", "밖에", ["박에"]),
        ("shift", "얘기", ["애기"]),
        ("beside", "재미", ["자미", "쟈미", "매미", "재비", "재마"]),
        ("beside", "good", ["giod", "hood", "goof"]),
        ("swap", "재미", ["재ㅣㅁ", "ㅈ매ㅣ"]),
        ("swap", "film", ["iflm", "flim", "fiml"]),
        ("drop", "밤에", ["바에", "ㅂㅁ에"]),
        ("drop", "film", ["flm", "fim", "fil"]),
        ("double", "재미", ["잼미", "ㅈ재미"]),
        ("double", "good", ["goood", "goodd"]),
    ],
)
def test_people_write_it_like_that(kind: str, word: str, among: list[str]) -> None:
    assert set(among) <= set(misspellings(word, kind))


@pytest.mark.parametrize(
    ("kind", "word"), [("ear", "amazing"), ("shift", "amazing"), ("ear", "미소"), ("shift", "미소")]
)
def test_what_cannot_be_misspelt_so_is_not(kind: str, word: str) -> None:
    assert misspellings(word, kind) == []


@given(word=KOREAN | LATIN, kind=st.sampled_from(KINDS))
def test_a_misspelling_is_another_word_of_the_same_script(word: str, kind: str) -> None:
    found = misspellings(word, kind)
    assert word not in found and len(set(found)) == len(found)
    for other in found:
        assert other == compose(keys(other)) and len(other) > 0
        hangul = [one for one in other if "ㄱ" <= one <= "ㅣ" or "가" <= one <= "힣"]
        assert len(hangul) == (0 if word.isascii() else len(other))


@given(word=KOREAN | LATIN)
def test_fingers_err_by_one_key(word: str) -> None:
    typed = keys(word)
    for kind, more in (("shift", 0), ("beside", 0), ("swap", 0), ("drop", -1), ("double", 1)):
        for other in map(keys, misspellings(word, kind)):
            assert len(other) == len(typed) + more
            if kind in ("shift", "beside"):
                assert sum(a != b for a, b in zip(typed, other, strict=True)) == 1
            if kind == "swap":
                assert sorted(other) == sorted(typed)


@given(word=KOREAN)
def test_ears_err_in_one_syllable(word: str) -> None:
    for other in misspellings(word, "ear"):
        [changed] = [(a, b) for a, b in zip(word, other, strict=True) if a != b]
        assert "가" <= changed[1] <= "힣"


@given(word=st.text(max_size=12), kind=st.sampled_from(KINDS))
def test_any_text_can_be_given(word: str, kind: str) -> None:
    assert word not in misspellings(word, kind)


def test_neighbours_on_the_keyboard_are_mutual() -> None:
    for key in "".join(KEYBOARD):
        for other in misspellings(key, "beside"):
            assert key in misspellings(other, "beside")
