"""How far heat-maps may be believed: every variant with attention, over test sentences, beside published figures.

    python -m benchmarks.belief reviews-en movie-reviews
    python -m benchmarks.belief news-en TRAIN.csv --test TEST.csv --sentences 400 --seeds NEWS-1 NEWS-2 --keep

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
    parser.add_argument("--out", type=Path, metavar="FILE", help="write the figures there")
    parser.add_argument("--from-file", type=Path, metavar="FILE", help="measure the seeds alone, the rest is there")
    parser.add_argument("--keep", action="store_true", help="write them beside the experiment, and its card anew")
    chosen = parser.parse_args()
    torch.set_num_threads(chosen.threads)

    experiment, dataset = load(chosen.experiment), load_dataset(chosen.rows, test=chosen.test)
    if dataset.digest != experiment.about.data.digest:
        print(f"These are not the very rows that {experiment.name} was made with.")
    dataset = dataset.split("test")
    texts = [dataset.texts[int(row)] for row in drawn(len(dataset), chosen.sentences)]
    variants = [name for name in experiment.variants if experiment.model(name).pooling == "attention"]
    seeds, found = [load(one) for one in chosen.seeds], list[VariantBelief]()
    if chosen.from_file:
        before = read_belief_figures(chosen.from_file) or parser.error(f"there is no file {chosen.from_file}")
        figures = with_seeds(experiment, before, texts, seeds)
    else:
        found = [finished(examine_rows(experiment, texts, variant)) for variant in variants]
        figures = finished(measured(experiment, found, texts, dataset.texts, np.array(dataset.labels), seeds))
    print(f"{experiment.name}, {len(texts):,} test sentences\n\n| | {' | '.join(variants)} |")
    print(f"| --- {'| --- ' * len(variants)}|")
    for name, cells in lines(found, figures):
        print(f"| {name} | {' | '.join(cells)} |")
    print(PUBLISHED)
    if chosen.out:
        figures.save(chosen.out)
    if chosen.keep:
        folder = Path(chosen.experiment)
        keep(experiment, figures, folder if folder.is_dir() else folder_of(experiment.name))


def lines(found: list[VariantBelief], figures: BeliefFigures) -> list[tuple[str, list[str]]]:
    """Return the lines of the table: a name and a cell a variant."""
    told = figures.variants
    rows: list[tuple[str, list[str]]] = [
        (kind, [f"{one.share(kind):.1%}" for one in told]) for kind in KINDS if kind != "none"
    ]
    rows.append(("carried, shuffled", [f"{one.shuffled_carried:.1%}" for one in told]))
    for name in QUESTIONS if found else ():
        values = [one.answers[name][np.isfinite(one.answers[name])] for one in found]
        rows.append((name, [f"{interval(one)}, n {len(one)}" if len(one) else "–" for one in values]))
    if found:
        within = [f"{(one.answers['completeness_error'] <= 0.01).mean():.1%}" for one in found]
        rows.append(("completeness within 1 %", within))
    rows.append(("right, all test rows", [f"{one.accuracy:.1%}" for one in told]))
    rows.append(("right with equal weights", [f"{one.accuracy_with_equal_weights:.1%}" for one in told]))
    for name, figure in (
        ("seeds", "{0.seeds}"),
        ("divergence of seeds, nats", "{0.divergence:.4f}"),
        ("of that from uniform", "{0.ratio:.2f}"),
        ("tau of seeds", "{0.tau:.3f}"),
        ("same top word", "{0.same_top:.0%}"),
    ):
        if any(one.spread for one in told):
            rows.append((name, [figure.format(one.spread) if one.spread else "–" for one in told]))
    return rows


if __name__ == "__main__":
    main()
