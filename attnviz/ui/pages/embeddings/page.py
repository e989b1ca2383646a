"""The Embeddings page: what fine-tuning did to a word, to its neighbours, to all words, to a sentence."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, cast

import numpy as np
import streamlit as st

from attnviz import comparison
from attnviz.analysis.subwords import LONGEST
from attnviz.comparison import Method, Neighbour, Neighbourhood
from attnviz.data.csv_export import csv
from attnviz.errors import AttnvizError
from attnviz.heatmap.display import number, visible
from attnviz.model.experiment import Experiment
from attnviz.model.opposites import opposites as opposites_in
from attnviz.model.variants import TWINS
from attnviz.ui import pages, session
from attnviz.ui.cache import comparisons
from attnviz.ui.choices import segments
from attnviz.ui.components.word_chart import word_chart
from attnviz.ui.components.word_table.word_table import Cell, Row, Subject, Table, word, word_tables
from attnviz.ui.downloads import save
from attnviz.ui.i18n import translated
from attnviz.ui.markdown import escape_markdown, say
from attnviz.ui.pages.embeddings.epochs import epochs
from attnviz.ui.pages.embeddings.most_moved import drift_table, leaning, most_moved
from attnviz.ui.pages.embeddings.pairs import opposites
from attnviz.ui.pages.embeddings.rates import rates
from attnviz.ui.pages.embeddings.tracing import swapback
from attnviz.ui.pages.glossary import EMBEDDINGS, glossary
from attnviz.ui.pages.read_as import say_pieces
from attnviz.ui.pages.steps.further import step_link
from attnviz.ui.second import second
from attnviz.ui.session import _
from attnviz.ui.turns import fragment
from attnviz.ui.views import EmbeddingsView, SubwordsView, restricted

if TYPE_CHECKING:
    import pandas as pd

_FAR = 20  # words that moved most have an arrow on the map
_OFFERED = 5  # pairs of opposites above the page
_OFTEN = (100, 10, 1)  # times in training a word that is to tell a story is read, or if none is, fewer
_PARTS = ("pairs", "map", "moved", "sentence", "rates")


def page() -> None:
    """Draw the page from top to bottom."""
    experiment = session.chosen()
    if not experiment:
        return
    try:
        with st.spinner(_("Comparing the two spaces …")):
            comparisons.drift(experiment.name)
    except AttnvizError as error:
        say(translated(error, _), st.info)
        return
    words(experiment)


@fragment
def words(experiment: Experiment) -> None:
    """Draw all that a word changes: the part that runs alone for a new one. Lists come first, charts take longer."""
    shown = validated(session.current_view(EmbeddingsView), experiment)
    fits = session.update_url(shown)
    typed = start(experiment) if shown.word is None else shown.word
    if not fits:
        say(_("This text is too long for a link: the address bar tells the rest of this view only."))
    parts(shown, experiment)
    if shown.part == "pairs":  # before any single word
        with st.container(key="pairs"):
            opposites(shown, experiment, typed, choose)
    elif shown.part == "rates":
        rates(shown, experiment, typed, choose)
    box(replace(shown, word=typed), experiment)
    chosen, other = read(typed, experiment), second(shown, experiment)
    near = neighbours(experiment, chosen, named=bool(other)) if chosen else None
    if near and other:
        beside_second(experiment, other, near)
    if chosen:
        say_pieces(experiment, chosen)
        epochs(shown, experiment, chosen)
    if shown.part == "moved":
        most_moved(shown, experiment, chosen, choose)
    elif shown.part == "sentence":
        swapback(shown, experiment, chosen, choose)
    elif shown.part == "map":
        word_map(shown, experiment, chosen, near)
    with st.container(horizontal=True):
        label = escape_markdown(_("“{word}” in its n-grams").format(word=chosen or "…"))
        way = session.page_query(SubwordsView) | {"word": chosen, "other": ""}
        icon = ":material/content_cut:"
        st.page_link(pages.file(SubwordsView), label=label, icon=icon, width="content", query_params=way)
        label = _("Drift of every word: CSV")
        save("CSV", lambda: csv(drift_table(experiment)), "text/csv", label, "attnviz-drift")
        if near:
            label = escape_markdown(_("Neighbours of “{word}”: CSV").format(word=chosen))
            save("CSV", lambda: csv(table(near)), "text/csv", label, "attnviz-neighbours")
        step_link(8)


def parts(shown: EmbeddingsView, experiment: Experiment) -> None:
    """Draw the choice of what to look at; the dial is there where its rates were measured."""
    titles = {
        "pairs": _("Pairs"),
        "map": _("Map"),
        "moved": _("Most moved words"),
        "sentence": _("In a sentence"),
        "rates": _("Too little, too much"),
    }
    there = [part for part in _PARTS if part != "rates" or experiment.rates]
    with st.container(horizontal=True, vertical_alignment="center", key="parts"):
        segments(_("What to look at"), {part: titles[part] for part in there}, shown, "part", hidden=True)
        glossary(experiment, EMBEDDINGS)


def choose(name: str) -> None:
    """Make a word the one that the page is about."""
    session.update_view(EmbeddingsView, word=name)


def validated(shown: EmbeddingsView, experiment: Experiment) -> EmbeddingsView:
    """Return the view with everything that this experiment does not know set back to what it has."""
    shown = replace(shown, word=None if shown.word == start(experiment) else shown.word)
    labels = experiment.labels
    there = _PARTS if experiment.rates else _PARTS[:-1]
    return restricted(shown, part=there, method=("pca", "tsne"), leans=labels, towards=labels)


def offered(experiment: Experiment) -> list[str]:
    """Return words to begin with: the one with the clearest story, then opposites that the vocabulary has."""
    couples = opposites_in(experiment.about)
    there = [name for pair in couples for name in pair if name in experiment.vocabulary]
    first = start(experiment)
    return list(dict.fromkeys([*([first] if first else []), *there]))[: 2 * _OFFERED]


def start(experiment: Experiment) -> str:
    """Return the word that a newcomer sees: the one that moved far and speaks clearly for a class, of those read often.

    It is one of the opposites, so that there is a word it left, unless none of them moved farther than by chance.
    """
    drift, lean = comparisons.drift(experiment.name), comparisons.lean(experiment.name)
    told = drift.drift * lean.leads(lean.fine_tuned)
    shortest = 2 if experiment.language in ("ko", "ja", "zh") else 3
    content = np.array([len(word) >= shortest and word.isalpha() for word in drift.words], dtype=bool)
    told[~content | drift.vectorless | drift.within_spread] = 0
    couples = opposites_in(experiment.about)
    paired = np.isin(drift.words, [word for pair in couples for word in pair])
    tried = (told * (among & (drift.counts >= least)) for among in (paired, content) for least in _OFTEN)
    best = next((one for one in tried if one.any()), told)
    return drift.words[int(best.argmax())] if drift.words else ""


def box(shown: EmbeddingsView, experiment: Experiment) -> None:
    """Draw the box for a word, and words to click."""
    words = offered(experiment)
    with st.container(horizontal=True, vertical_alignment="bottom", key="word_box"):
        st.text_input(
            _("A word: type one, or click one anywhere on the page"), width=380, **session.widget_args(shown, "word")
        )
        st.pills(
            _("Examples"),
            words,
            format_func=escape_markdown,
            label_visibility="collapsed",
            width="stretch",
            **session.choice_args("offered", shown.word if shown.word in words else None, choose),
        )


def read(typed: str, experiment: Experiment) -> str:
    """Return the one word that was typed, else say what is wrong and return nothing."""
    if not typed.strip():
        st.info(_("There is no word to read here. Type one and press Enter."))
        return ""
    try:
        name = comparison.one_word(typed, experiment.vocabulary)
    except AttnvizError as error:
        say(translated(error, _), st.warning)
        return ""
    if len(name) > LONGEST:
        limit = _("Of a word this long the first {limit} letters are read.")
        st.caption(limit.format(limit=LONGEST))
    return name[:LONGEST]


def neighbours(
    experiment: Experiment, chosen: str, key: str = "neighbours", named: bool = False
) -> Neighbourhood | None:
    """Draw what is known of a word, and its neighbours before and after side by side; `named` after the experiment."""
    try:
        near = comparisons.neighbours(experiment.name, chosen)
    except AttnvizError as error:
        say(translated(error, _), st.warning)
        return None
    whose = f"{experiment.name} · " if named else ""
    word_tables(
        [
            beside(whose + _("Neighbours before: frozen"), near.frozen, near.went, _("went"), 0),
            beside(whose + _("Neighbours after: fine-tuned"), near.fine_tuned, near.came, _("came"), 1),
        ],
        chosen=chosen,
        key=key,
        on_choose=choose,
        subject=subject(experiment, near),
    )
    return near


def beside_second(experiment: Experiment, other: Experiment, near: Neighbourhood) -> None:
    """Draw the word and its neighbours in a second experiment, and what only one of the two knows."""
    theirs = neighbours(other, near.word, "neighbours_against", named=True)
    if theirs is None:
        return
    after = [{one.word for one in found.fine_tuned} for found in (near, theirs)]
    shared = _("Of the {count} neighbours after fine-tuning both have {shared}.")
    told = [shared.format(count=len(near.fine_tuned), shared=len(after[0] & after[1]))]
    only = _("Words that {experiment} does not know: {words}.")
    for lacking, found in ((other, near), (experiment, theirs)):
        names = dict.fromkeys([near.word, *(one.word for one in (*found.frozen, *found.fine_tuned))])
        if unknown := [name for name in names if name not in lacking.vocabulary]:
            told.append(only.format(experiment=lacking.name, words=", ".join(map(visible, unknown))))
    say(" ".join(told))


def subject(experiment: Experiment, near: Neighbourhood) -> Subject:
    """Return the figures of a word."""
    drift, lean = comparison.drift(experiment, [near.word]), comparison.lean(experiment, [near.word])
    kept = len(near.frozen) - len(near.went)
    facts = [(_("drift = 1 − cosine"), f"{drift.drift[0]:.4f}")]
    if drift.vectorless[0]:
        facts = [(_("drift = 1 − cosine"), _("no n-gram known"))]
    elif drift.spread is not None and near.known:
        facts.append((_("another seed would change"), f"{drift.spread[0]:.4f}"))
    if experiment.vocabulary.counted:
        facts.append((_("times in training"), f"{drift.counts[0]:,}"))
    if len(lean.labels) > 1:
        facts.append((_("leans to: before → after"), leaning(lean, 0)))
    facts.append((_("neighbours that stayed"), _("{kept} of {count}").format(kept=kept, count=len(near.frozen))))
    about = ""
    if not near.known:
        about = _(
            "Fine-tuning never touched this word: it has no row, and its vector comes from its n-grams. If its "
            "neighbours changed, it is they that moved."
        )
    elif drift.within_spread[0]:
        about = _("It moved no further than another seed carries it: this may be chance.")
    badge = _("known") if near.known else _("unknown")
    return Subject(near.word, badge, not near.known, tuple(facts), about)


def beside(heading: str, listed: tuple[Neighbour, ...], changed: tuple[Neighbour, ...], mark: str, sort: int) -> Table:
    """Return the table of the neighbours in one space, with both cosines; the one they are sorted by has the bar."""
    rows = []
    for near in listed:
        cosines = (near.frozen, near.fine_tuned)
        numbers = [Cell(number(value), bar=value if i == sort else None) for i, value in enumerate(cosines)]
        one = replace(word(near.word), mark=mark if near in changed else "")
        rows.append(Row((one, *numbers)))
    return Table(heading, (_("word"), _("cosine before"), _("after")), tuple(rows))


def word_map(shown: EmbeddingsView, experiment: Experiment, chosen: str, near: Neighbourhood | None) -> None:
    """Draw the map and the switches that belong to it."""
    with st.container(horizontal=True, vertical_alignment="center", key="map_controls"):
        methods = {"pca": "PCA", "tsne": _("t-SNE (takes half a minute once)")}
        segments(_("Projection"), methods, shown, "method", hidden=True)
        st.toggle(_("Only the word and its neighbours"), **session.widget_args(shown, "zoom"))
    from attnviz.ui.charts.word_map import (
        word_map as draw_map,  # plotly, which nobody waits for who reads the lists above
    )

    drift = comparisons.drift(experiment.name)
    order = drift.order[~drift.within_spread[drift.order]]
    far = [drift.words[place] for place in order[:_FAR]]
    around = list(dict.fromkeys(one.word for one in (*near.frozen, *near.fine_tuned))) if near else []
    method, marked = cast(Method, shown.method), [*([chosen] if chosen else []), *around, *far]
    with st.spinner(_("Laying the words out on a plane …")):
        projection, there, lean = comparisons.mapped(experiment.name, method, marked)
    cosines = (
        comparisons.cosines(experiment.name, chosen, projection.words) if chosen else np.zeros((len(there.words), 2))
    )
    figure = draw_map(
        projection,
        there,
        lean,
        cosines,
        chosen=chosen,
        near=around,
        far=far,
        zoom=shown.zoom and bool(near),
        theme=session.theme(),
        translate=session.translation(),
    )
    word_chart(
        figure, "map", projection.words, _("A map of words: where they were and where fine-tuning put them"), choose
    )
    drawn = _("Drawn are the {count} most frequent words, the chosen one, its neighbours and what moved most.")
    missing = "" if chosen in projection.words or not chosen else " " + _("The chosen word is not among these.")
    if method == "tsne":
        drawn = _("Drawn are the {count} most frequent words: t-SNE has no place for others.") + missing
    count = min(comparisons.MAPPED, len(experiment.vocabulary.words))
    say(drawn.format(count=f"{count:,}"))


def table(near: Neighbourhood) -> pd.DataFrame:
    """Return one row a neighbour, those before first, with the cosine in each space."""
    import pandas as pd

    sides = ((TWINS[0], near.frozen, near.went), (TWINS[1], near.fine_tuned, near.came))
    return pd.DataFrame(
        [
            {"of": near.word, "space": space, "place": place, "word": one.word}
            | {"frozen": one.frozen, "fine-tuned": one.fine_tuned, "stayed": one not in changed}
            for space, listed, changed in sides
            for place, one in enumerate(listed, 1)
        ]
    )


page()
