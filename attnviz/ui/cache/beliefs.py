"""How far heat-maps can be believed, worked out once for all sessions."""

from __future__ import annotations

import streamlit as st

from attnviz.analysis.belief.subject import Subject
from attnviz.analysis.belief.verdict import Verdict, judged
from attnviz.data.steps import finished
from attnviz.ui.cache import experiments
from attnviz.ui.cache.per_experiment import per_experiment


@per_experiment(512)
def verdict(name: str, text: str, variant: str, unknown: str, without: tuple[int, ...] = ()) -> Verdict:
    """Return what an answer is without the words it looked at most; a newer run of the page cuts the work off."""
    explanation = experiments.explain(name, text, variant, unknown, without)
    return finished(judged(Subject.of(experiments.opened(name), explanation)), lambda _: _give_way())


def _give_way() -> None:
    """Let Streamlit end this run here if there is something newer to show: it looks when the session is asked."""
    _ = "anything" in st.session_state
