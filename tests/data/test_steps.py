"""What a generator yields is passed on, what it returns comes back, and an end in between ends it too."""

from __future__ import annotations

from collections.abc import Generator

import pytest

from attnviz.data.steps import finished, told


def count(closed: list[int]) -> Generator[int, None, str]:
    """Yield 1 and 2."""
    try:
        yield 1
        yield 2
    finally:
        closed.append(1)
    return "made"


def test_finished_tells_every_step_and_returns_the_result() -> None:
    heard: list[int] = []
    assert finished(count([]), heard.append) == finished(count([])) == "made"
    assert heard == [1, 2]


def test_finished_closes_a_generator_whose_listener_fails() -> None:
    closed: list[int] = []
    with pytest.raises(ZeroDivisionError):
        finished(count(closed), lambda step: 1 // (step - 1))
    assert closed


def test_told_translates_steps_and_closes_with_its_reader() -> None:
    closed: list[int] = []
    steps = told(count(closed), str)
    assert next(steps) == "1"
    assert not closed
    steps.close()
    assert closed
