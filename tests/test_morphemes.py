from __future__ import annotations

import unicodedata
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from attnviz.errors import AttnvizError
from attnviz.morphemes import LONGEST, SYLLABLES, WORDS, Segmenter
from attnviz.text import tokenize, words
from tests.conftest import MORPHEMES

KOREAN = Segmenter.of_counts(MORPHEMES)
TYPED = st.text(
    st.sampled_from("영화는재미있지않다가힣ㅋㅏabIΣς1 .'’_-&<>ﬁ·")
    | st.sampled_from("\u1100\u1161\u11a8\u200b\u200d\u00ad\u0301\u0d4e")
    | st.characters(exclude_categories=["Cs"]),
    max_size=30,
)


@given(TYPED)
@example("가\u11a8나다 각\u11a8나")
@example("가ΑΣ")
@example("ൎ가나")
@example("재미&nbsp;있다 재&shy;미있다 &#51116;미있다 <b>영화</b>는")
def test_tokens_are_pieces_of_what_was_typed_and_only_hangul_is_cut(text: str) -> None:
    whole, found = tokenize(text), KOREAN.tokenize(text)
    assert all(token.text and token.word and token.text == text[token.start : token.end] for token in found)
    assert all(one.end <= next_.start for one, next_ in pairwise(found))
    assert KOREAN.words(text) == [token.word for token in found]
    for token in whole:
        pieces = [piece for piece in found if token.start <= piece.start and piece.end <= token.end]
        assert "".join(piece.text for piece in pieces) == token.text
        assert "".join(piece.word for piece in pieces) == token.word
        assert len(pieces) == 1 or SYLLABLES.search(token.word)
    assert sum(len(token.text) for token in found) == sum(len(token.text) for token in whole)


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("이 영화는 재미있지 않다.", "이 영화 는 재미있 지 않 다 ."),
        ("한서진은", "한서진 은"),  # a name that nobody has counted stays whole
        ("iPhone은 3번째다ㅋㅋ", "iphone 은 3 번째 다 ㅋㅋ"),
        ("영화는_다 good영화", "영화는_다 good 영화"),
        ("well-made film", "well - made film"),
        ("", ""),
    ],
)
def test_the_most_probable_morphemes_are_read(text: str, read: str) -> None:
    assert KOREAN.words(text) == read.split()
    assert [token.word for token in KOREAN.tokenize(unicodedata.normalize("NFD", text))] == read.split()


def test_a_decomposed_or_hidden_letter_keeps_its_place() -> None:
    typed = unicodedata.normalize("NFD", "재미있지")
    assert [unicodedata.normalize("NFC", token.text) for token in KOREAN.tokenize(typed)] == ["재미있", "지"]
    assert [token.text for token in KOREAN.tokenize("재미\u00ad있\u200b지")] == ["재미\u00ad있\u200b", "지"]
    assert [token.text for token in KOREAN.tokenize("&#51116;미있지")] == ["&#51116;미있지"]  # one letter is seven


def test_without_morphemes_words_are_read() -> None:
    text = "영화는 재미있지 <b>않다</b>"
    assert WORDS.words(text) == words(text) and WORDS.tokenize(text) == tokenize(text)
    assert (WORDS.units, KOREAN.units) == ("words", "morphemes")
    with pytest.raises(AttnvizError, match="A text is a string"):
        KOREAN.words(3)  # type: ignore[arg-type]


def test_a_word_of_thousands_of_syllables_is_cut() -> None:
    pieces = KOREAN.cut("재미있지" * 2_000)
    assert pieces == ("재미있", "지") * 2_000
    assert "".join(KOREAN.cut("쿵" * 5_000)) == "쿵" * 5_000 and max(map(len, KOREAN.cut("쿵" * 5_000))) <= LONGEST


def test_only_frequent_morphemes_of_syllables_are_kept() -> None:
    kept = Segmenter.of_counts({"영화": 2, "드문": 1, "ㅋㅋ": 9, "movie": 9, "가" * (LONGEST + 1): 9}).morphemes
    assert kept is not None and kept.words == ("영화",)


def test_the_counts_are_read_as_they_were_written(tmp_path: Path) -> None:
    assert KOREAN.morphemes is not None
    KOREAN.morphemes.save(tmp_path / "morphemes.txt")
    again = Segmenter.load(tmp_path / "morphemes.txt")
    assert again.morphemes is not None
    assert (again.morphemes.words, again.morphemes.counts) == (KOREAN.morphemes.words, KOREAN.morphemes.counts)


@pytest.mark.parametrize("line", ["movie\t3", "영화\t0", "영화 는\t3", "ㅋㅋ\t3", "가" * (LONGEST + 1) + "\t2", "영화"])
def test_a_damaged_list_is_named_with_its_line(tmp_path: Path, line: str) -> None:
    path = tmp_path / "morphemes.txt"
    path.write_text(f"는\t9\n{line}\n", encoding="utf-8")
    with pytest.raises(AttnvizError, match=r"morphemes\.txt, line 2"):
        Segmenter.load(path)
