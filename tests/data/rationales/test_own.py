from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from attnviz.data.rationales.own import read_row
from attnviz.errors import AttnvizError

PATH = Path("marks.jsonl")


def marked(text: str, given: object) -> list[str]:
    """Return the pieces of a text that are marked."""
    row = read_row({"text": text, "marked": given}, 1, PATH)
    return [f"{start}:{text[start:end]}" for start, end in row.spans]


@pytest.mark.parametrize(
    ("text", "given", "found"),
    [
        ("it was a film", ["a"], ["7:a"]),  # the word, not the letter in “was”
        ("good, very good", ["good", "good"], ["0:good", "11:good"]),
        ("not good at all", ["not good", "all"], ["0:not good", "12:all"]),
        ("정말 재미있다", ["재미"], ["3:재미"]),  # a morpheme
        ("great!!", ["!", "!"], ["5:!", "6:!"]),
        ("so-so", ["so", "-", "so"], ["0:so", "2:-", "3:so"]),
        ("👍🏽 film", [[0, 2]], ["0:👍🏽"]),
        ("a film", [], []),
        ("a.b [c", ["[c"], ["4:[c"]),
    ],
)
def test_words_are_found_where_they_stand(text: str, given: object, found: list[str]) -> None:
    assert marked(text, given) == found


@pytest.mark.parametrize(
    "given",
    [None, "good", 3, {"a": 1}, [1, 2], [[1]], [[0, 1, 2]], [[0, "4"]], [[0.0, 4.0]], [[True, 4]], ["a", [0, 1]],
     [[-1, 2]], [[3, 3]], [[4, 2]], [[0, 99]], [""], ["film", "a"], ["films"]],
)  # fmt: skip
def test_marks_of_another_kind_or_place_are_an_error(given: object) -> None:
    with pytest.raises(AttnvizError, match="row 1"):
        marked("a film", given)


def test_labels_may_be_numbers() -> None:
    row = {"text": "a film", "marked": []}
    assert [read_row(row | {"label": label}, 1, PATH).label for label in ("pos", 1, None)] == ["pos", "1", ""]


@given(st.lists(st.text(st.sampled_from("ab!é한 "), min_size=1).filter(str.strip), min_size=1, max_size=6))
def test_all_words_of_a_text_are_found_in_their_order(words: list[str]) -> None:
    text = " | ".join(words)
    row = read_row({"text": text, "marked": words}, 1, PATH)
    assert [text[start:end] for start, end in row.spans] == words
    assert all(one[1] <= other[0] for one, other in zip(row.spans, row.spans[1:], strict=False))
