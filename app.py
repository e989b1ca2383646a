"""The front door: `streamlit run app.py`."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from attnviz.ui import header, session
from attnviz.ui.session import _
from attnviz.ui.view import EmbeddingsView, ErrorsView, SentenceView, StepsView, SubwordsView, TrainView

ui = Path(__file__).parent / "attnviz" / "ui"
st.set_page_config(page_title="attnviz", page_icon=ui / "icon.svg", layout="wide")
session.begin()
pages = {  # a page, and the question that it answers
    SentenceView: (
        st.Page(ui / "sentence.py", title=_("Sentence"), icon=":material/short_text:", default=True),
        _("Which words did the classifier look at?"),
    ),
    StepsView: (
        st.Page(ui / "steps.py", title=_("Step by step"), icon=":material/stairs:"),
        _("How does a sentence become an answer?"),
    ),
    SubwordsView: (
        st.Page(ui / "subwords.py", title=_("Subwords"), icon=":material/content_cut:"),
        _("Where does a word get its vector?"),
    ),
    EmbeddingsView: (
        st.Page(ui / "embeddings.py", title=_("Embeddings"), icon=":material/scatter_plot:"),
        _("What did fine-tuning do to the words?"),
    ),
    ErrorsView: (
        st.Page(ui / "errors.py", title=_("Errors"), icon=":material/rule:"),
        _("Why did it get this one wrong?"),
    ),
    TrainView: (
        st.Page(ui / "train.py", title=_("Train"), icon=":material/model_training:"),
        _("How does it learn where to look?"),
    ),
}
questions = dict(pages.values())
# the header has a menu whose links keep every page's view
page = st.navigation(list(questions), position="hidden")
with st.container(horizontal_alignment="center"), st.container(width=1240):
    header.menu({kind: page for kind, (page, _question) in pages.items()})
    header.header(questions[page])
    faults = st.container()
    page.run()
    with faults:  # looked for last: opening every experiment takes longer than the first picture may
        header.faults()
    session.warm()
