"""What a classifier takes for what, as a table whose cells can be clicked."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from attnviz.analysis.evaluation.evaluate import VariantMetrics
from attnviz.heatmap.rounding import apportion
from attnviz.ui.components.choice_table.choice_table import Board, Choice
from attnviz.ui.session import _

_FEW_CLASSES = 12  # of more, the table would be too wide: those that are confused most are shown


def confusion(
    score: VariantMetrics,
    classes: Sequence[str],
    name: str,
    prefix: str | None,
    told: Callable[[str], str] = lambda about: about,
) -> Board:
    """Return what a classifier of that `name` took for what: rows are the labels, columns its answers.

    `prefix` stands before the name of each cell, None if nothing is to be clicked. `told` makes what is said above the
    table of what is said of the figures.
    """
    counts = np.array(score.overall.confusion)
    labels = [_(label) for label in classes]
    figures = score.overall.figures
    low, high = figures.interval
    about = _("{accuracy} right (95% interval {low} – {high}) of {count}.").format(
        accuracy=f"{figures.accuracy:.1%}", low=f"{low:.1%}", high=f"{high:.1%}", count=f"{figures.n:,}"
    )
    about = told(about)
    there = list(range(len(labels)))
    if len(labels) > _FEW_CLASSES:
        wrong = counts - np.diag(counts.diagonal())
        there = sorted(np.argsort(-(wrong.sum(axis=0) + wrong.sum(axis=1)), kind="stable")[:_FEW_CLASSES].tolist())
        about += " " + _("Of {count} classes those that are confused most.").format(count=len(labels))
    said = _("Sentences that are {truth} and were answered {answer}: {count}")
    rows = []
    for truth in there:
        shares = counts[truth] / max(int(counts[truth].sum()), 1)
        percents = apportion(shares, 1, 2) if shares.any() else shares
        cells = [
            Choice(
                f"{counts[truth, answer]:,}",
                "" if prefix is None else f"{prefix}{truth}-{answer}",
                f"{percents[answer]:.0%}",
                said.format(count=f"{counts[truth, answer]:,}", truth=labels[truth], answer=labels[answer]),
                float(shares[answer]),
            )
            for answer in there
        ]
        rows.append((Choice(labels[truth]), *cells))
    heading = _("What {variant} takes for what").format(variant=name)
    heads = tuple(labels[answer] for answer in there)
    return Board(heading, heads, tuple(rows), about, _("it is ↓ says →"), grid=True)
