"""Errors to hand round: one HTML page that needs nothing from outside and runs nothing.

What people wrote is text in it, never markup, and a browser that reads it is told to run no script at all.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from attnviz.analysis.diagnosis import Diagnosis, verdict
from attnviz.analysis.evaluation.evaluate import Evaluation
from attnviz.analysis.evaluation.nearest_examples import TrainingExamples
from attnviz.analysis.evaluation.paired import Paired
from attnviz.analysis.evaluation.paired_slices import PairedSlice
from attnviz.analysis.evaluation.paired_wording import holm_note, limits, results
from attnviz.analysis.evaluation.predictions import Predictions
from attnviz.analysis.evaluation.shared_classes import NONE
from attnviz.analysis.evaluation.slices import property_name
from attnviz.heatmap import html
from attnviz.heatmap.display import Translate, shorten, visible
from attnviz.heatmap.heatmap import ATTENTION, Heatmap
from attnviz.model.experiment import Experiment
from attnviz.model.explanation import Explanation
from attnviz.model.metrics import Metrics
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


@dataclass(frozen=True)
class Beside:
    """A second experiment that answered the rows of a report, and the slices in which one of the two is better."""

    experiment: Experiment
    paired: Paired
    slices: Sequence[PairedSlice]

    def reading(self, row: int) -> tuple[Explanation, str | None]:
        """Return what it makes of the row at a place, and what it calls the row's class if it knows it."""
        paired, truth = self.paired, self.paired.first.truth
        place = NONE if truth is None else paired.classes.second_of[truth[row]]
        explanation = self.experiment.explain(paired.first.texts[row], paired.variants[1])
        return explanation, None if place == NONE else paired.classes.second[place]


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
    beside: Beside | None = None,
) -> str:
    """Return a page with the figures of the data set, then each row as the variants read it, first come first.

    `near` gives the training sentences of which `count` stand below each row; `rows` are places, some of so many that
    were `listed`. With a second experiment `beside` it the page tells how the two compare, and how that reads each row.
    """
    _ = translate
    shown = []
    for row in list(rows)[:MOST]:
        truth = None if predictions.truth is None else predictions.labels[predictions.truth[row]]
        explanations = [(experiment.explain(predictions.texts[row], variant), truth) for variant in variants]
        if beside:
            explanations.append(beside.reading(row))
        nearest = _nearest(near, predictions.texts[row], count, _) if near else ()
        shown.append(_row(predictions, row, truth, explanations, shade, nearest, _))
    return html.render(
        "analysis/evaluation/report.html.j2",
        title=f"attnviz · {predictions.experiment} · {predictions.dataset}",
        count=_("Sentences shown: {shown} of {listed} listed, of {count} in all").format(
            shown=f"{len(shown):,}", listed=f"{listed or len(rows):,}", count=f"{len(predictions):,}"
        ),
        heads=(_("classifier"), _("right"), _("95% interval"), _("macro F1"), _("log loss"), _("calibration error")),
        figures=_figures(evaluation, _, predictions.experiment if beside else "") if evaluation else (),
        against=_against(experiment, beside, _) if beside else None,
        remarks=[remark.text for remark in remarks(evaluation.standings, _)] if evaluation else (),
        learned=_learned(predictions, _),
        rows=shown,
        nearest=_("Nearest training sentences"),
    )


def _figures(evaluation: Evaluation, translate: Translate, experiment: str = "") -> Iterator[tuple[str, ...]]:
    """Yield the cells of a table, a line a classifier; `experiment` names whose they are where there are two."""
    for score in evaluation.classifiers:
        name = " ".join((experiment, display_name(score.variant, translate))).strip()
        yield _line(name, score.overall.figures)


def _line(name: str, reached: Metrics) -> tuple[str, ...]:
    low, high = reached.interval
    return (
        name,
        f"{reached.accuracy:.1%}",
        f"{low:.1%} – {high:.1%}",
        f"{reached.macro_f1:.3f}",
        f"{reached.log_loss:.3f}",
        "–" if reached.ece is None else f"{reached.ece:.3f}",
    )


@dataclass(frozen=True)
class _Against:
    """What the page says of two experiments on the same rows."""

    title: str
    figures: tuple[tuple[str, ...], ...]
    told: tuple[str, ...]
    heads: tuple[str, ...]
    slices: tuple[tuple[str, ...], ...]
    about: str


def _against(experiment: Experiment, beside: Beside, translate: Translate) -> _Against:
    _, paired = translate, beside.paired
    one, other = paired.names
    named = (f"{name} {_(variant)}" for name, variant in zip(_experiments(paired), paired.variants, strict=True))
    figures = tuple[tuple[str, ...], ...]()
    if paired.agreement:
        figures = tuple(_line(name, reached) for name, reached in zip(named, paired.figures, strict=True))
    slices = tuple(
        (
            f"“{found.name}”" if found.kind == "word" else property_name(found.name, _),
            one if found.better == "first" else other,
            f"{found.n:,}",
            f"{found.right_first / found.n:.1%}",
            f"{found.right_second / found.n:.1%}",
            f"{found.p:.2g}",
        )
        for found in beside.slices
        if found.sure
    )
    none = () if slices else (_("Nothing that luck would not explain."),)
    right = _("{variant} right")
    return _Against(
        _("{a} against {b}").format(a=one, b=other),
        figures,
        (*results(paired, _), *limits(paired, experiment, beside.experiment, _)),
        (_("sentences with"), _("better"), _("of them"), right.format(variant=one), right.format(variant=other), "p"),
        slices,
        " ".join((*none, holm_note(_))) if paired.agreement else "",
    )


def _experiments(paired: Paired) -> tuple[str, str]:
    return paired.first.experiment, paired.second.experiment


def _row(
    predictions: Predictions,
    row: int,
    truth: str | None,
    explanations: Sequence[tuple[Explanation, str | None]],
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
                explanation.heatmap(shade if shade in explanation.labels else ATTENTION, _),
                verdict(Diagnosis.of(explanation, its), explanation, _)
                if its is not None and explanation.tokens and explanation.prediction != its
                else "",
            )
            for explanation, its in explanations
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
