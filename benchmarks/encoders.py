"""Two encoders over the same word vectors: a BiLSTM and self-attention, measured in one run.

    python -m benchmarks.encoders reviews-en movie-reviews --out models/reviews-en/encoders.json

Accuracy of the transformer over several seeds, the experiment's own the first if it has one: further ones are trained
over the same word vectors with its settings. Then, on the test rows, what its heads look at beside what even weights
would give, and how many rows both encoders get right as they are, with their words shuffled, and with no positions. On
random words: how much the first word counts for the answer and for the last hidden state, by length; the seconds of a
sentence on one core beside the multiplications of the formula; and those of an epoch in which the word vectors stay.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import numpy as np
import torch

from attnviz.analysis.encoder_times import encoder_times
from attnviz.analysis.far_words import reach
from attnviz.analysis.head_habits import habits
from attnviz.analysis.own_time import least
from attnviz.analysis.word_order import order_figures
from attnviz.data.datasets import Dataset, load_dataset
from attnviz.data.steps import finished
from attnviz.model.batches import Batch, Sentences
from attnviz.model.classifier import AttentionClassifier
from attnviz.model.encoder_figures import HABITS, SCHEMA, EncoderFigures, EpochTimes, Habit, Order
from attnviz.model.experiment import Experiment, load
from attnviz.model.variants import TRANSFORMER, TWINS
from attnviz.text import UNKNOWN
from attnviz.training.config import VARIANTS, for_self_attention
from attnviz.training.loaders import TokenizedRows
from attnviz.training.targets import targets
from attnviz.training.trainer import Trainer, VariantTrainer
from benchmarks.accuracy import settings, within
from benchmarks.options import on_rows
from benchmarks.report import Report, run

LSTM = TWINS[1]  # whose word vectors the transformer reads
BOTH = LSTM, TRANSFORMER
_EPOCH = 10_000  # sentences
_LENGTHS = (16, 32, 64, 128, 256, 512)  # of the sentences of an epoch
_STEPS = 3  # that are timed of one


def arguments() -> argparse.ArgumentParser:
    """Return what can be asked."""
    found = on_rows(__doc__)
    found.add_argument("--seeds", type=int, default=3, help="how many, the experiment's own among them")
    found.add_argument("--epochs", type=int, help="of those that are trained here, if not the experiment's")
    found.add_argument("--longest", type=int, default=2_048, help="words of a sentence to be timed")
    found.add_argument("--threads", type=int, default=1)
    found.add_argument("--out", type=Path, metavar="FILE", help="write the figures that are kept beside an experiment")
    return found


def main(chosen: argparse.Namespace, report: Report) -> None:
    """Train the seeds, then measure the first of them beside the BiLSTM."""
    torch.set_num_threads(chosen.threads)
    experiment, dataset = load(chosen.experiment), load_dataset(chosen.rows, test=chosen.test)
    if dataset.digest != experiment.about.data.digest:
        report.say(f"These are not the very rows that {experiment.name} was made with.")
    test = dataset.split("test")
    truth, seeds = np.array(test.labels), list[float]()
    models = transformers(experiment, dataset, chosen.seeds, chosen.epochs)
    table = report.table(f"{len(truth):,} test rows", {"variant": "", "seed": "", "right (95 % interval)": ".1%"})
    own = float((experiment.predict(test.texts, LSTM).argmax(axis=1) == truth).mean())
    table.row(LSTM, experiment.about.training.seed, within(own, len(truth)))
    for seed, model in models:
        one = beside(experiment, model)
        seeds.append(float((one.predict(test.texts, TRANSFORMER).argmax(axis=1) == truth).mean()))
        table.row(TRANSFORMER, seed, within(seeds[-1], len(truth)))
        if len(seeds) == 1:
            both = one
    found = finished(habits(both, test.texts, TRANSFORMER))
    tell_habits(report, found)
    order = {variant: finished(order_figures(both, test.texts, truth, variant)) for variant in BOTH}
    tell_order(report, order)
    tell_reach(report, both)
    tell_times(report, both, chosen.longest)
    lengths = tuple(length for length in _LENGTHS if length <= chosen.longest)
    epoch = EpochTimes(_EPOCH, lengths, {variant: epoch_seconds(both, variant, lengths) for variant in BOTH})
    table = report.table(f"Seconds of an epoch of {_EPOCH:,} sentences", {"words": ","} | dict.fromkeys(BOTH, ",.1f"))
    for at, length in enumerate(lengths):
        table.row(length, *(epoch.seconds[variant][at] for variant in BOTH))
    report.ratio("transformer / BiLSTM, right", float(np.mean(seeds)) / own)
    if chosen.out:
        reached = {TRANSFORMER: tuple(map(short, seeds)), LSTM: (short(own),)}
        told = {variant: {way: short(share) for way, share in of.items()} for variant, of in order.items()}
        today, name = datetime.now(UTC).date(), experiment.about.data.name
        EncoderFigures(SCHEMA, today, name, len(truth), found, told, reached, epoch).save(chosen.out)


def transformers(
    experiment: Experiment, dataset: Dataset, count: int, epochs: int | None
) -> Iterator[tuple[int, AttentionClassifier]]:
    """Yield as many transformers as are asked for, each with its seed: the experiment's own one is not trained anew."""
    first = experiment.about.training.seed or 0
    if TRANSFORMER in experiment.variants:
        yield first, experiment.model(TRANSFORMER)
        first, count = first + 1, count - 1
    if count < 1:
        return
    learning, checking = (TokenizedRows.of(dataset.split(one), experiment.segmenter) for one in ("train", "validation"))
    kind = experiment.about.variants.get(TRANSFORMER, VARIANTS[TRANSFORMER])
    start = experiment.model(kind.embedding_of).embedding.weight.detach() if kind.embedding_of else None
    about = replace(experiment.about, variants={TRANSFORMER: kind})
    for seed in range(first, first + count):
        config = settings(experiment.about, seed)
        config = for_self_attention(replace(config, epochs=epochs or config.epochs).for_rows(len(learning.words)))
        rows = replace(learning, targets=targets(learning, len(about.labels), config))
        with tempfile.TemporaryDirectory() as folder:
            words, vectors, place = experiment.vocabulary, experiment.vectors, Path(folder, "checkpoint")
            trainer = Trainer(about, config, words, vectors, place, lent=start, segmenter=experiment.segmenter)
            for _ in trainer.fit(rows, checking):
                pass
        yield seed, trainer.models()[TRANSFORMER]


