"""The confusion matrix and the table of the twins on the Errors page, whose cells filter what is below."""

from __future__ import annotations

from functools import partial

import numpy as np

from attnviz.analysis.evaluation.evaluate import VariantMetrics
from attnviz.analysis.evaluation.predictions import Predictions
from attnviz.model.variants import display_name
from attnviz.ui import session
from attnviz.ui.components.choice_table.choice_table import Board, Choice, choice_table
from attnviz.ui.pages.errors import against, summaries
from attnviz.ui.pages.errors.confusion import confusion
from attnviz.ui.pages.errors.results import Pair, Results
from attnviz.ui.session import _
from attnviz.ui.views import ErrorsView


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
        boards.append(_confusion(score, results))
    if predictions.twins:
        about = summaries.differ(results) if predictions.truth is not None else ""
        boards.append(twins(predictions, summaries.so_far(results, about)))
    if pair:
        boards += against.confusion_of(pair) + against.boards(pair)
    choice_table(boards, chosen=shown.cell, key="matrices", on_choose=choose)


def of_baseline(results: Results) -> None:
    """Draw what the baseline takes for what, if there is one; its rows are not listed, so nothing is to be clicked."""
    if score := results.evaluation.baseline:
        board = _confusion(score, results, prefix=None)
        choice_table([board], chosen="", key="matrix_baseline", on_choose=lambda _cell: None)


def _confusion(score: VariantMetrics, results: Results, prefix: str | None = "") -> Board:
    about = partial(summaries.so_far, results)
    return confusion(score, results.predictions.labels, display_name(score.variant, _), prefix, about)


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
