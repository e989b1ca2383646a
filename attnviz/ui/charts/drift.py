"""How far words moved against how often training read them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from attnviz.comparison import Drift
from attnviz.heatmap.display import Translate
from attnviz.ui.charts.style import MIDDLE, PURPLE, chart_text

_MOST_DOTS, _FARTHEST = 2000, 100


def drift_by_count(drift: Drift, *, chosen: str, marked: Sequence[str] = (), translate: Translate = str) -> go.Figure:
    """Draw how far words moved against how often training read them; `marked` words stand out.

    A click gives the word's number in `drift` as the first `customdata`.
    """
    _ = translate
    place = {word: i for i, word in enumerate(drift.words)}
    stands_out = {place[word] for word in marked if word in place}
    by_count = np.argsort(-drift.counts, kind="stable")
    thin = by_count[:: -(-len(by_count) // _MOST_DOTS) or 1]  # every n-th word, so that a phone can draw it
    drawn = np.union1d(thin, drift.order[:_FARTHEST])
    quiet = drift.within_spread
    groups = (
        (_("no further than another seed"), [i for i in drawn if quiet[i]], "#a9a6b5", 5, "circle-open"),
        (_("other words"), [i for i in drawn if not quiet[i] and i not in stands_out], "#8f6fd6", 5, "circle"),
        (_("in the list"), sorted(stands_out), "#d55e00", 9, "diamond"),
        (chart_text(chosen), [place[chosen]] if chosen in place else [], PURPLE, 20, "circle-open"),
    )
    hover = _("drift {drift}, {count} times in training").format(drift="%{y:.4f}", count="%{x:,}")
    figure = go.Figure()
    for name, at, colour, size, symbol in groups:
        if not at:
            continue
        figure.add_scatter(
            name=name,
            x=np.maximum(drift.counts[at], 0.5),
            y=drift.drift[at],
            text=[chart_text(drift.words[i]) for i in at],
            customdata=np.array(at)[:, None],
            hovertemplate=f"<b>%{{text}}</b><br>{hover}<extra></extra>",
            mode="markers",
            marker={"color": colour, "size": size, "symbol": symbol, "line": {"width": 3 if size == 20 else 0}},
            selected={"marker": {"opacity": 1}},
            unselected={"marker": {"opacity": 1}},
        )
    for values, name, dash in (
        (drift.drift, _("middle of the words"), "solid"),
        (drift.spread, _("seeds' spread"), "dot"),
    ):
        if values is not None and len(drift.words):
            counts, middles = _running_median(drift.counts, values)
            line = {"color": MIDDLE if dash == "dot" else "#009e73", "width": 3, "dash": dash}
            figure.add_scatter(x=counts, y=middles, mode="lines", name=name, line=line, hoverinfo="skip")
    figure.update_layout(
        height=520,
        margin={"l": 10, "r": 10, "t": 80, "b": 30},
        legend={"orientation": "h", "yanchor": "bottom", "y": 1.01, "x": 0, "itemsizing": "constant"},
        xaxis={"type": "log", "title": {"text": _("times in training")}, "dtick": 1, "tickformat": ","},
        yaxis={"title": {"text": _("drift = 1 − cosine")}, "rangemode": "tozero"},
        dragmode="pan",
        clickmode="event+select",
        uirevision="drift",
        selectionrevision=chosen,
    )
    return figure


def _running_median(counts: np.ndarray, values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the middle count and value of words read about equally often; of fewer than five there is no middle."""
    steps = np.floor(4 * np.log10(np.maximum(counts, 0.5)))  # four to a power of ten
    groups = [steps == step for step in np.unique(steps) if (steps == step).sum() >= 5]
    middles = [np.array([np.median(of[group]) for group in groups]) for of in (counts, values)]
    return middles[0], middles[1]
