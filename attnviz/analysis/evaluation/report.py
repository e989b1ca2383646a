"""Errors to hand round: one HTML page that needs nothing from outside and runs nothing.

What people wrote is text in it, never markup, and a browser that reads it is told to run no script at all.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from attnviz.analysis.diagnosis import Diagnosis, verdict
from attnviz.analysis.evaluation.evaluate import Evaluation
from attnviz.analysis.evaluation.nearest_examples import NearestExample
from attnviz.analysis.evaluation.predictions import Predictions
from attnviz.heatmap import html
from attnviz.heatmap.display import Translate
from attnviz.heatmap.heatmap import ATTENTION, Heatmap
from attnviz.model.experiment import Experiment
from attnviz.model.explanation import Explanation
from attnviz.model.remarks import remarks
from attnviz.model.variants import display_name

_NEAR = 400  # characters of a training sentence
MOST = 200  # errors of a report: 200 heat-maps of two classifiers are some 10 MB


@dataclass(frozen=True)
class _Row:
    """What the page says of one sentence."""

    heading: str
    readings: tuple[tuple[Heatmap, str], ...]  # each with a line on why it is wrong, where it is
    near: tuple[str, ...]


def report(
    experiment: Experiment,
    predictions: Predictions,
    rows: Sequence[int],
    variants: Sequence[str],
    evaluation: Evaluation | None = None,
    shade: str = ATTENTION,
    translate: Translate = str,
    near: Callable[[str], Sequence[NearestExample]] | None = None,
    listed: int | None = None,
) -> str:
    """Return a page with the figures of the data set, then each row as the variants read it, first come first.

    `near` gives the training sentences that stand below each row; `rows` are some of so many that were `listed`.
    """
    _ = translate
    shown = []
    for row in list(rows)[:MOST]:
        explanations = [experiment.explain(predictions.texts[row], variant) for variant in variants]
        truth = None if predictions.truth is None else predictions.labels[predictions.truth[row]]
        shown.append(_row(row, truth, explanations, shade, near(predictions.texts[row]) if near else (), _))
    return html.render(
        "analysis/evaluation/report.html.j2",
        title=f"attnviz · {predictions.experiment} · {predictions.dataset}",
        count=_("{shown} of {listed} sentences listed, of {count} in all").format(
            shown=f"{len(shown):,}", listed=f"{listed or len(rows):,}", count=f"{len(predictions):,}"
        ),
        heads=(_("classifier"), _("right"), _("95 % interval"), _("macro F1"), _("log loss"), _("calibration error")),
        figures=_figures(evaluation, _) if evaluation else (),
        remarks=[remark.text for remark in remarks(evaluation.standings, _)] if evaluation else (),
        rows=shown,
        nearest=_("Nearest training sentences"),
    )


def _figures(evaluation: Evaluation, translate: Translate) -> Iterator[tuple[str, ...]]:
    """Yield the cells of a table, a line a classifier."""
    for score in evaluation.classifiers:
        figures = score.overall.figures
        low, high = figures.interval
        yield (
            display_name(score.variant, translate),
            f"{figures.accuracy:.1%}",
            f"{low:.1%} – {high:.1%}",
            f"{figures.macro_f1:.3f}",
            f"{figures.log_loss:.3f}",
            f"{score.calibration.error:.3f}",
        )


def _row(
    row: int,
    truth: str | None,
    explanations: Sequence[Explanation],
    shade: str,
    near: Sequence[NearestExample],
    translate: Translate,
) -> _Row:
    _ = translate
    heading = _("Sentence {number}").format(number=f"{row + 1:,}")
    if truth is not None:
        heading += " · " + _("it is: {label}").format(label=_(truth))
    return _Row(
        heading,
        tuple(
            (
                explanation.heatmap(shade, _),
                verdict(Diagnosis.of(explanation, truth), explanation, _)
                if truth is not None and explanation.tokens and explanation.prediction != truth
                else "",
            )
            for explanation in explanations
        ),
        tuple(f"{_(one.label)} · {one.cosine:.2f} · {one.text[:_NEAR]}" for one in near),
    )
