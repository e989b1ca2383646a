"""The training sentences nearest to an error, where the rows that an experiment learned from are on this machine."""

from __future__ import annotations

import streamlit as st

from attnviz.analysis.evaluation.nearest_examples import TrainingExamples, fits, tally
from attnviz.analysis.evaluation.report import learned_itself
from attnviz.data.datasets import load_dataset
from attnviz.data.registry import at_hand
from attnviz.errors import AttnvizError
from attnviz.heatmap.display import visible
from attnviz.model.experiment import Experiment
from attnviz.ui import session
from attnviz.ui.cache import experiments
from attnviz.ui.cache.per_experiment import per_experiment
from attnviz.ui.markdown import escape_markdown, say
from attnviz.ui.pages.errors.known import named
from attnviz.ui.session import _

_CUT = 400  # characters of a sentence


def learned(experiment: Experiment) -> TrainingExamples | None:
    """Return the sentences an experiment was trained on, read once for all sessions; None if they are not here."""
    name = experiment.about.data.name
    if name not in named(experiment) or not at_hand(name):
        return None
    return _learned(experiment.name)


def show(experiment: Experiment, text: str, truth: str | None, known: TrainingExamples | None = None) -> None:
    """List the nearest sentences with their labels, and say what near means."""
    with st.spinner(_("Reading what {experiment} learned from …").format(experiment=escape_markdown(experiment.name))):
        known = known or learned(experiment)
    if known is None:
        gone = _("The sentences that {experiment} learned from are not on this machine: none can be shown.")
        say(gone.format(experiment=experiment.name))
        return
    if same := known.same(text):
        say(learned_itself(same, session.translation()))
    near = known.near(text)
    if not near:
        st.caption(_("No word of this text is in the vocabulary, or nothing else was learned from: nothing is near."))
        return
    counted = ", ".join(f"{_(label)} {count}" for label, count in tally(one.label for one in near).items())
    told = _("Labels of the nearest training sentences: {labels}.").format(labels=counted)
    if truth is not None:
        told += " " + _("it is: {label}").format(label=_(truth))
    st.markdown(f"**{escape_markdown(told)}**")
    for one in near:
        shown = " ".join(one.text.split())
        shown = shown if len(shown) <= _CUT else f"{shown[:_CUT]}…"
        about = f"**{escape_markdown(_(one.label))}** · {one.cosine:.2f}"
        st.markdown(f"{about} · {escape_markdown(visible(shown))}")
    st.caption(
        _(
            "Near: alike in words. The number is the cosine of the mean word vectors before fine-tuning, rare words "
            "weighed more; the order of the words and what the classifiers make of them play no part."
        )
    )


@per_experiment(2)
def _learned(name: str) -> TrainingExamples | None:
    experiment = experiments.opened(name)
    try:
        dataset = load_dataset(experiment.about.data.name, label_names=experiment.labels)
    except AttnvizError:  # a file that was there a moment ago, or is another by now
        return None
    return TrainingExamples.of(experiment, dataset) if fits(experiment, dataset) else None
