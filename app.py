"""The front door: `streamlit run app.py`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import streamlit as st

from attnviz.ui import header, pages, session
from attnviz.ui.session import _
from attnviz.ui.views import EmbeddingsView, ErrorsView, SentenceView, StepsView, SubwordsView, TrainView, View


def page(kind: type[View], **looks: Any) -> st.Page:
    """Return the page that shows a view of this kind, under its own address."""
    return st.Page(pages.file(kind), url_path=pages.ADDRESSES[kind], **looks)


ui = Path(__file__).parent / "attnviz" / "ui"
st.set_page_config(page_title="attnviz", page_icon=ui / "icon.svg", layout="wide")
session.begin()
shown = {  # a page, and the question that it answers
    SentenceView: (
        page(SentenceView, title=_("Sentence"), icon=":material/short_text:", default=True),
        _("Which words did the classifier look at?"),
    ),
    StepsView: (
        page(StepsView, title=_("Step by step"), icon=":material/stairs:"),
        _("How does a sentence become an answer?"),
    ),
    SubwordsView: (
        page(SubwordsView, title=_("Subwords"), icon=":material/content_cut:"),
        _("Where does a word get its vector?"),
    ),
    EmbeddingsView: (
        page(EmbeddingsView, title=_("Embeddings"), icon=":material/scatter_plot:"),
        _("What did fine-tuning do to the words?"),
    ),
    ErrorsView: (
        page(ErrorsView, title=_("Errors"), icon=":material/rule:"),
        _("Why did it get this one wrong?"),
    ),
    TrainView: (
        page(TrainView, title=_("Train"), icon=":material/model_training:"),
        _("How does it learn where to look?"),
    ),
}
questions = dict(shown.values())
# the header has a menu whose links keep every page's view
opened = st.navigation(list(questions), position="hidden")
with st.container(horizontal_alignment="center"), st.container(width=1240):
    header.menu({kind: one for kind, (one, _question) in shown.items()})
    header.header(questions[opened])
    faults = st.container()
    opened.run()
    with faults:  # looked for last: opening every experiment takes longer than the first picture may
        header.faults()
    session.warm()
