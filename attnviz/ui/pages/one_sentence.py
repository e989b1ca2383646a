"""What several pages do with one sentence: let classifiers judge it, name what shades it, lead to the Sentence page."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial

import streamlit as st

from attnviz.heatmap.heatmap import ATTENTION
from attnviz.model.experiment import Experiment
from attnviz.ui import pages, session
from attnviz.ui.cache import beliefs, experiments
from attnviz.ui.components.heatmap.belief import lines
from attnviz.ui.components.heatmap.heatmap import Ablation
from attnviz.ui.session import _
from attnviz.ui.views import SentenceView


def judge(experiment: Experiment, text: str, variant: str, unknown: str, without: tuple[int, ...]) -> Ablation:
    """Let a variant judge the text, and the text without the removed words."""
    explain = partial(experiments.explain, experiment.name, text, variant, unknown)
    whole = explain()
    removed = tuple(place for place in without if place < len(whole.tokens))
    return Ablation(whole, explain(removed) if removed else None)


def believe(experiment: Experiment, judgements: Iterable[Ablation]) -> None:
    """Work out, now that the heat-maps are on their way to the browser, the line under each of their panels."""
    verdicts = (
        (one.now, beliefs.verdict(experiment.name, one.now.text, one.now.variant, one.now.unknown, one.struck))
        for one in judgements
    )
    lines(verdicts, key="beliefs", translate=session.translation())


def shades(experiment: Experiment) -> dict[str, str]:
    """Return what the words can be shaded by, with the names on the screen."""
    contribution = _("contribution to “{label}”")
    return {ATTENTION: _("attention"), **{one: contribution.format(label=_(one)) for one in experiment.labels}}


def say_truncated(limit: int, total: int) -> None:
    """Say that a classifier reads no more than the beginning of a text."""
    told = _("The classifier reads the first {limit} of {total} words and marks.")
    st.caption(told.format(limit=f"{limit:,}", total=f"{total:,}"))


def sentence_link(query: dict[str, str]) -> None:
    """Draw the way to the Sentence page."""
    label = _("See it on the Sentence page")
    st.page_link(pages.file(SentenceView), label=label, icon=":material/short_text:", query_params=query)
