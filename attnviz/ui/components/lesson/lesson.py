"""The components of the lesson: pictures, weights by hand, the prediction, and the way through the steps."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import streamlit as st

from attnviz.heatmap import palette
from attnviz.ui.components.base import component_event

_here = Path(__file__).parent


def read(name: str) -> str:
    """Return a file that lies beside this one."""
    return (_here / name).read_text(encoding="utf-8")


def script(name: str) -> str:
    """Return a component's script, what all of them share in front of it."""
    return read("lesson.js") + read(f"{name}.js")


def style() -> str:
    """Return the style of the pictures."""
    return read("lesson.css") + "\n".join(palette.rules("attention"))


def board(data: dict[str, Any], *, key: str, on_choose: Callable[[str, str, int], None]) -> None:
    """Draw blocks; a click on a choice calls `on_choose(digest, field, place)`."""

    def choose() -> None:
        if event := component_event(key, "choose"):
            on_choose(str(event["digest"]), str(event["field"]), int(event["value"]))

    _board(key=key, data={"json": json.dumps(data)}, on_choose_change=choose)


def hand(data: dict[str, Any], *, key: str, on_taken: Callable[[str, str, float], None]) -> None:
    """Draw the weights to turn; when they rest, `on_taken(digest, hand, temperature)` is called."""

    def taken() -> None:
        if event := component_event(key, "taken"):
            on_taken(str(event["digest"]), str(event["hand"]), float(event["temperature"]))

    _hand(key=key, data={"json": json.dumps(data)}, on_taken_change=taken)


def prediction(data: dict[str, Any], *, key: str, on_reveal: Callable[[str, list[int]], None]) -> None:
    """Draw the words to mark; the button calls `on_reveal(digest, places)`."""

    def reveal() -> None:
        if event := component_event(key, "reveal"):
            on_reveal(str(event["digest"]), [int(place) for place in event["marks"]])

    _prediction(key=key, data={"json": json.dumps(data)}, on_reveal_change=reveal)


def stepper(data: dict[str, Any], *, key: str, on_go: Callable[[int], None]) -> None:
    """Draw the way through the steps; a click or an arrow key calls `on_go(step)`."""

    def go() -> None:
        if step := component_event(key, "go"):
            on_go(int(step))

    _stepper(key=key, data={"json": json.dumps(data)}, on_go_change=go)


def _component(name: str) -> Any:
    html = '<div class="lesson">\n</div>'
    return st.components.v2.component(f"attnviz_{name}", html=html, css=style(), js=script(name))


_board, _hand, _prediction = (_component(name) for name in ("pictures", "weights", "prediction"))
_stepper = st.components.v2.component(
    "attnviz_stepper", html="<nav>\n</nav>", css=read("stepper.css"), js=read("stepper.js")
)
