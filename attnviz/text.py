"""Text -> tokens with their places in it -> ids."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import regex

from attnviz.errors import AttnvizError

PADDING, UNKNOWN = 0, 1
_COUNT_DIGITS = 15

# A word is letters, marks and digits in any script, with apostrophes and zero-width joiners only inside it. Whatever
# else can be seen is one token a grapheme, so that an emoji of seven code points stays whole.
_TOKEN = regex.compile(r"[\p{L}\p{N}_][\p{L}\p{M}\p{N}_]*(?:['’\u200c\u200d][\p{L}\p{M}\p{N}_]+)*|(?![\s\p{C}])\X")


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of a text: `text == typed[start:end]`, as typed."""

    text: str
    start: int
    end: int

    @property
    def word(self) -> str:
        """The form looked up in a vocabulary."""
        return normalize(self.text)


def normalize(text: str) -> str:
    """Return the look-up form of `text`: NFC, lower case, straight apostrophes."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", text).lower().replace("’", "'"))


def tokenize(text: str) -> list[Token]:
    """Cut `text` into words, contractions in one piece, and single marks; white space and controls fall away."""
    return [Token(match.group(), match.start(), match.end()) for match in _TOKEN.finditer(text)]


def words(text: str) -> list[str]:
    """Return the look-up forms of the tokens of `text`."""
    if text.isascii():  # the same, and ten times as fast
        found: list[str] = _TOKEN.findall(text.lower())
        return found
    return [token.word for token in tokenize(text)]


class Vocabulary:
    """The words with a row of their own: 0 is padding, 1 unknown, the first word 2.

    `counts[i]` says how often `words[i]` occurred in the training split.
    """

    def __init__(self, words: Sequence[str], counts: Sequence[int]) -> None:
        self.words = tuple(words)
        self.counts = tuple(counts)
        self._ids = {word: i for i, word in enumerate(self.words, start=UNKNOWN + 1)}
        if len(self._ids) != len(self.words) or len(self.counts) != len(self.words):
            raise AttnvizError(
                "A vocabulary of {words} words has {distinct} distinct ones and {counts} counts: each needs one line.",
                words=len(self.words),
                distinct=len(self._ids),
                counts=len(self.counts),
            )

    @classmethod
    def build(cls, texts: Iterable[Sequence[str]], size: int = 20_000, min_count: int = 1) -> Vocabulary:
        """Keep the most frequent words so that ids stay below `size`; ties go by code point.

        Each text is a sequence of look-up forms, as `words` returns.
        """
        return cls.of_counts(Counter(word for text in texts for word in text), size, min_count)

    @classmethod
    def of_counts(cls, counted: Mapping[str, int], size: int = 20_000, min_count: int = 1) -> Vocabulary:
        """Keep the most frequent of words that have been counted, as `build` does."""
        ranked = sorted(counted.items(), key=lambda item: (-item[1], item[0]))
        kept = [(word, count) for word, count in ranked[: max(size - 2, 0)] if count >= min_count]
        return cls([word for word, _ in kept], [count for _, count in kept])

    @classmethod
    def load(cls, path: Path) -> Vocabulary:
        """Read `word<TAB>count` lines."""
        try:
            *lines, rest = path.read_text(encoding="utf-8").split("\n")
        except UnicodeDecodeError as error:
            raise AttnvizError("{path} is not UTF-8. Rebuild the experiment.", path=path) from error
        except OSError as error:
            raise AttnvizError(
                "{path}: cannot be read ({fault}). Restore or rebuild the experiment.", path=path, fault=error.strerror
            ) from error
        if rest:
            raise AttnvizError("{path} breaks off in its last line. Rebuild the experiment.", path=path)
        words, counts = [], []
        for number, line in enumerate(lines, start=1):
            word, tab, count = line.partition("\t")
            if not (word and tab and count.isdecimal() and len(count) <= _COUNT_DIGITS):
                raise AttnvizError(
                    "{path}, line {number}: expected a word, a tab and a count. Rebuild the experiment.",
                    path=path,
                    number=number,
                )
            words.append(word)
            counts.append(int(count))
        return cls(words, counts)

    def save(self, path: Path) -> None:
        """Write `word<TAB>count` lines."""
        lines = (f"{word}\t{count}\n" for word, count in zip(self.words, self.counts, strict=True))
        path.write_text("".join(lines), encoding="utf-8", newline="\n")

    def __len__(self) -> int:
        """Count the ids, padding and unknown included: the rows an embedding needs."""
        return len(self.words) + 2

    def __contains__(self, word: object) -> bool:
        return word in self._ids

    def id(self, word: str) -> int:
        """Return the id of a look-up form, `UNKNOWN` if it has none."""
        return self._ids.get(word, UNKNOWN)
