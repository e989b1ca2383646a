"""What the whole data set tells on the Errors page: slices, the words looked at, calibration."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import streamlit as st

from attnviz.analysis.evaluation.paired_wording import difference
from attnviz.analysis.evaluation.slices import LEAST, Slice, property_name
from attnviz.model import remarks as plain_words
from attnviz.model.variants import TWINS, display_name
from attnviz.ui import session
from attnviz.ui.components.choice_table.choice_table import Board, Choice, choice_table
from attnviz.ui.components.word_table.word_table import Cell, Row, Table, word, word_tables
from attnviz.ui.markdown import say
from attnviz.ui.pages.errors.results import Pair, Results
from attnviz.ui.session import _
from attnviz.ui.views import ErrorsView

_LISTED = 30
_FREQUENT = (5, 20, 100, 500)
_CELLS = {"errors": "errors", "repaired": "only-second", "broke": "only-first"}


def named(having: str) -> str:
    """Return what a property is called on the screen."""
    return property_name(having, session.translation())


def so_far(results: Results, about: str) -> str:
    """Return what is said of figures, and that they are of some rows only while others are still being read."""
    if results.total is None:
        return about
    said = _("So far: {count} of {total} rows, the short ones.")
    counted = said.format(count=f"{len(results.predictions):,}", total=f"{results.total:,}")
    return f"{about} {counted}".strip()


def slices(shown: ErrorsView, results: Results) -> None:
    """Draw under which words and properties the chosen variant errs more, and what fine-tuning repaired and broke."""

    def choose(chosen: str) -> None:
        event, kind, name = chosen.split(" ", 2)
        by = {"contains": name, "having": ""} if kind == "word" else {"contains": "", "having": name}
        anew = {"row": 0, "removed": (), "label": "", "oov_percent": 0, "length": ""}
        session.update_view(ErrorsView, look="sentences", cell=_CELLS[event], **anew, **by)

    with st.spinner(_("Looking for slices …")):
        found = results.slices
    titles = {"errors": _("{variant} errs more").format(variant=_(shown.judged))}
    if results.predictions.twins == TWINS:
        titles |= {"repaired": _("Fine-tuning repaired more"), "broke": _("Fine-tuning broke more")}
    boards = []
    for event, title in titles.items():
        of = [one for one in found if one.event == event and (event != "errors" or one.variant == shown.judged)]
        boards.append(_board(title, of, results))
    choice_table(boards, chosen="", key="slices", on_choose=choose)
    say(
        _(
            "Every word and property of at least {least} sentences was tried by Fisher's exact test; p is adjusted "
            "for looking at so many (Benjamini and Yekutieli). Click a line to see its sentences."
        ).format(least=LEAST)
    )


def _board(title: str, found: list[Slice], results: Results) -> Board:
    sure = sum(one.sure for one in found)
    about = (
        _("{count} that luck hardly explains.").format(count=sure)
        if sure
        else _("Nothing that luck would not explain.")
    )
    rows = []
    for one in found[: sure + 5][:_LISTED]:
        name = f"“{one.name}”" if one.kind == "word" else named(one.name)
        note = "" if one.sure else _("may be luck")
        rows.append(
            (
                Choice(name, f"{one.event} {one.kind} {one.name}", note),
                Choice(f"{one.hits:,} / {one.n:,}"),
                Choice(f"{one.rate:.0%}"),
                Choice(f"{one.elsewhere:.0%}"),
                Choice(f"{one.p:.1g}" if one.p >= 1e-4 else f"{one.p:.0e}"),
            )
        )
    heads = (_("sentences with"), _("of them"), _("rate"), _("elsewhere"), "p")
    return Board(title, heads if rows else (), tuple(rows), so_far(results, about))


def words(shown: ErrorsView, results: Results) -> None:
    """Draw which words each variant looks at in general, punctuation apart."""
    with st.spinner(_("Adding up the weights …")):
        attention = results.mean_attention
    counts = [count for count in _FREQUENT if (attention.counts >= count).sum() >= _LISTED] or [1]
    at_least = _("at least {count} ×")
    least = st.selectbox(
        _("Words that occur"),
        counts,
        index=min(1, len(counts) - 1),
        format_func=lambda count: at_least.format(count=f"{count:,}"),
        key="gaze_least",
        width=220,
    )
    variants = results.predictions.twins_and(shown.judged)
    for marks, key in ((False, "gaze"), (True, "gaze_marks")):
        tables = [_looked_at(results, variant, marks, least) for variant in variants]
        word_tables(tables, chosen="", key=key, on_choose=_narrow)
    say(
        _(
            "Times the uniform share: 2 means that the word got, on average, twice the weight it would get if "
            "attention did nothing. Click a word to see the sentences that have it."
        )
    )


def _narrow(word: str) -> None:
    session.update_view(ErrorsView, look="sentences", cell="all", contains=word, having="", row=0, removed=())


def _looked_at(results: Results, variant: str, marks: bool, least: int) -> Table:
    attention = results.mean_attention
    share = attention.share[variant]
    order = attention.ranked(variant, marks=marks, least=least)[: _LISTED // (2 if marks else 1)]
    top = float(share[order].max(initial=1e-9))
    rows = []
    for at in map(int, order):
        times = Cell(f"× {share[at]:.2f}", bar=float(share[at]) / top)
        rows.append(Row((word(attention.words[at]), times, Cell(f"{attention.counts[at]:,}"))))
    title = _("{variant}: marks looked at most") if marks else _("{variant}: words looked at most")
    return Table(
        title.format(variant=_(variant)),
        (_("word"), _("times the uniform share"), _("count")),
        tuple(rows),
        so_far(results, ""),
        tall=True,
    )


def calibration(results: Results) -> None:
    """Draw whether the classifiers are as sure as they are right."""
    from attnviz.ui.charts.calibration import reliability  # plotly: nobody waits for it who looks at sentences

    evaluation = results.evaluation
    found = {score.variant: score.calibration for score in evaluation.classifiers}
    figure = reliability(found, session.theme(), session.translation())
    alt = _("Lines: how often each classifier is right, by how sure it is")
    st.plotly_chart(figure, width="stretch", key="reliability", alt=alt, config={"displayModeBar": False})
    if results.total is not None:
        st.caption(so_far(results, ""))
    say(
        _(
            "In brackets the expected calibration error: by how much confidence and accuracy differ on average, "
            "over ten bins. Below the line a classifier is surer than it should be. Larger dots stand for more "
            "sentences."
        )
    )


def table(evaluation_rows: Sequence[tuple[str, ...]], heads: tuple[str, ...], heading: str, about: str) -> Table:
    """Return plain figures as a table."""
    rows = [Row(tuple(Cell(text) for text in line)) for line in evaluation_rows]
    return Table(heading, heads, tuple(rows), about)


def figures(results: Results, pair: Pair | None = None) -> Table:
    """Return the figures of every variant, and of the second experiment of a pair, and whether the twins differ."""
    evaluation = results.evaluation
    lines = []
    scores = [(display_name(score.variant, _), score) for score in evaluation.classifiers]
    if pair and pair.score:
        scores.append((f"{pair.name} {_(pair.score.variant)}", pair.score))
    for name, score in scores:
        low, high = score.overall.figures.interval
        reached = score.overall.figures
        lines.append(
            (
                name,
                f"{reached.accuracy:.1%}",
                f"{low:.1%} – {high:.1%}",
                f"{reached.macro_f1:.3f}",
                f"{reached.log_loss:.3f}",
                f"{score.calibration.error:.3f}",
            )
        )
    heads = (_("classifier"), _("right"), _("95% interval"), _("macro F1"), _("log loss"), _("calibration error"))
    return table(
        lines, heads, _("Sentences: {count}").format(count=f"{evaluation.rows:,}"), so_far(results, differ(results))
    )


def differ(results: Results) -> str:
    """Say whether the twins differ by more than luck."""
    found = results.evaluation.agreement
    if not found:
        return ""
    return difference(found, (_(found.a), _(found.b)), session.translation())


def remarks(results: Results, serious: bool) -> None:
    """Say how the classifiers stand beside the plainest answers: what must not be overlooked, or the rest."""
    if results.predictions.truth is None:
        return
    found = plain_words.remarks(results.evaluation.standings, _)
    if said := [remark.text for remark in found if remark.serious == serious]:
        say("\n\n".join(said), st.warning if serious else st.caption)


def within(shown: ErrorsView, results: Results) -> np.ndarray | None:
    """Return which rows have the property that narrows the list, None if none does."""
    return results.properties.get(shown.having) if shown.having else None
