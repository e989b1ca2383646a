from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from attnviz.analysis.same_words import covered, followed, left_alone, touched
from attnviz.model.experiment import Experiment
from attnviz.morphemes import WORDS
from attnviz.text import Token

TEXT = "영화는 재미있지 않다"


def cut(text: str, pieces: str) -> list[Token]:
    """Return tokens, given as a string with bars between them."""
    found, at = [], 0
    for piece in pieces.replace(" ", "|").split("|"):
        at = text.index(piece, at)
        found.append(Token(piece, at, at + len(piece), piece))
        at += len(piece)
    return found


WHOLE, PARTS = cut(TEXT, "영화는 재미있지 않다"), cut(TEXT, "영화|는 재미있|지 않|다")


def test_a_word_takes_all_its_morphemes_along() -> None:
    assert covered([1], WHOLE, PARTS) == (2, 3)
    assert covered([0, 2], WHOLE, PARTS) == (0, 1, 4, 5)
    assert left_alone([0, 1, 2], WHOLE, PARTS) == ()


def test_a_morpheme_alone_is_only_part_of_a_word() -> None:
    assert covered([2], PARTS, WHOLE) == () and left_alone([2], PARTS, WHOLE) == (2,)
    assert covered([2, 3], PARTS, WHOLE) == (1,) and left_alone([2, 3], PARTS, WHOLE) == ()
    assert left_alone([0, 2, 3], PARTS, WHOLE) == (0,)
    assert touched([2], PARTS, WHOLE) == (1,)


def test_a_click_in_the_second_reaches_the_words_of_the_first() -> None:
    """Struck in parts or put back, the word that it belongs to goes along."""
    assert followed((), (3,), PARTS, WHOLE, ()) == (1,)
    assert followed((2, 3), (2,), PARTS, WHOLE, (1,)) == ()
    assert followed((2, 3), (2, 3, 5), PARTS, WHOLE, (1,)) == (1, 2)


@given(st.sets(st.integers(0, 2)))
def test_there_and_back_is_the_same(places: set[int]) -> None:
    assert set(covered(places, WHOLE, WHOLE)) == places
    assert set(covered(covered(places, WHOLE, PARTS), PARTS, WHOLE)) == places


@given(st.text(), st.data())
def test_two_that_read_alike_strike_the_same_places(text: str, data: st.DataObject) -> None:
    tokens = WORDS.tokenize(text)
    places = data.draw(st.sets(st.integers(0, len(tokens) - 1))) if tokens else set[int]()
    assert set(covered(places, tokens, tokens)) == places and left_alone(places, tokens, tokens) == ()


def test_what_one_reads_no_more_is_not_struck(tiny_ko: Experiment) -> None:
    tokens, words = tiny_ko.tokenize(TEXT), WORDS.tokenize(TEXT)
    assert covered([2], words, tokens[:2]) == () and left_alone([2], words, tokens[:2]) == ()
