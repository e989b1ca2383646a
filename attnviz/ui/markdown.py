"""Text that Streamlit shows letter for letter, whatever people typed into it."""

from __future__ import annotations

import re
from collections.abc import Callable

import streamlit as st

# Markdown's own marks are escaped. Arrows, icons and addresses Streamlit makes even of escaped ones, so an invisible
# word joiner takes them apart.
_PLAIN = str.maketrans({mark: f"\\{mark}" for mark in "\\`*_{}[]()#+-.!|~:$<>&"})
_APART = re.compile(r"(?<=[-<>=~])(?=[-<>=~])|(?<=:)(?=\S)|(?<=@)|(?<=www)(?=\.)")


def escape_markdown(text: str) -> str:
    """Return `text` such that Streamlit's Markdown shows it letter for letter."""
    return _APART.sub("\u2060", text).translate(_PLAIN)


def say(text: str, draw: Callable[[str], object] = st.caption) -> None:
    """Draw a text letter for letter, as a caption or, say, `st.warning`."""
    draw(escape_markdown(text))
