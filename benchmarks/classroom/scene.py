"""A server with an empty database and a classroom, and what its phones do."""

from __future__ import annotations

import argparse
import asyncio
import random
import signal
import tempfile
import threading
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

import psutil

from attnviz.rounds.database import DATABASE, Database
from attnviz.rounds.round import Task, Word
from attnviz.rounds.store import Rounds
from benchmarks.browser import chromium
from benchmarks.classroom.phones import Log, Phone, new_log
from benchmarks.databases import Server, postgresql
from benchmarks.people.server import Footprint
from benchmarks.servers import APP, free_port, own_folders, started, wait_until_healthy

_WORDS = ("This", "film", "is", "not", "at", "all", "bad", "but", "long")
TASK = Task("mark", "reviews-en", ("frozen", "fine-tuned"), "en", " ".join(_WORDS), tuple(Word(w, " ") for w in _WORDS))


class Place:
    """A database server, or none for SQLite."""

    def __init__(self, server: Server | None) -> None:
        self.server = server

    def url(self, folder: Path) -> str:
        """Return the address of an empty database."""
        return self.server.new_database() if self.server else f"sqlite:///{folder}/rounds.sqlite"


@contextmanager
def database(kind: str) -> Iterator[Place]:
    """Give databases of a kind."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        yield Place(stack.enter_context(postgresql(folder)) if kind == "postgresql" else None)


class Scene:
    """A server with an empty database of its own, and a classroom there."""

    def __init__(self, place: Place) -> None:
        self._place, self._stack = place, ExitStack()

    def __enter__(self) -> Scene:
        """Start the server and open the classroom."""
        self.folder = Path(self._stack.enter_context(tempfile.TemporaryDirectory()))
        self.url = self._place.url(self.folder)
        self._environment = {**own_folders(self.folder), DATABASE: self.url}
        self.port = free_port()
        self._begin()
        kept = Database(self.url)
        self._stack.callback(kept.close)
        self.rounds = Rounds(kept)
        self.code = self.rounds.open_classroom()
        return self

    def __exit__(self, *_: object) -> None:
        """End the server."""
        self._server.__exit__(None, None, None)
        self._stack.close()

    def _begin(self) -> None:
        self._server = started(APP, environment=self._environment, log=self.folder / "log", port=self.port)
        place, self.process = self._server.__enter__()
        self.address = f"http://{place}"
        wait_until_healthy(self.address, self.process, self.folder / "log")

    def kill(self) -> None:
        """Kill the server, and start it again at the same port."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()
        self._server.__exit__(None, None, None)
        self._begin()

    def phones(self, count: int, log: Log, draw: random.Random) -> list[Phone]:
        """Return phones that have yet to arrive."""
        return [Phone("127.0.0.1", self.port, self.code, log, random.Random(draw.random())) for _ in range(count)]

    def lesson(
        self, count: int, chosen: argparse.Namespace, teacher: bool, draw: random.Random
    ) -> tuple[Log, list[Footprint]]:
        """Let phones join, answer and leave; return how long they waited, and what the server held when."""
        log, process = new_log(), psutil.Process(self.process.pid)
        with teaching(self.address, self.code) if teacher else ExitStack():
            return log, asyncio.run(self._lesson(self.phones(count, log, draw), chosen, process))

    async def _lesson(
        self, phones: Sequence[Phone], chosen: argparse.Namespace, process: psutil.Process
    ) -> list[Footprint]:
        await self._warm()
        held = [Footprint.of([process])]
        await spread(phones, chosen.join, Phone.arrive)
        assert self.rounds.joined(self.code) == len(phones)
        opened = await asyncio.to_thread(self.rounds.open_round, self.code, TASK)
        looking = [phone.wait_for_a_change(phone.state["version"]) for phone in phones]
        await asyncio.gather(*looking)
        await spread(phones, chosen.answer, answer)
        await spread(phones[::10], 1.0, change)
        held.append(Footprint.of([process]))
        versions = [phone.state["version"] for phone in phones]
        await asyncio.to_thread(self.rounds.move, opened.id, "revealed")
        await asyncio.gather(*(phone.wait_for_a_change(at) for phone, at in zip(phones, versions, strict=True)))
        self.check(opened.id, phones)
        assert all(phone.state["round"]["reveal"]["devices"] == len(phones) for phone in phones)
        await asyncio.gather(*(phone.leave() for phone in phones))
        await asyncio.sleep(2)
        return [*held, Footprint.of([process])]

    async def _warm(self) -> None:
        """Let one phone see a reveal elsewhere: a teacher's page would have opened database and experiment."""
        other = await asyncio.to_thread(self.rounds.open_classroom)
        revealed = await asyncio.to_thread(self.rounds.open_round, other, TASK)
        await asyncio.to_thread(self.rounds.move, revealed.id, "revealed")
        first = Phone("127.0.0.1", self.port, other, new_log(), random.Random(0))
        await first.look()
        await first.leave()

    def check(self, round: int, phones: Sequence[Phone]) -> None:
        """Make sure that every acknowledged answer counts, each once and as it was acknowledged last."""
        for phone in phones:
            if phone.acknowledged is not None:
                given = self.rounds.seen(self.code, phone.device).given
                assert given == {"marks": phone.acknowledged}, f"{given} is kept, {phone.acknowledged} was acknowledged"
        answered = sum(phone.acknowledged is not None for phone in phones)
        assert self.rounds.counts(round).answered == answered == self.rounds.results(round).devices


async def spread(phones: Sequence[Phone], seconds: float, act: Callable[[Phone], Awaitable[None]]) -> None:
    """Let each phone do something at a random moment of some seconds."""

    async def later(phone: Phone) -> None:
        await asyncio.sleep(phone.draw.uniform(0, seconds))
        await act(phone)

    await asyncio.gather(*(later(phone) for phone in phones))


async def answer(phone: Phone) -> None:
    """Mark one to three words."""
    await phone.answer(sorted(phone.draw.sample(range(len(_WORDS)), phone.draw.randint(1, 3))))


async def change(phone: Phone) -> None:
    """Mark other words."""
    await phone.answer(sorted(phone.draw.sample(range(len(_WORDS)), phone.draw.randint(1, 3))), "changing an answer")


@contextmanager
def teaching(address: str, code: str) -> Iterator[None]:
    """Keep a teacher's page of the classroom open, in Chromium and a thread of its own."""
    ready, done = threading.Event(), threading.Event()
    failed: list[BaseException] = []

    def open_page() -> None:
        try:
            with chromium() as browser:
                page = browser.new_page()
                page.goto(f"{address}/?class={code}")
                page.locator(".heatmap[data-drawn]").first.wait_for(timeout=60_000)
                ready.set()
                while not done.wait(0.2):
                    page.wait_for_timeout(1)  # lets the page's own messages through
        except BaseException as error:
            failed.append(error)
        finally:
            ready.set()

    thread = threading.Thread(target=open_page)
    thread.start()
    ready.wait()
    try:
        if not failed:
            yield
    finally:
        done.set()
        thread.join()
    if failed:
        raise failed[0]
