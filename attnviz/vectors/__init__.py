"""FastText word vectors: open, train, prune, search."""

from __future__ import annotations

from attnviz.vectors.fasttext import FastTextVectors

__all__ = ["FastTextVectors"]
