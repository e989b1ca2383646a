"""Files to take away."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import streamlit as st

if TYPE_CHECKING:
    pass


def save(kind: str, data: Callable[[], str | bytes], mime: str, label: str = "", name: str = "attnviz") -> None:
    """Offer a file that is made when it is asked for; a page that offers two of a kind names them.

    `data` runs outside of the session: it brings the language with it.
    """
    file, key = f"{name}.{kind.lower()}", f"save_{name}_{kind}"
    st.download_button(label or kind, data, file, mime, key=key, icon=":material/download:", on_click="ignore")
