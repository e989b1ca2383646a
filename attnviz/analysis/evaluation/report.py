"""Errors to hand round: one HTML page that needs nothing from outside and runs nothing.

What people wrote is text in it, never markup, and a browser that reads it is told to run no script at all.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from html import escape

from attnviz.analysis.diagnosis import Diagnosis, verdict
from attnviz.analysis.evaluation.evaluate import Evaluation
from attnviz.analysis.evaluation.nearest_examples import NearestExample
from attnviz.analysis.evaluation.predictions import Predictions
from attnviz.heatmap import palette
from attnviz.heatmap.display import Translate, visible
from attnviz.heatmap.heatmap import ATTENTION
from attnviz.heatmap.html import FONT, panel
from attnviz.model.experiment import Experiment
from attnviz.model.explanation import Explanation

_NEAR = 400  # characters of a training sentence
MOST = 200  # errors of a report: 200 heat-maps of two classifiers are some 10 MB


def report(
    experiment: Experiment,
    sheet: Predictions,
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
    shown = list(rows)[:MOST]
    parts = [_figures(evaluation, _)] if evaluation else []
    for row in shown:
        explanations = [experiment.explain(sheet.texts[row], variant) for variant in variants]
        truth = None if sheet.truth is None else sheet.labels[sheet.truth[row]]
        parts.append(_row(row, truth, explanations, shade, near(sheet.texts[row]) if near else (), _))
    title = _text(f"attnviz · {sheet.experiment} · {sheet.dataset}")
    count = _("{shown} of {listed} sentences listed, of {count} in all").format(
        shown=f"{len(shown):,}", listed=f"{listed or len(rows):,}", count=f"{len(sheet):,}"
    )
    return (
        '<!doctype html><html><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">"
        f"<title>{title}</title><style>{_STYLE}</style></head><body><main>"
        f"<h1>{title}</h1><p>{_text(count)}</p>{''.join(parts)}</main></body></html>\n"
    )


def _figures(evaluation: Evaluation, translate: Translate) -> str:
    _ = translate
    heads = (_("classifier"), _("right"), _("95 % interval"), _("macro F1"), _("log loss"), _("calibration error"))
    lines = []
    for score in evaluation.variants:
        figures = score.overall.figures
        low, high = figures.interval
        cells = (
            _(score.variant),
            f"{figures.accuracy:.1%}",
            f"{low:.1%} – {high:.1%}",
            f"{figures.macro_f1:.3f}",
            f"{figures.log_loss:.3f}",
            f"{score.calibration.error:.3f}",
        )
        lines.append("<tr>" + "".join(f"<td>{_text(cell)}</td>" for cell in cells) + "</tr>")
    head = "".join(f"<th>{_text(name)}</th>" for name in heads)
    return f'<table class="figures"><tr>{head}</tr>{"".join(lines)}</table>'


def _row(
    row: int,
    truth: str | None,
    explanations: Sequence[Explanation],
    shade: str,
    near: Sequence[NearestExample],
    translate: Translate,
) -> str:
    _ = translate
    said = [_("Sentence {number}").format(number=f"{row + 1:,}")]
    if truth is not None:
        said.append(_("it is: {label}").format(label=_(truth)))
    heading = f"<h2>{_text(' · '.join(said))}</h2>"
    body = []
    for explanation in explanations:
        body.append(panel(explanation, shade, _))
        if truth is not None and explanation.tokens and explanation.prediction != truth:
            body.append(f'<p class="why">{_text(verdict(Diagnosis.of(explanation, truth), explanation, _))}</p>')
    if near:
        lines = (f"<li>{_text(f'{_(one.label)} · {one.cosine:.2f} · {one.text[:_NEAR]}')}</li>" for one in near)
        body.append(f'<p class="why">{_text(_("Nearest training sentences"))}</p><ol class="why">{"".join(lines)}</ol>')
    return f"<article>{heading}{''.join(body)}</article>"


def _text(text: str) -> str:
    return escape(visible(text), quote=True)


_INK, _MUTED, _RULE = palette.INK["light"], palette.MUTED["light"], palette.LINE["light"]
_STYLE = (
    f"body{{margin:0;background:#fff;color:{_INK};font:18px/1.4 {FONT};overflow-wrap:anywhere;word-break:keep-all}}"
    "main{max-width:960px;margin:0 auto;padding:16px}h1{font-size:24px}h2{font-size:18px;margin:0}"
    f"article{{border-top:2px solid {_RULE};padding-top:12px;margin-top:20px;break-inside:avoid}}"
    f".why{{margin:0 20px 8px;color:{_MUTED};font-size:15px}}"
    ".figures{border-collapse:collapse;font-variant-numeric:tabular-nums}"
    ".figures td,.figures th{padding:2px 16px 2px 0;text-align:left}"
)
