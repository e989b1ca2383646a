"""A sentence under the lesson and the classifier that reads it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from attnviz.analysis.activations import Activations
from attnviz.heatmap.display import shorten, visible
from attnviz.model.experiment import Experiment
from attnviz.model.explanation import Explanation
from attnviz.ui.cache import activations
from attnviz.ui.session import _
from attnviz.ui.views import StepsView

_MOST_NAMES = 6  # in a list inside a sentence


@dataclass(frozen=True)
class LessonSentence:
    """A sentence, the classifier that reads it, and what is chosen on the page."""

    experiment: Experiment
    text: str
    shown: StepsView
    digest: str

    @property
    def variant(self) -> str:
        """The classifier the lesson is about."""
        return self.shown.reader

    @cached_property
    def activations(self) -> Activations:
        """The sentence as it reads it."""
        return activations.activations(self.experiment.name, self.text, self.variant)

    @property
    def explanation(self) -> Explanation:
        """What it makes of it."""
        return self.activations.explanation

    @property
    def heaviest(self) -> int:
        """The place of the word with the largest weight."""
        return int(self.explanation.weights.argmax())

    @property
    def spot(self) -> int:
        """The place of the chosen word: the heaviest until one is chosen."""
        return self.heaviest if self.shown.spot < 0 else self.shown.spot

    @property
    def side(self) -> int:
        """The class in question: the answer until one is chosen."""
        labels = self.explanation.labels
        return labels.index(self.shown.side) if self.shown.side in labels else int(self.explanation.logits.argmax())

    def word(self, place: int) -> str:
        """Return a word as it is shown."""
        return visible(shorten(self.explanation.tokens[place].text))

    def listed(self, places: list[int]) -> str:
        """Return some words, and how many there are more."""
        shown = ", ".join(f"“{self.word(place)}”" for place in places[:_MOST_NAMES]) or "–"
        more = len(places) - _MOST_NAMES
        return shown + (" " + _("and {count} more").format(count=more) if more > 0 else "")


def attentive(experiment: Experiment) -> tuple[str, ...]:
    """Return the variants that the lesson can be about, the fine-tuned one first: an LSTM with attention over it."""
    variants = experiment.about.variants.items()
    there = [name for name, config in variants if config.pooling != "mean" and config.encoder == "lstm"]
    return tuple(sorted(there, key=lambda name: name != "fine-tuned"))
