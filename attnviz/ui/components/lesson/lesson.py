"""The components of the lesson: pictures, weights by hand, the prediction, and the way through the steps."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from attnviz.heatmap import palette
from attnviz.ui.components import base
from attnviz.ui.components.base import component

COLOURS = "\n".join(palette.rules("attention"))


def pictures(data: dict[str, Any], *, key: str, on_choose: Callable[[str, str, int], None]) -> None:
    """Draw blocks; a click on a choice calls `on_choose(digest, field, place)`."""

    def choose(event: dict[str, Any]) -> None:
        on_choose(str(event["digest"]), str(event["field"]), int(event["value"]))

    _pictures(data, key=key, on_choose=choose)


def weights(data: dict[str, Any], *, key: str, on_taken: Callable[[str, str, float], None]) -> None:
    """Draw the weights to turn; when they rest, `on_taken(digest, hand, temperature)` is called."""

    def taken(event: dict[str, Any]) -> None:
        on_taken(str(event["digest"]), str(event["hand"]), float(event["temperature"]))

    _weights(data, key=key, on_taken=taken)


def prediction(data: dict[str, Any], *, key: str, on_reveal: Callable[[str, list[int]], None]) -> None:
    """Draw the words to mark; the button calls `on_reveal(digest, places)`."""

    def reveal(event: dict[str, Any]) -> None:
        on_reveal(str(event["digest"]), [int(place) for place in event["marks"]])

    _prediction(data, key=key, on_reveal=reveal)


def stepper(
    data: dict[str, Any], *, key: str, on_go: Callable[[int], None], on_end: Callable[[], None] | None = None
) -> None:
    """Draw the way through the steps; a click or a key calls `on_go(step)`, Escape `on_end()` where it is presented."""
    _stepper(data, key=key, on_go=lambda step: on_go(int(step)), on_end=lambda _: on_end() if on_end else None)


def script(part: str) -> str:
    """Return a component's script for a page without Streamlit."""
    return base.script("lesson", "lesson", *(("matrix",) if part == "asking" else ()), part)


def style() -> str:
    """Return the style of the pictures for a page without Streamlit."""
    return base.style("lesson", "lesson", "asking") + COLOURS


_pictures, _weights, _prediction = (
    component("lesson", "lesson", part, css=COLOURS) for part in ("pictures", "weights", "prediction")
)
_stepper = component("lesson", "stepper")
