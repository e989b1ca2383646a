"""The two ways to choose one of several names for a field of a view: side by side, or in a list that drops down."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

from attnviz.ui import session
from attnviz.ui.views import View


def segments(
    label: str,
    names: Mapping[Any, str],
    shown: View,
    field: str,
    *,
    hidden: bool = False,
    then: dict[str, Any] | None = None,
    several: bool = False,
) -> None:
    """Draw buttons side by side for what `names` has names for, one or `several` to choose; `hidden` is the label."""
    mode: dict[str, Any] = {"selection_mode": "multi"} if several else {"required": True}
    st.segmented_control(
        label,
        list(names),
        format_func=names.__getitem__,
        label_visibility="collapsed" if hidden else "visible",
        **mode,
        **session.widget_args(shown, field, then),
    )


def dropdown(
    label: str,
    names: Mapping[Any, str],
    shown: View,
    field: str,
    *,
    width: int,
    hidden: bool = False,
    then: dict[str, Any] | None = None,
) -> None:
    """Draw a list that drops down, of what `names` has names for; `hidden` is the label."""
    st.selectbox(
        label,
        list(names),
        format_func=names.__getitem__,
        width=width,
        label_visibility="collapsed" if hidden else "visible",
        **session.widget_args(shown, field, then),
    )
