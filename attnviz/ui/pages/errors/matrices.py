"""The confusion matrix and the table of the twins on the Errors page, whose cells filter what is below."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from attnviz.analysis.evaluation.evaluate import VariantMetrics
from attnviz.analysis.evaluation.predictions import Predictions
from attnviz.heatmap.rounding import apportion
from attnviz.model.variants import display_name
from attnviz.ui import session
from attnviz.ui.components.choice_table.choice_table import Board, Choice, choice_table
from attnviz.ui.pages.errors import against, summaries
from attnviz.ui.pages.errors.results import Pair, Results
from attnviz.ui.session import _
from attnviz.ui.views import ErrorsView

_FEW_CLASSES = 12  # of more, the confusion matrix would be too wide: those that are confused most are shown


def matrices(shown: ErrorsView, results: Results, pair: Pair | None = None) -> None:
    """Draw the confusion matrix and the twins' table; a click on a cell filters what is below.

    With a `pair` stand those of the second experiment beside them.
    """

    def choose(cell: str) -> None:
        again = cell == session.current_view(ErrorsView).cell  # a second click takes the filter away
        session.update_view(ErrorsView, cell="errors" if again else cell, row=0, removed=(), look="sentences")

    predictions = results.predictions
    boards = []
    if predictions.truth is not None:
        [score] = [score for score in results.evaluation.variants if score.variant == shown.judged]
        boards.append(confusion(score, results))
    if predictions.twins:
        about = summaries.differ(results) if predictions.truth is not None else ""
        boards.append(twins(predictions, summaries.so_far(results, about)))
    if pair:
        if pair.score:
            boards.append(confusion(pair.score, results, False, pair.paired.classes.second, pair.paired.names[1]))
        boards += against.boards(pair)
    choice_table(boards, chosen=shown.cell, key="matrices", on_choose=choose)


def of_baseline(results: Results) -> None:
    """Draw what the baseline takes for what, if there is one; its rows are not listed, so nothing is to be clicked."""
    if score := results.evaluation.baseline:
        board = confusion(score, results, clickable=False)
        choice_table([board], chosen="", key="matrix_baseline", on_choose=lambda _cell: None)


def confusion(
    score: VariantMetrics, results: Results, clickable: bool = True, classes: Sequence[str] = (), name: str = ""
) -> Board:
    """Return what a classifier took for what: rows are the labels, columns its answers.

    One of another experiment has `classes` and a `name` of its own.
    """
    counts = np.array(score.overall.confusion)
    labels = [_(label) for label in classes or results.predictions.labels]
    figures = score.overall.figures
    low, high = figures.interval
    about = _("{accuracy} right (95% interval {low} – {high}) of {count}.").format(
        accuracy=f"{figures.accuracy:.1%}", low=f"{low:.1%}", high=f"{high:.1%}", count=f"{figures.n:,}"
    )
    about = summaries.so_far(results, about)
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
                f"{truth}-{answer}" if clickable else "",
                f"{percents[answer]:.0%}",
                said.format(count=f"{counts[truth, answer]:,}", truth=labels[truth], answer=labels[answer]),
                float(shares[answer]),
            )
            for answer in there
        ]
        rows.append((Choice(labels[truth]), *cells))
    heading = _("What {variant} takes for what").format(variant=name or display_name(score.variant, _))
    heads = tuple(labels[answer] for answer in there)
    return Board(heading, heads, tuple(rows), about, _("it is ↓ says →"), grid=True)


def twins(predictions: Predictions, about: str = "") -> Board:
    """Return how often both twins are right, one alone, or none; without labels how often they agree."""
    assert predictions.twins
    one, other = (_(variant) for variant in predictions.twins)
    if predictions.truth is None:
        same = predictions.answers[predictions.twins[0]] == predictions.answers[predictions.twins[1]]
        counts = {"agree": int(same.sum()), "disagree": int((~same).sum())}
        names = {"agree": _("the same answer"), "disagree": _("different answers")}
        cells = tuple(_cell(counts[name], len(predictions), name, names[name]) for name in counts)
        heading = _("{a} and {b}").format(a=one, b=other)
        return Board(heading, tuple(names.values()), ((Choice(""), *cells),), about, corner="", grid=True)
    first, second = (predictions.right[variant] for variant in predictions.twins)
    both = ("both-right", first & second, _("both right"))
    only_first = ("only-first", first & ~second, _("only {a} right").format(a=one))
    only_second = ("only-second", ~first & second, _("only {a} right").format(a=other))
    neither = ("both-wrong", ~first & ~second, _("both wrong"))
    right, wrong = _("{variant} right"), _("{variant} wrong")
    heads = (right.format(variant=other), wrong.format(variant=other))
    lines = (
        (Choice(right.format(variant=one)), *(_counted(cell, len(predictions)) for cell in (both, only_first))),
        (Choice(wrong.format(variant=one)), *(_counted(cell, len(predictions)) for cell in (only_second, neither))),
    )
    return Board(_("{a} and {b} against the labels").format(a=one, b=other), heads, lines, about, grid=True)


def _counted(cell: tuple[str, np.ndarray, str], total: int) -> Choice:
    name, there, said = cell
    return _cell(int(there.sum()), total, name, said)


def _cell(count: int, total: int, name: str, said: str) -> Choice:
    return Choice(f"{count:,}", name, said, f"{count:,}: {said}", count / max(total, 1))
