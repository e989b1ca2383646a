"""What the charts share: two colours, and text that plotly shows letter for letter."""

from __future__ import annotations

from typing import Any

from attnviz.heatmap import palette
from attnviz.heatmap.display import shorten, visible

PURPLE, MIDDLE = "#8f6fd6", "#8d89a0"  # at least 3:1 on both papers
_PLAIN = str.maketrans({"<": "&lt;", ">": "&gt;", "&": "&amp;"})


def chart_text(text: str) -> str:
    """Return a text as plotly shows it letter for letter: it reads a little HTML in its labels."""
    return visible(shorten(text)).translate(_PLAIN)


def lying_bars(theme: palette.Theme) -> dict[str, Any]:
    """Return the layout of bars or boxes that lie, with a legend above them."""
    ink = {"size": 14, "color": palette.INK[theme]}
    return {
        "margin": {"l": 10, "r": 10, "t": 50, "b": 30},
        "legend": {"orientation": "h", "yanchor": "bottom", "y": 1.01, "x": 0, "font": ink, "traceorder": "normal"},
        "font": {"size": 14},
        "yaxis": {"autorange": "reversed", "fixedrange": True, "tickfont": ink},
        "dragmode": False,
    }
