"""What comes while something is under way is asked together; listeners are told, and nobody is asked for nothing."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from attnviz.rounds import events
from attnviz.rounds.events import Watch
from attnviz.rounds.refusals import Away, Wrong
from attnviz.rounds.together import Together


def run(work: Callable[[], Awaitable[Any]]) -> Any:
    """Run a coroutine where no other test's loop is."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(lambda: asyncio.run(work())).result()  # type: ignore[arg-type]


def test_what_comes_while_one_is_under_way_goes_together_in_its_order() -> None:
    asked: list[Sequence[int]] = []

    async def answers(questions: Sequence[int]) -> list[int | Exception]:
        asked.append(questions)
        await asyncio.sleep(0)
        return [Wrong("odd") if number % 2 else 10 * number for number in questions]

    async def work() -> list[Any]:
        together = Together(answers)
        return await asyncio.gather(*map(together.ask, range(250)), return_exceptions=True)

    told = run(work)
    assert [number for some in asked for number in some] == list(range(250)) and len(asked) == 3
    assert told[::2] == [20 * number for number in range(125)]
    assert all(isinstance(one, Wrong) for one in told[1::2])


def test_what_fails_as_a_whole_fails_for_each_and_the_next_is_answered() -> None:
    failing = [True]

    async def answers(questions: Sequence[int]) -> list[int]:
        if failing.pop() if failing else False:
            raise Away("away")
        return list(questions)

    async def work() -> list[Any]:
        together = Together(answers)
        first = await asyncio.gather(together.ask(1), together.ask(2), return_exceptions=True)
        return [*first, await together.ask(3)]

    first, second, third = run(work)
    assert isinstance(first, Away) and isinstance(second, Away) and third == 3


def test_a_phone_that_has_gone_leaves_the_others_their_answers() -> None:
    async def work() -> list[Any]:
        go = asyncio.Event()

        async def answers(questions: Sequence[int]) -> Sequence[int]:
            await go.wait()
            return questions

        together = Together(answers)
        asking = [asyncio.create_task(together.ask(number)) for number in range(3)]
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        asking[1].cancel()
        go.set()
        return await asyncio.gather(*asking, return_exceptions=True)

    first, gone, third = run(work)
    assert (first, third) == (0, 2) and isinstance(gone, asyncio.CancelledError)


class Versions:
    """The versions of classrooms, and how often somebody asked."""

    def __init__(self, **known: int) -> None:
        self.known, self.asked, self.away = known, 0, False

    async def __call__(self, some: Iterable[str]) -> dict[str, int]:
        """Answer, unless the database is away."""
        self.asked += 1
        if self.away:
            raise Away("away")
        return {code: self.known[code] for code in some if code in self.known}


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(events, "EVERY", 0)


def test_nobody_is_asked_while_nobody_listens() -> None:
    versions = Versions(BCDFG=3)

    async def work() -> int:
        watch = Watch(versions)
        listening = watch.listen("BCDFG")
        assert (await anext(listening)).startswith("retry")
        assert await anext(listening) == "event: version\ndata: 3\n\n"
        versions.known["BCDFG"] = 4
        assert await anext(listening) == "event: version\ndata: 4\n\n"
        await listening.aclose()  # type: ignore[attr-defined] # it is a generator
        while watch._task:
            await asyncio.sleep(0)
        asked = versions.asked
        for _ in range(20):
            await asyncio.sleep(0)
        return versions.asked - asked

    assert run(work) == 0


def test_a_database_that_is_away_ends_no_stream() -> None:
    versions = Versions(BCDFG=3)

    async def work() -> list[str]:
        watch = Watch(versions)
        listening = watch.listen("BCDFG")
        heard = [await anext(listening), await anext(listening)]
        versions.away = True
        asked = versions.asked
        while versions.asked < asked + 3:
            await asyncio.sleep(0)
        versions.away, versions.known["BCDFG"] = False, 5
        heard.append(await anext(listening))
        del versions.known["BCDFG"]
        return heard + [line async for line in listening]

    assert run(work)[1:3] == ["event: version\ndata: 3\n\n", "event: version\ndata: 5\n\n"]


def test_at_the_servers_end_streams_end(monkeypatch: pytest.MonkeyPatch) -> None:
    async def work() -> list[str]:
        watch = Watch(Versions(BCDFG=3))
        listening = watch.listen("BCDFG")
        heard = [await anext(listening), await anext(listening)]
        monkeypatch.setattr(events, "ending", lambda: True)
        return heard + [line async for line in listening]

    assert len(run(work)) >= 2
