"""A sentence of the Errors page as the second experiment reads it, below the first: without the same words."""

from __future__ import annotations

import streamlit as st

from attnviz.analysis.diagnosis import Diagnosis, verdict
from attnviz.analysis.evaluation.shared_classes import NONE
from attnviz.analysis.same_words import covered, followed, left_alone
from attnviz.heatmap.display import visible
from attnviz.heatmap.heatmap import ATTENTION
from attnviz.ui import pages, session
from attnviz.ui.cache import experiments
from attnviz.ui.components.heatmap.heatmap import Ablation, digest, drawing, heatmap
from attnviz.ui.markdown import escape_markdown, say
from attnviz.ui.pages.errors.results import Pair
from attnviz.ui.pages.one_sentence import judge
from attnviz.ui.session import _
from attnviz.ui.views import ErrorsView

SECOND = "second "  # before a line of the list: its drawing by the second experiment


def read(pair: Pair, row: int, whole: Ablation) -> Ablation:
    """Return what the second makes of a row, without the words that the first is to do without."""
    second = experiments.opened(pair.name)
    text = pair.paired.first.texts[row]
    tokens = second.tokenize(text)[: second.max_tokens] if whole.struck else []
    struck = covered(whole.struck, whole.whole.tokens, tokens)
    return judge(second, text, pair.paired.variants[1], "subword", struck)


def reading(shown: ErrorsView, pair: Pair, row: int, whole: Ablation) -> None:
    """Draw how the second reads a row, and why it errs if it does; `whole` is what a variant of the first makes."""
    paired = pair.paired
    judgement, text = read(pair, row, whole), paired.first.texts[row]
    mine, theirs = whole.whole.tokens, judgement.whole.tokens
    if not theirs:
        return
    truth = NONE if paired.first.truth is None else paired.classes.second_of[paired.first.truth[row]]
    if truth != NONE and judgement.whole.prediction != (label := paired.classes.second[truth]):
        told = verdict(Diagnosis.of(judgement.whole, label), judgement.whole, session.translation())
        st.markdown(f"**{escape_markdown(paired.names[1])}** — {escape_markdown(told)}")

    def strike(of: str, places: list[int]) -> None:
        if of == digest(text):
            new = followed(judgement.struck, places, theirs, mine, whole.struck)
            session.update_view(ErrorsView, removed=new, row=paired.first.origin.number(row))

    heatmap(
        [judgement],
        _shade(shown, pair),
        key="heatmap_error_second",
        translate=session.translation(),
        on_strike=strike,
        on_open=pages.open_word,
        heading=pair.name,
        ahead=SECOND,
    )
    if alone := [mine[place].text for place in left_alone(whole.struck, mine, theirs)]:
        told = _("Struck out in {a} alone, for {b} reads it as part of a longer word: {words}.")
        one, other = paired.first.experiment, pair.name
        say(told.format(a=one, b=other, words=", ".join(map(visible, alone))))


def drawn(shown: ErrorsView, pair: Pair, row: int, whole: Ablation) -> str:
    """Return the drawing of a row that may be asked for next."""
    return drawing(
        [read(pair, row, whole)], _shade(shown, pair), session.translation(), heading=pair.name, ahead=SECOND
    )


def _shade(shown: ErrorsView, pair: Pair) -> str:
    return shown.shade if shown.shade in pair.paired.classes.second else ATTENTION
