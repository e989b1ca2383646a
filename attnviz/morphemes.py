"""The units that a classifier reads: words as `attnviz.text` cuts them, or Korean ones further into morphemes.

Which morphemes there are, and how often, was counted in training. A run of Hangul syllables is cut into the most
probable sequence of them, as independent draws (a unigram model, Kudo 2018: https://arxiv.org/abs/1804.10959), found
by Viterbi's algorithm. So reading takes a list, and no dictionary or analyser of Korean.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import accumulate, chain
from pathlib import Path
from typing import Literal

import regex

from attnviz.errors import AttnvizError
from attnviz.text import HIDDEN, Token, Vocabulary, normalize, plainly_typed, tokenize, words

TextUnits = Literal["words", "morphemes"]

LONGEST = 12  # syllables of a morpheme, known or not
FEWEST = 2  # times that one is counted
_MOST = 100_000  # morphemes that are kept
_UNKNOWN = 0.3  # of a count, for a syllable that is no morpheme; a span of n of them costs √n times as much
_CUTS_KEPT = 200_000  # words

SYLLABLES = regex.compile(r"[\uac00-\ud7a3]+")
_JAMO = regex.compile(r"[\u1100-\u11ff\ua960-\ua97f\ud7b0-\ud7ff]")
_CLUSTER = regex.compile(rf".[\p{{M}}\u1160-\u11ff\ud7b0-\ud7ff\u200c\u200d{HIDDEN}]*+", regex.DOTALL)


@dataclass(frozen=True, eq=False)
class Segmenter:
    """Cuts texts into words, or into `morphemes` with the counts of these."""

    morphemes: Vocabulary | None = None

    @classmethod
    def of_counts(cls, counted: Mapping[str, int]) -> Segmenter:
        """Keep the morphemes of Hangul syllables that are frequent and short enough."""
        fit = {one: count for one, count in counted.items() if len(one) <= LONGEST and SYLLABLES.fullmatch(one)}
        return cls(Vocabulary.of_counts(fit, _MOST, FEWEST))

    @classmethod
    def load(cls, path: Path) -> Segmenter:
        """Read `morpheme<TAB>count` lines; raises `AttnvizError` naming the line for what can be none."""
        found = Vocabulary.load(path)
        for number, (one, count) in enumerate(zip(found.words, found.counts, strict=True), start=1):
            if not (count and len(one) <= LONGEST and SYLLABLES.fullmatch(one)):
                raise AttnvizError(
                    "{path}, line {number}: expected a morpheme of up to {limit} Hangul syllables and how often it was "
                    "counted. Rebuild the experiment.",
                    path=path,
                    number=number,
                    limit=LONGEST,
                )
        return cls(found)

    @property
    def units(self) -> TextUnits:
        """What it cuts texts into."""
        return "morphemes" if self.morphemes else "words"

    def tokenize(self, text: str) -> list[Token]:
        """Cut `text` into tokens with their places, as `attnviz.text.tokenize` does, and these into morphemes."""
        found = tokenize(text)
        return list(chain.from_iterable(map(self._pieces, found))) if self.morphemes else found

    def words(self, text: str) -> list[str]:
        """Return the look-up forms of the tokens of `text`."""
        if not self.morphemes or (isinstance(text, str) and text.isascii()):
            return words(text)
        found = words(text)
        if plainly_typed(text):
            return list(chain.from_iterable(map(self.cut, found)))
        return [token.word for token in self.tokenize(text)]

    @cached_property
    def cut(self) -> Callable[[str], tuple[str, ...]]:
        """Cut a look-up form: the pieces joined are the word. One without Hangul syllables is a piece by itself."""
        if not self.morphemes:
            return lambda word: (word,)
        total = sum(self.morphemes.counts)
        logs = {
            one: math.log(count / total) for one, count in zip(self.morphemes.words, self.morphemes.counts, strict=True)
        }
        unknown = [math.log(_UNKNOWN / max(total, 1)) * n**0.5 for n in range(LONGEST + 1)]

        def cut(word: str) -> tuple[str, ...]:
            if len(word) < 2 or not SYLLABLES.search(word) or not word.isalnum() or _JAMO.search(word):
                return (word,)
            pieces, end = list[str](), 0
            for run in SYLLABLES.finditer(word):
                pieces += [word[end : run.start()]] if run.start() > end else []
                pieces += _most_probable(run.group(), logs, unknown)
                end = run.end()
            return (*pieces, word[end:]) if end < len(word) else tuple(pieces)

        return lru_cache(_CUTS_KEPT)(cut)

    def _pieces(self, token: Token) -> list[Token]:
        """Cut a token, where it can be told which letters of what was typed a piece is; else it stays whole."""
        pieces = self.cut(token.word)
        if len(pieces) == 1:
            return [token]
        ends = list(accumulate(map(len, pieces)))  # in the look-up form
        if token.text != token.word:
            typed, meant = 0, 0
            place: dict[int, int] = {}  # in what was typed, of each place in the look-up form
            for cluster in _CLUSTER.findall(token.text):
                typed, meant = typed + len(cluster), meant + len(normalize(cluster))
                place[meant] = typed
            if meant != len(token.word) or not place.keys() >= set(ends):
                return [token]
            ends = [place[end] for end in ends]
        return [
            Token(token.text[start:end], token.start + start, token.start + end, word)
            for start, end, word in zip([0, *ends], ends, pieces, strict=False)
        ]


WORDS = Segmenter()  # nothing further is cut


def _most_probable(syllables: str, logs: Mapping[str, float], unknown: list[float]) -> list[str]:
    """Return the most probable sequence of morphemes, `logs` the logarithms of their probabilities."""
    best, start_of = [0.0], [0]
    for end in range(1, len(syllables) + 1):
        reached, begun = -math.inf, 0
        for start in range(max(0, end - LONGEST), end):
            known = logs.get(syllables[start:end])
            worth = best[start] + (unknown[end - start] if known is None else known)
            if worth > reached:
                reached, begun = worth, start
        best.append(reached)
        start_of.append(begun)
    pieces, end = list[str](), len(syllables)
    while end:
        pieces.append(syllables[start_of[end] : end])
        end = start_of[end]
    return pieces[::-1]
