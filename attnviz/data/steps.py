"""Long work in steps: generators that yield how far they are and return what they made."""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import closing
from typing import TypeVar

Step = TypeVar("Step")
Event = TypeVar("Event")
Result = TypeVar("Result")


def told(steps: Generator[Step, None, Result], tell: Callable[[Step], Event]) -> Generator[Event, None, Result]:
    """Yield what `tell` makes of each step, and return what the generator returns."""
    with closing(steps):
        while True:
            try:
                step = next(steps)
            except StopIteration as end:
                result: Result = end.value
                return result
            yield tell(step)


def finished(steps: Generator[Step, None, Result], on_step: Callable[[Step], object] = lambda _: None) -> Result:
    """Run a generator to its end and return what it returns; `on_step` hears of each step."""
    with closing(steps):
        while True:
            try:
                on_step(next(steps))
            except StopIteration as end:
                result: Result = end.value
                return result
