"""Long work of the Errors page's parts, for all sessions."""

from __future__ import annotations

from collections.abc import Generator

from attnviz.ui.pages.errors.long_work import LongWork


def steps(last: int) -> Generator[float, None, int]:
    yield 0.5
    return last


def endless() -> Generator[float, None, int]:
    while True:
        yield 0.5


def test_of_two_tabs_that_ask_for_the_same_one_work_begins() -> None:
    works: LongWork[str, int] = LongWork("counting")
    works.begin("same", lambda: steps(1))
    first = works.works["same"]
    works.begin("same", lambda: steps(2))
    assert works.works["same"] is first and first.wait(60) and works.result("same", "Counting …") == 1


def test_the_one_begun_longest_ago_is_stopped_for_a_fifth() -> None:
    works: LongWork[int, int] = LongWork("counting")
    works.begin(0, endless)
    first = works.works[0]
    for key in range(1, 5):
        works.begin(key, lambda: steps(1))
    assert list(works.works) == [1, 2, 3, 4] and first.wait(60) and first.result is None
