"""What the classifiers of an experiment differ in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from attnviz.heatmap.display import Translate

Scorer = Literal["linear", "additive"]
Pooling = Literal["attention", "mean"]
Encoder = Literal["lstm", "transformer"]

TWINS = ("frozen", "fine-tuned")  # the variants that differ in nothing but whether the word vectors learn
TRANSFORMER = "transformer"  # the variant with self-attention in the place of the LSTM
BASELINE = "baseline"  # the plain classifier beside the variants: it has no attention, and is none of them


@dataclass(frozen=True)
class VariantConfig:
    """What sets one variant apart from the others of its experiment."""

    freeze_embeddings: bool
    pooling: Pooling = "attention"
    scorer: Scorer = "linear"
    encoder: Encoder = "lstm"
    embedding_of: str | None = None  # the variant whose word vectors it reads; None: FastText's, or its own


def display_name(name: str, translate: Translate) -> str:
    """Return what a variant, or the baseline, is called on the screen."""
    _ = translate
    return _("TF-IDF + logistic regression") if name == BASELINE else _(name)
