from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator

import pytest

from attnviz.ui.turns import Turns


def until(come: Callable[[], bool]) -> None:
    """Wait for an event that nobody tells of."""
    for _ in range(5000):
        if come():
            return
        time.sleep(0.002)
    raise AssertionError("it never came")


class Runs:
    """Threads that take a turn each and hold it until they are told to end."""

    def __init__(self, turns: Turns) -> None:
        self.turns, self.order = turns, list[str]()
        self._ends: dict[str, threading.Event] = {}
        self._threads: list[threading.Thread] = []

    def come(self, name: str, aside: bool = False) -> None:
        """Let a run come and wait until it has its turn, or waits for it."""
        self._ends[name] = end = threading.Event()
        waiting = self.turns.waiting

        def run() -> None:
            with self.turns.turn():
                self.order.append(name)
                assert end.wait(20)
                if aside:
                    self.turns.step_aside()
                    self.order.append(f"{name} again")

        self._threads.append(threading.Thread(target=run, daemon=True))
        self._threads[-1].start()
        until(lambda: name in self.order or self.turns.waiting > waiting)

    def end(self, name: str) -> None:
        self._ends[name].set()

    def over(self) -> None:
        for end in self._ends.values():
            end.set()
        for thread in self._threads:
            thread.join(20)
            assert not thread.is_alive()
        assert self.turns.waiting == 0


@pytest.fixture
def clock() -> list[float]:
    """Return the time of day, to be turned by hand."""
    return [0.0]


@pytest.fixture
def two(clock: list[float]) -> Iterator[Runs]:
    runs = Runs(Turns(at_once=2, longest=0.02, clock=lambda: clock[0]))
    yield runs
    runs.over()


def test_two_runs_go_on_at_once_and_the_others_in_the_order_they_came(two: Runs) -> None:
    for name in "abcde":
        two.come(name)
    assert two.order == ["a", "b"] and two.turns.waiting == 3
    two.end("b")
    until(lambda: two.order == ["a", "b", "c"])
    two.end("a")
    until(lambda: two.order == ["a", "b", "c", "d"])
    assert two.turns.waiting == 1


def test_nobody_waits_for_a_run_that_takes_long(two: Runs, clock: list[float]) -> None:
    for name in "abcd":
        two.come(name)
    assert two.order == ["a", "b"]
    clock[0] = 0.03
    until(lambda: sorted(two.order) == ["a", "b", "c", "d"])  # the last two at once
    two.come("e")
    two.end("a")  # it has lost its turn: nobody gets another for it
    two.come("f")
    assert len(two.order) == 4 and two.turns.waiting == 2
    two.end("c")
    until(lambda: two.order[4:] == ["e"])


def test_a_run_steps_aside_for_those_who_wait_then(clock: list[float]) -> None:
    runs = Runs(Turns(at_once=1, longest=0.02, clock=lambda: clock[0]))
    runs.come("a", aside=True)
    runs.come("b")
    runs.end("a")
    until(lambda: runs.order == ["a", "b"])
    until(lambda: runs.turns.waiting == 1)
    runs.end("b")
    until(lambda: runs.order == ["a", "b", "a again"])
    runs.over()


def test_a_part_of_a_run_has_its_turn_and_an_error_gives_it_back(clock: list[float]) -> None:
    turns = Turns(at_once=1, longest=0.02, clock=lambda: clock[0])
    turns.step_aside()  # without a turn there is nothing to give up
    with pytest.raises(ZeroDivisionError), turns.turn():
        with turns.turn():
            turns.step_aside()
        with turns.turn():
            _ = 1 / 0
    with turns.turn():
        pass
