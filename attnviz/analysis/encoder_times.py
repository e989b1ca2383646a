"""How long the encoders of an experiment take by the length of a sentence, beside what each costs by its formula."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from itertools import pairwise

import torch

from attnviz.analysis.own_time import least
from attnviz.model.classifier import AttentionClassifier
from attnviz.model.experiment import Experiment
from attnviz.model.variants import Encoder
from attnviz.text import UNKNOWN

LENGTHS = (16, 32, 64, 128, 256, 512, 1024, 2048)


@dataclass(frozen=True)
class EncoderTimes:
    """What reading one sentence takes on one core of this machine, by its words and by variant."""

    lengths: tuple[int, ...]  # words
    seconds: dict[str, tuple[float, ...]]  # of the whole classifier, the least of a few runs
    operations: dict[str, tuple[float, ...]]  # multiplications and additions of the encoder, in pairs
    steps: dict[str, tuple[int, ...]]  # of these how many must wait for the one before: words, or layers
    encoders: dict[str, Encoder]

    @property
    def crossing(self) -> float | None:
        """The words from which on the other encoder is the faster one; None if one is at both ends, or is the only one.

        Between two lengths the times are taken to grow as powers do. Where they are close the clock may put now the one
        and now the other first: what counts is the last change.
        """
        first = {encoder: variant for variant, encoder in reversed(self.encoders.items())}
        if len(first) < 2:
            return None
        recurrent, at_once = (self.seconds[first[encoder]] for encoder in ("lstm", "transformer"))
        ratios = [math.log(one / other) for one, other in zip(recurrent, at_once, strict=True)]
        if ratios[0] * ratios[-1] >= 0:
            return None
        for (long, after), (short, before) in pairwise(reversed([*zip(self.lengths, ratios, strict=True)])):
            if before * after <= 0:
                return float(short * (long / short) ** (before / (before - after)))
        return None


def encoder_times(experiment: Experiment, variants: Sequence[str], lengths: tuple[int, ...] = LENGTHS) -> EncoderTimes:
    """Time some variants on sentences of random words of the vocabulary, which may be longer than is read of a text."""
    models = {variant: experiment.model(variant).masked() for variant in variants}
    generator = torch.Generator().manual_seed(0)
    seconds: dict[str, list[float]] = {variant: [] for variant in variants}
    with torch.inference_mode():
        for length in lengths:
            ids = torch.randint(UNKNOWN + 1, len(experiment.vocabulary), (1, length), generator=generator)
            for variant, model in models.items():
                words = ids.to(model.fc.weight.device)
                seconds[variant].append(least(partial(model, words))[0])
    return EncoderTimes(
        lengths,
        {variant: tuple(taken) for variant, taken in seconds.items()},
        {variant: tuple(_operations(model, length) for length in lengths) for variant, model in models.items()},
        {variant: tuple(_steps(model, length) for length in lengths) for variant, model in models.items()},
        {variant: model.encoder for variant, model in models.items()},
    )


def _operations(model: AttentionClassifier, length: int) -> float:
    """Return the multiplications, each with its addition, that the hidden states of so many words take.

    An LSTM multiplies n times, in both directions, by the 4H rows of its two matrices. Self-attention multiplies n
    times by its own matrices, and n² times a query by a key and a weight by a value.
    """
    dim = model.embedding.embedding_dim
    if model.encoder == "lstm":
        size = model.lstm.hidden_size
        return 2.0 * length * 4 * size * (dim + size)
    width, matrices = model.transformer.width, 0
    for layer in model.transformer.encoder.layers:
        matrices += sum(weight.numel() for weight in layer.parameters() if weight.ndim == 2)
    layers = len(model.transformer.encoder.layers)
    return float(length * (dim * width + matrices) + layers * 2 * length**2 * width)


def _steps(model: AttentionClassifier, length: int) -> int:
    return length if model.encoder == "lstm" else len(model.transformer.encoder.layers)
