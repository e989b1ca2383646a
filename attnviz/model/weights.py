"""The numbers of one classifier on disk, `<variant>.safetensors`."""

from __future__ import annotations

from pathlib import Path

from torch import Tensor

from attnviz.model.about import About
from attnviz.model.classifier import AttentionClassifier
from attnviz.model.storage import read_tensors


def kept_tensors(model: AttentionClassifier, about: About, variant: str) -> dict[str, Tensor]:
    """Return what a file holds: float16, and no frozen embedding, since its rows are the vectors.

    A model from elsewhere is kept as it is: in float32, with its embedding.
    """
    if about.adopted:
        return {name: value.contiguous() for name, value in model.state_dict().items()}
    tensors = {name: value.contiguous().half() for name, value in model.state_dict().items()}
    if about.variants[variant].freeze_embeddings:
        del tensors["embedding.weight"]
    return tensors


def read_model(path: Path, about: About, variant: str, start: Tensor) -> AttentionClassifier:
    """Read a variant's classifier; `start` [vocabulary, D] are the rows of one that keeps no embedding of its own."""
    model = about.build(variant, start)
    tensors = read_tensors(
        path, {name: tuple(value.shape) for name, value in kept_tensors(model, about, variant).items()}
    )
    if "embedding.weight" not in tensors:
        tensors["embedding.weight"] = start
    model.load_state_dict({name: value.float() for name, value in tensors.items()})
    return model
