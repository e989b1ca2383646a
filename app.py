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
pages = {
    SentenceView: st.Page(ui / "sentence.py", title=_("Sentence"), icon=":material/short_text:", default=True),
    StepsView: st.Page(ui / "steps.py", title=_("Step by step"), icon=":material/stairs:"),
    SubwordsView: st.Page(ui / "subwords.py", title=_("Subwords"), icon=":material/content_cut:"),
    EmbeddingsView: st.Page(ui / "embeddings.py", title=_("Embeddings"), icon=":material/scatter_plot:"),
    ErrorsView: st.Page(ui / "errors.py", title=_("Errors"), icon=":material/rule:"),
    TrainView: st.Page(ui / "train.py", title=_("Train"), icon=":material/model_training:"),
}
questions = (
    _("Which words did the classifier look at?"),
    _("How does a sentence become an answer?"),
    _("Where does a word get its vector?"),
    _("What did fine-tuning do to the words?"),
    _("Why did it get this one wrong?"),
    _("How does it learn where to look?"),
)
page = st.navigation(
    list(pages.values()), position="hidden"
)  # the header has a menu whose links keep every page's view
with st.container(horizontal_alignment="center"), st.container(width=1240):
    header.menu(pages)
    header.header(dict(zip(pages.values(), questions, strict=True))[page])
    faults = st.container()
    page.run()
    with faults:  # looked for last: opening every experiment takes longer than the first picture may
        header.faults()
    session.warm()
