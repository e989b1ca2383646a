"""The Subwords page: a word cut into the n-grams that its vector is built from, beside another one."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import streamlit as st

from attnviz.analysis import subwords
from attnviz.analysis.subwords import compare, readable
from attnviz.errors import AttnvizError
from attnviz.model.experiment import Experiment
from attnviz.ui import session
from attnviz.ui.cache import experiments, word_vectors
from attnviz.ui.cache.word_vectors import Choice
from attnviz.ui.choices import dropdown
from attnviz.ui.components.ngram_view.ngram_view import ngram_view
from attnviz.ui.components.ngram_view.ngram_view import payload as ngram_payload
from attnviz.ui.components.typo_test.typo_test import payload as typo_payload
from attnviz.ui.components.typo_test.typo_test import typo_test
from attnviz.ui.examples import pairs
from attnviz.ui.i18n import translated
from attnviz.ui.markdown import escape_markdown, say
from attnviz.ui.pages.glossary import SUBWORDS, glossary
from attnviz.ui.pages.read_as import say_pieces
from attnviz.ui.pages.steps.further import step_link
from attnviz.ui.pages.subwords.ngram_table import ngrams
from attnviz.ui.session import _
from attnviz.ui.turns import fragment
from attnviz.ui.views import SubwordsView


def page() -> None:
    """Draw the page from top to bottom."""
    experiment = session.chosen()
    if not experiment:
        return
    there = word_vectors.files()
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="introduction"):
        st.caption(_("FastText builds a word's vector from its n-grams: so a word that it never saw has one."))
        glossary(experiment, SUBWORDS)
    if there:
        vector_choice(session.current_view(SubwordsView), experiment, there)
    choice = chosen(experiment)
    here = st.empty()
    try:
        with here, st.spinner(_("Opening “{name}” …").format(name=escape_markdown(choice.name))):
            word_vectors.vectors_of(choice)
        looking = _("Going through the most frequent words once, to find neighbours at once from then on …")
        word_vectors.prepare(choice, lambda done: here.progress(done, looking))
        here.empty()
    except AttnvizError as error:
        say(translated(error, _), st.error)
        return
    words(experiment)
    test(experiment)


def chosen(experiment: Experiment) -> Choice:
    """Return the vectors that the link names, failing that the experiment's own."""
    file = session.current_view(SubwordsView).vectors
    return Choice(experiment.name, file if file in word_vectors.files() else "")


def couples(choice: Choice) -> tuple[tuple[str, str], ...]:
    """Return the pairs to click: of the experiment's field for its own vectors, of a language for a file."""
    labels = () if choice.file else experiments.opened(choice.experiment).labels
    return pairs(word_vectors.language(choice), labels)


def vector_choice(shown: SubwordsView, experiment: Experiment, there: list[str]) -> None:
    """Offer the files beside the experiment's own vectors."""
    if shown.vectors not in ("", *there):
        say(_("There are no vectors “{name}” here.").format(name=shown.vectors), st.warning)
        shown = replace(shown, vectors="")
    names = {file: _("Vectors of {name}").format(name=file or experiment.name) for file in ("", *there)}
    then = {"word": None, "other": None}  # they may be of another language
    dropdown(_("Vectors"), names, shown, "vectors", width=360, hidden=True, then=then)


def validated(shown: SubwordsView, choice: Choice) -> SubwordsView:
    """Return the view with the pair it starts from as None, and only such vectors as are there."""
    start = couples(choice)[0]
    first = (shown.word, shown.other) in ((None, None), start)
    return replace(
        shown,
        word=None if first else shown.word or "",
        other=None if first else shown.other or "",
        vectors=choice.file,
    )


