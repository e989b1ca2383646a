"""The base of every component: its files go in front of the browser, its data as JSON, and its events become calls."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, Protocol

import streamlit as st

from attnviz.ui.session import language, update_view

_HERE = Path(__file__).parent


class Mount(Protocol):
    """What puts a component on the page."""

    def __call__(self, data: Any, *, key: str, **calls: Callable[[Any], object] | None) -> None:
        """Draw data, a JSON string or what can be made one; an event `x` that the browser tells calls `on_x(value)`.

        With None for a call the event's last value is only kept.
        """


def component(folder: str, *parts: str, css: str = "") -> Mount:
    """Load the files `folder/part.js`, `.css` and `.html` of `parts`, by default one called like the folder.

    The last part exports what Streamlit calls, and names the component. Without an `.html` of its own it gets a `div`
    of the folder's class. `css` comes last.
    """
    parts = parts or (folder,)
    mount = st.components.v2.component(
        f"attnviz_{parts[-1]}",
        html=_read(f"{folder}/{parts[-1]}.html") or f'<div class="{folder}" data-component>\n</div>',
        css=style(folder, *parts) + css,
        js=script(folder, *parts),
    )

    def draw(data: Any, *, key: str, **calls: Callable[[Any], object] | None) -> None:
        # As a string: to see if lists are tables, Streamlit imports pandas and pyarrow.
        written = data if isinstance(data, str) else json.dumps(data)
        heard: dict[str, Any] = {
            f"{name}_change": partial(_hear, key, name.removeprefix("on_"), call) for name, call in calls.items()
        }
        mount(key=key, data={"json": written, "language": language()}, **heard)

    return draw


def script(folder: str, *parts: str) -> str:
    """Return the JavaScript of parts of a folder, behind what all components share."""
    return _read("shared.js") + "".join(_read(f"{folder}/{part}.js") for part in parts)


def style(folder: str, *parts: str) -> str:
    """Return the CSS of parts of a folder, behind what all components share."""
    return _read("shared.css") + "".join(_read(f"{folder}/{part}.css") for part in parts)


def component_event(key: str, name: str) -> Any:
    """Return, in its callback, what a component told; None if it has gone since.

    Of two quick clicks the first may have taken it away. The run that follows is then one of a change all the same: its
    address may be old.
    """
    if key not in st.session_state:
        return update_view()
    return getattr(st.session_state[key], name, None)


def _hear(key: str, event: str, call: Callable[[Any], object] | None) -> None:
    if call and (told := component_event(key, event)) is not None:
        call(told)


def _read(name: str) -> str:
    path = _HERE / name
    return path.read_text(encoding="utf-8") if path.exists() else ""
