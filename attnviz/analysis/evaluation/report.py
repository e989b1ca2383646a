"""Errors to hand round: one HTML page that needs nothing from outside and runs nothing.

What people wrote is text in it, never markup, and a browser that reads it is told to run no script at all.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from attnviz.analysis.diagnosis import Diagnosis, verdict
from attnviz.analysis.evaluation.evaluate import Evaluation
from attnviz.analysis.evaluation.nearest_examples import TrainingExamples
from attnviz.analysis.evaluation.predictions import Predictions
from attnviz.heatmap import html
from attnviz.heatmap.display import Translate, shorten, visible
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
    columns: tuple[str, ...]  # what else its file says of it
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
    near: TrainingExamples | None = None,
    count: int = 5,
    listed: int | None = None,
) -> str:
    """Return a page with the figures of the data set, then each row as the variants read it, first come first.

    `near` gives the training sentences of which `count` stand below each row; `rows` are places, some of so many that
    were `listed`.
    """
    _ = translate
    shown = []
    for row in list(rows)[:MOST]:
        explanations = [experiment.explain(predictions.texts[row], variant) for variant in variants]
        truth = None if predictions.truth is None else predictions.labels[predictions.truth[row]]
        nearest = _nearest(near, predictions.texts[row], count, _) if near else ()
        shown.append(_row(predictions, row, truth, explanations, shade, nearest, _))
    return html.render(
        "analysis/evaluation/report.html.j2",
        title=f"attnviz · {predictions.experiment} · {predictions.dataset}",
        count=_("Sentences shown: {shown} of {listed} listed, of {count} in all").format(
            shown=f"{len(shown):,}", listed=f"{listed or len(rows):,}", count=f"{len(predictions):,}"
        ),
        heads=(_("classifier"), _("right"), _("95% interval"), _("macro F1"), _("log loss"), _("calibration error")),
        figures=_figures(evaluation, _) if evaluation else (),
        remarks=[remark.text for remark in remarks(evaluation.standings, _)] if evaluation else (),
        learned=_learned(predictions, _),
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
    predictions: Predictions,
    row: int,
    truth: str | None,
    explanations: Sequence[Explanation],
    shade: str,
    near: Iterable[str],
    translate: Translate,
) -> _Row:
    _ = translate
    heading = numbered(predictions, row, _)
    if truth is not None:
        heading += " · " + _("it is: {label}").format(label=_(truth))
    return _Row(
        heading,
        tuple(visible(f"{name}: {shorten(cell)}") for name, cell in predictions.origin.others(row).items()),
        tuple(
            (
                explanation.heatmap(shade, _),
                verdict(Diagnosis.of(explanation, truth), explanation, _)
                if truth is not None and explanation.tokens and explanation.prediction != truth
                else "",
            )
            for explanation in explanations
        ),
        tuple(near),
    )


def numbered(predictions: Predictions, row: int, translate: Translate) -> str:
    """Return what the row at a place is called: by its number in the file, or in the data set known by name."""
    _ = translate
    name = _("Sentence {number}") if predictions.origin.numbers is None else _("Row {number}")
    return name.format(number=f"{predictions.origin.number(row):,}")


def _learned(predictions: Predictions, translate: Translate) -> str:
    """Say that figures flatter an experiment where it learned from some of the rows."""
    _ = translate
    if not predictions.origin.learned_from:
        return ""
    return _("{experiment} learned from {count} of these rows, so its figures here flatter it.").format(
        experiment=predictions.experiment, count=f"{predictions.origin.learned_from:,}"
    )


def _nearest(known: TrainingExamples, text: str, count: int, translate: Translate) -> Iterator[str]:
    """Yield the nearest training sentences, after those that are the text itself."""
    _ = translate
    if same := known.same(text):
        yield learned_itself(same, translate)
    for one in known.near(text, count):
        yield f"{_(one.label)} · {one.cosine:.2f} · {one.text[:_NEAR]}"


def learned_itself(same: Mapping[str, int], translate: Translate) -> str:
    """Say how often a very text was learned from, with which labels."""
    _ = translate
    counted = ", ".join(f"{_(label)} {count}" for label, count in same.items())
    return _("This very sentence was learned from, and is left out here: {labels}").format(labels=counted)
