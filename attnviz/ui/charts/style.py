"""What the charts share: two colours, and text that plotly shows letter for letter."""

from __future__ import annotations

from attnviz.heatmap.display import shorten, visible

PURPLE, MIDDLE = "#8f6fd6", "#8d89a0"  # at least 3:1 on both papers
_PLAIN = str.maketrans({"<": "&lt;", ">": "&gt;", "&": "&amp;"})


def chart_text(text: str) -> str:
    """Return a text as plotly shows it letter for letter: it reads a little HTML in its labels."""
    return visible(shorten(text)).translate(_PLAIN)
