"""How far heat-maps may be believed: every variant with attention, over test sentences, beside published figures.

    python -m benchmarks.belief reviews-en movie-reviews
    python -m benchmarks.belief news-en ag_news/train.csv --test ag_news/test.csv

Verdicts of the line under a heat-map, and of the same heat-maps shuffled, which say nothing: how often chance alone is
called “carried”. Kendall's tau of attention with other views (their sizes), comprehensiveness and sufficiency beside a
random order, flip radius, violation rate, completeness of integrated gradients. With `--seeds`, experiments that differ
from the first in their seed only, the spread over seeds. `--out` and `--keep` write all this as `belief.json`. Means
have 95 % intervals over the sentences, by bootstrap.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
import torch

from attnviz.analysis.belief.over_rows import KINDS, QUESTIONS, VariantBelief, drawn, examine_rows
from attnviz.analysis.belief.own_rows import keep, measured, with_seeds
from attnviz.data.datasets import load_dataset
from attnviz.data.steps import finished
from attnviz.model.belief_figures import BeliefFigures, read_belief_figures
from attnviz.model.experiment import folder_of, load
from benchmarks.options import on_rows
from benchmarks.report import Report, Table, run
from benchmarks.scorers import interval

PUBLISHED = """Jain and Wallace (2019), mean tau of attention with gradients (single layer BiLSTM, dot / tanh scorer):
    SST .073 / .351, IMDb .122 / .437, AG News (World – Business) .305 / .389
Neely et al. (2022), mean tau of attention with integrated gradients: IMDb .219, SST .109"""


def arguments() -> argparse.ArgumentParser:
    """Return what can be asked."""
    found = on_rows(__doc__)
    found.add_argument("--sentences", type=int, default=400, help="drawn by seed 0")
    found.add_argument("--seeds", nargs="+", default=[], metavar="EXPERIMENT", help="the same with other seeds")
    found.add_argument("--threads", type=int, default=1)
    found.add_argument("--out", type=Path, metavar="FILE", help="write the figures there")
    found.add_argument("--from-file", type=Path, metavar="FILE", help="measure the seeds alone, the rest is there")
    found.add_argument("--keep", action="store_true", help="write them beside the experiment, and its card anew")
    return found


def main(chosen: argparse.Namespace, report: Report) -> None:
    """Examine the variants, compare seeds if asked, and keep what is found where it is wanted."""
    torch.set_num_threads(chosen.threads)
    experiment, dataset = load(chosen.experiment), load_dataset(chosen.rows, test=chosen.test)
    if dataset.digest != experiment.about.data.digest:
        report.say(f"These are not the very rows that {experiment.name} was made with.")
    dataset = dataset.split("test")
    texts = [dataset.texts[int(row)] for row in drawn(len(dataset), chosen.sentences)]
    variants = [name for name in experiment.variants if experiment.model(name).pooling == "attention"]
    seeds, found = [load(one) for one in chosen.seeds], list[VariantBelief]()
    if chosen.from_file:
        before = read_belief_figures(chosen.from_file)
        if before is None:
            raise SystemExit(f"there is no file {chosen.from_file}")
        figures = with_seeds(experiment, before, texts, seeds)
    else:
        found = [finished(examine_rows(experiment, texts, variant)) for variant in variants]
        figures = finished(measured(experiment, found, texts, dataset.texts, np.array(dataset.labels), seeds))
    columns = {"": "", **dict.fromkeys(variants, "")}
    tell(report.table(f"{experiment.name}, {len(texts):,} test sentences", columns), found, figures)
    report.say(PUBLISHED)
    carried = np.mean([one.share("carried") for one in figures.variants])
    by_chance = np.mean([one.shuffled_carried or np.nan for one in figures.variants])
    report.ratio("carried / carried of shuffled heat-maps", float(carried / by_chance))
    if chosen.out:
        figures.save(chosen.out)
    if chosen.keep:
        folder = Path(chosen.experiment)
        keep(experiment, figures, folder if folder.is_dir() else folder_of(experiment.name))


def tell(table: Table, found: list[VariantBelief], figures: BeliefFigures) -> None:
    """Fill the table: a column a variant."""
    told = figures.variants
    for kind in KINDS:
        if kind != "none":
            table.row(kind, *(one.share(kind) for one in told), spec=".1%")
    table.row("carried, shuffled", *(one.shuffled_carried for one in told), spec=".1%")
    for name in QUESTIONS if found else ():
        values = [one.answers[name][np.isfinite(one.answers[name])] for one in found]
        table.row(name, *(interval(one) if len(one) else None for one in values), spec="+.3f")
        if any(len(one) < len(every.answers[name]) for one, every in zip(values, found, strict=True)):
            table.row(f"{name}: of how many sentences", *map(len, values), spec=",")
    if found:
        within = [(one.answers["completeness_error"] <= 0.01).mean() for one in found]
        table.row("completeness within 1 %", *within, spec=".1%")
    table.row("right, all test rows", *(one.accuracy for one in told), spec=".1%")
    table.row("right with equal weights", *(one.accuracy_with_equal_weights for one in told), spec=".1%")
    for name, figure, spec in (
        ("seeds", "seeds", ""),
        ("divergence of seeds, nats", "divergence", ".4f"),
        ("of that from uniform", "ratio", ".2f"),
        ("tau of seeds", "tau", ".3f"),
        ("same top word", "same_top", ".0%"),
    ):
        if any(one.spread for one in told):
            table.row(name, *(getattr(one.spread, figure, None) for one in told), spec=spec)


if __name__ == "__main__":
    run(main, arguments())
