"""Which units a classifier of Korean should read: accuracy of each over several seeds, and against what is done now.

    pip install kiwipiepy
    python -m benchmarks.korean_units nsmc/train.csv --test nsmc/test.csv --rows 5000 100000 --units words morphemes

A seed draws the training rows, the same for every unit, and starts training. Morphemes and syllables are made by spaces
put into the text, so that what is cut is what was typed; morphemes that share a syllable (했: 하 + 었) stay together.

The difference to words as they are read now has an interval over test rows, of which each has the mean of all seeds;
beside it stand the p of a t-test over seeds, and McNemar's of every seed.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from importlib.util import find_spec
from itertools import compress, pairwise
from typing import Any

import numpy as np
import torch

from attnviz.data.datasets import Dataset, load_dataset
from attnviz.model.agreement import Agreement
from attnviz.training.config import TrainingConfig
from attnviz.training.morphemes import boundaries
from attnviz.vectors.hangul import is_syllable
from benchmarks.accuracy import trained
from benchmarks.options import parser
from benchmarks.report import LeftOut, Report, Spread, Table, run

TWINS = ("frozen", "fine-tuned")
_COLUMNS = {
    "unit": "",
    "twin": "",
    "mean of seeds (range)": ".2%",
    "difference, points (95 % over rows)": "+.2f",
    "t-test over seeds": ".2g",
    "McNemar": ".2g",
}


@dataclass(frozen=True)
class Unit:
    """A way to read Korean: what is done to a text before it is cut into words, and settings of the vectors."""

    cut: Callable[[str], str] = str
    settings: dict[str, Any] = field(default_factory=dict)


def arguments() -> argparse.ArgumentParser:
    """Return what can be asked."""
    found = parser(__doc__)
    found.add_argument("train", metavar="TRAIN", help="a file of Korean rows")
    found.add_argument("--test", metavar="FILE", help="the test rows")
    found.add_argument("--rows", type=int, nargs="+", default=[5_000, 20_000], help="how many to train on")
    found.add_argument("--seeds", type=int, default=3)
    found.add_argument("--epochs", type=int, default=TrainingConfig.epochs)
    found.add_argument("--threads", type=int, default=1)
    found.add_argument("--units", nargs="+", choices=[*UNITS], default=[*UNITS], help="the first is compared with")
    return found


def main(chosen: argparse.Namespace, report: Report) -> None:
    """Train every unit with every seed, and tell a table after each seed."""
    if find_spec("kiwipiepy") is None:
        raise LeftOut("the package kiwipiepy is not installed")
    torch.set_num_threads(chosen.threads)
    dataset = load_dataset(chosen.train, test=chosen.test)
    for rows in chosen.rows:
        right: dict[str, dict[str, list[np.ndarray]]] = {unit: {twin: [] for twin in TWINS} for unit in chosen.units}
        for seed in range(chosen.seeds):
            drawn = sample(dataset, rows, seed)
            config = TrainingConfig(variants=TWINS, language="ko", epochs=chosen.epochs, seed=seed)
            for unit in chosen.units:
                started = time.process_time()
                for twin, hits in reached(drawn, UNITS[unit], config).items():
                    right[unit][twin].append(hits)
                told = ", ".join(f"{twin} {hits[-1].mean():.2%}" for twin, hits in right[unit].items())
                report.say(f"{rows:,} rows, seed {seed}, {unit}: {told}; {time.process_time() - started:.0f} s")
            tell(report.table(f"{rows:,} rows, seeds: {seed + 1}", _COLUMNS), right)
        now, other = (np.mean(right[unit]["fine-tuned"]) for unit in (chosen.units[0], chosen.units[1]))
        report.ratio(f"{chosen.units[1]} / {chosen.units[0]}, accuracy fine-tuned, {rows:,} rows", other / now)


def sample(dataset: Dataset, rows: int, seed: int) -> Dataset:
    """Draw rows to train on and a tenth as many for validation; the test rows are all kept."""
    chance, splits = np.random.default_rng(seed), np.array(dataset.splits)
    kept = splits == "test"
    for split, wanted in (("train", rows), ("validation", rows // 10)):
        there = np.flatnonzero(splits == split)
        kept[chance.choice(there, min(wanted, len(there)), replace=False)] = True
    return replace(
        dataset,
        texts=tuple(compress(dataset.texts, kept)),
        labels=tuple(compress(dataset.labels, kept)),
        splits=tuple(compress(dataset.splits, kept)),
    )


def reached(dataset: Dataset, unit: Unit, config: TrainingConfig) -> dict[str, np.ndarray]:
    """Return which test rows each twin of an experiment, thrown away afterwards, gets right."""
    cut = replace(dataset, texts=tuple(map(unit.cut, dataset.texts)))
    test = cut.split("test")
    experiment = trained(cut, replace(config, **unit.settings))
    return {twin: experiment.predict(test.texts, twin).argmax(axis=1) == np.array(test.labels) for twin in TWINS}


def tell(table: Table, right: dict[str, dict[str, list[np.ndarray]]]) -> None:
    """Fill a table: of each unit the accuracy, and the difference to the first."""
    now, *_ = right
    for unit, twins in right.items():
        for twin, hits in twins.items():
            accuracy = Spread.of([float(one.mean()) for one in hits])
            more = (None, None, None) if unit == now else difference(hits, right[now][twin])
            table.row(unit, twin, accuracy, *more)


def difference(hits: Sequence[np.ndarray], now: Sequence[np.ndarray]) -> tuple[Spread, float | None, list[float]]:
    """Return how much better one is in points, and how likely so much is between equals: over seeds, with each seed."""
    from scipy.stats import ttest_rel

    rows = np.mean(np.array(hits, float) - np.array(now, float), axis=0)  # [rows], mean over seeds
    mean, error = 100 * rows.mean(), 100 * rows.std() / len(rows) ** 0.5
    several = len(hits) > 1
    seeds = ttest_rel([one.mean() for one in hits], [one.mean() for one in now]).pvalue if several else None
    alone = [Agreement.of("it", "now", one, other).p for one, other in zip(hits, now, strict=True)]
    return Spread(mean, mean - 1.96 * error, mean + 1.96 * error), seeds, alone


def at_morphemes(text: str) -> str:
    """Put a space between morphemes, where no syllable belongs to both."""
    return _spaced(text, boundaries(text))


def at_syllables(text: str) -> str:
    """Put a space on either side of every Hangul syllable."""
    syllables = {at for at, character in enumerate(text) if is_syllable(character)}
    return _spaced(text, syllables | {at + 1 for at in syllables})


def _spaced(text: str, cuts: Iterable[int]) -> str:
    places = [0, *sorted(at for at in set(cuts) if 0 < at < len(text)), len(text)]
    return " ".join(text[start:end] for start, end in pairwise(places))


_LETTERS = {"ngram_units": "jamo"}
UNITS = {
    "words": Unit(),
    "words+letters": Unit(settings=_LETTERS),
    "morphemes": Unit(at_morphemes),
    "morphemes+letters": Unit(at_morphemes, _LETTERS),
    "syllables": Unit(at_syllables),
}


if __name__ == "__main__":
    run(main, arguments())