def beside(experiment: Experiment, model: AttentionClassifier) -> Experiment:
    """Return the experiment with another transformer, or with one."""
    kind = experiment.about.variants.get(TRANSFORMER, VARIANTS[TRANSFORMER])
    about = replace(experiment.about, variants=experiment.about.variants | {TRANSFORMER: kind})
    return replace(experiment, about=about, models=experiment.models | {TRANSFORMER: model})


def tell_habits(report: Report, found: tuple[Habit, ...]) -> None:
    """Tell what each head looks at, and what even weights would give."""
    table = report.table("What heads look at: share of a row's weight", {"head": ""} | dict.fromkeys(HABITS, ".1%"))
    for one in found:
        layer, head = one.head
        table.row(f"{layer + 1}.{head + 1}", *(one.shares[name] for name in HABITS))
    if found:
        table.row("if weights were even", *(found[0].if_even[name] for name in HABITS))


def tell_order(report: Report, order: dict[str, dict[Order, float]]) -> None:
    """Tell what becomes of the accuracy without the order of the words."""
    ways: tuple[Order, ...] = ("as it is", "shuffled", "no positions")
    table = report.table("Right on the test rows", {"variant": ""} | dict.fromkeys(ways, ".1%"))
    for variant, shares in order.items():
        table.row(variant, *map(shares.get, ways))


def tell_reach(report: Report, both: Experiment) -> None:
    """Tell how much the first word counts."""
    found = reach(both, BOTH)
    columns = {"words": ","}
    for variant in BOTH:
        columns |= {f"{variant}: answer": ".3g", f"{variant}: last state": ".2g"}
    table = report.table("The first word's gradient, the mean word's = 1", columns)
    for at, length in enumerate(found.lengths):
        of_word = (of[variant][at] for variant in BOTH for of in (found.by_variant, found.last_state))
        table.row(length, *of_word)


def tell_times(report: Report, both: Experiment, longest: int) -> None:
    """Tell what a sentence takes, and where the other encoder is the faster one."""
    lengths = tuple(2**power for power in range(4, longest.bit_length()))
    found = encoder_times(both, BOTH, lengths)
    columns = {"words": ","}
    for variant in BOTH:
        columns |= {f"{variant}, ms": ",.2f", f"{variant}, million operations": ",.1f", f"{variant}, in sequence": ","}
    table = report.table("One sentence", columns)
    for at, length in enumerate(lengths):
        cells = [
            cell
            for variant in BOTH
            for cell in (
                1e3 * found.seconds[variant][at],
                found.operations[variant][at] / 1e6,
                found.steps[variant][at],
            )
        ]
        table.row(length, *cells)
    if found.crossing:
        report.say(f"From about {found.crossing:,.0f} words on the other encoder is the faster one.")
    report.ratio(
        "BiLSTM / transformer, seconds of the longest", found.seconds[LSTM][-1] / found.seconds[TRANSFORMER][-1]
    )


def epoch_seconds(both: Experiment, variant: str, lengths: tuple[int, ...]) -> tuple[float, ...]:
    """Return what an epoch takes if every sentence has so many words: steps of training, the least of a few."""
    model = both.about.build(variant, both.model(variant).embedding.weight.detach())
    config, random, taken = settings(both.about, 0), np.random.default_rng(0), []
    model.embedding.weight.requires_grad_(False)  # the encoders are what is timed
    trainer = VariantTrainer(model.train(), config)
    for length in lengths:
        ids = [*random.integers(UNKNOWN + 1, len(both.vocabulary), (config.batch_size, length))]
        sentences = Sentences(tuple(ids), torch.zeros(0, both.about.embedding_dim), len(both.vocabulary))
        batch = Batch.of(ids, sentences, torch.device("cpu"))
        classes = torch.from_numpy(random.integers(len(both.labels), size=config.batch_size))
        seconds, _ = least(partial(trainer.step, batch, classes, 1e-3, False), _STEPS)
        taken.append(short(seconds * _EPOCH / config.batch_size))
    return tuple(taken)


def short(value: float) -> float:
    """Return a number as it is kept."""
    return float(f"{value:.4g}")


if __name__ == "__main__":
    run(main, arguments())
