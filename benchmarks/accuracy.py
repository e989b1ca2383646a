"""Accuracy over several seeds: frozen against fine-tuned, and both against fastText's own classifier.

    pip install fasttext
    python -m benchmarks.accuracy news-en TRAIN.csv --test TEST.csv

Trains the twins of an experiment anew, from its vectors and with its settings, from further seeds, and scores the test
rows; its own twins are the first. Whether frozen and fine-tuned differ is said by McNemar's exact test on the test rows
that one of them alone gets right. fastText's `supervised` (word bigrams) trains on the same rows; its settings are
those that do best on the validation rows.
"""

from __future__ import annotations

import itertools
import statistics
import tempfile
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path

import numpy as np

from attnviz.data.datasets import Dataset, load_dataset
from attnviz.model.about import About, to_json
from attnviz.model.agreement import Agreement
from attnviz.model.experiment import Experiment, load
from attnviz.model.metrics import wilson
from attnviz.text import words
from attnviz.training.config import TrainingConfig
from attnviz.training.train import train
from benchmarks.options import anew


def main() -> None:
    """Print one table."""
    parser = anew(__doc__, more_text=True)
    parser.add_argument("--seeds", type=int, default=3, help="how many, the experiment's own among them")
    chosen = parser.parse_args()

    dataset = load_dataset(chosen.rows, test=chosen.test)
    more = load_dataset(chosen.more_text) if chosen.more_text else None
    test = dataset.split("test")
    truth = np.array(test.labels)
    right: dict[str, list[np.ndarray]] = {"frozen": [], "fine-tuned": []}
    own = load(chosen.experiment)
    for seed in range(chosen.seeds):
        experiment = own
        if seed:
            experiment = trained(dataset, settings(own.about, (own.about.training.seed or 0) + seed), own, more)
        for variant, found in right.items():
            found.append(experiment.predict(test.texts, variant).argmax(axis=1) == truth)
        print(f"seed {seed}: {mcnemar(right['frozen'][-1], right['fine-tuned'][-1])}", flush=True)
    print(f"\n{len(truth):,} test rows\n\n| classifier | accuracy | 95 % interval | from seed to seed |")
    print("| --- | --- | --- | --- |")
    for variant, found in right.items():
        row(f"{variant}, median of {len(found)} seeds", [float(hits.mean()) for hits in found], len(truth))
    row(*supervised(dataset), len(truth))


def row(name: str, reached: Sequence[float], n: int) -> None:
    """Print a line of the table."""
    middle = statistics.median(reached)
    low, high = wilson(round(middle * n), n)
    spread = f"{min(reached):.1%} to {max(reached):.1%}" if len(reached) > 1 else ""
    print(f"| {name} | {middle:.1%} | {low:.1%} to {high:.1%} | {spread} |")


def settings(about: About, seed: int) -> TrainingConfig:
    """Return the settings an experiment was trained with, for another seed and the twins alone."""
    settings = {name: value for name, value in to_json(about.training).items() if name != "stopped_after_epoch"}
    return TrainingConfig(
        variants=("frozen", "fine-tuned"),
        language=about.language,
        hidden_dim=about.hidden_dim,
        max_tokens=about.max_tokens,
        **settings | {"seed": seed},
    )


def trained(dataset: Dataset, config: TrainingConfig, lender: Experiment, more: Dataset | None = None) -> Experiment:
    """Train an experiment that is thrown away, with the vectors of another."""
    with tempfile.TemporaryDirectory() as folder:
        for _ in train(dataset, "seed", config, out=Path(folder), vectors=lender, more=more):
            pass
        return load(Path(folder, "seed"))


def mcnemar(frozen: np.ndarray, fine_tuned: np.ndarray) -> str:
    """Say how many rows one twin alone gets right, and how likely that is between equals (McNemar 1947, exact)."""
    twins = Agreement.of("frozen", "fine-tuned", frozen, fine_tuned)
    return (
        f"frozen {frozen.mean():.1%}, fine-tuned {fine_tuned.mean():.1%}; "
        f"only frozen right {twins.only_a}, only fine-tuned right {twins.only_b}, McNemar p = {twins.p:.2g}"
    )


def supervised(dataset: Dataset) -> tuple[str, list[float]]:
    """Train fastText's own classifier with the settings that do best on the validation rows."""
    fasttext = import_module("fasttext")
    fasttext.FastText.eprint = lambda *_: None
    with tempfile.TemporaryDirectory() as folder:
        files = {}
        for split in ("train", "validation", "test"):
            part = dataset.split(split)
            lines = (
                f"__label__{label} {' '.join(words(text))}\n"
                for text, label in zip(part.texts, part.labels, strict=True)
            )
            files[split] = str(Path(folder, split))
            Path(files[split]).write_text("".join(lines), encoding="utf-8")
        best, reached, of_test = "", 0.0, 0.0
        for rate, epochs in itertools.product((0.1, 0.5, 1.0), (5, 10, 25)):
            model = fasttext.train_supervised(
                files["train"], lr=rate, epoch=epochs, wordNgrams=2, dim=100, verbose=0, thread=1
            )
            _, share, _ = model.test(files["validation"])
            if share > reached:
                best, reached = f"fastText supervised, learning rate {rate}, {epochs} epochs", share
                of_test = model.test(files["test"])[1]
    return best, [of_test]


if __name__ == "__main__":
    main()
