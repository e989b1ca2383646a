"""A word that a classifier does not read as one: said where a page takes it whole."""

from __future__ import annotations

import streamlit as st

from attnviz.heatmap.display import visible
from attnviz.model.experiment import Experiment
from attnviz.ui.markdown import escape_markdown
from attnviz.ui.session import _


def say_pieces(experiment: Experiment, word: str) -> None:
    """Say into which morphemes the experiment's classifiers cut a word in its look-up form, if they do."""
    pieces = experiment.segmenter.cut(word)
    if len(pieces) < 2:
        return
    said = _("In a sentence {experiment} reads “{word}” as {pieces}. Here it is taken whole, by its n-grams.")
    told = said.format(experiment=experiment.name, word=visible(word), pieces=visible(" + ".join(pieces)))
    st.caption(escape_markdown(told))
