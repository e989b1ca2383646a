"""Training speed: the course's code as written against ours, frozen and fine-tuned, in one run.

    python -m benchmarks.training --rows ag_news/train.csv

Same rows, same FastText start, same batch size, same number of epochs; the three are processes of their own that take
their epochs in turn, so that a busy machine slows all of them. The course's code pads every sentence to the longest
one, updates the whole embedding with Adam and computes in float32. Ours is `attnviz.training.trainer` as
`attnviz train` runs it, checkpoints included. Without a file it makes rows of its own, with lengths and word
frequencies like those of news.
"""

from __future__ import annotations

import argparse
import multiprocessing
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from attnviz.data.datasets import load_dataset
from attnviz.model.about import About, DataInfo, TrainingInfo, VectorsInfo
from attnviz.model.batches import encode, read_all
from attnviz.model.experiment import starting_rows
from attnviz.text import Vocabulary
from attnviz.training.config import VARIANTS, TrainingConfig
from attnviz.training.loaders import TokenizedRows
from attnviz.training.trainer import Trainer
from attnviz.vectors.fasttext import FastTextVectors
from benchmarks.options import parser
from benchmarks.report import Report, run

HIDDEN = 128
COURSE = "the course's code"


class CourseClassifier(nn.Module):
    """The classifier as the course writes it: the softmax runs over padding too."""

    def __init__(self, pretrained: Tensor, num_classes: int) -> None:
        super().__init__()
        self.embedding = nn.Embedding(*pretrained.shape)
        self.embedding.weight.data.copy_(pretrained)
        self.lstm = nn.LSTM(pretrained.shape[1], HIDDEN, bidirectional=True, batch_first=True)
        self.attention = nn.Linear(HIDDEN * 2, 1)
        self.fc = nn.Linear(HIDDEN * 2, num_classes)
        self.dropout = nn.Dropout(0.5)

    def forward(self, x: Tensor) -> Tensor:
        """Map ids [B, T] to logits [B, K]."""
        hidden, _ = self.lstm(self.embedding(x))
        weights = F.softmax(self.attention(hidden).squeeze(2), dim=1).unsqueeze(2)
        logits: Tensor = self.fc(self.dropout(torch.sum(hidden * weights, dim=1)))
        return logits


def arguments() -> argparse.ArgumentParser:
    """Return what can be asked."""
    found = parser(__doc__)
    found.add_argument("--rows", metavar="FILE", help="a CSV, TSV or Parquet with a text and a label column")
    found.add_argument("--limit", type=int, help="use that many training rows at most")
    found.add_argument("--epochs", type=int, default=3)
    found.add_argument("--batch-size", type=int, default=64)
    found.add_argument("--dim", type=int, default=300)
    found.add_argument("--vocab-size", type=int, default=20_000)
    return found


def main(chosen: argparse.Namespace, report: Report) -> None:
    """Let the three train in turns."""
    train, test = read(chosen.rows, chosen.limit) if chosen.rows else made(chosen.limit or 10_000)
    vocabulary = Vocabulary.build(train.words, chosen.vocab_size)
    tokens = sum(map(len, train.words))
    sizes = f"{len(train.words):,} rows, {tokens:,} tokens, {len(vocabulary):,} x {chosen.dim}, hidden {HIDDEN}"
    report.say(f"{sizes}, batches of {chosen.batch_size}, {torch.get_num_threads()} threads; the FastText start first")
    vectors = FastTextVectors.train(
        train.words, dict(zip(vocabulary.words, vocabulary.counts, strict=True)), dim=chosen.dim, epochs=15, workers=2
    )
    given = (train, test, vocabulary, vectors)
    with tempfile.TemporaryDirectory() as folder, ExitStack() as processes:
        runs = {
            name: processes.enter_context(apart(run, *given, *more))
            for name, run, *more in (
                (COURSE, course, chosen.batch_size),
                ("ours, frozen", ours, "frozen", chosen, Path(folder, "a")),
                ("ours, fine-tuned", ours, "fine-tuned", chosen, Path(folder, "b")),
            )
        }
        seconds: dict[str, list[float]] = {name: [] for name in runs}
        accuracy = dict.fromkeys(runs, 0.0)
        for _ in range(chosen.epochs):
            for name, process in runs.items():
                process.send("go on")
                spent, accuracy[name] = process.recv()
                seconds[name].append(spent)
    medians = {name: statistics.median(spent) for name, spent in seconds.items()}
    figures = {"seconds an epoch": ".2f", "tokens a second": ",.0f", "times as fast": ".1f"}
    table = report.table("", {"training": ""} | figures | {f"accuracy after {chosen.epochs} epochs": ".1%"})
    for name, median in medians.items():
        table.row(name, median, tokens / median, medians[COURSE] / median, accuracy[name])
    report.ratio("the course's / ours, fine-tuned", medians[COURSE] / medians["ours, fine-tuned"])
    report.ratio("ours, fine-tuned / frozen", medians["ours, fine-tuned"] / medians["ours, frozen"])


