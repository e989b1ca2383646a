"""What a server does beside answering: it tells its key, and lets go of what killed processes and old sessions left.

Streamlit keeps a session for two minutes after its page is gone, in case the network was; then it is let go of when
another one ends. After a lesson none does, and 128 sessions stay with their texts and three open files each.
"""

from __future__ import annotations

import asyncio
import ctypes
import os
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any

import anyio.to_thread
from streamlit import runtime

import attnviz.model.experiment
from attnviz.model import folder
from attnviz.rounds.events import uvicorn_server
from attnviz.ui import owner

EVERY = 30.0  # seconds
_LOOKS = 0.05  # seconds between two looks whether the server listens
_M_ARENA_MAX, _ARENAS = -8, 2  # of mallopt(3)


@asynccontextmanager
async def lifespan(app: object) -> AsyncIterator[None]:
    """Do what is to be done from the server's start to its end."""
    limit_arenas()
    async with owner.announced(app):
        await anyio.to_thread.run_sync(folder.sweep, attnviz.model.experiment.MODELS)
        tasks = [asyncio.create_task(_sweep()), asyncio.create_task(_send_at_once())]
        try:
            yield
        finally:
            for task in tasks:
                task.cancel()
                with suppress(asyncio.CancelledError):
                    await task


def limit_arenas() -> None:
    """Let all threads take their memory from two of glibc's arenas, unless the environment says otherwise.

    By default there are eight for every core, and each keeps what the largest work of its threads once took: 60 people
    took 1,265 MB, and 999 so, no slower (`benchmarks.load`). Elsewhere than on glibc nothing changes.
    """
    if sys.platform == "linux" and "MALLOC_ARENA_MAX" not in os.environ:
        libc = ctypes.CDLL(None)
        if hasattr(libc, "mallopt"):
            libc.mallopt(_M_ARENA_MAX, _ARENAS)


async def _sweep() -> None:
    while True:
        await asyncio.sleep(EVERY)
        if runtime.exists():
            # Streamlit has no door to this; without it all still works, and the last class's sessions stay
            sessions: Any = runtime.get_instance()._session_mgr
            sessions._session_storage._cache.expire()
        await anyio.to_thread.run_sync(int)  # a thread that is used ends those that were not for ten seconds


async def _send_at_once() -> None:
    """Let answers go out as they are written: head and body are two packets, and the second waited 40 ms.

    asyncio sees to that for sockets that it makes itself; Streamlit's are made before. New connections inherit it.
    """
    server = uvicorn_server()
    while server and not getattr(server, "started", True):
        await asyncio.sleep(_LOOKS)
    for one in getattr(server, "servers", ()):
        for listening in one.sockets:
            if listening.family in (socket.AF_INET, socket.AF_INET6):
                listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
