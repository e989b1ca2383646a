"""Attention weights: of several variants on one sentence, and of one variant over the epochs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import plotly.graph_objects as go

from attnviz.analysis.attention_history import AttentionHistory
from attnviz.heatmap import palette
from attnviz.heatmap.display import Translate
from attnviz.heatmap.rounding import apportion
from attnviz.ui.charts.style import MIDDLE, chart_text

if TYPE_CHECKING:
    from attnviz.model.explanation import Explanation


# One hue, as everywhere for attention; the pattern tells the variants apart without it. At least 3:1 on both papers.
_BARS = {
    "frozen": ("#8f6fd6", "/"),
    "fine-tuned": ("#7a4fd0", ""),
    "uniform": ("#85829a", "."),
    "frozen-additive": ("#8f6fd6", "x"),
    "fine-tuned-additive": ("#7a4fd0", "-"),
}
_MOST_NUMBERS = 8  # words of a heat-map with room for numbers
_TOO_NEAR = 0.06  # of the colour bar's length: ticks would be written over one another


def weights(explanations: Sequence[Explanation], translate: Translate = str) -> go.Figure:
    """Draw the attention weights of several variants on one sentence, word by word, with the uniform share."""
    _ = translate
    first = explanations[0]
    count = len(first.tokens)
    words = [chart_text(token.text) for token in first.tokens]
    figure = go.Figure()
    for explanation in explanations:
        colour, pattern = _BARS.get(explanation.variant, ("#85829a", "+"))
        figure.add_bar(
            name=_(explanation.variant),
            x=list(range(count)),
            y=explanation.weights.tolist(),
            customdata=words,
            marker={
                "color": colour,
                "pattern": {"shape": pattern, "fillmode": "overlay", "fgcolor": "#ffffff", "size": 6},
            },
            hovertemplate="%{customdata}: %{y:.4f}",
        )
    figure.update_layout(
        barmode="group",
        height=420,
        margin={"l": 10, "r": 10, "t": 72, "b": 30},
        legend={"orientation": "h", "yanchor": "bottom", "y": 1.02, "x": 0},
        yaxis={"title": {"text": _("attention weight α")}, "rangemode": "tozero"},
        xaxis={
            "tickmode": "array",
            "tickvals": list(range(count)),
            "ticktext": words,
            "tickangle": 0 if count <= 12 else -60,
            "range": [-0.6, min(count, 40) - 0.4],
        },
        hovermode="x unified",
        dragmode="pan",
    )
    if count:
        figure.add_hline(
            y=first.uniform,
            line={"dash": "dot", "width": 2, "color": "#8d89a0"},
            annotation_text=_("uniform share 1/{count}").format(count=round(1 / first.uniform)),
        )
    return figure


def attention_history(
    history: AttentionHistory, variant: str, theme: palette.Theme = "light", translate: Translate = str
) -> go.Figure:
    """Draw a variant's attention weights on one sentence as a heat-map, epochs x words.

    The colours are those of every attention heat-map, and the bar that explains them marks the uniform share. A frame
    marks the epoch that was kept.
    """
    _ = translate
    own, count, last = history.variants[variant], len(history.tokens), history.epochs
    words = [chart_text(token) for token in history.tokens]
    share = float(palette.attention_intensity(1 / count))
    ticks = [tick for tick in palette.ticks("attention") if abs(tick[0] - share) > _TOO_NEAR]
    ticks.append((share, _("uniform 1/{count}").format(count=count)))
    hover = _("epoch {epoch}: α = {weight}, {ratio} × the uniform share")
    figure = go.Figure()
    figure.add_heatmap(
        name=_(variant),
        z=palette.attention_intensity(own.weights),
        x=list(range(count)),
        y=list(range(last + 1)),
        customdata=np.stack((own.weights, own.weights * count), axis=2),
        hovertext=[words] * (last + 1),
        hovertemplate="<b>%{hovertext}</b><br>"
        + hover.format(epoch="%{y}", weight="%{customdata[0]:.4f}", ratio="%{customdata[1]:.2f}")
        + "<extra></extra>",
        zmin=0,
        zmax=1,
        colorscale=[
            [level / palette.LEVELS, palette.colour(level, "attention", theme).background]
            for level in range(palette.LEVELS + 1)
        ],
        colorbar={
            "tickvals": [tick for tick, _name in ticks],
            "ticktext": [name for _tick, name in ticks],
            "tickfont": {"color": palette.INK[theme]},
            "outlinewidth": 1,
            "outlinecolor": MIDDLE,
            "thickness": 12,
        },
        xgap=1,
        ygap=1,
    )
    if count <= _MOST_NUMBERS:
        _numbers(figure, own.weights, theme)
    frame = {"width": 3, "color": palette.INK[theme]}
    figure.add_shape(type="rect", x0=-0.5, x1=count - 0.5, y0=own.kept - 0.5, y1=own.kept + 0.5, line=frame)
    rows = sorted({*range(0, last + 1, max(1, -(-last // 20))), own.kept})
    axis = {"showgrid": False, "zeroline": False, "tickfont": {"size": 13, "color": palette.INK[theme]}}
    figure.update_layout(
        title={"text": _(variant), "x": 0, "font": {"size": 16, "color": palette.INK[theme]}},
        height=130 + 26 * (min(last, 20) + 1),
        margin={"l": 10, "r": 10, "t": 40, "b": 10},
        xaxis={**axis, "tickvals": list(range(count)), "ticktext": words},
        yaxis={
            **axis,
            "tickvals": rows,
            "ticktext": [f"<b>▲ {epoch}</b>" if epoch == own.kept else f"{epoch}" for epoch in rows],
            "autorange": "reversed",
            "title": {"text": _("epoch")},
        },
        dragmode=False,
    )
    return figure


def _numbers(figure: go.Figure, weights: np.ndarray, theme: palette.Theme) -> None:
    """Write weights [E, T] into their cells, in the colour that can be read there; plotly's own choice is pale."""
    inks: dict[str, list[tuple[int, int, str]]] = {}
    for epoch, row in enumerate(weights):
        shown = apportion(row, 1, 2)
        for place, level in enumerate(palette.attention_levels(row)):
            ink = palette.colour(level, "attention", theme).text
            inks.setdefault(ink, []).append((place, epoch, f"{shown[place]:.0%}"))
    for ink, cells in inks.items():
        x, y, text = zip(*cells, strict=True)
        font = {"size": 13, "color": ink}
        figure.add_scatter(x=x, y=y, text=text, mode="text", textfont=font, hoverinfo="skip", showlegend=False)
