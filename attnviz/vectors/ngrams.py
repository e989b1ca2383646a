"""The n-grams of a word: training, strangers, pruning and the page Subwords all cut them here, and nowhere else.

Those of characters are cut as gensim and FastText cut them. `jamo` adds those of the letters of Hangul syllables, after
Park et al., "Subword-level Word Vector Representations for Korean", 2018 (https://aclanthology.org/P18-1226): 재밌 and
재밋 have one syllable in common, and four letters of five.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, NamedTuple, get_args

from attnviz.vectors.hangul import is_syllable, letters

Units = Literal["characters", "jamo"]
UNITS: tuple[Units, ...] = get_args(Units)
JAMO_SIZES = 3, 5  # shortest and longest n-gram of letters
LONGEST = 100  # n-gram that a file may ask for: of a long word there are as many as its characters times this


class Ngram(NamedTuple):
    """A piece of `<word>`: `pieces[i]` is what it takes of the character at `start + i`, a letter or more."""

    start: int
    pieces: Sequence[str]

    @property
    def text(self) -> str:
        """What is shown and hashed."""
        return self.pieces if isinstance(self.pieces, str) else "".join(self.pieces)


def cut(word: str, min_n: int, max_n: int, units: Units = "characters") -> list[Ngram]:
    """Return the n-grams of `<word>`, place by place and from short to long: of characters, then of letters."""
    marked = f"<{word}>"
    ngrams = [
        Ngram(start, marked[start:end])
        for start in range(len(marked))
        for end in range(start + min_n, min(start + max_n, len(marked)) + 1)
        if end - start > 1 or 0 < start < len(marked) - 1  # the marks by themselves are none
    ]
    return ngrams + _of_letters(marked) if units == "jamo" else ngrams


def _of_letters(marked: str) -> list[Ngram]:
    """Return the n-grams that hold a letter of a syllable; others are n-grams of characters."""
    letter_at = [(at, letter) for at, character in enumerate(marked) for letter in letters(character)]
    shortest, longest = JAMO_SIZES
    ngrams = []
    for first, (start, _) in enumerate(letter_at):
        pieces: list[str] = []
        for size, (at, letter) in enumerate(letter_at[first : first + longest], start=1):
            pieces[at - start :] = ["".join(pieces[at - start :]) + letter]
            if size >= shortest and any(map(is_syllable, marked[start : at + 1])):
                ngrams.append(Ngram(start, tuple(pieces)))
    return ngrams


def buckets_of(ngrams: Sequence[Ngram], buckets: int) -> list[int]:
    """Return the bucket that each n-gram is hashed to, as FastText does (FNV-1a of its UTF-8)."""
    from gensim.models.fasttext_inner import ft_hash_bytes

    return [ft_hash_bytes(ngram.text.encode("utf-8", "replace")) % buckets for ngram in ngrams]
