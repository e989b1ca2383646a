"""The classifier, what it makes of a sentence, and the experiment folder that keeps it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from attnviz.model.classifier import AttentionClassifier

__all__ = ["AttentionClassifier"]


def __getattr__(name: str) -> object:
    """Import the classifier when it is asked for: it needs torch, and the settings of a run do not."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from attnviz.model import classifier

    return getattr(classifier, name)
