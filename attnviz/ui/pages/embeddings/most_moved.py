"""The words that fine-tuning moved most, narrowed down as one likes, beside how often training read them."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
import streamlit as st

from attnviz.comparison import Drift, Lean
from attnviz.model.experiment import Experiment
from attnviz.morphemes import WORDS, Segmenter
from attnviz.ui import session
from attnviz.ui.cache import comparisons
from attnviz.ui.choices import dropdown
from attnviz.ui.components.word_chart import word_chart
from attnviz.ui.components.word_table.word_table import Cell, Row, Table, word, word_tables
from attnviz.ui.markdown import say
from attnviz.ui.session import _
from attnviz.ui.views import EmbeddingsView

if TYPE_CHECKING:
    import pandas as pd

_LISTED = 30
_COUNTS = (0, 10, 100, 1_000, 10_000)


def most_moved(shown: EmbeddingsView, experiment: Experiment, chosen: str, on_choose: Callable[[str], None]) -> None:
    """Draw the filters, the list and the chart."""
    drift, lean = comparisons.drift(experiment.name), comparisons.lean(experiment.name)
    filters(shown, experiment)
    fitting = narrowed(shown, drift, lean, experiment.segmenter)
    beside, chart = st.columns([9, 11])
    with beside:
        word_tables(
            [listed(drift, lean, fitting)],
            chosen=chosen,
            key="moved",
            on_choose=on_choose,
        )
    if not experiment.vocabulary.counted:
        with chart:
            say(_("How often training read each word is not known of this model, so there is no chart of it."))
        return
    with chart, st.spinner(_("Drawing …")):
        from attnviz.ui.charts.drift import drift_by_count  # plotly: the list does not wait for it

        marked = [drift.words[place] for place in fitting[:_LISTED]]
        figure = drift_by_count(drift, chosen=chosen, marked=marked, translate=session.translation())
        word_chart(
            figure, "by_count", drift.words, _("Drift of words against how often they are in training"), on_choose
        )
        say(
            _(
                "A word that training never read cannot move: its drift is exactly 0. A rare word hardly gets the "
                "chance. Only among words read about equally often does little drift mean they were left alone."
            )
        )


def filters(shown: EmbeddingsView, experiment: Experiment) -> None:
    """Draw what narrows the list: the count, the class, the direction, the words of a text."""
    least = _("at least {count} ×")
    counts = {count: least.format(count=f"{count:,}") for count in sorted({*_COUNTS, shown.least})}
    counts[0] = _("however often")
    with st.container(horizontal=True, vertical_alignment="bottom", key="filters"):
        if experiment.vocabulary.counted:
            dropdown(_("In training"), counts, shown, "least", width=190)
        if len(experiment.labels) > 1:
            for title, field, name in (
                (_("Leans"), "leans", _("now to {label}")),
                (_("Moved"), "towards", _("towards {label}")),
            ):
                names = {label: name.format(label=_(label)) for label in experiment.labels}
                dropdown(title, {"": _("either way"), **names}, shown, field, width=190)
        st.text_input(_("Only the words of this text"), width=420, **session.widget_args(shown, "among"))


def narrowed(shown: EmbeddingsView, drift: Drift, lean: Lean, segmenter: Segmenter = WORDS) -> np.ndarray:
    """Return the places of the words that pass the filters, those that moved most first."""
    passes = drift.counts >= shown.least
    if shown.leans:
        passes &= lean.fine_tuned.argmax(axis=1) == lean.labels.index(shown.leans)
    if shown.towards:
        passes &= lean.towards == lean.labels.index(shown.towards)
    if shown.among.strip():
        passes &= np.isin(drift.words, list(set(segmenter.words(shown.among))))
    return np.asarray(drift.order[passes[drift.order]])


def listed(drift: Drift, lean: Lean, fitting: np.ndarray) -> Table:
    """Return the table of the first words that passed."""
    top = max(float(drift.drift[~drift.vectorless].max(initial=0)), 1e-9)
    several, seeds = len(lean.labels) > 1, drift.spread is not None
    counted = bool(drift.counts.any())
    heads = [_("word"), _("drift"), *([_("seeds")] if seeds else []), *([_("times")] if counted else [])]
    heads += [_("leans")] if several else []
    rows = []
    for place in fitting[:_LISTED]:
        far = Cell(f"{drift.drift[place]:.4f}", bar=float(drift.drift[place] / top))
        cells = [word(drift.words[place]), Cell(_("no n-gram known")) if drift.vectorless[place] else far]
        if drift.spread is not None:
            cells.append(Cell(f"{drift.spread[place]:.4f}"))
        if counted:
            cells.append(Cell(f"{drift.counts[place]:,}"))
        if several:
            cells.append(Cell(leaning(lean, place)))
        rows.append(Row(tuple(cells), quiet=bool(drift.within_spread[place])))
    about = _("{shown} of {count} words.").format(shown=f"{len(rows):,}", count=f"{len(fitting):,}") + " "
    if not seeds:
        about += _("Only one seed was trained, so nobody can say how much of this is chance: train with --second-seed.")
    else:
        about += _("Grey: no further than another seed carries the word, so it may be chance.")
    if not rows:
        about = _("No word passes these filters: take one of them away.")
    return Table(_("Moved most"), tuple(heads), tuple(rows), about, tall=True)


def leaning(lean: Lean, place: int) -> str:
    """Say to which class a word leans, before and after, and by how much."""
    ends = []
    for votes in (lean.frozen, lean.fine_tuned):
        label, lead = lean.labels[int(votes[place].argmax())], lean.leads(votes[[place]])[0]
        ends.append((_(label), f"{lead:.1f}"))
    (before, by), (after, then) = ends
    return f"{before} {by} → {then}" if before == after else f"{before} {by} → {after} {then}"


def drift_table(experiment: Experiment) -> pd.DataFrame:
    """Return one row a word of the vocabulary, those that moved most first, with its votes in each twin."""
    import pandas as pd

    drift, lean = comparisons.drift(experiment.name), comparisons.lean(experiment.name)
    columns = {"word": drift.words, "count": drift.counts, "drift": drift.drift, "stretch": drift.stretch}
    if drift.spread is not None:
        columns |= {"spread": drift.spread, "within_spread": drift.within_spread}
    for k, label in enumerate(lean.labels):
        columns |= {f"frozen {label}": lean.frozen[:, k], f"fine-tuned {label}": lean.fine_tuned[:, k]}
    columns["stretch"] = np.where(drift.vectorless, np.nan, drift.stretch)  # from no length there is none
    return pd.DataFrame(columns).iloc[drift.order].round(6)
