"""Pairs of words before and after fine-tuning: opposites to begin with, and one's own."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import streamlit as st

from attnviz import comparison
from attnviz.analysis.subwords import LONGEST
from attnviz.comparison import Pair
from attnviz.errors import AttnvizError
from attnviz.heatmap.display import number, signed
from attnviz.model.experiment import Experiment
from attnviz.model.opposites import opposites as opposites_in
from attnviz.ui import session
from attnviz.ui.components.word_table.word_table import Cell, Row, Table, word_tables
from attnviz.ui.i18n import translated
from attnviz.ui.markdown import say
from attnviz.ui.session import _
from attnviz.ui.views import EmbeddingsView

_MOST = 20  # pairs of one's own


def opposites(shown: EmbeddingsView, experiment: Experiment, chosen: str, on_choose: Callable[[str], None]) -> None:
    """Draw the box for a pair, the table of all pairs and the slope chart."""
    own = compared(experiment, shown.pairs[:_MOST])
    add(shown, own)
    usual = opposites_in(experiment.about)
    given = {pair.words for pair in own}
    found = [*own, *compared(experiment, [pair for pair in usual if pair not in given])]
    beside, chart = st.columns([9, 11])
    with beside:
        word_tables([listed(found)], chosen=chosen, key="pairs_table", on_choose=on_choose)
    with chart, st.spinner(_("Drawing …")):
        from attnviz.ui.charts.pairs import slopes  # plotly: the table does not wait for it

        alt = _("The cosine of each pair before and after fine-tuning")
        figure = slopes(found, session.theme(), session.translation())
        st.plotly_chart(figure, width="stretch", key="slopes", alt=alt, config={"displayModeBar": False})


def compared(experiment: Experiment, given: tuple[tuple[str, str], ...] | list[tuple[str, str]]) -> list[Pair]:
    """Compare pairs; say what is wrong with those that cannot be."""
    found: list[Pair] = []
    for first, second in given:
        try:
            found += comparison.pairs(experiment, [(first[:LONGEST], second[:LONGEST])])
        except AttnvizError as error:
            say(translated(error, _), st.warning)
    return found


def add(shown: EmbeddingsView, own: list[Pair]) -> None:
    """Draw the box that takes a pair, and the button that forgets one's own."""

    def take(text: str) -> None:
        typed = tuple(text.replace(",", " ").split())
        if len(typed) == 2 and typed not in shown.pairs:
            session.update_view(EmbeddingsView, pairs=((typed[0], typed[1]), *shown.pairs)[:_MOST])
        elif typed:
            told = _("A pair is two words; this was {count}.").format(count=len(typed))
            session.notify("pairs", told, "warning")

    with st.container(horizontal=True, vertical_alignment="bottom"):
        label = _("Add a pair: two words with a space between")
        st.text_input(label, width=420, **session.choice_args("pair_box", "", take))
        if own or shown.pairs:
            label = _("Forget my pairs")
            st.button(
                label,
                icon=":material/delete:",
                on_click=partial(session.update_view, EmbeddingsView, pairs=()),
            )
    session.show_notices("pairs")


def listed(found: list[Pair]) -> Table:
    """Return the table of pairs, in the order of the chart's lines where they end."""
    rows = []
    for pair in found:
        cells = (
            Cell(words=pair.words, mark="" if all(pair.known) else _("unknown")),
            Cell(number(pair.frozen)),
            Cell(number(pair.fine_tuned)),
            Cell(signed(round(pair.fine_tuned, 2) - round(pair.frozen, 2))),  # as whoever subtracts finds it
        )
        rows.append(Row(cells, quiet=not any(pair.known)))
    fell = sum(pair.apart > 0 for pair in found)
    about = _("{fell} of {count} pairs moved apart: their cosine fell.").format(fell=fell, count=len(found))
    heads = (_("pair"), _("cosine before"), _("after"), _("change"))
    return Table(_("Pairs"), heads, tuple(rows), about)
