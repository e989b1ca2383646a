"""A sentence with the twins' vectors swapped word by word: whose fine-tuning made the difference."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import streamlit as st

from attnviz.model.experiment import Experiment
from attnviz.ui import session
from attnviz.ui.cache import comparisons
from attnviz.ui.components.swap_table import swap_table
from attnviz.ui.components.word_table.word_table import word_tables
from attnviz.ui.examples import examples
from attnviz.ui.pages.one_sentence import say_truncated, sentence_link
from attnviz.ui.session import _
from attnviz.ui.views import EmbeddingsView, SentenceView


def swapback(shown: EmbeddingsView, experiment: Experiment, chosen: str, on_choose: Callable[[str], None]) -> None:
    """Draw the box for a sentence and what each word's vector does in the other twin."""
    text = examples(experiment.language, experiment.labels)[0].text if shown.text is None else shown.text
    st.text_input(_("A sentence"), **session.widget_args(replace(shown, text=text), "text"))
    with st.spinner(_("Swapping vectors, one word at a time …")):
        found = comparisons.trace(experiment.name, text)
    if not found.tokens:
        st.info(_("There is no word to read here. Type a sentence and press Enter."))
        return
    if found.total_tokens > len(found.tokens):
        say_truncated(len(found.tokens), found.total_tokens)
    word_tables([swap_table(found)], chosen=chosen, key="trace", on_choose=on_choose)
    sentence_link(session.page_query(SentenceView))
