"""Word of a change, to all who listen: one question to the database, twice a second, while somebody does."""

from __future__ import annotations

import asyncio
import random
import signal
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import suppress
from typing import Any

from attnviz.rounds.refusals import Away

EVERY = 0.5  # seconds between two questions
ALIVE = 15.0  # seconds after which a line is said, so that nothing on the way takes the connection for dead
MOST = 4_000  # who listen to a process
_BACK = 1_500, 4_000  # milliseconds after which one listens again: after a restart not all in one moment

Versions = Callable[[Iterable[str]], Awaitable[dict[str, int]]]


class Watch:
    """Looks for other versions of the classrooms to which somebody listens; without listeners it does nothing."""

    def __init__(self, versions: Versions) -> None:
        self._versions = versions
        self._listeners: dict[str, set[asyncio.Event]] = {}
        self._known: dict[str, int] = {}
        self._task: asyncio.Task[None] | None = None

    @property
    def full(self) -> bool:
        """Whether nobody more can listen."""
        return sum(map(len, self._listeners.values())) >= MOST

    async def listen(self, code: str) -> AsyncIterator[str]:
        """Yield the version of a classroom now and whenever it is another one, as server-sent events."""
        mine, told = asyncio.Event(), -1
        self._listeners.setdefault(code, set()).add(mine)
        mine.set()
        if self._task is None:
            self._task = asyncio.create_task(self._look())
        try:
            yield f"retry: {random.randint(*_BACK)}\n\n"  # noqa: S311 - nothing secret
            while code in self._listeners:
                with suppress(TimeoutError):
                    await asyncio.wait_for(mine.wait(), ALIVE)
                mine.clear()
                version = self._known.get(code, told)
                yield ": \n\n" if version == told else f"event: version\ndata: {version}\n\n"
                told = version
        finally:
            self._leave(code, mine)

    def _leave(self, code: str, mine: asyncio.Event) -> None:
        listening = self._listeners.get(code, set())
        listening.discard(mine)
        if not listening:
            self._listeners.pop(code, None)
            self._known.pop(code, None)

    async def _look(self) -> None:
        """Look as long as somebody listens; at the server's end, or where a classroom is deleted, end the streams."""
        try:
            while self._listeners and not ending():
                with suppress(Away):
                    found = await self._versions(list(self._listeners))
                    for code in list(self._listeners):
                        if code not in found or found[code] != self._known.get(code):
                            self._tell(code, found.get(code))
                await asyncio.sleep(EVERY)
        finally:
            self._task = None
            for code in list(self._listeners):
                self._tell(code, None)

    def _tell(self, code: str, version: int | None) -> None:
        listening = self._listeners.get(code, set())
        if version is None:
            self._listeners.pop(code, None)
            self._known.pop(code, None)
        else:
            self._known[code] = version
        for one in listening:
            one.set()


def ending() -> bool:
    """Say whether the server is on its end: it waits for all streams before it goes, and tells nobody."""
    return bool(getattr(uvicorn_server(), "should_exit", False))


def uvicorn_server() -> Any:
    """Return the server that this process runs, known by who hears of signals; None where another one runs."""
    return getattr(signal.getsignal(signal.SIGTERM), "__self__", None)
