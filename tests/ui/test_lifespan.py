"""What a server does beside answering."""

from __future__ import annotations

import asyncio
import socket
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace

import pytest

from attnviz.ui import lifespan


def test_answers_go_out_as_they_are_written(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        server = SimpleNamespace(started=False, servers=[])
        monkeypatch.setattr(lifespan, "uvicorn_server", lambda: server)

        async def begin() -> None:
            sending = asyncio.create_task(lifespan._send_at_once())
            await asyncio.sleep(0)
            assert not sending.done(), "it waits until the server listens"
            server.servers, server.started = [SimpleNamespace(sockets=[listening])], True
            await sending

        with ThreadPoolExecutor(1) as pool:
            pool.submit(asyncio.run, begin()).result()
        with socket.create_connection(listening.getsockname()), listening.accept()[0] as accepted:
            assert accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)


@pytest.mark.parametrize("server", [None, SimpleNamespace()])
def test_a_server_that_is_not_known_is_left_alone(monkeypatch: pytest.MonkeyPatch, server: object) -> None:
    monkeypatch.setattr(lifespan, "uvicorn_server", lambda: server)
    with ThreadPoolExecutor(1) as pool:
        pool.submit(asyncio.run, lifespan._send_at_once()).result()
