"""Whom every word of a sentence asks in a classifier with self-attention, and what becomes of the answer without."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace

import numpy as np
import torch

from attnviz.errors import AttnvizError
from attnviz.model.batches import Batch, Unknown, encode
from attnviz.model.classifier import AttentionClassifier
from attnviz.model.experiment import Experiment
from attnviz.model.explanation import Explanation
from attnviz.model.transformer import Head


@dataclass(frozen=True)
class Asking:
    """Self-attention on T tokens, in L layers of N heads that have d numbers each; float64."""

    explanation: Explanation  # with the heads that are off, and with or without positions, as it was asked for
    queries: np.ndarray  # [L, N, T, d] q_i
    keys: np.ndarray  # [L, N, T, d] k_j
    values: np.ndarray  # [L, N, T, d] v_j
    weights: np.ndarray  # [L, N, T, T] row i: whom token i asks; it sums to 1

    @property
    def products(self) -> np.ndarray:
        """The products q_i · k_j, [L, N, T, T]; divided by √d they are the scores that the softmax of a row is of."""
        return np.asarray(self.queries @ self.keys.swapaxes(-1, -2))

    @property
    def mean(self) -> np.ndarray:
        """The weights of the last layer as a mean over its heads, [T, T]: rows sum to 1."""
        return np.asarray(self.weights[-1].mean(axis=0))


def heads(model: AttentionClassifier) -> tuple[Head, ...]:
    """Return the heads of a classifier as (layer, head) from 0, none if an LSTM makes its hidden states."""
    return () if model.encoder == "lstm" else tuple(sorted(model.transformer.all_heads))


def asking(
    experiment: Experiment,
    text: str,
    variant: str,
    unknown: Unknown = "subword",
    without: Collection[int] = (),
    *,
    off: Collection[Head] = (),
    ordered: bool = True,
) -> Asking:
    """Read `text` with self-attention and keep what its words ask each other; no token gives empty arrays.

    Raises `AttnvizError` for a variant without self-attention, and for a head that it does not have.
    """
    model = altered(experiment, variant, off, ordered=ordered)
    explanation = replace(experiment, models={variant: model}).explain(text, variant, unknown, without)
    words = [[token.word for token in explanation.tokens]]
    sentences = encode(words, experiment.vocabulary, experiment.vectors, unknown)
    with torch.inference_mode():
        batch = Batch.of(sentences.ids, sentences, model.fc.weight.device)
        layers = list(model.transformer.looks(batch.rows(model), batch.places, batch.lengths, off, ordered=ordered))
        queries, keys, values, weights = (
            torch.cat(of_layers).double().cpu().numpy() for of_layers in zip(*layers, strict=True)
        )
    return Asking(explanation, queries, keys, values, weights)


def without_heads(
    experiment: Experiment, text: str, variant: str, unknown: Unknown = "subword", without: Collection[int] = ()
) -> dict[Head, Explanation]:
    """Return what the classifier makes of `text` with each of its heads off in turn."""
    return {
        head: replace(experiment, models={variant: altered(experiment, variant, (head,))}).explain(
            text, variant, unknown, without
        )
        for head in heads(experiment.model(variant))
    }


def altered(
    experiment: Experiment, variant: str, off: Collection[Head] = (), *, ordered: bool = True
) -> AttentionClassifier:
    """Return a variant's classifier with some heads off, or without positions; raises as `asking` does."""
    model = experiment.model(variant)
    there = heads(model)
    if not there:
        raise AttnvizError(
            "The variant {variant} of {experiment} has no self-attention: {known} can be asked for it.",
            variant=variant,
            experiment=experiment.name,
            known=", ".join(name for name in experiment.variants if heads(experiment.model(name))) or "—",
        )
    if strange := [head for head in off if head not in there]:
        raise AttnvizError(
            "Layer {layer} has no head {head}: there are {layers} × {heads}, counted from 1.",
            layer=strange[0][0] + 1,
            head=strange[0][1] + 1,
            layers=there[-1][0] + 1,
            heads=there[-1][1] + 1,
        )
    return model.altered(off, ordered=ordered)
