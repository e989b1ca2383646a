"""A task that cannot be done without a far word, learned by both encoders.

    python -m benchmarks.far_words

A text is random words. One of two cues stands so many words before its end, and one of two questions is its last word:
together they decide its class, and each of them alone says nothing. So the two have to be brought together, which the
attention that weighs the hidden states cannot: it adds up what single words say. Half of all pairs are of each class,
so that chance gets half of the texts right. Up to sixteen words stand before the cue: no place is always its own.

Both encoders learn from the same texts and at most as many steps; who makes hardly a mistake any more has done. A batch
has one distance, from 2 to 400 words, short ones as often as long ones. Then they begin anew for some distances and see
texts of no other: is a far word found where no near one has shown what to look for? The figures that come along are
written by `--out attnviz/analysis/far_words.json`.
"""

from __future__ import annotations

import argparse
import itertools
import multiprocessing
from collections.abc import Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
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
ALONE = (8, 16, 32)
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
    found.add_argument("--steps", type=int, default=1_000, help="at most")
    found.add_argument("--seeds", type=int, default=3)
    found.add_argument("--texts", type=int, default=500, help="to test on, for each distance")
    found.add_argument("--at-once", type=int, default=1, help="how many to train at once, each with a thread")
    found.add_argument("--out", type=Path, metavar="FILE", help="write the figures there")
    return found


@dataclass(frozen=True)
class Outcome:
    """What one encoder reached with one seed."""

    steps: int
    right: tuple[float, ...]  # of each of `DISTANCES`
    alone: tuple[float, ...]  # of each of `ALONE`


def main(chosen: argparse.Namespace, report: Report) -> None:
    """Train both encoders with every seed, and count by distance."""
    runs = list(itertools.product(ENCODERS, range(chosen.seeds)))
    found: dict[Encoder, list[Outcome]] = {encoder: [] for encoder in ENCODERS}
    learn = partial(learned, steps=chosen.steps, texts=chosen.texts)
    with ProcessPoolExecutor(chosen.at_once, mp_context=multiprocessing.get_context("spawn")) as pool:
        for (encoder, _), outcome in zip(runs, pool.map(learn, *zip(*runs, strict=True)), strict=True):
            found[encoder].append(outcome)
    figures = told(found)
    columns = {"encoder": "", "steps": ",.0f"} | {f"{distance} words": ".1%" for distance in DISTANCES}
    table = report.table("Right, trained on all distances (lowest and highest of the seeds)", columns)
    for name, shares in figures.accuracy.items():
        table.row(name, Spread(*figures.steps[name]), *(Spread(*one) for one in shares))
    columns = {"encoder": ""} | {f"{distance} words": ".1%" for distance in ALONE}
    table = report.table("Right, trained on one distance alone", columns)
    for name, shares in figures.accuracy_alone.items():
        table.row(name, *(Spread(*one) for one in shares))
    report.ratio("steps, lstm / transformer", figures.steps["lstm"][0] / figures.steps["transformer"][0])
    if chosen.out:
        write_json(chosen.out, to_json(figures))


def told(found: Mapping[Encoder, Sequence[Outcome]]) -> Planted:
    """Return the figures of all seeds."""

    def over(values: Sequence[float]) -> tuple[float, float, float]:
        return round(float(np.mean(values)), 4), round(min(values), 4), round(max(values), 4)

    def shares(of: Sequence[tuple[float, ...]]) -> tuple[tuple[float, float, float], ...]:
        return tuple(over(seeds) for seeds in zip(*of, strict=True))

    return Planted(
        DISTANCES,
        {encoder: shares([one.right for one in seeds]) for encoder, seeds in found.items()},
        {encoder: over([one.steps for one in seeds]) for encoder, seeds in found.items()},
        ALONE,
        {encoder: shares([one.alone for one in seeds]) for encoder, seeds in found.items()},
        "python -m benchmarks.far_words",
    )


def learned(encoder: Encoder, seed: int, steps: int, texts: int) -> Outcome:
    """Train a classifier on all distances, and one on each of some alone, and count what they get right."""
    torch.set_num_threads(1)
    model, taken = trained(encoder, seed, steps, _NEAREST, DISTANCES[-1])
    alone = (right(trained(encoder, seed, steps, at, at)[0], at, texts) for at in ALONE)
    return Outcome(taken, tuple(right(model, at, texts) for at in DISTANCES), tuple(alone))


def trained(encoder: Encoder, seed: int, steps: int, nearest: int, farthest: int) -> tuple[AttentionClassifier, int]:
    """Train a classifier on texts of some distances; return how many steps it took, too."""
    torch.manual_seed(seed)
    model = AttentionClassifier(_SIZE, _CONFIG.embedding_dim, _CONFIG.hidden_dim, 2, dropout=0, encoder=encoder)
    trainer, losses = VariantTrainer(model.train(), _CONFIG), list[float]()
    for step in range(steps):
        random = np.random.default_rng([seed, farthest, step])
        batch, classes = drawn(random, between(random, nearest, farthest), _CONFIG.batch_size)
        losses.append(float(trainer.step(batch, classes, _CONFIG.rate((step + 1) / (steps + 1)), False)))
        if len(losses) >= _LAST and np.mean(losses[-_LAST:]) < _DONE:
            break
    return model.eval(), len(losses)


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
