"""Pairs of words before and after fine-tuning: opposites to begin with, and one's own."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import suppress
from functools import partial

import streamlit as st

from attnviz import comparison
from attnviz.analysis.subwords import LONGEST
from attnviz.comparison import Pair
from attnviz.errors import AttnvizError
from attnviz.heatmap.display import number, signed
from attnviz.model.experiment import Experiment
from attnviz.model.opposites import of_news
from attnviz.model.opposites import opposites as opposites_in
from attnviz.ui import session
from attnviz.ui.cache import comparisons
from attnviz.ui.components.word_table.word_table import Cell, Row, Table, word_tables
from attnviz.ui.i18n import translated
from attnviz.ui.markdown import say
from attnviz.ui.session import _
from attnviz.ui.views import EmbeddingsView

_MOST = 20  # pairs of one's own


def opposites(shown: EmbeddingsView, experiment: Experiment, chosen: str, on_choose: Callable[[str], None]) -> None:
    """Draw the box for a pair, the table of all pairs and the slope chart; on a phone the box comes last."""
    own = compared(experiment, shown.pairs[:_MOST])
    with st.container(key="pairs_told"):
        say(what_they_are(experiment))
        add(shown, own)
    usual = opposites_in(experiment.about)
    given = {pair.words for pair in own}
    found = [*own, *compared(experiment, [pair for pair in usual if pair not in given])]
    beside, chart = st.columns([9, 11])
    with beside:
        table = listed(found, *nearest(experiment, found))
        word_tables([table], chosen=chosen, key="pairs_table", on_choose=on_choose)
    with chart, st.spinner(_("Drawing …")):
        from attnviz.ui.charts.pairs import slopes  # plotly: the table does not wait for it

        alt = _("The cosine of each pair before and after fine-tuning")
        figure = slopes(found, session.theme(), session.translation(), chosen)
        st.plotly_chart(figure, width="stretch", key="slopes", alt=alt, config={"displayModeBar": False})
        if any(pair.apart <= 0 for pair in found):
            st.caption(_("Orange and dashed: these came closer."))


def what_they_are(experiment: Experiment) -> str:
    """Say what the pairs are, and why it is good that they part."""
    if of_news(experiment.about):
        return _(
            "Words of different classes that vectors learned from texts put close together, for they stand in the same "
            "places. Whoever is to tell the classes apart gains if such words part: if their cosine falls."
        )
    return _(
        "Opposites, which vectors learned from texts put close together, for they stand in the same places (“a good "
        "film”, “a bad film”). Whoever is to tell praise from blame gains if they part: if their cosine falls."
    )


def nearest(experiment: Experiment, found: list[Pair]) -> tuple[dict[str, set[str]], dict[str, set[str]]]:
    """Return the words nearest to each word of some pairs, before and after; none to one that has no vector."""
    before: dict[str, set[str]] = {}
    after: dict[str, set[str]] = {}
    for name in dict.fromkeys(name for pair in found for name in pair.words):
        with suppress(AttnvizError):
            near = comparisons.neighbours(experiment.name, name)
            before[name] = {one.word for one in near.frozen}
            after[name] = {one.word for one in near.fine_tuned}
    return before, after


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


def listed(found: list[Pair], before: Mapping[str, Collection[str]], after: Mapping[str, Collection[str]]) -> Table:
    """Return the table of pairs; those that did not part, by the words nearest to each, are quiet."""
    rows = []
    apart = [comparison.parted(pair.words, pair.apart, before, after) for pair in found]
    for pair, far in zip(found, apart, strict=True):
        cells = (
            Cell(words=pair.words, mark="" if all(pair.known) else _("unknown")),
            Cell(number(pair.frozen)),
            Cell(number(pair.fine_tuned)),
            Cell(signed(round(pair.fine_tuned, 2) - round(pair.frozen, 2))),  # as whoever subtracts finds it
        )
        rows.append(Row(cells, quiet=not far))
    heads = (_("pair"), _("cosine before"), _("after"), _("change"))
    return Table(_("Pairs"), heads, tuple(rows), how_many_parted(apart))


def how_many_parted(apart: Sequence[bool]) -> str:
    """Say how many of some pairs parted, and what that means."""
    line = _(
        "{parted} of {count} pairs parted: their cosine fell by {far} or more, or neither is any longer among the ten "
        "nearest words of the other."
    ).format(parted=sum(apart), count=len(apart), far=f"{comparison.FAR:.2f}")
    return line if all(apart) else line + " " + _("In grey: pairs that changed too little for that.")
