"""Long work in slices: a run does one of them, and the browser asks for the next once it has painted.

A fragment's run is not interrupted by another one, so work of seconds would hold up every click meanwhile.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Generator
from typing import Generic, TypeVar

import streamlit as st

from attnviz.ui.components.base import component

Progress = TypeVar("Progress")
Result = TypeVar("Result")


class SlicedWork(Generic[Progress, Result]):
    """Work that yields how far it is and returns what it comes to; what fails is begun anew."""

    def __init__(self, begin: Callable[[], Generator[Progress, None, Result]], progress: Progress) -> None:
        self.progress = progress
        self.result: Result | None = None
        self.done = False
        self.turn = 1  # the next slice
        self._begin = begin
        self._steps: Generator[Progress, None, Result] | None = None

    def advance(self, seconds: float) -> None:
        """Go on for a while, a step at least."""
        if self.done:
            return
        steps, self._steps = self._steps or self._begin(), None
        until = time.monotonic() + seconds
        try:
            self.progress = next(steps)
            while time.monotonic() < until:
                time.sleep(0)  # whoever types goes first
                self.progress = next(steps)
            self._steps = steps
        except StopIteration as end:
            self.done, self.result = True, end.value
        self.turn += 1

    def asked(self, key: str) -> bool:
        """Return whether the browser asks for the next slice: no other run of a page is to do one."""
        return getattr(st.session_state.get(key), "turn", None) == self.turn

    def ask(self, key: str, wait: int) -> None:
        """Let the browser run the fragment that draws this once more, after `wait` ms."""
        _mount({"turn": self.turn, "wait": wait}, key=key, on_turn=None)


_mount = component("sliced_work")