@fragment
def words(experiment: Experiment) -> None:
    """Draw the two boxes and what is read in them: the part that runs alone for a new word."""
    choice = chosen(experiment)
    shown = validated(session.current_view(SubwordsView), choice)
    fits = session.update_url(shown)
    offered = couples(choice)
    typed = offered[0] if shown.word is None else (shown.word, shown.other or "")
    boxes(shown, typed, offered)
    if not fits:
        say(_("This text is too long for a link: the address bar tells the rest of this view only."))
    read = {field: reading(text, choice) for field, text in zip(("word", "other"), typed, strict=True)}
    with st.spinner(_("Looking for the nearest words …")):
        found = {field: word_vectors.dissected(choice, word) for field, word in read.items() if word}
        if not found:
            st.info(_("There is no word to read here. Type one and press Enter."))
            return
        table, common = word_vectors.table(choice), word_vectors.common(choice)
    both = compare(*found.values()) if len(found) == 2 else None
    ngram_view(
        ngram_payload(found, both, word_vectors.vectors_of(choice), table, common, session.translation()),
        key="anatomy",
        on_choose=lambda field, word: put(typed, field, word),
    )
    if not choice.file:
        for word in dict.fromkeys(word for word in read.values() if word):
            say_pieces(experiment, word)
    ngrams(shown, tuple(found.values()))


def put(typed: tuple[str, str], field: str, word: str) -> None:
    """Put a word into one of the boxes; the other one keeps what it has."""
    session.update_view(SubwordsView, **{"word": typed[0], "other": typed[1], field: word})


def boxes(shown: SubwordsView, typed: tuple[str, str], offered: tuple[tuple[str, str], ...]) -> None:
    """Draw the two text boxes and, below them, pairs to click."""
    filled = replace(shown, word=typed[0], other=typed[1])
    with st.container(horizontal=True, vertical_alignment="bottom", key="boxes"):
        st.text_input(_("A word"), **session.widget_args(filled, "word", then={"other": typed[1]}))
        st.button(
            _("Swap"),
            icon=":material/swap_horiz:",
            on_click=partial(session.update_view, SubwordsView, word=typed[1], other=typed[0]),
        )
        st.text_input(
            _("Beside it: a typo, an inflection, a made-up word"),
            **session.widget_args(filled, "other", then={"word": typed[0]}),
        )
    st.pills(
        _("Examples"),
        offered,
        format_func=lambda pair: escape_markdown(" · ".join(pair)),
        label_visibility="collapsed",
        **session.choice_args(
            "pair",
            typed if typed in offered else None,
            lambda pair: session.update_view(SubwordsView, word=pair[0], other=pair[1]),
        ),
    )


def reading(text: str, choice: Choice) -> str:
    """Return the word in what was typed, and say so if that is not all of it."""
    word = readable(text, lower=not choice.file)
    if len(text.split()) > 1:
        say(_("One word at a time: this reads the first, “{word}”.").format(word=word))
    if len(next(iter(text.split()), "")) > subwords.LONGEST:
        limit = _("Of a word this long the first {limit} letters are read.")
        st.caption(limit.format(limit=subwords.LONGEST))
    return word


def test(experiment: Experiment) -> None:
    """Draw the pairs and the test by typo, which waits for its button."""
    choice = chosen(experiment)
    shown = session.current_view(SubwordsView)
    with st.spinner(_("Damaging known words and looking for them …")):
        tallies = word_vectors.surveyed(choice) if shown.typos else None
        searched, common = len(word_vectors.table(choice).words), word_vectors.common(choice)
    vectors, offered = word_vectors.vectors_of(choice), couples(choice)
    typo_test(
        typo_payload(vectors, offered, common, tallies, searched, session.translation()),
        key="typotest",
        on_choose=lambda word, other: session.update_view(SubwordsView, word=word, other=other),
    )
    if tallies is None:
        label = _("Test by typo: damage letters of known words as people do. Are they found again?")
        st.button(
            label,
            icon=":material/spellcheck:",
            on_click=partial(session.update_view, SubwordsView, typos=True),
        )
    step_link(7)


page()
