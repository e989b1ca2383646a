"""The numbers of the classifiers on disk, `<variant>.safetensors`."""

from __future__ import annotations

from pathlib import Path

from torch import Tensor

from attnviz.errors import AttnvizError
from attnviz.model.about import About
from attnviz.model.classifier import AttentionClassifier
from attnviz.model.storage import read_tensors


def kept_tensors(model: AttentionClassifier, about: About, variant: str) -> dict[str, Tensor]:
    """Return what a file holds: float16, and no frozen embedding, since its rows are the vectors, or another's.

    A model from elsewhere is kept as it is: in float32, with its embedding.
    """
    if about.adopted:
        return {name: value.contiguous() for name, value in model.state_dict().items()}
    tensors = {name: value.contiguous().half() for name, value in model.state_dict().items()}
    if about.variants[variant].freeze_embeddings:
        del tensors["embedding.weight"]
    return tensors


def read_models(folder: Path, about: About, start: Tensor) -> dict[str, AttentionClassifier]:
    """Read every variant of a folder; those that read the word vectors of another come after it.

    `start` [vocabulary, D] are the rows of who keeps no embedding and names no other. Raises `AttnvizError` if a file
    is damaged, or if a variant names one that has no vectors of its own.
    """
    found: dict[str, AttentionClassifier] = {}
    for variant, config in sorted(about.variants.items(), key=lambda item: item[1].embedding_of is not None):
        lender = config.embedding_of
        if lender is not None and (lender not in about.variants or about.variants[lender].embedding_of):
            raise AttnvizError(
                "{path}: {variant} reads the word vectors of {lender}, which has none to lend. "
                "Restore or rebuild the experiment.",
                path=folder / "experiment.json",
                variant=variant,
                lender=lender,
            )
        rows = start if lender is None else found[lender].embedding.weight
        found[variant] = _read_model(folder / f"{variant}.safetensors", about, variant, rows)
    return {variant: found[variant] for variant in about.variants}


def _read_model(path: Path, about: About, variant: str, start: Tensor) -> AttentionClassifier:
    model = about.build(variant, start)
    tensors = read_tensors(
        path, {name: tuple(value.shape) for name, value in kept_tensors(model, about, variant).items()}
    )
    if "embedding.weight" not in tensors:
        tensors["embedding.weight"] = start
    model.load_state_dict({name: value.float() for name, value in tensors.items()})
    return model
