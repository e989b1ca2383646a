"""The table of pages, each a folder: `page.py` draws it, the files beside it are parts that only it has."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import streamlit as st

from attnviz.ui import session
from attnviz.ui.i18n import msg
from attnviz.ui.views import (
    EmbeddingsView,
    ErrorsView,
    SelfAttentionView,
    SentenceView,
    StepsView,
    SubwordsView,
    TrainView,
    View,
)


class Page(NamedTuple):
    """What the menu says of a page, and the question that stands above it."""

    folder: str  # here, which is also the path of its link
    title: str
    icon: str  # of Google's Material Symbols
    question: str


PAGES: dict[type[View], Page] = {
    SentenceView: Page("sentence", msg("Sentence"), "short_text", msg("Which words did the classifier look at?")),
    StepsView: Page("steps", msg("Step by step"), "stairs", msg("How does a sentence become an answer?")),
    SelfAttentionView: Page("self_attention", msg("Self-attention"), "hub", msg("What do the words ask each other?")),
    SubwordsView: Page("subwords", msg("Subwords"), "content_cut", msg("Where does a word get its vector?")),
    EmbeddingsView: Page("embeddings", msg("Embeddings"), "scatter_plot", msg("What did fine-tuning do to the words?")),
    ErrorsView: Page("errors", msg("Errors"), "rule", msg("Why did it get this one wrong?")),
    TrainView: Page("train", msg("Train"), "model_training", msg("How does it learn where to look?")),
}


def file(kind: type[View]) -> Path:
    """Return the script of the page that shows a view of this kind."""
    return Path(__file__).parent / PAGES[kind].folder / "page.py"


def open_word(address: str, word: str) -> None:
    """Show a word on the page with an address: the next run goes there."""
    session.update_view(SubwordsView, word=word, other=None)
    session.go_to(next(kind for kind in (EmbeddingsView, SubwordsView) if PAGES[kind].folder == address))


def switch() -> None:
    """Go to the page that a click asked for, if any did."""
    if kind := session.way():
        st.switch_page(file(kind), query_params=session.page_query(kind))
