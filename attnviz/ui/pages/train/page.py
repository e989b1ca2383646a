"""The Train page: watch the twins race, start a run on one's own rows, keep house among the experiments."""

from __future__ import annotations

import streamlit as st

from attnviz.ui import owner, session
from attnviz.ui.markdown import say
from attnviz.ui.pages.glossary import TRAIN, glossary
from attnviz.ui.pages.train.adoption import adoption_form
from attnviz.ui.pages.train.experiments import experiment_list
from attnviz.ui.pages.train.form import training_form
from attnviz.ui.pages.train.runs import runs
from attnviz.ui.session import _
from attnviz.ui.views import TrainView


def page() -> None:
    """Draw the page from top to bottom."""
    runs()
    if owner.is_owner():
        _new()
    else:
        say(_(owner.NOT_OWNER), st.info)
    st.subheader(_("The experiments that are there"), anchor=False)
    experiment_list()


def _new() -> None:
    """Draw the form of a new experiment."""
    session.set_widget("form", True, first=True)  # it folds up when a run begins, so that the race is in sight
    with st.expander(_("A new experiment"), icon=":material/add:", key="form", on_change="rerun"):
        glossary(None, TRAIN)
        shown = training_form(session.current_view(TrainView))
    session.update_url(shown)
    label = _("A model from elsewhere")
    with st.expander(label, icon=":material/move_to_inbox:", key="adoption", on_change="rerun") as box:
        if box.open or session.noticed("adoption"):
            adoption_form()


page()
