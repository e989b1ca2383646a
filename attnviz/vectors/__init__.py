"""FastText word vectors: open, train, prune, search."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from attnviz.vectors.fasttext import FastTextVectors

__all__ = ["FastTextVectors"]


def __getattr__(name: str) -> object:
    """Import the vectors when they are asked for: they need numpy, and the settings of a run do not."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from attnviz.vectors import fasttext

    return getattr(fasttext, name)
