"""How far heat-maps may be believed: every variant with attention, over test sentences, beside published figures.

    python -m benchmarks.belief reviews-en movie-reviews
    python -m benchmarks.belief news-en TRAIN.csv --test TEST.csv --sentences 400

Verdicts of the line under a heat-map, and of the same heat-maps shuffled, which say nothing: how often chance alone is
called “carried”. Kendall's tau of attention with other views (their sizes), comprehensiveness and sufficiency beside a
random order, flip radius, violation rate, completeness of integrated gradients. With `--seeds`, experiments that differ
from the first in their seed only, the spread over seeds. Means with 95 % intervals over the sentences, by bootstrap.
"""

from __future__ import annotations

import argparse
from dataclasses import replace

import numpy as np
import torch

from attnviz.analysis.belief.over_rows import QUESTIONS, VariantBelief, examine_rows
from attnviz.analysis.belief.seeds import spread
from attnviz.analysis.belief.subject import Subject
from attnviz.analysis.belief.verdict import verdict
from attnviz.data.datasets import load_dataset
from attnviz.data.steps import finished
from attnviz.model.experiment import Experiment, load
from benchmarks.scorers import interval

PUBLISHED = """
Jain and Wallace (2019), mean tau of attention with gradients (single layer BiLSTM, dot / tanh scorer):
    SST .073 / .351, IMDb .122 / .437, AG News (World – Business) .305 / .389
Neely et al. (2022), mean tau of attention with integrated gradients: IMDb .219, SST .109
"""


def main() -> None:
    """Print a table of the variants, one of the shuffled heat-maps, and the spread over seeds if asked."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("experiment", help="a name or a folder")
    parser.add_argument("rows", metavar="DATA", help="the rows it was trained on: a data set's name, or a file")
    parser.add_argument("--test", metavar="FILE", help="the test rows, if they are a file of their own")
    parser.add_argument("--sentences", type=int, default=400, help="drawn by seed 0")
    parser.add_argument("--seeds", nargs="+", default=[], metavar="EXPERIMENT", help="the same with other seeds")
    parser.add_argument("--threads", type=int, default=1)
    chosen = parser.parse_args()
    torch.set_num_threads(chosen.threads)

    experiment, dataset = load(chosen.experiment), load_dataset(chosen.rows, test=chosen.test).split("test")
    drawn = np.random.default_rng(0).permutation(len(dataset))[: chosen.sentences]
    texts = [dataset.texts[row] for row in drawn]
    variants = [name for name in experiment.variants if experiment.model(name).pooling == "attention"]
    found = [finished(examine_rows(experiment, texts, variant)) for variant in variants]
    print(f"{experiment.name}, {len(texts):,} test sentences\n\n| | {' | '.join(variants)} |")
    print(f"| --- {'| --- ' * len(variants)}|")
    for name, cells in lines(experiment, texts, found):
        print(f"| {name} | {' | '.join(cells)} |")
    print(PUBLISHED)
    if chosen.seeds:
        seeds = [experiment, *map(load, chosen.seeds)]
        for variant in variants:
            one = spread(seeds, texts, variant)
            print(
                f"{variant}, {len(seeds)} seeds: divergence {one.divergence:.4f}, {one.ratio:.2f} of that from "
                f"uniform; tau {one.tau:.3f}; same top word in {one.same_top:.0%}"
            )


def lines(experiment: Experiment, texts: list[str], found: list[VariantBelief]) -> list[tuple[str, list[str]]]:
    """Return the lines of the table: a name and a cell a variant."""
    rows = [(kind, [f"{one.share(kind):.1%}" for one in found]) for kind in ("carried", "no_more", "rises")]
    rows.append(("carried, shuffled", [f"{shuffled(experiment, texts, one.variant):.1%}" for one in found]))
    for name in QUESTIONS:
        values = [one.answers[name][np.isfinite(one.answers[name])] for one in found]
        rows.append((name, [f"{interval(one)}, n {len(one)}" if len(one) else "–" for one in values]))
    rows.append(
        ("completeness within 1 %", [f"{(one.answers['completeness_error'] <= 0.01).mean():.1%}" for one in found])
    )
    return rows


def shuffled(experiment: Experiment, texts: list[str], variant: str) -> float:
    """Return how often a heat-map is called carried whose weights are dealt to other words."""
    random, kinds = np.random.default_rng(1), []
    for text in texts:
        said = experiment.explain(text, variant)
        dealt = replace(said, weights=random.permutation(said.weights))
        kinds.append(verdict(Subject.of(experiment, dealt)).kind)
    return kinds.count("carried") / max(sum(kind != "none" for kind in kinds), 1)


if __name__ == "__main__":
    main()
