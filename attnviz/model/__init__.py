"""The classifier, what it makes of a sentence, and the experiment folder that keeps it."""

from __future__ import annotations

from attnviz.model.classifier import AttentionClassifier

__all__ = ["AttentionClassifier"]
