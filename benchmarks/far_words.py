"""A task that cannot be done without a far word, learned by both encoders.

    python -m benchmarks.far_words

A text is random words. One of two cues stands so many words before its end, and one of two questions is its last word:
together they decide its class, and each of them alone says nothing. So the two have to be brought together, which the
attention that weighs the hidden states cannot: it adds up what single words say. Half of all pairs are of each class,
so that chance gets half of the texts right. Up to sixteen words stand before the cue: no place is always its own.

Both encoders learn from the same texts and at most as many steps; who makes hardly a mistake any more has done. A batch
has one distance, from 2 to 400 words, short ones as often as long ones. With `--alone` they begin anew for every
distance and see texts of no other: is a far word found where no near one has shown what to look for?
The figures that come along are written by `--out attnviz/analysis/far_words.json`.
"""

from __future__ import annotations

import argparse
import itertools
import multiprocessing
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path

import numpy as np
import torch

from attnviz.analysis.far_words import Planted
from attnviz.model.about import to_json
from attnviz.model.batches import Batch, Sentences
from attnviz.model.classifier import AttentionClassifier
from attnviz.model.storage import write_json
from attnviz.model.variants import Encoder
from attnviz.text import UNKNOWN
from attnviz.training.config import TrainingConfig
from attnviz.training.trainer import VariantTrainer
from benchmarks.options import parser
from benchmarks.report import Report, Spread, run

DISTANCES = (8, 16, 32, 64, 128, 256, 400)  # words from the cue to the end
ENCODERS: tuple[Encoder, ...] = ("lstm", "transformer")
CUES, QUESTIONS, WORDS = 2, 2, 50
_NEAREST = 2  # words, in training
_BEFORE = 16  # words before the cue, at most
_FIRST = UNKNOWN + 1  # id of the first cue; the questions come after the cues, then all other words
_SIZE = _FIRST + CUES + QUESTIONS + WORDS
_CONFIG = TrainingConfig(embedding_dim=16, hidden_dim=32, dropout=0, input_dropout=0, batch_size=32, learning_rate=5e-3)
_LAST, _DONE = 25, 0.02  # steps of which the mean loss says that nothing is left to learn


def arguments() -> argparse.ArgumentParser:
    """Return what can be asked."""
    found = parser(__doc__)
    found.add_argument("--steps", type=int, default=1_000)
    found.add_argument("--seeds", type=int, default=3)
    found.add_argument("--texts", type=int, default=500, help="to test on, for each distance")
    found.add_argument("--distances", type=int, nargs="+", default=DISTANCES)
    found.add_argument("--alone", action="store_true", help="train on the distance alone that is tested")
    found.add_argument("--at-once", type=int, default=1, help="how many to train at once, each with a thread")
    found.add_argument("--out", type=Path, metavar="FILE", help="write the figures there")
    return found


def main(chosen: argparse.Namespace, report: Report) -> None:
    """Train both encoders with every seed and for every distance, and count."""
    distances = tuple(chosen.distances)
    columns = dict.fromkeys(map(str, distances), ".1%")
    each = report.table("Right, by words from the cue to the end", {"encoder": "", "seed": ""} | columns)
    reached = dict[str, list[list[float]]]()
    runs = list(itertools.product(ENCODERS, range(chosen.seeds)))
    learn = partial(learned, distances, steps=chosen.steps, texts=chosen.texts, alone=chosen.alone)
    with ProcessPoolExecutor(chosen.at_once, mp_context=multiprocessing.get_context("spawn")) as pool:
        for (encoder, seed), right in zip(runs, pool.map(learn, *zip(*runs, strict=True)), strict=True):
            reached.setdefault(encoder, []).append(right)
            each.row(encoder, seed, *right)
    spreads = {encoder: [Spread.of(of) for of in zip(*seeds, strict=True)] for encoder, seeds in reached.items()}
    table = report.table("Mean, lowest and highest of the seeds", {"encoder": ""} | columns)
    for name, of_distance in spreads.items():
        table.row(name, *of_distance)
    report.ratio("transformer / lstm, farthest", spreads["transformer"][-1].middle / spreads["lstm"][-1].middle)
    if chosen.out:
        accuracy = {name: tuple((one.middle, one.low, one.high) for one in of) for name, of in spreads.items()}
        command = "python -m benchmarks.far_words"
        write_json(chosen.out, to_json(Planted(distances, accuracy, chosen.steps, chosen.seeds, chosen.texts, command)))


def learned(distances: Sequence[int], encoder: Encoder, seed: int, steps: int, texts: int, alone: bool) -> list[float]:
    """Train a classifier, or one for each distance alone, and return how many texts of each it gets right."""
    torch.set_num_threads(1)
    if alone:
        return [right(trained(encoder, seed, steps, at, at), at, texts) for at in distances]
    model = trained(encoder, seed, steps, _NEAREST, max(distances))
    return [right(model, at, texts) for at in distances]


def trained(encoder: Encoder, seed: int, steps: int, nearest: int, farthest: int) -> AttentionClassifier:
    """Train a classifier on texts of some distances."""
    torch.manual_seed(seed)
    model = AttentionClassifier(_SIZE, _CONFIG.embedding_dim, _CONFIG.hidden_dim, 2, dropout=0, encoder=encoder)
    trainer, losses = VariantTrainer(model.train(), _CONFIG), list[float]()
    for step in range(steps):
        random = np.random.default_rng([seed, farthest, step])
        batch, classes = drawn(random, between(random, nearest, farthest), _CONFIG.batch_size)
        losses.append(float(trainer.step(batch, classes, _CONFIG.rate((step + 1) / (steps + 1)), False)))
        if len(losses) >= _LAST and np.mean(losses[-_LAST:]) < _DONE:
            break
    return model.eval()


def between(random: np.random.Generator, nearest: int, farthest: int) -> int:
    """Draw a distance: from 2 to 4 words as often as from 4 to 8, and so on."""
    return int(np.exp(random.uniform(np.log(nearest), np.log(farthest + 1))))


def drawn(random: np.random.Generator, distance: int, count: int) -> tuple[Batch, torch.Tensor]:
    """Draw some texts with the cue so far before the last word, and their classes."""
    before = random.integers(_BEFORE + 1, size=count)
    cues, questions = random.integers(CUES, size=count), random.integers(QUESTIONS, size=count)
    ids = []
    for first, cue, question in zip(before, cues, questions, strict=True):
        words = random.integers(_FIRST + CUES + QUESTIONS, _SIZE, first + distance + 1)
        words[first], words[-1] = _FIRST + cue, _FIRST + CUES + question
        ids.append(words)
    sentences = Sentences(tuple(ids), torch.zeros(0, _CONFIG.embedding_dim), _SIZE)
    return Batch.of(ids, sentences, torch.device("cpu")), torch.from_numpy(cues ^ questions)


def right(model: AttentionClassifier, distance: int, texts: int) -> float:
    """Return how many new texts of a distance a classifier gets right."""
    batch, classes = drawn(np.random.default_rng([distance]), distance, texts)
    with torch.inference_mode():
        return float((batch.read(model).logits.argmax(dim=1) == classes).double().mean())


if __name__ == "__main__":
    run(main, arguments())
