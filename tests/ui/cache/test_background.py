from __future__ import annotations

import threading
from collections.abc import Generator

import pytest

from attnviz.ui.cache import background
from attnviz.ui.cache.background import Background

LONG = 60.0  # seconds: what does not end fails


def test_steps_are_told_and_the_result_is_there_at_the_end() -> None:
    def steps() -> Generator[int, None, str]:
        yield from (1, 2)
        return "all"

    work = Background.of(steps, 0)
    assert work.wait(LONG) and work.done
    assert (work.step, work.result, work.error) == (2, "all", None)


def test_what_fails_is_kept_for_whoever_waits() -> None:
    def fails(work: Background[int, None]) -> None:
        raise ValueError("why")

    work = Background(fails, 0)
    assert work.wait(LONG) and work.result is None and str(work.error) == "why"


def test_what_nobody_wants_ends_at_its_next_step_and_closes_its_generator() -> None:
    closed, begun = threading.Event(), threading.Event()

    def steps() -> Generator[int, None, None]:
        try:
            while True:
                begun.set()
                yield 1
        finally:
            closed.set()

    work: Background[int, None] = Background.of(steps, 0)
    assert begun.wait(LONG)
    work.stop()
    assert work.wait(LONG) and closed.is_set() and isinstance(work.error, background.Stopped)


def test_it_rests_while_nobody_looks_and_goes_on_when_somebody_does(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(background, "EVERY", 0.01)
    monkeypatch.setattr(background, "_RESTS", -1.0)  # always
    begun = threading.Event()

    def steps() -> Generator[int, None, str]:
        begun.set()
        yield 1
        return "all"

    work = Background.of(steps, 0)
    assert begun.wait(LONG) and not work.wait(0.05)
    monkeypatch.setattr(background, "_RESTS", LONG)
    work.look()
    assert work.wait(LONG) and work.result == "all"


def test_a_download_never_rests(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(background, "_RESTS", -1.0)
    work: Background[float, None] = Background(lambda work: work.tell(0.5), 0.0, rests=False)
    assert work.wait(LONG) and work.step == 0.5 and work.error is None
