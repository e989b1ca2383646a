"""What the learning rate of the word vectors does: accuracy against how far words move.

    python -m benchmarks.embedding_rates reviews-ko nsmc/train.csv --test nsmc/test.csv --rates 0.0005 0.002 0.004 0.02

From an experiment's vectors and with its settings the frozen variant is trained, and a fine-tuned one for every rate,
all on the same batches. A word's drift is 1 − cosine of its rows before and after; told is that of the words with a
hundred occurrences or more. Of pairs of opposites it says how many parted: they are no longer among each other's ten
nearest words, or are farther apart by 0.15 in cosine or more. How many of ten neighbours stay is the mean over their
words. With `--out` the table that the Embeddings page shows is written after every seed.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch

from attnviz.comparison import Neighbourhood, Pair, Spaces, drift, neighbours, pairs, parted
from attnviz.data.datasets import Dataset, load_dataset
from attnviz.data.steps import finished
from attnviz.model.about import DataInfo, TrainingInfo
from attnviz.model.agreement import Agreement
from attnviz.model.experiment import Experiment, load
from attnviz.model.opposites import opposites
from attnviz.model.rates import SCHEMA, Rate, RatedPair, Rates, Seeds
from attnviz.text import Vocabulary
from attnviz.training.config import TrainingConfig
from attnviz.training.language_model import pretrained_lstm
from attnviz.training.loaders import TokenizedRows
from attnviz.training.optimizer import LazyAdam
from attnviz.training.targets import targets
from attnviz.training.trainer import Trainer
from benchmarks.accuracy import settings
from benchmarks.options import anew
from benchmarks.report import Report, Spread, Table, run

_OFTEN = 100
_QUANTILES = (0.5, 0.95, 1.0)
_DIGITS = 4
_COLUMNS = {
    "rate": "g",
    "accuracy": ".1%",
    "less frozen, points": "+.2f",
    "McNemar's p": ".2g",
    "drift: half, 95 %, all": ".3f",
    "parted": "",
    "of": "",
    "beyond chance": "",
    "of ten neighbours stay": ".1f",
    "moved most": "",
}


def arguments() -> argparse.ArgumentParser:
    """Return what can be asked."""
    found = anew(__doc__)
    found.add_argument("--rates", type=float, nargs="+", default=[0.0005, 0.002, 0.004, 0.008, 0.02])
    found.add_argument("--seeds", type=int, nargs="+", default=[0, 1, 2])
    found.add_argument("--threads", type=int, default=torch.get_num_threads())
    found.add_argument("--out", type=Path, metavar="FILE", help="write the page's table: an experiment's rates.json")
    return found


def main(chosen: argparse.Namespace, report: Report) -> None:
    """Tell a table after every seed, the last one of all seeds."""
    torch.set_num_threads(chosen.threads)
    lender, dataset = load(chosen.experiment), load_dataset(chosen.rows, test=chosen.test)
    more = load_dataset(chosen.more_text) if chosen.more_text else None
    found: dict[float, list[Outcome]] = {}
    for done, seed in enumerate(chosen.seeds, start=1):
        for rate, outcome in outcomes(lender, dataset, more, settings(lender.about, seed), sorted(set(chosen.rates))):
            found.setdefault(rate, []).append(outcome)
        tell(report.table(f"{lender.name}, seeds {chosen.seeds[:done]}", _COLUMNS), found)
        if chosen.out:
            kept(found, tuple(chosen.seeds[:done])).save(chosen.out)
    frozen, *others = (float(np.mean([one.right.mean() for one in seeds])) for seeds in found.values())
    report.ratio("best fine-tuned / frozen, accuracy", max(others) / frozen)


@dataclass(frozen=True)
class Outcome:
    """What one variant reached, and what it did to the words."""

    right: np.ndarray  # [test rows] bool
    drift: np.ndarray  # [words that occur often]
    couples: tuple[Pair, ...]  # of opposites
    around: dict[str, Neighbourhood]  # of their words
    moved: str  # the words that moved most

    @property
    def parted(self) -> int:
        """How many pairs of opposites parted."""
        before, after = (
            {word: {one.word for one in getattr(near, space)} for word, near in self.around.items()}
            for space in ("frozen", "fine_tuned")
        )
        return sum(parted(pair.words, pair.apart, before, after) for pair in self.couples)

    @property
    def stayed(self) -> float:
        """How many of ten neighbours stayed, a mean."""
        return 10 * float(np.mean([one.overlap for one in self.around.values()]))


def outcomes(
    lender: Experiment, dataset: Dataset, more: Dataset | None, config: TrainingConfig, rates: Sequence[float]
) -> Iterator[tuple[float, Outcome]]:
    """Train the frozen variant and one for each rate with one seed, and yield what became of each: frozen (0) first."""
    learning, checking = (TokenizedRows.of(dataset.split(split), lender.segmenter) for split in ("train", "validation"))
    config = config.for_rows(len(learning.words))
    vocabulary = Vocabulary.build(learning.words, config.vocab_size)
    vectors = lender.vectors.with_words(vocabulary.words)
    about = config.about(dataset.label_names, vectors.dim, DataInfo(), lender.about.vectors, TrainingInfo())
    frozen, fine_tuned = about.variants["frozen"], about.variants["fine-tuned"]
    names = {0.0: "frozen"} | {rate: f"{rate:g}" for rate in rates if rate > 0}
    variants = {name: fine_tuned if rate else frozen for rate, name in names.items()}
    about = replace(about, variants=variants, units=lender.about.units)
    with tempfile.TemporaryDirectory() as folder:
        lstm = None
        if config.language_model_epochs:
            others = TokenizedRows.of(more.split("train"), lender.segmenter).words if more else ()
            start = Path(folder, "lstm.safetensors")
            lstm = finished(pretrained_lstm([*learning.words, *others], vocabulary, vectors, config, about, start))
        learning = replace(learning, targets=targets(learning, len(about.labels), config))
        trainer = Trainer(about, config, vocabulary, vectors, Path(folder, "checkpoint"), lstm=lstm)
        for rate, name in names.items():
            rated = trainer.twins[name].rates
            rated.update({optimizer: rate for optimizer in rated if isinstance(optimizer, LazyAdam)})
        for _ in trainer.fit(learning, checking):
            pass
    test, models = dataset.split("test"), trainer.models()
    truth = np.array(test.labels)
    for rate, name in names.items():
        twins = {"frozen": models["frozen"], "fine-tuned": models[name]}
        told = replace(about, variants={"frozen": frozen, "fine-tuned": about.variants[name]})
        experiment = Experiment(lender.name, told, vocabulary, vectors, twins, segmenter=lender.segmenter)
        yield rate, outcome_of(experiment, experiment.predict(test.texts, "fine-tuned").argmax(axis=1) == truth)


def outcome_of(experiment: Experiment, right: np.ndarray) -> Outcome:
    """Look at what became of the words of an experiment."""
    spaces, moved = Spaces.of(experiment), drift(experiment)
    there = [pair for pair in opposites(experiment.about) if all(word in experiment.vocabulary for word in pair)]
    couples = pairs(experiment, there)
    around = {word: neighbours(experiment, word, spaces=spaces) for pair in couples for word in pair.words}
    often = moved.at(np.flatnonzero(moved.counts >= min(_OFTEN, moved.counts.max())))
    return Outcome(right, often.drift, couples, around, " ".join(often.at(often.order[:6]).words))


def kept(found: dict[float, list[Outcome]], seeds: tuple[int, ...]) -> Rates:
    """Return the table that the page shows."""
    rates = []
    for rate, runs in found.items():
        cosines = np.array([[pair.fine_tuned for pair in run.couples] for run in runs])  # [seeds, pairs]
        couples = [RatedPair(pair.words, _over(cosines[:, at])) for at, pair in enumerate(runs[0].couples)]
        around = {
            word: {one.word: round(one.fine_tuned, _DIGITS) for one in near.fine_tuned}
            for word, near in runs[0].around.items()
        }
        far = tuple(
            round(float(np.mean([np.quantile(run.drift, part) for run in runs])), _DIGITS) for part in _QUANTILES
        )
        rates.append(Rate(rate, _over(np.array([run.right.mean() for run in runs])), far, tuple(couples), around))
    return Rates(SCHEMA, len(found[0.0][0].right), seeds, _OFTEN, _QUANTILES, tuple(rates))


def _over(values: np.ndarray) -> Seeds:
    return Seeds(*(round(float(value), _DIGITS) for value in (values.mean(), values.min(), values.max())))


def tell(table: Table, found: dict[float, list[Outcome]]) -> None:
    """Fill a table with the means of the seeds so far."""
    for rate, seeds in found.items():
        shares = [float(one.right.mean()) for one in seeds]
        frozen = [float(one.right.mean()) for one in found[0.0]]
        runs = zip(seeds, found[0.0], strict=True)
        falls = np.array([[pair.apart for pair in one.couples] for one in seeds])  # [seeds, pairs]
        table.row(
            rate,
            Spread.of(shares),
            100 * (np.mean(shares) - np.mean(frozen)),
            [Agreement.of("fine-tuned", "frozen", one.right, other.right).p for one, other in runs],
            [np.mean([np.quantile(one.drift, part) for one in seeds]) for part in _QUANTILES],
            [one.parted for one in seeds],
            len(seeds[0].couples),
            int(np.sum(falls.mean(axis=0) > np.ptp(falls, axis=0))) if len(seeds) > 1 else None,
            np.mean([one.stayed for one in seeds]),
            seeds[-1].moved,
        )


if __name__ == "__main__":
    run(main, arguments())
