"""What the classifiers of an experiment differ in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Scorer = Literal["linear", "additive"]
Pooling = Literal["attention", "mean"]

TWINS = ("frozen", "fine-tuned")  # the variants that differ in nothing but whether the word vectors learn


@dataclass(frozen=True)
class VariantConfig:
    """What sets one variant apart from the others of its experiment."""

    freeze_embeddings: bool
    pooling: Pooling = "attention"
    scorer: Scorer = "linear"
