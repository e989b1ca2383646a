"""Pairs of words before and after fine-tuning."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from attnviz.comparison import Pair
from attnviz.heatmap import palette
from attnviz.heatmap.display import Translate
from attnviz.heatmap.text_width import width
from attnviz.ui.charts.style import MIDDLE, PURPLE, chart_text

_LINE = 22  # pixels of a line of writing
_PALE = 0.4  # of the lines beside one that stands out
_NARROW, _FONT, _SMALLEST = 330, 16, 11  # pixels of the chart on a phone, and of its writing
_LEFT, _LINES = 42, 75  # pixels there for the numbers before the lines, and for these: the names of both ends fit above
_BOLD = 1.07  # how much wider a name is that stands out
_ASIDE = 0.07  # how far the writing stands off the dots, in the space between both


def slopes(
    pairs: Sequence[Pair], theme: palette.Theme = "light", translate: Translate = str, chosen: str = ""
) -> go.Figure:
    """Draw the cosine of each pair before and after as a line; those that came closer are dashed.

    The pairs of the word that is chosen stand out, if it has any.
    """
    _ = translate
    figure = go.Figure()
    font, ends_at = _room(pairs)
    ends = [np.array([getattr(pair, side) for pair in pairs]) for side in ("frozen", "fine_tuned")]
    everything = np.concatenate(ends) if pairs else np.array([0.0, 1.0])
    height = max(480, 34 * len(pairs) + 140)
    gap = max(float(np.ptp(everything)), 0.05) * _LINE / (height - 100 - 2 * _LINE)
    heights = [_apart(end, gap) for end in ends]
    everything = np.concatenate((everything, *heights))
    for i, pair in enumerate(pairs):
        name = chart_text(" – ".join(pair.words))
        colour, dash = (PURPLE, "solid") if pair.apart > 0 else ("#d55e00", "dash")
        out, whole = chosen in pair.words, not any(chosen in one.words for one in pairs)
        name = f"<b>{name}</b>" if out else name
        figure.add_scatter(
            x=[0, 1],
            y=[pair.frozen, pair.fine_tuned],
            name=name,
            mode="lines+markers",
            line={"color": colour, "width": 4 if out else 2.5, "dash": dash},
            marker={"size": 11 if out else 9},
            opacity=1.0 if out or whole else _PALE,
            customdata=[[i], [i]],
            hovertemplate=f"{name}: %{{y:.3f}}<extra></extra>",
            showlegend=False,
        )
        numbers = [f"{end[i]:.2f}".replace("-", "−") for end in ends]
        for x, anchor, y, text in (
            (-_ASIDE, "right", heights[0][i], numbers[0]),
            (1 + _ASIDE, "left", heights[1][i], f"{numbers[1]}  {name}"),
        ):
            figure.add_annotation(
                x=x, y=y, text=text, xanchor=anchor, showarrow=False, font={"size": font, "color": palette.INK[theme]}
            )
    leaders = [
        (x, y)
        for start, aside, ys, labels in ((0, -_ASIDE, ends[0], heights[0]), (1, 1 + _ASIDE, ends[1], heights[1]))
        for y0, y1 in zip(ys, labels, strict=True)
        for x, y in ((start, y0), (aside, y1), (None, None))
    ]
    if leaders:
        x, y = zip(*leaders, strict=True)
        line = {"color": MIDDLE, "width": 1}
        figure.add_scatter(x=x, y=y, mode="lines", line=line, showlegend=False, hoverinfo="skip")
    figure.update_layout(
        height=height,
        margin={"l": 10, "r": 10, "t": 60, "b": 20},
        xaxis={
            "side": "top",
            "range": ends_at,
            "tickmode": "array",
            "tickvals": [0, 1],
            "ticktext": [_in_two(end) for end in (_("before (frozen)"), _("after (fine-tuned)"))],
            "tickangle": 0,
            "tickfont": {"size": 15, "color": palette.INK[theme]},
            "showgrid": False,
            "zeroline": False,
            "fixedrange": True,
        },
        yaxis={"visible": False, "fixedrange": True, "range": [everything.min() - gap, everything.max() + gap]},
        dragmode=False,
    )
    return figure


def _room(pairs: Sequence[Pair]) -> tuple[float, tuple[float, float]]:
    """Return how large to write, and where the chart begins and ends, so that a phone has room for the longest name.

    The lines go from 0 to 1. A name that is too long for the smallest writing is cut there.
    """
    longest = max((width(" – ".join(pair.words)) for pair in pairs), default=0.0)
    told = _BOLD * longest + width("−0.00  ")  # ems
    font = min(max((_NARROW - _LEFT - (1 + _ASIDE) * _LINES) / told, _SMALLEST), _FONT)
    unit = max((_NARROW - _LEFT - font * told) / (1 + _ASIDE), _LINES)  # pixels there
    return font, (-_LEFT / unit, (_NARROW - _LEFT) / unit)


def _in_two(end: str) -> str:
    """Put what stands in brackets on a line of its own: plotly hides a name that is cut."""
    return re.sub(r" ?\(", "<br>(", end)


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
