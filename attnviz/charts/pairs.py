"""Pairs of words before and after fine-tuning."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from attnviz import palette, shading
from attnviz.charts.ink import PURPLE, plain
from attnviz.comparison import Pair


def slopes(pairs: Sequence[Pair], theme: palette.Theme = "light", translate: shading.Translate = str) -> go.Figure:
    """Draw the cosine of each pair before and after as a line; those that came closer are dashed."""
    _ = translate
    figure = go.Figure()
    ends = [np.array([getattr(pair, side) for pair in pairs]) for side in ("frozen", "fine_tuned")]
    everything = np.concatenate(ends) if pairs else np.array([0.0, 1.0])
    gap = max(float(np.ptp(everything)), 0.05) / 17  # a line of writing
    heights = [_apart(end, gap) for end in ends]
    everything = np.concatenate((everything, *heights))
    for i, pair in enumerate(pairs):
        name = plain(" – ".join(pair.words))
        colour, dash = (PURPLE, "solid") if pair.apart > 0 else ("#d55e00", "dash")
        figure.add_scatter(
            x=[0, 1],
            y=[pair.frozen, pair.fine_tuned],
            name=name,
            mode="lines+markers",
            line={"color": colour, "width": 2.5, "dash": dash},
            marker={"size": 9},
            customdata=[[i], [i]],
            hovertemplate=f"{name}: %{{y:.3f}}<extra></extra>",
            showlegend=False,
        )
        numbers = [f"{end[i]:.2f}".replace("-", "−") for end in ends]
        for x, anchor, y, text in (
            (-0.03, "right", heights[0][i], numbers[0]),
            (1.03, "left", heights[1][i], f"{numbers[1]}  {name}"),
        ):
            figure.add_annotation(
                x=x, y=y, text=text, xanchor=anchor, showarrow=False, font={"size": 16, "color": palette.INK[theme]}
            )
    figure.update_layout(
        height=max(420, 30 * len(pairs) + 120),
        margin={"l": 10, "r": 10, "t": 20, "b": 40},
        xaxis={
            "range": [-0.2, 2.1],
            "tickmode": "array",
            "tickvals": [0, 1],
            "ticktext": [_("before (frozen)"), _("after (fine-tuned)")],
            "tickfont": {"size": 15, "color": palette.INK[theme]},
            "showgrid": False,
            "zeroline": False,
            "fixedrange": True,
        },
        yaxis={"visible": False, "fixedrange": True, "range": [everything.min() - gap, everything.max() + gap]},
        dragmode=False,
    )
    return figure


def _apart(heights: np.ndarray, gap: float) -> np.ndarray:
    """Return heights moved so far that none is nearer than `gap` to the next, around where they were."""
    order = np.argsort(heights, kind="stable")
    moved = heights[order].astype(np.float64)
    for _round in range(200):
        over = gap - np.diff(moved)
        if (over <= 1e-9).all():
            break
        push = np.where(over > 0, over / 2, 0)
        moved[:-1] -= push
        moved[1:] += push
    result = np.empty_like(moved)
    result[order] = moved
    return result
