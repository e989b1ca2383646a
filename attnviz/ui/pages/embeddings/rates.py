"""The dial from too little fine-tuning over right to too much: what several embedding rates made of the words."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import streamlit as st

from attnviz import comparison
from attnviz.heatmap.display import number, signed
from attnviz.model.experiment import Experiment
from attnviz.model.rates import Rate, Rates
from attnviz.ui import session
from attnviz.ui.components.word_table.word_table import Cell, Row, Table, word, word_tables
from attnviz.ui.markdown import say
from attnviz.ui.pages.embeddings.pairs import how_many_parted
from attnviz.ui.session import _
from attnviz.ui.views import EmbeddingsView


def rates(shown: EmbeddingsView, experiment: Experiment, chosen: str, on_choose: Callable[[str], None]) -> None:
    """Draw the dial and, for the rate it is at, the pairs, the neighbours of a word and what it reached."""
    measured = experiment.rates
    assert measured
    names = {f"{one.rate:g}": one for one in measured.rates}
    own = experiment.about.training.embedding_learning_rate or 0.0
    usual = min(names, key=lambda name: abs(names[name].rate - own))
    place = shown.rate if shown.rate in names else usual
    say(
        _(
            "Embedding rate: how far a step moves the word vectors. With too little they stay where FastText put them, "
            "opposites side by side; with too much, words leave what they mean. Turn the dial. What it shows are "
            "classifiers that were trained for this comparison alone: their figures are not those of {experiment}."
        ).format(experiment=experiment.name)
    )
    st.select_slider(
        _("Embedding rate"),
        list(names),
        format_func=lambda name: _("0 (frozen)") if name == "0" else name,
        **session.widget_args(replace(shown, rate=place), "rate"),
    )
    now, first = names[place], measured.rates[0]
    subject = chosen if chosen in first.neighbours else next(iter(first.neighbours), "")
    tables = [reached(measured, now, own, experiment.name), pairs_at(now, first)]
    if subject:
        tables.append(near(now, first, subject))
    word_tables(tables, chosen=chosen, key="rates_tables", on_choose=on_choose)
    st.divider()
    told = _("From here on down it is again about {experiment} itself, not about the classifiers of the dial.")
    say(told.format(experiment=experiment.name))


def reached(measured: Rates, now: Rate, own: float, experiment: str) -> Table:
    """Return the table of all rates, the one of the dial strong."""
    rows, middle, several = [], len(measured.quantiles) // 2, len(measured.seeds) > 1
    for one in measured.rates:
        name = _("0 (frozen)") if one.rate == 0 else f"{one.rate:g}"
        right = one.accuracy
        cells = (
            Cell(
                name,
                mark=_("as in {experiment}").format(experiment=experiment)
                if own and abs(one.rate - own) < 1e-9
                else "",
            ),
            Cell(f"{right.mean:.1%}"),
            *([Cell(f"{right.least:.1%} – {right.most:.1%}")] if several else []),
            Cell(number(one.drift[middle])),
        )
        rows.append(Row(cells, strong=one is now))
    if several:
        about = _("Right of {rows} test rows: the mean of {seeds} seeds, the least and the most.")
    else:
        about = _("Right of {rows} test rows, with one seed.")
    about = about.format(rows=f"{measured.rows:,}", seeds=len(measured.seeds)) + " "
    share = f"{measured.quantiles[middle]:.0%}"
    about += _("Drift: {share} of the words that are read often moved no farther.").format(share=share)
    heads = (_("Embedding rate"), _("right"), *([_("from – to")] if several else []), _("drift"))
    return Table(_("What it reached"), heads, tuple(rows), about)


def pairs_at(now: Rate, first: Rate) -> Table:
    """Return the table of the pairs: their cosine in the frozen variant and at this rate."""
    rows, apart = [], []
    for pair, before in zip(now.pairs, first.pairs, strict=True):
        cosine, was = pair.cosine.mean, before.cosine.mean
        change = signed(round(cosine, 2) - round(was, 2))  # as whoever subtracts finds it
        apart.append(comparison.parted(pair.words, was - cosine, first.neighbours, now.neighbours))
        cells = Cell(words=pair.words), Cell(number(was)), Cell(number(cosine)), Cell(change)
        rows.append(Row(cells, quiet=not apart[-1] and now is not first))
    about = how_many_parted(apart) if now is not first else _("So they are where FastText put them.")
    return Table(_("Pairs"), (_("pair"), _("cosine before"), _("after"), _("change")), tuple(rows), about)


def near(now: Rate, first: Rate, subject: str) -> Table:
    """Return the table of the neighbours of a word at this rate."""
    before = first.neighbours[subject]
    rows = [
        Row((replace(word(name), mark="" if name in before else _("came")), Cell(number(cosine), bar=cosine)))
        for name, cosine in now.neighbours.get(subject, {}).items()
    ]
    stayed = sum(name in before for name in now.neighbours.get(subject, {}))
    about = _("{kept} of {count} stayed, with the first seed.").format(kept=stayed, count=len(before))
    return Table(_("Neighbours of “{word}”").format(word=subject), (_("word"), _("cosine")), tuple(rows), about)
