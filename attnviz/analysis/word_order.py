"""What becomes of an answer if the words of a text stand in another order, or no word knows its place."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from attnviz.analysis.self_attention import altered
from attnviz.model.batches import Sentences, Unknown, read_all
from attnviz.model.classifier import AttentionClassifier
from attnviz.model.encoder_figures import Order
from attnviz.model.experiment import Experiment


@dataclass(frozen=True, eq=False)
class Shuffled:
    """What a variant says of a text as it is, and of the same words in other orders."""

    variant: str
    own: np.ndarray  # [K] probabilities
    shuffled: np.ndarray  # [S, K]


def shuffles(
    experiment: Experiment,
    text: str,
    variants: Sequence[str],
    unknown: Unknown = "subword",
    times: int = 20,
    seed: int = 0,
    *,
    ordered: bool = True,
) -> tuple[Shuffled, ...]:
    """Read the words of a text in its own order and in some others, the same ones for every variant.

    Unless it is `ordered` no word knows its place: the variants must be such as have self-attention.
    """
    encoded, random = experiment.encode([text], unknown), np.random.default_rng(seed)
    orders = (encoded.ids[0], *(random.permutation(encoded.ids[0]) for _ in range(times)))
    sentences = replace(encoded, ids=orders)
    found = []
    for variant in variants:
        probabilities = np.zeros((len(orders), len(experiment.labels)))
        model = experiment.model(variant) if ordered else altered(experiment, variant, ordered=False)
        for rows, reading in read_all(model, sentences):
            probabilities[rows] = reading.logits.double().softmax(dim=1).cpu().numpy()
        found.append(Shuffled(variant, probabilities[0], probabilities[1:]))
    return tuple(found)


def order_figures(
    experiment: Experiment, texts: Sequence[str], truth: np.ndarray, variant: str, seed: int = 0
) -> Generator[float, None, dict[Order, float]]:
    """Return how many texts [N] a variant gets right, as they are and shuffled once; yields the share that is done.

    With self-attention also how many if no word knows its place.
    """
    sentences, model = experiment.encode(texts), experiment.model(variant)
    random = np.random.default_rng(seed)
    mixed = replace(sentences, ids=tuple(map(random.permutation, sentences.ids)))
    asked: dict[Order, tuple[AttentionClassifier, Sentences]] = {
        "as it is": (model, sentences),
        "shuffled": (model, mixed),
    }
    if model.encoder == "transformer":
        asked["no positions"] = (model.altered(ordered=False), sentences)
    found: dict[Order, float] = {}
    for way, (reader, those) in asked.items():
        right = done = 0
        for rows, reading in read_all(reader, those):
            right += int((reading.logits.argmax(dim=1).cpu().numpy() == truth[rows]).sum())
            done += len(rows)
            yield (len(found) + done / len(texts)) / len(asked)
        found[way] = right / len(texts)
    return found
