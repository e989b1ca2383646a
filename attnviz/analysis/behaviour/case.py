"""A case of a behaviour test: a text, the same text changed, and what the answer may do then."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal, NamedTuple
from zlib import crc32

import numpy as np

from attnviz.text import Token

Kind = Literal["invariance", "direction"]
Expectation = Literal["same", "turns", "not_surer", "no_less_sure"]
Verdict = Literal["praise", "blame"]


class Change(NamedTuple):
    """A text before and after; of a direction test the class that is watched, a place among the labels."""

    before: str
    after: str
    watched: int | None = None


@dataclass(frozen=True)
class Setting:
    """What a change may hang on: the language, the words that are known, and which labels are praise and blame."""

    language: str
    known: Callable[[str], bool]  # of a word, whether it is one of the language as far as the experiment tells
    polarity: dict[Verdict, int] | None = None  # None: the labels are topics, or anything else


Maker = Callable[[str, np.random.Generator, Setting], Change | None]


@dataclass(frozen=True)
class BehaviourTest:
    """A way to change a text, and what the answer may do then. It is deterministic: the text is its seed."""

    name: str
    expects: Expectation
    make: Maker
    languages: tuple[str, ...] = ()  # () for every one
    labels: Literal["any", "sentiment", "topics"] = "any"

    @property
    def kind(self) -> Kind:
        """Whether the answer may not change, or only one way."""
        return "invariance" if self.expects == "same" else "direction"

    def applies(self, setting: Setting) -> bool:
        """Tell whether the test means something for a language and labels."""
        fits = self.labels == "any" or (self.labels == "sentiment") == (setting.polarity is not None)
        return fits and (not self.languages or setting.language in self.languages)

    def of(self, text: str, setting: Setting) -> Change | None:
        """Return a text's case, None where there is nothing to change."""
        seed = [crc32(self.name.encode()), crc32(text.encode("utf-8", "surrogatepass"))]
        change = self.make(text, np.random.default_rng(seed), setting)
        return change if change and change.after != change.before else None


@dataclass(frozen=True)
class Case:
    """A change of the text of a row, which is a place among the rows; own pairs of texts have none."""

    row: int | None
    change: Change


def changed(before: list[Token], after: list[Token]) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Return the places of the tokens of each text that the other has not, as they are written."""
    one, other = [token.text for token in before], [token.text for token in after]
    left, right = set(range(len(one))), set(range(len(other)))
    for start, begin, size in SequenceMatcher(None, one, other, autojunk=False).get_matching_blocks():
        left -= set(range(start, start + size))
        right -= set(range(begin, begin + size))
    return tuple(sorted(left)), tuple(sorted(right))
