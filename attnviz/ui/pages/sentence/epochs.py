"""Attention over the epochs: what moves the heat-map through a training run, and the run as one chart."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

import streamlit as st

from attnviz.analysis.attention_history import AttentionHistory
from attnviz.data.csv_export import csv
from attnviz.heatmap.display import shorten, visible
from attnviz.heatmap.heatmap import ATTENTION
from attnviz.model.experiment import Experiment
from attnviz.ui import session
from attnviz.ui.cache.histories import histories
from attnviz.ui.downloads import save
from attnviz.ui.examples import Example
from attnviz.ui.i18n import msg
from attnviz.ui.markdown import escape_markdown
from attnviz.ui.session import _
from attnviz.ui.views import SentenceView

if TYPE_CHECKING:
    import pandas as pd

_ABOUT = msg("The experiment kept how its attention on this sentence grew: move the slider under it, or press play.")
_LONGEST_NAME = 40
_MOST_BESIDE = 20  # words


def moving(shown: SentenceView, history: AttentionHistory | None, without: Sequence[int]) -> AttentionHistory | None:
    """Return what the slider moves: the history is of whole sentences, their attention and subwords alone."""
    same = shown.shade == ATTENTION and shown.unknown == "subword" and not without
    return history if same else None


def probes(experiment: Experiment, offered: Sequence[Example]) -> tuple[Example, ...]:
    """Return an experiment's probe sentences that are not `offered` anyway, as examples."""
    texts = {example.text for example in offered}
    found = (history.text for history in histories(experiment.name))
    return tuple(Example(_shortened(text), text, _ABOUT) for text in found if text not in texts)


def growing(shown: SentenceView, experiment: Experiment, history: AttentionHistory | None) -> None:
    """Draw an expander with the chart of the sentence's epochs, or with the ways to sentences that have some."""
    known = [history] if history else histories(experiment.name)
    if not known:
        return
    label = _("How the attention grew, epoch by epoch")
    with st.expander(label, icon=":material/timeline:", **session.widget_args(shown, "growing")) as expander:
        if not expander.open:
            return
        if history is None:
            st.caption(_("The training run kept its attention on these sentences after every epoch. Choose one:"))
            with st.container(horizontal=True):
                for at, one in enumerate(known):
                    there = {"text": one.text, "without": (), "shade": ATTENTION, "unknown": "subword"}
                    name, show = (
                        escape_markdown(_shortened(one.text)),
                        partial(session.update_view, SentenceView),
                    )
                    st.button(name, key=f"probe{at}", on_click=show, kwargs=there)
            return
        from attnviz.ui.charts.attention import (
            attention_history as draw_history,  # plotly: nobody waits for it who does not look
        )

        translate, theme = session.translation(), session.theme()
        alt = _("Heat-map of epochs and words, {variant}: the attention weight of each word after each epoch")
        beside = 2 if len(history.tokens) <= _MOST_BESIDE else 1  # on a phone Streamlit sets columns below each other
        for at, variant in enumerate(shown.variants):
            if at % beside == 0:
                spaces = st.columns(beside)
            space = spaces[at % beside]
            space.plotly_chart(
                draw_history(history, variant, theme, translate),
                width="stretch",
                key=f"growth_{variant}",
                alt=alt.format(variant=_(variant)),
                config={"displaylogo": False},
            )
        st.caption(
            _(
                "Each row is an epoch, the first one before training: there the weights are near the uniform share. "
                "The framed row is the epoch that was kept: none does clearly better on the validation rows."
            )
        )
        save("CSV", lambda: csv(table(history, shown.variants)), "text/csv", name="attnviz-epochs")


def table(history: AttentionHistory, variants: Sequence[str]) -> pd.DataFrame:
    """Return one row a variant, epoch and word: the weight, and whether that epoch was kept."""
    import pandas as pd

    rows = [
        (variant, epoch, place, token, weight, epoch == history.variants[variant].kept)
        for variant in variants
        for epoch, weights in enumerate(history.variants[variant].weights.tolist())
        for place, (token, weight) in enumerate(zip(history.tokens, weights, strict=True))
    ]
    return pd.DataFrame(rows, columns=["variant", "epoch", "place", "token", "weight", "kept"])


def _shortened(text: str) -> str:
    line = visible(" ".join(text.split()))
    return shorten(line) if len(line) <= _LONGEST_NAME else f"{line[:_LONGEST_NAME].rstrip()} …"
