from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from attnviz.errors import AttnvizError
from attnviz.ui.cache.per_experiment import stamped


def test_what_was_worked_out_stays_until_the_stamp_is_another_or_more_was_asked() -> None:
    stamps, asked = {"one": 1, "two": 1}, list[tuple[str, int, bytes]]()

    def stamp(name: str) -> int:
        return stamps[name]

    @stamped(stamp, 2)
    def work(name: str, of: int, _data: bytes) -> list[int]:
        asked.append((name, of, _data))
        return [of]

    first = work("one", 1, b"a")
    assert work("one", 1, b"a") is first
    assert work("one", 1, b"not looked at") is first
    stamps["two"] = 2
    assert work("one", 1, b"a") is first
    stamps["one"] = 2
    assert work("one", 1, b"a") is not first
    work("two", 1, b"b")
    work("one", 1, b"a")  # it is asked for last, and "two" longest ago
    work("one", 2, b"c")
    assert [name for name, *_rest in asked] == ["one", "one", "two", "one"]
    work("one", 1, b"a")
    work("two", 1, b"b")
    assert [name for name, *_rest in asked] == ["one", "one", "two", "one", "two"]


def test_a_fault_of_ours_is_kept_and_any_other_is_not() -> None:
    faults: list[Exception] = [KeyError("now"), AttnvizError("damaged"), AttnvizError("never raised")]

    @stamped(lambda _name: 0, 2)
    def work(name: str) -> None:
        raise faults.pop(0)

    with pytest.raises(KeyError):
        work("one")
    for _again in range(3):
        with pytest.raises(AttnvizError, match="damaged"):
            work("one")


def test_who_comes_meanwhile_waits_and_nobody_waits_for_something_else() -> None:
    begun, go_on, asked = threading.Event(), threading.Event(), list[str]()

    @stamped(lambda _name: 0, 2)
    def work(name: str) -> str:
        asked.append(name)
        if name == "slow":
            begun.set()
            assert go_on.wait(20)
        return name

    with ThreadPoolExecutor(4) as threads:
        slow = [threads.submit(work, "slow") for _ in range(3)]
        assert begun.wait(20)
        assert threads.submit(work, "quick").result(20) == "quick"
        go_on.set()
        assert [one.result(20) for one in slow] == ["slow"] * 3
    assert asked == ["slow", "quick"]
