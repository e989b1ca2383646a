"""A task that cannot be done without a far word, learned by both encoders.

    python -m benchmarks.far_words

A text is random words. One of two cues stands so many words before its end, and one of two questions is its last word:
together they decide its class, and each of them alone says nothing. So the two have to be brought together, which the
attention that weighs the hidden states cannot: it adds up what single words say. Half of all pairs are of each class,
so that chance gets half of the texts right. Up to sixteen words stand before the cue: no place is always its own.

Both encoders learn from the same texts, as many steps, with the same optimizer; every batch has a distance of its own,
from 2 to 400 words, short ones more often. The shipped figures are written by `--out attnviz/analysis/far_words.json`.
"""

from __future__ import annotations

import argparse
import itertools
import multiprocessing
from collections.abc import Iterator
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
_NEAREST = 2  # words from the cue to the end, in training
_BEFORE = 16  # words before the cue, at most
_FIRST = UNKNOWN + 1  # id of the first cue; the questions come after the cues, then all other words
_CONFIG = TrainingConfig(embedding_dim=32, hidden_dim=64, dropout=0, input_dropout=0, batch_size=32, learning_rate=4e-3)


def arguments() -> argparse.ArgumentParser:
    """Return what can be asked."""
    found = parser(__doc__)
    found.add_argument("--steps", type=int, default=2_000)
    found.add_argument("--seeds", type=int, default=3)
    found.add_argument("--texts", type=int, default=500, help="to test on, for each distance")
    found.add_argument("--at-once", type=int, default=1, help="how many to train at once, each with a thread")
    found.add_argument("--out", type=Path, metavar="FILE", help="write the figures there")
    return found


def main(chosen: argparse.Namespace, report: Report) -> None:
    """Train both encoders with every seed, and count by distance."""
    columns = {"encoder": "", "seed": ""} | dict.fromkeys(map(str, DISTANCES), ".1%")
    each = report.table("Right, by words from the cue to the end", columns)
    reached = dict[str, list[list[float]]]()
    runs = list(itertools.product(ENCODERS, range(chosen.seeds)))
    with ProcessPoolExecutor(chosen.at_once, mp_context=multiprocessing.get_context("spawn")) as pool:
        found = pool.map(partial(learned, steps=chosen.steps, texts=chosen.texts), *zip(*runs, strict=True))
        for (encoder, seed), right in zip(runs, found, strict=True):
            reached.setdefault(encoder, []).append(right)
            each.row(encoder, seed, *right)
    spreads = {encoder: [Spread.of(of) for of in zip(*seeds, strict=True)] for encoder, seeds in reached.items()}
    table = report.table(
        "Mean, lowest and highest of the seeds", {"encoder": ""} | dict.fromkeys(map(str, DISTANCES), ".1%")
    )
    for name, of_distance in spreads.items():
        table.row(name, *of_distance)
    report.ratio("transformer / lstm, farthest", spreads["transformer"][-1].middle / spreads["lstm"][-1].middle)
    if chosen.out:
        accuracy = {name: tuple((one.middle, one.low, one.high) for one in of) for name, of in spreads.items()}
        figures = Planted(
            DISTANCES, accuracy, chosen.steps, chosen.seeds, chosen.texts, "python -m benchmarks.far_words"
        )
        write_json(chosen.out, to_json(figures))


def learned(encoder: Encoder, seed: int, steps: int, texts: int) -> list[float]:
    """Train a classifier and return how many texts of each distance it gets right."""
    torch.set_num_threads(1)
    torch.manual_seed(seed)
    size = _FIRST + CUES + QUESTIONS + WORDS
    model = AttentionClassifier(size, _CONFIG.embedding_dim, _CONFIG.hidden_dim, 2, dropout=0, encoder=encoder)
    trainer = VariantTrainer(model, _CONFIG)
    for step, distance in enumerate(distances(np.random.default_rng([seed, 0]), steps)):
        batch, classes = drawn(np.random.default_rng([seed, 1, step]), distance, _CONFIG.batch_size)
        trainer.step(batch, classes, _CONFIG.rate((step + 1) / (steps + 1)), False, kept=_kept(step, steps))
    with trainer.averaged(), torch.inference_mode():
        model.eval()
        return [_right(model, np.random.default_rng([2, distance]), distance, texts) for distance in DISTANCES]


def distances(random: np.random.Generator, steps: int) -> Iterator[int]:
    """Draw a distance a step: as many from 2 to 4 words as from 4 to 8, and so on."""
    for drawn_at in random.uniform(np.log(_NEAREST), np.log(DISTANCES[-1] + 1), steps):
        yield int(np.exp(drawn_at))


def drawn(random: np.random.Generator, distance: int, count: int) -> tuple[Batch, torch.Tensor]:
    """Draw some texts with the cue so far before the last word, and their classes."""
    before = random.integers(_BEFORE + 1, size=count)
    cues, questions = random.integers(CUES, size=count), random.integers(QUESTIONS, size=count)
    ids = []
    for first, cue, question in zip(before, cues, questions, strict=True):
        words = random.integers(_FIRST + CUES + QUESTIONS, _FIRST + CUES + QUESTIONS + WORDS, first + distance + 1)
        words[first], words[-1] = _FIRST + cue, _FIRST + CUES + question
        ids.append(words)
    sentences = Sentences(tuple(ids), torch.zeros(0, _CONFIG.embedding_dim), _FIRST + CUES + QUESTIONS + WORDS)
    return Batch.of(ids, sentences, torch.device("cpu")), torch.from_numpy(cues ^ questions)


def _kept(step: int, steps: int) -> float:
    """Return how much of the averaged weights a step keeps: they are the mean of the last twelfth of all steps."""
    return max(0.0, 1 - 1 / max(1, step - steps * 11 // 12))


def _right(model: AttentionClassifier, random: np.random.Generator, distance: int, texts: int) -> float:
    right = 0
    for first in range(0, texts, _CONFIG.batch_size):
        batch, classes = drawn(random, distance, min(_CONFIG.batch_size, texts - first))
        right += int((batch.read(model).logits.argmax(dim=1) == classes).sum())
    return right / texts


if __name__ == "__main__":
    run(main, arguments())
