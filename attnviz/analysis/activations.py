"""One classifier and one sentence, with everything between the words and the answer laid open.

An `Explanation` says what came out at each word; a `Lesson` adds what it was made of: rows of the embedding, hidden
states, the scorer's parameters and the context vector. Its numbers are those of `explain`, to the last bit.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Literal, cast

import numpy as np
import torch
from torch import nn

from attnviz.model.batches import Batch, Unknown, encode
from attnviz.model.classifier import AttentionClassifier
from attnviz.model.experiment import Experiment
from attnviz.model.explanation import Explanation


@dataclass(frozen=True)
class Activations:
    """What one variant does with T tokens: D numbers a word vector, S a hidden state, K classes."""

    explanation: Explanation
    counts: tuple[int, ...]  # how often each token's word stands in the training split, 0 outside the vocabulary
    rows: np.ndarray  # [T, D] float32 the word vectors that enter
    hidden: np.ndarray  # [T, S] float32 h_i; of an LSTM the first half is read forwards
    context: np.ndarray  # [S] float64 c = Σ α_i h_i
    scorer: Literal["linear", "additive", "none"]  # none: mean pooling
    scorer_bias: float  # b of e = W·h + b; 0 for the others, the additive scorer's stands inside tanh

    @property
    def size(self) -> int:
        """How many tokens there are."""
        return len(self.explanation.tokens)


@dataclass(frozen=True)
class Term:
    """One product in a sum: weight times value, at a dimension."""

    dimension: int
    weight: float
    value: float

    @property
    def product(self) -> float:
        """What it adds to the sum."""
        return self.weight * self.value


@dataclass(frozen=True)
class ScoreTerms:
    """A score taken apart: e = Σ weight · value + bias, the largest products one by one and the rest together."""

    terms: tuple[Term, ...]
    others: int  # how many products `rest` is the sum of
    rest: float
    bias: float  # 0 for the additive scorer, whose b stands inside the tanh
    score: float


def activations(
    experiment: Experiment, text: str, variant: str, unknown: Unknown = "subword", without: Collection[int] = ()
) -> Activations:
    """Read `text` with a variant and keep what is between; a text of no tokens has empty arrays.

    Padding takes no part, even in a model from elsewhere that reads it.
    """
    explanation = experiment.explain(text, variant, unknown, without, masked=True)
    model, vocabulary = experiment.model(variant).masked(), experiment.vocabulary
    looked_up = [token.word for token in explanation.tokens]
    sentences = encode([looked_up], vocabulary, experiment.vectors, unknown)
    with torch.inference_mode():
        batch = Batch.of(sentences.ids, sentences, model.fc.weight.device)
        rows = batch.rows(model)[batch.places[0]].cpu().numpy()
        hidden = batch.read(model).hidden[0].cpu().numpy()
    first = len(vocabulary) - len(vocabulary.words)
    return Activations(
        explanation=explanation,
        counts=tuple(vocabulary.counts[vocabulary.id(word) - first] if word in vocabulary else 0 for word in looked_up),
        rows=rows,
        hidden=hidden,
        context=explanation.weights @ hidden.astype(np.float64),
        scorer=scorer(model),
        scorer_bias=_scorer_bias(model),
    )


def scorer(model: AttentionClassifier) -> Literal["linear", "additive", "none"]:
    """Return how a classifier scores its hidden states."""
    if model.pooling == "mean":
        return "none"
    return "linear" if isinstance(model.attention, nn.Linear) else "additive"


def _scorer_bias(model: AttentionClassifier) -> float:
    attention = model.attention
    return float(attention.bias[0]) if isinstance(attention, nn.Linear) and model.pooling != "mean" else 0.0


def parameters(model: AttentionClassifier) -> dict[str, int]:
    """Return how many numbers the linear and the additive scorer learn on hidden states of this size."""
    size = model.lstm.hidden_size
    return {"linear": 2 * size + 1, "additive": 2 * size * size + size + size}


def score(model: AttentionClassifier, hidden: np.ndarray, most: int) -> ScoreTerms:
    """Take the score of one hidden state [S] apart, the `most` largest products by themselves."""
    with torch.inference_mode():
        state = torch.from_numpy(np.ascontiguousarray(hidden)).to(model.fc.weight.device)
        attention = model.attention
        if isinstance(attention, nn.Linear):
            weights, values, bias = attention.weight[0], state, float(attention.bias[0])
        else:
            inner, squash, outer = cast(nn.Sequential, attention)
            weights, values, bias = cast(nn.Linear, outer).weight[0], squash(inner(state)), 0.0
        w, v = weights.double().cpu().numpy(), values.double().cpu().numpy()
    order = np.argsort(-np.abs(w * v), kind="stable")
    terms = tuple(Term(int(at), float(w[at]), float(v[at])) for at in order[:most])
    others = order[most:]
    return ScoreTerms(terms, len(others), float(w[others] @ v[others]), bias, float(w @ v + bias))
