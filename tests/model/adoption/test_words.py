"""Every usual way to write down a vocabulary gives each word its row, and one that does not fit is refused by name."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from attnviz import AttnvizError
from attnviz.model.adoption.segmenter import fitting_segmenter
from attnviz.model.adoption.words import read_words
from attnviz.text import Vocabulary

WORDS = ["<pad>", "<unk>", "good", "bad"]
IDS = {word: at for at, word in enumerate(WORDS)}


class Itos:
    """As torchtext's."""

    def get_itos(self) -> list[str]:
        return WORDS


@pytest.mark.parametrize(
    "vocabulary",
    [WORDS, WORDS[2:], IDS, {"good": 2, "bad": 3}, {str(at): word for word, at in IDS.items()}, Itos()],
)
def test_a_vocabulary_in_memory(vocabulary: Any) -> None:
    found = read_words(vocabulary, 4)
    assert (found.kept, found.padding, found.unknown) == ({"good": 2, "bad": 3}, 0, 1)
    assert not found.remarks


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("words.txt", "\n".join(WORDS)),
        ("words.txt", "\r\n".join(WORDS) + "\r\n"),
        ("words.txt", "".join(f"{word}\t{at}\n" for word, at in reversed(IDS.items()))),
        ("words.txt", "\ufeffgood\nbad\n"),
        ("words.json", json.dumps(WORDS)),
        ("words.json", json.dumps(IDS, indent=2)),
        ("vocabulary", json.dumps(IDS)),
    ],
)
def test_a_vocabulary_in_a_file(tmp_path: Path, name: str, text: str) -> None:
    (tmp_path / name).write_bytes(text.encode())
    found = read_words(tmp_path / name, 4)
    assert (found.kept, found.padding, found.unknown) == ({"good": 2, "bad": 3}, 0, 1)


def test_counts_are_taken_along(tmp_path: Path) -> None:
    Vocabulary(["good", "bad", "so"], [70, 5, 5]).save(tmp_path / "vocabulary.txt")
    found = read_words(tmp_path / "vocabulary.txt", 5)
    assert found.kept == {"good": 2, "bad": 3, "so": 4}
    assert found.counts == {"good": 70, "bad": 5, "so": 5}


@pytest.mark.parametrize(
    ("vocabulary", "rows", "said"),
    [
        ({"<pad>": 0, "a": 2, "b": 5}, 9, "has holes: no word has the id 3, 4"),
        ({"<pad>": 0, "<unk>": 1, "a": 3}, 4, "has holes: no word has the id 2"),
        ({"a": 0, "b": 0}, 4, "“a” and “b” of the vocabulary have the same id 0"),
        (["a", "b", "a"], 3, "“a” is in the vocabulary twice, as 0 and 2"),
        (["a", "b", "c"], 2, "“c” has the id 2, but the embedding has 2 rows"),
        ({"a": -1}, 2, "has the id -1"),
        ({"a": "x"}, 2, "the id 'x'"),
        ({"a": True}, 2, "the id True"),
        (["a", 3], 2, "Entry 1 of the vocabulary is no word but 3"),
        ([], 2, "holds no word"),
    ],
)
def test_what_does_not_fit_is_named(vocabulary: Any, rows: int, said: str) -> None:
    with pytest.raises(AttnvizError, match=said):
        read_words(vocabulary, rows)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('{"a": 0, "a": 1}', "“a” is in the vocabulary twice"),
        ('{"a": 0', "not readable JSON"),
        ('"a"', "neither a list of words nor"),
        ("[" * 100_000, "not readable JSON"),
    ],
)
def test_json_that_does_not_fit_is_named(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "words.json").write_text(text)
    with pytest.raises(AttnvizError, match=said):
        read_words(tmp_path / "words.json", 4)


def test_what_is_named_is_taken() -> None:
    found = read_words(["x", "EMPTY", "y", "RARE"], 4, padding="EMPTY", unknown=3)
    assert (found.kept, found.padding, found.unknown) == ({"x": 0, "y": 2}, 1, 3)
    for named in ("none", 4, "17"):
        with pytest.raises(AttnvizError, match="is no entry of the vocabulary, and no id of its 4 rows"):
            read_words(WORDS, 4, padding=named)


def test_what_should_be_known_is_remarked() -> None:
    [left_out] = read_words(WORDS, 9).remarks
    assert "has 9 rows and the vocabulary ends at id 3" in str(left_out)
    [unknown] = read_words({"good": 1, "bad": 2}, 3).remarks
    assert "read as the padding" in str(unknown)
    assert read_words(["good", "bad"], 2).padding is None


def test_what_no_text_has_is_left_out() -> None:
    found = read_words(["<pad>", "<unk>", "", " ", "a b", "a\tb", "\ud800", "so"], 8)
    assert found.kept == {"so": 7}


@given(st.lists(st.text(min_size=1, max_size=5), min_size=3, max_size=30, unique=True), st.booleans())
def test_any_words_keep_their_rows(words: list[str], as_json: bool) -> None:
    held: Any = dict(zip(words, range(len(words)), strict=True)) if as_json else words
    found = read_words(held, len(words))
    assert all(words[at] == word for word, at in found.ids.items())
    assert found.kept.items() <= found.ids.items()


@pytest.mark.parametrize(
    ("words", "cut", "lower", "read"),
    [
        (["good", "movie.", "(bad)", "so"], "spaces", True, ["isn't", "good,", "so…"]),
        (["good", ".", "isn't"], "words", True, ["isn't", "good", ",", "so", "…"]),
        (["good", "bad"], "letters", True, ["isn", "t", "good", "so"]),
        (["Good", ".", "isn't"], "words", False, ["Isn't", "good", ",", "so", "…"]),
    ],
)
def test_texts_are_cut_as_the_vocabulary_was(words: list[str], cut: str, lower: bool, read: list[str]) -> None:
    segmenter = fitting_segmenter(words)
    assert (segmenter.cut_at, segmenter.lower) == (cut, lower)
    text = "Isn't good, so…"
    assert segmenter.words(text) == read
    for token in segmenter.tokenize(text):
        assert text[token.start : token.end] == token.text
