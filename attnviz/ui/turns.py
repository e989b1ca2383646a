"""Whose run goes on: a few at once, in the order they came.

Python runs one thread at a time, and torch gives its lock up at every step. Thirty runs that are all let loose change
over at each of them, which takes half as long again as the work, and all of them are done last.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import ParamSpec, TypeVar

import streamlit as st

AT_ONCE = 2  # with one, torch would leave every other processor idle; with more, the lock changes hands more often
LONGEST = 0.2  # seconds
P = ParamSpec("P")
T = TypeVar("T")


class Turns:
    """Turns for threads, `at_once` of them; one that takes longer than `longest` seconds is not waited for."""

    def __init__(self, at_once: int, longest: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._at_once, self._longest, self._clock = at_once, longest, clock
        self._changing = threading.Lock()
        self._waiting: deque[threading.Event] = deque()
        self._held: dict[threading.Event, float] = {}  # until when
        self._own = threading.local()

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Wait for a turn and hold it; within one a thread has its turn already."""
        if self._mine:
            yield
            return
        self._own.turn = mine = threading.Event()
        self._wait(mine)
        try:
            yield
        finally:
            self._own.turn = None
            with self._changing:
                self._held.pop(mine, None)
                self._hand_out()

    def step_aside(self) -> None:
        """Let all others go first who wait now."""
        if (mine := self._mine) and self._waiting:
            with self._changing:
                self._held.pop(mine, None)
                mine.clear()
            self._wait(mine)

    @property
    def waiting(self) -> int:
        """How many wait."""
        with self._changing:  # one that comes stands among them until it is handed a turn
            return len(self._waiting)

    @property
    def _mine(self) -> threading.Event | None:
        return getattr(self._own, "turn", None)

    def _wait(self, mine: threading.Event) -> None:
        with self._changing:
            self._waiting.append(mine)
            self._hand_out()
        while not mine.wait(self._longest):
            with self._changing:
                self._hand_out()

    def _hand_out(self) -> None:
        now = self._clock()
        self._held = {one: until for one, until in self._held.items() if until > now}
        while self._waiting and len(self._held) < self._at_once:
            following = self._waiting.popleft()
            self._held[following] = now + self._longest
            following.set()


runs = Turns(AT_ONCE, LONGEST)


def fragment(function: Callable[P, T]) -> Callable[P, T]:
    """Let a part of a page run alone, as `st.fragment` does, when its turn has come."""

    @st.fragment
    @wraps(function)
    def taken(*args: P.args, **kwargs: P.kwargs) -> T:
        with runs.turn():
            return function(*args, **kwargs)

    return taken
