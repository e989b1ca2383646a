"""Which units a classifier of Korean should read: accuracy of each over several seeds, and against what is done now.

    pip install kiwipiepy
    nice python -m benchmarks.korean_units nsmc/train.csv --test nsmc/test.csv --rows 5000 20000

A seed draws the training rows, the same for every unit, and starts training. Morphemes and syllables are made by spaces
put into the text, so that what is cut is what was typed; morphemes that share a syllable (했: 하 + 었) stay together.

The difference to words as they are read now has an interval over test rows, of which each has the mean of all seeds;
beside it stand the p of a t-test over seeds, and McNemar's of every seed.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from itertools import compress, pairwise
from pathlib import Path
from typing import Any

import numpy as np
import torch

from attnviz.data.datasets import Dataset, load_dataset
from attnviz.model.agreement import Agreement
from attnviz.model.experiment import load
from attnviz.training.config import TrainingConfig
from attnviz.training.morphemes import boundaries
from attnviz.training.train import train
from attnviz.vectors.hangul import is_syllable

TWINS = ("frozen", "fine-tuned")


@dataclass(frozen=True)
class Unit:
    """A way to read Korean: what is done to a text before it is cut into words, and settings of the vectors."""

    cut: Callable[[str], str] = str
    settings: dict[str, Any] = field(default_factory=dict)


def main() -> None:
    """Train every unit with every seed, and print a table after each."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("train", metavar="TRAIN", help="a file of Korean rows")
    parser.add_argument("--test", metavar="FILE", help="the test rows")
    parser.add_argument("--rows", type=int, nargs="+", default=[5_000, 20_000], help="how many to train on")
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--epochs", type=int, default=TrainingConfig.epochs)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--units", nargs="+", choices=[*UNITS], default=[*UNITS], help="the first is compared with")
    chosen = parser.parse_args()
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
                print(f"{rows:,} rows, seed {seed}, {unit}: {told}; {time.process_time() - started:.0f} s", flush=True)
            print(f"\n{rows:,} rows, seeds: {seed + 1}\n", *table(right), "", sep="\n", flush=True)


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
    with tempfile.TemporaryDirectory() as folder:
        for _ in train(cut, "unit", replace(config, **unit.settings), out=Path(folder)):
            pass
        experiment = load(Path(folder, "unit"))
        return {twin: experiment.predict(test.texts, twin).argmax(axis=1) == np.array(test.labels) for twin in TWINS}


def table(right: dict[str, dict[str, list[np.ndarray]]]) -> Iterable[str]:
    """Return the lines of a table: of each unit the accuracy, and the difference to the first."""
    yield "| unit | twin | mean of seeds | from | to | difference (95 % over rows) | t-test over seeds | McNemar |"
    yield "| --- | --- | --- | --- | --- | --- | --- | --- |"
    now, *_ = right
    for unit, twins in right.items():
        for twin, hits in twins.items():
            shares = [float(one.mean()) for one in hits]
            told = f"| {unit} | {twin} | {np.mean(shares):.2%} | {min(shares):.2%} | {max(shares):.2%} |"
            yield told + ("  |  |  |" if unit == now else f" {difference(hits, right[now][twin])} |")


def difference(hits: Sequence[np.ndarray], now: Sequence[np.ndarray]) -> str:
    """Say how much better one is in points, and how likely so much is between equals."""
    from scipy.stats import ttest_rel

    rows = np.mean(np.array(hits, float) - np.array(now, float), axis=0)  # [rows], mean over seeds
    mean, error = 100 * rows.mean(), 100 * rows.std() / len(rows) ** 0.5
    several = len(hits) > 1
    seeds = ttest_rel([one.mean() for one in hits], [one.mean() for one in now]).pvalue if several else np.nan
    alone = [Agreement.of("it", "now", one, other).p for one, other in zip(hits, now, strict=True)]
    interval = f"{mean - 1.96 * error:+.2f} to {mean + 1.96 * error:+.2f}"
    return f"{mean:+.2f} ({interval}) | {seeds:.2g} | {', '.join(f'{p:.2g}' for p in alone)}"


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
    main()
