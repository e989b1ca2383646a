"""Work that goes on behind all sessions that wait for it, in a thread that knows nothing of Streamlit.

While nobody looks it rests; a page that shows how far it is looks every half second.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Generator
from contextlib import closing
from typing import Generic, TypeVar

Step = TypeVar("Step")
Result = TypeVar("Result")
EVERY = 0.5  # seconds between two looks
_RESTS = 5.0  # seconds without a look
_turn = threading.Lock()  # one step at a time on a server


class Stopped(Exception):
    """Nobody wants the work any more."""


class Background(Generic[Step, Result]):
    """Work under way: the last `step` that it told, and its `result` or `error` once it is `done`."""

    def __init__(self, begin: Callable[[Background[Step, Result]], Result], step: Step, *, rests: bool = True) -> None:
        self.step = step
        self._rests = rests
        self.result: Result | None = None
        self.error: Exception | None = None
        self._seen, self._stopped, self._done = time.monotonic(), threading.Event(), threading.Event()
        threading.Thread(target=self._run, args=(begin,), daemon=True).start()

    @classmethod
    def of(cls, begin: Callable[[], Generator[Step, None, Result]], step: Step) -> Background[Step, Result]:
        """Run a generator that yields how far it is, a step at a time among all work."""

        def run(work: Background[Step, Result]) -> Result:
            with closing(begin()) as steps:
                while True:
                    try:
                        with _turn:
                            told = next(steps)
                    except StopIteration as end:
                        result: Result = end.value
                        return result
                    work.tell(told)

        return cls(run, step)

    @property
    def done(self) -> bool:
        """Whether it has come to an end, good or bad."""
        return self._done.is_set()

    def look(self) -> None:
        """Say that somebody waits for it."""
        self._seen = time.monotonic()

    def stop(self) -> None:
        """Let it end at its next step."""
        self._stopped.set()

    def wait(self, seconds: float) -> bool:
        """Wait for its end."""
        return self._done.wait(seconds)

    def tell(self, step: Step) -> None:
        """Take down how far the work is; rest while nobody looks, if it `rests`. Raise `Stopped` if nobody will."""
        self.step = step
        while self._rests and not self._stopped.is_set() and time.monotonic() - self._seen > _RESTS:
            self._stopped.wait(EVERY)
        if self._stopped.is_set():
            raise Stopped

    def _run(self, begin: Callable[[Background[Step, Result]], Result]) -> None:
        try:
            self.result = begin(self)
        except Exception as error:  # said on the page of whoever waits
            self.error = error
        finally:
            self._done.set()
