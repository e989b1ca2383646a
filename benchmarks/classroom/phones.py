"""A phone as it is to the server: it loads the page, joins, listens, looks and answers; what fails it tries again."""

from __future__ import annotations

import asyncio
import gzip
import json
import random
import secrets
import time
from collections import defaultdict
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

PATIENCE = 20.0  # seconds for one answer of the server
AGAIN = (0.5, 1.0, 2.0)  # seconds before it tries again, and then always the last
_SPREAD = 1.0  # seconds in which phones look at a change, so that they do not all come in one moment
Log = dict[str, list[float]]  # seconds, by what was asked


@dataclass
class Phone:
    """One phone; it remembers what the server has acknowledged."""

    host: str
    port: int
    code: str
    log: Log
    draw: random.Random
    device: str = field(default_factory=lambda: secrets.token_urlsafe(24))
    state: dict[str, Any] = field(default_factory=dict)
    acknowledged: list[int] | None = None
    refused: int = 0
    changed: asyncio.Event = field(default_factory=asyncio.Event)
    _turn: int = 0
    _line: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None
    _listening: asyncio.Task[None] | None = None

    async def arrive(self) -> None:
        """Open the page, join, and listen from then on."""
        began = time.perf_counter()
        for path in (f"/join/{self.code}", "/join/phone.css", "/join/phone.js"):
            await self._asked("GET", path)
        self.log["page"].append(time.perf_counter() - began)
        _status, self.state = await self._until_told("joining", "POST", "join", {"device": self.device})
        self._listening = asyncio.create_task(self._listen())

    async def look(self, kind: str = "state") -> None:
        """Ask where the class is at."""
        _status, self.state = await self._until_told(kind, "GET", f"state?device={self.device}")

    async def answer(self, marks: list[int], kind: str = "answering") -> None:
        """Send an answer until it is acknowledged."""
        self._turn += 1
        given = {"device": self.device, "round": self.state["round"]["id"], "marks": marks, "turn": self._turn}
        status, told = await self._until_told(kind, "POST", "answer", given)
        if status == 200:
            assert told["accepted"]["marks"] == marks, told
            self.acknowledged = marks
        else:
            self.refused += 1

    async def send(self, text: str, label: str) -> None:
        """Send a sentence until it is acknowledged."""
        given = {"device": self.device, "round": self.state["round"]["id"], "nonce": secrets.token_urlsafe(9)}
        status, told = await self._until_told("sending", "POST", "sentence", {**given, "text": text, "label": label})
        assert status == 200, told

    async def leave(self) -> None:
        """Close what is open."""
        if self._listening:
            self._listening.cancel()
            with suppress(asyncio.CancelledError):
                await self._listening
        self._hang_up()

    async def _until_told(self, kind: str, method: str, way: str, body: Any = None) -> tuple[int, dict[str, Any]]:
        began, tries = time.perf_counter(), 0
        while True:
            with suppress(OSError, asyncio.IncompleteReadError, TimeoutError, ValueError):
                status, told = await self._asked(method, f"/join/{self.code}/{way}", body)
                if status < 500 and status != 429:
                    self.log[kind if not tries else f"{kind}, tried again"].append(time.perf_counter() - began)
                    return status, json.loads(told)
            self._hang_up()
            await asyncio.sleep(AGAIN[min(tries, len(AGAIN) - 1)] * self.draw.uniform(0.5, 1))
            tries += 1

    async def _asked(self, method: str, path: str, body: Any = None) -> tuple[int, bytes]:
        """Ask once, on the line that is open, or a new one."""
        async with asyncio.timeout(PATIENCE):
            if self._line and self._line[0].at_eof():  # the server has hung up meanwhile
                self._hang_up()
            if self._line is None:
                self._line = await asyncio.open_connection(self.host, self.port)
            reader, writer = self._line
            sent = b"" if body is None else json.dumps(body).encode()
            kind = "" if body is None else f"Content-Type: application/json\r\nContent-Length: {len(sent)}\r\n"
            writer.write(f"{method} {path} HTTP/1.1\r\n{self._headers()}{kind}\r\n".encode() + sent)
            status, headers = await _head(reader)
            told = await reader.readexactly(int(headers["content-length"]))
            return status, gzip.decompress(told) if headers.get("content-encoding") == "gzip" else told

    async def _listen(self) -> None:
        """Hear of changes, and look at each a moment later."""
        while True:
            with suppress(OSError, asyncio.IncompleteReadError, ValueError):
                reader, writer = await asyncio.open_connection(self.host, self.port)
                try:
                    writer.write(f"GET /join/{self.code}/events HTTP/1.1\r\n{self._headers()}\r\n".encode())
                    status, _headers = await _head(reader)
                    while status == 200 and (line := await reader.readline()):
                        if line.startswith(b"data: ") and int(line[6:]) != self.state.get("version"):
                            await asyncio.sleep(self.draw.uniform(0, _SPREAD))
                            self.changed.set()
                finally:
                    writer.close()
            await asyncio.sleep(self.draw.uniform(1, 2))

    async def wait_for_a_change(self, version: int) -> None:
        """Wait until it has heard of another version, and look; one that hears of nothing looks by itself."""
        while self.state["version"] <= version:
            with suppress(TimeoutError):
                await asyncio.wait_for(self.changed.wait(), 5)
            self.changed.clear()
            await self.look()

    def _headers(self) -> str:
        return f"Host: {self.host}:{self.port}\r\nAccept-Encoding: gzip\r\nAccept-Language: ko-KR,ko;q=0.9\r\n"

    def _hang_up(self) -> None:
        if self._line:
            self._line[1].close()
            self._line = None


def new_log() -> Log:
    """Return an empty log."""
    return defaultdict(list)


async def _head(reader: asyncio.StreamReader) -> tuple[int, dict[str, str]]:
    first, *lines = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    pairs = (line.partition(":") for line in lines if line)
    return int(first.split(" ")[1]), {name.lower(): value.strip() for name, _colon, value in pairs}
