"""What a server does beside answering."""

from __future__ import annotations

import asyncio
import os
import socket
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace

import pytest

from attnviz.ui import lifespan

# Tells how many arenas malloc has once twenty threads have each taken something.
ARENAS = """
import ctypes, threading
from attnviz.ui.lifespan import limit_arenas
limit_arenas()
both = threading.Barrier(21)
def take():
    taken = bytearray(5000)
    both.wait(), both.wait()
threads = [threading.Thread(target=take) for _ in range(20)]
for one in threads:
    one.start()
both.wait()
libc = ctypes.CDLL(None)
libc.fdopen.restype, libc.fflush.argtypes = ctypes.c_void_p, [ctypes.c_void_p]
libc.malloc_info.argtypes = [ctypes.c_int, ctypes.c_void_p]
stdout = libc.fdopen(1, b"w")
libc.malloc_info(0, stdout), libc.fflush(stdout)
both.wait()
"""


@pytest.mark.skipif(sys.platform != "linux", reason="glibc's")
@pytest.mark.parametrize(("own", "most"), [({}, 2), ({"MALLOC_ARENA_MAX": "5"}, 5)])
def test_threads_share_two_arenas_or_as_many_as_the_environment_says(own: dict[str, str], most: int) -> None:
    there = {name: value for name, value in os.environ.items() if name != "MALLOC_ARENA_MAX"} | own
    told = subprocess.run([sys.executable, "-c", ARENAS], env=there, capture_output=True, text=True, check=True).stdout
    assert told.count("<heap nr=") == most


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