@contextmanager
def apart(run: Callable[..., Iterator[Any]], *given: Any) -> Iterator[Connection]:
    """Run a generator in a process that gives its next result for every message."""
    here, there = multiprocessing.Pipe()
    process = multiprocessing.get_context("spawn").Process(target=answer, args=(there, run, given))
    process.start()
    try:
        yield here
    finally:
        process.terminate()
        process.join()


def answer(asked: Connection, run: Callable[..., Iterator[Any]], given: tuple[Any, ...]) -> None:
    """Send a generator's results, one for every message."""
    results = run(*given)
    while True:
        asked.recv()
        asked.send(next(results))


def read(path: str, limit: int | None) -> tuple[TokenizedRows, TokenizedRows]:
    """Take the training and test rows of a file."""
    dataset = load_dataset(path)
    train, test = TokenizedRows.of(dataset.split("train")), TokenizedRows.of(dataset.split("test"))
    return TokenizedRows(train.words[:limit], train.labels[:limit], train.groups[:limit]), test


def made(count: int) -> tuple[TokenizedRows, TokenizedRows]:
    """Make rows of four classes: words by Zipf's law, a few of them of the class, one row in a hundred very long."""
    random = np.random.default_rng(0)
    texts, labels = [], random.integers(4, size=count + count // 10).tolist()
    for label in labels:
        length = (
            int(random.integers(180, 280)) if random.random() < 0.01 else int(np.clip(random.normal(43, 10), 5, 120))
        )
        common = random.zipf(1.2, length).clip(max=40_000)
        own = random.random(length) < 0.1
        texts.append([f"class{label}w{rank}" if mine else f"w{rank}" for rank, mine in zip(common, own, strict=True)])
    groups = [""] * len(texts)
    parts = (slice(count), slice(count, None))
    train, test = (TokenizedRows(texts[part], labels[part], groups[part]) for part in parts)
    return train, test


def course(
    train: TokenizedRows, test: TokenizedRows, vocabulary: Vocabulary, vectors: FastTextVectors, batch_size: int
) -> Iterator[tuple[float, float]]:
    """Train the course's code and yield (seconds, test accuracy) epoch by epoch."""
    torch.manual_seed(0)
    model = CourseClassifier(starting_rows(vocabulary, vectors), max(train.labels) + 1)
    optimizer = torch.optim.Adam(model.parameters())
    longest = max(map(len, train.words))
    x, y = padded(train.words, vocabulary, longest), torch.tensor(train.labels)
    while True:
        began = time.perf_counter()
        model.train()
        for batch in torch.randperm(len(x)).split(batch_size):
            optimizer.zero_grad()
            F.cross_entropy(model(x[batch]), y[batch]).backward()
            optimizer.step()
        spent = time.perf_counter() - began
        model.eval()
        with torch.inference_mode():
            parts = padded(test.words, vocabulary, longest).split(batch_size)
            answers = torch.cat([model(part).argmax(1) for part in parts])
        yield spent, float((answers == torch.tensor(test.labels)).float().mean())


def padded(token_words: Sequence[Sequence[str]], vocabulary: Vocabulary, length: int) -> Tensor:
    """Return ids [N, length], longer rows cut."""
    ids = torch.zeros(len(token_words), length, dtype=torch.long)
    for row, found in enumerate(token_words):
        ids[row, : len(found)] = torch.tensor([vocabulary.id(word) for word in found[:length]])
    return ids


def ours(
    train: TokenizedRows,
    test: TokenizedRows,
    vocabulary: Vocabulary,
    vectors: FastTextVectors,
    variant: str,
    chosen: argparse.Namespace,
    folder: Path,
) -> Iterator[tuple[float, float]]:
    """Train one variant of ours and yield (seconds, test accuracy) epoch by epoch."""
    folder.mkdir()
    config = TrainingConfig(  # the course's settings: rows are read whole, nothing is dropped but the context
        epochs=chosen.epochs,
        batch_size=chosen.batch_size,
        learning_rate=2e-3,  # falls to 0, so that it is the course's 1e-3 on average
        embedding_learning_rate=2e-3,
        word_dropout=0,
        input_dropout=0,
        window=10_000,
    )
    labels = tuple(str(k) for k in range(max(train.labels) + 1))
    unknown = DataInfo(), VectorsInfo(), TrainingInfo()
    about = About("en", labels, *unknown, vectors.dim, HIDDEN, 512, {variant: VARIANTS[variant]})
    twins = Trainer(about, config, vocabulary, vectors, folder / "checkpoint.safetensors")
    sentences = encode(test.words, vocabulary, vectors)
    truth = np.asarray(test.labels)
    check = TokenizedRows(test.words[:1], test.labels[:1], test.groups[:1])
    began = time.perf_counter()
    for progress in twins.fit(train, check):
        if progress.step and progress.step == progress.steps:  # an epoch has ended; the first event comes before any
            spent = time.perf_counter() - began
            model = twins.twins[variant].model.eval()
            right = sum(int((r.logits.argmax(1).numpy() == truth[at]).sum()) for at, r in read_all(model, sentences))
            model.train()
            yield spent, right / len(truth)
            began = time.perf_counter()


if __name__ == "__main__":
    run(main, arguments())
