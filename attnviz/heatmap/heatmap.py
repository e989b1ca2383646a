"""What a heat-map shows, whoever draws it: a sentence word by word, levels of colour, numbers, an answer, a legend.

All texts are as they are shown: short enough, nothing in them that cannot be seen, in the language of the screen.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from attnviz.heatmap import palette

ATTENTION = "attention"


class Passage(NamedTuple):
    """A piece of what stands between two words: blanks and the like, or a word that was left out."""

    text: str
    left_out: bool


@dataclass(frozen=True)
class Word:
    """A word that was read."""

    text: str
    weight: float
    level: int  # of its colour, see `palette`
    scale: palette.Scale
    number: str  # stands below it
    known: bool  # is in the vocabulary
    details: str  # lines

    def colours(self, theme: palette.Theme = "light") -> palette.Shade:
        """Return the colour behind the word and its own."""
        return palette.colour(self.level, self.scale, theme)


@dataclass(frozen=True)
class ClassShare:
    """What a class got of the answer."""

    label: str
    probability: float
    percent: str  # as it is written: those of all classes add up to 100 %
    colour: str


@dataclass(frozen=True)
class Heatmap:
    """A sentence of T words as one classifier reads it, shaded by attention or by contribution to a class."""

    experiment: str
    variant: str
    shade: str  # attention, or the label
    words: tuple[Word, ...]  # T
    gaps: tuple[tuple[Passage, ...], ...]  # T + 1: before, between and after the words
    tail: str  # the start of what is not read
    right_to_left: bool
    prediction: str
    classes: tuple[ClassShare, ...]
    legend: tuple[str, ...]  # lines
    ticks: tuple[tuple[float, str], ...]  # of the scale: place, 0 to 1, and number
    padding: int = 0  # positions without a word that share the attention

    @property
    def title(self) -> str:
        """Whose heat-map it is."""
        return f"{self.experiment} · {self.variant}"

    @property
    def strip(self) -> list[str]:
        """The scale's colours from its low to its high end."""
        return [palette.colour(level, scale).background for level, scale in palette.scale_steps(self.shade)[::2]]

    @property
    def uniform_share(self) -> float | None:
        """What each word would weigh if attention did nothing; None if there is no word."""
        return 1 / self.positions if self.words else None

    @property
    def positions(self) -> int:
        """How many share the attention."""
        return len(self.words) + self.padding
