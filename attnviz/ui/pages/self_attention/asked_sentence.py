"""A sentence whose words ask each other, the classifier that reads it, and what is chosen of both."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from attnviz.analysis import self_attention
from attnviz.analysis.self_attention import Asking
from attnviz.heatmap.display import shorten, visible
from attnviz.model.experiment import Experiment
from attnviz.model.explanation import Explanation
from attnviz.model.transformer import Head
from attnviz.model.variants import display_name
from attnviz.ui.cache import experiments
from attnviz.ui.cache import self_attention as cached
from attnviz.ui.components.lesson.asking import Chosen
from attnviz.ui.session import _
from attnviz.ui.views import SelfAttentionView


@dataclass(frozen=True)
class AskedSentence:
    """A sentence, the variant that reads it, and what is chosen on the page."""

    experiment: Experiment
    text: str
    shown: SelfAttentionView
    digest: str
    variant: str

    @cached_property
    def heads(self) -> tuple[Head, ...]:
        """The heads of the classifier, as (layer, head) from 0."""
        return self_attention.heads(self.experiment.model(self.variant))

    @property
    def off(self) -> tuple[Head, ...]:
        """The heads that are switched off."""
        return tuple(self.heads[at - 1] for at in self.shown.off)

    @cached_property
    def asking(self) -> Asking:
        """Whom every word asks."""
        return cached.asking(self.experiment.name, self.text, self.variant, self.off)

    @property
    def explanation(self) -> Explanation:
        """What the classifier makes of it, with some heads off."""
        return self.asking.explanation

    @property
    def whole(self) -> Explanation:
        """What the classifier makes of it with all of its heads."""
        return experiments.explain(self.experiment.name, self.text, self.variant, "subword", masked=True)

    @property
    def spot(self) -> int:
        """The place of the word in hand: the one that the answer takes most from until one is chosen."""
        return int(self.whole.weights.argmax()) if self.shown.spot < 0 else self.shown.spot

    @property
    def chosen(self) -> Chosen:
        """What is in hand."""
        return Chosen(self.spot, self.shown.way, self.shown.head, self.shown.off)

    @property
    def pair(self) -> tuple[str, ...]:
        """The variants to compare: one with an LSTM over the same word vectors if there is one, and this one."""
        lent = self.experiment.about.variants[self.variant].embedding_of
        other = [name for name in recurrent(self.experiment) if name == lent] or list(recurrent(self.experiment))[:1]
        return (*other, self.variant)

    def named(self, variant: str) -> str:
        """Return what one of the pair is called: by its encoder, for that is what it differs in."""
        return display_name(variant, _) if variant == self.variant else _("BiLSTM")

    def word(self, place: int) -> str:
        """Return a word as it is shown."""
        return visible(shorten(self.explanation.tokens[place].text))

    def head_name(self, at: int) -> str:
        """Return what a head is called; `at` counts all of them from 1, 0 is the mean."""
        if at == 0:
            return _("mean of all")
        layer, head = self.heads[at - 1]
        if self.heads[-1][0] == 0:
            return _("head {head}").format(head=head + 1)
        return _("layer {layer}, head {head}").format(layer=layer + 1, head=head + 1)


def asking_variants(experiment: Experiment) -> tuple[str, ...]:
    """Return the variants with self-attention."""
    return tuple(name for name, config in experiment.about.variants.items() if config.encoder == "transformer")


def recurrent(experiment: Experiment) -> tuple[str, ...]:
    """Return the variants with an LSTM and attention over it, the fine-tuned one first."""
    there = [
        name
        for name, config in experiment.about.variants.items()
        if config.encoder == "lstm" and config.pooling != "mean"
    ]
    return tuple(sorted(there, key=lambda name: name != "fine-tuned"))
