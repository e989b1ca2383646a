"""The server is killed amid answers, or its database goes away: nothing acknowledged is lost, nothing counts twice."""

from __future__ import annotations

import asyncio
import os
import random
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Awaitable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import pytest

from attnviz.rounds.database import DATABASE, Database
from attnviz.rounds.refusals import Away
from attnviz.rounds.store import Rounds
from benchmarks.classroom.phones import Phone, new_log
from benchmarks.databases import Server
from benchmarks.servers import ROOT, free_port
from tests.rounds.conftest import MARK, token

PHONES = 40


@contextmanager
def serving(port: int, url: str) -> Iterator[subprocess.Popen[bytes]]:
    """Serve the room in a process of its own, until it is killed or this ends."""
    environment = {**os.environ, DATABASE: url}
    process = subprocess.Popen([sys.executable, "-m", "tests.rounds.serve", str(port)], cwd=ROOT, env=environment)
    try:
        while process.poll() is None:
            with socket.socket() as line:
                if line.connect_ex(("127.0.0.1", port)) == 0:
                    break
        yield process
    finally:
        process.kill()
        process.wait()


def in_a_thread(work: Awaitable[Any]) -> Any:
    """Run a coroutine where no other test's loop is."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, work).result()  # type: ignore[arg-type]


def test_a_killed_server_loses_nothing_and_counts_nothing_twice(rounds: Rounds, url: str) -> None:
    code, port = rounds.open_classroom(), free_port()
    opened, draw = rounds.open_round(code, MARK), random.Random(0)
    phones = [Phone("127.0.0.1", port, code, new_log(), random.Random(draw.random())) for _ in range(PHONES)]

    def acknowledged() -> int:
        return sum(phone.acknowledged is not None for phone in phones)

    async def lesson() -> None:
        with serving(port, url) as first:
            await asyncio.gather(*(phone.arrive() for phone in phones))
            half = PHONES // 2
            await asyncio.gather(*(phone.answer([0]) for phone in phones[:half]))
            answering = [asyncio.create_task(phone.answer([at % 4])) for at, phone in enumerate(phones[half:])]
            while rounds.counts(opened.id).answered == half:
                await asyncio.sleep(0)  # until one is in; some may be acknowledged by then, or none
            first.kill()
            first.wait()
        assert acknowledged() >= half
        await asyncio.to_thread(check, phones)
        with serving(port, url):
            await asyncio.gather(*answering)
            for phone in phones:
                await phone.leave()

    def check(phones: list[Phone]) -> None:
        for phone in phones:
            if phone.acknowledged is not None:
                assert rounds.seen(code, phone.device).given == {"marks": phone.acknowledged}

    in_a_thread(lesson())
    assert acknowledged() == PHONES
    check(phones)
    assert rounds.counts(opened.id).answered == rounds.results(opened.id).devices == PHONES
    assert rounds.joined(code) == PHONES


def test_a_server_ends_while_phones_listen(url: str, rounds: Rounds) -> None:
    code, port = rounds.open_classroom(), free_port()
    phone = Phone("127.0.0.1", port, code, new_log(), random.Random(0))

    async def lesson() -> int:
        with serving(port, url) as server:
            await phone.arrive()
            rounds.open_round(code, MARK)
            await phone.wait_for_a_change(phone.state["version"])  # it listens
            server.terminate()
            ended = await asyncio.to_thread(server.wait, 30)
            await phone.leave()
            return ended

    assert in_a_thread(lesson()) in (0, -signal.SIGTERM)


def test_answers_wait_for_a_database_that_is_away(server: Server) -> None:
    url = server.emptied()
    database = Database(url)
    rounds, device = Rounds(database), token()
    code, port = rounds.open_classroom(), free_port()
    opened = rounds.open_round(code, MARK)
    phones = [Phone("127.0.0.1", port, code, new_log(), random.Random(at)) for at in range(8)]

    async def lesson() -> None:
        with serving(port, url):
            await asyncio.gather(*(phone.arrive() for phone in phones))
            await phones[0].answer([0])
            await asyncio.to_thread(server.stop)
            with pytest.raises(Away):
                await asyncio.to_thread(rounds.answer, opened.id, device, [0])
            answering = [asyncio.create_task(phone.answer([1])) for phone in phones]
            while True:  # one that asks is told to wait, not that anything was wrong
                status, _told = await asked(phones[0], opened.id)
                if status == 503:
                    break
            assert not any(task.done() for task in answering)
            await asyncio.to_thread(server.start)
            await asyncio.gather(*answering)
            for phone in phones:
                await phone.leave()

    async def asked(phone: Phone, id: int) -> tuple[int, bytes]:
        other = Phone("127.0.0.1", port, code, new_log(), random.Random(0))
        try:
            return await other._asked(
                "POST", f"/join/{code}/answer", {"device": other.device, "round": id, "marks": [0]}
            )
        finally:
            await other.leave()

    in_a_thread(lesson())
    database.close()
    database = Database(url)  # the other one may still wait a moment before it tries again
    rounds = Rounds(database)
    assert rounds.counts(opened.id).answered == rounds.results(opened.id).devices == len(phones)
    assert all(phone.acknowledged == [1] for phone in phones)
    database.close()


def test_no_thread_works_while_nobody_listens(rounds: Rounds) -> None:
    before = threading.active_count()
    code = rounds.open_classroom()
    rounds.join(code, token())
    assert threading.active_count() == before
