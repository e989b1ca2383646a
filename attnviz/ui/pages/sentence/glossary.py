"""The words of the Sentence page in a sentence each, for a finger as for a mouse."""

from __future__ import annotations

import streamlit as st

from attnviz.model.experiment import Experiment
from attnviz.ui.i18n import msg
from attnviz.ui.markdown import escape_markdown
from attnviz.ui.session import _

_VARIANTS = {
    "frozen": msg("Each word has a vector, numbers that FastText learned from texts. Here they stay as they are."),
    "fine-tuned": msg("Here the words' vectors learn along with the classifier: they move to where they help it."),
    "uniform": msg("It has no attention: every word weighs the same. It shows what attention is good for."),
}
_OTHERS = {
    msg("attention"): msg(
        "How much of its attention a classifier gives to each word: shares that add up to 100\u00a0%."
    ),
    msg("contribution"): msg("What a word adds to an answer: its attention times what it speaks for, the vote."),
    msg("subwords"): msg(
        "A word that is not in the vocabulary gets a vector made of its pieces (n-grams), so that a typo does little "
        "harm."
    ),
    "<unk>": msg("All words that are not in the vocabulary get one and the same vector: what they mean is lost."),
}


def glossary(experiment: Experiment) -> None:
    """Draw a button that opens the page's words with what they mean."""
    terms = {name: about for name, about in _VARIANTS.items() if name in experiment.variants} | _OTHERS
    with st.popover(_("Terms"), icon=":material/help:", type="tertiary"):
        for name, about in terms.items():
            st.markdown(f"**{escape_markdown(_(name))}**: {escape_markdown(_(about))}")
