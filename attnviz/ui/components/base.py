"""What every component needs."""

from __future__ import annotations

from typing import Any

import streamlit as st

from attnviz.ui.session import update_view


def component_event(key: str, name: str) -> Any:
    """Return, in its callback, what a component told; None if it has gone since.

    Of two quick clicks the first may have taken it away. The run that follows is then one of a change all the same: its
    address may be old.
    """
    if key not in st.session_state:
        return update_view()
    return getattr(st.session_state[key], name, None)
