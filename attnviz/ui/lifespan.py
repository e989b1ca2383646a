"""What a server does beside answering: it tells its key, and lets go of what killed processes and old sessions left.

Streamlit keeps a session for two minutes after its page is gone, in case the network was; then it is let go of when
another one ends. After a lesson none does, and 128 sessions stay with their texts and three open files each.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any

import anyio.to_thread
from streamlit import runtime

import attnviz.model.experiment
from attnviz.model import folder
from attnviz.ui import owner

EVERY = 30.0  # seconds


@asynccontextmanager
async def lifespan(app: object) -> AsyncIterator[None]:
    """Do what is to be done from the server's start to its end."""
    async with owner.announced(app):
        await anyio.to_thread.run_sync(folder.sweep, attnviz.model.experiment.MODELS)
        sweeping = asyncio.create_task(_sweep())
        try:
            yield
        finally:
            sweeping.cancel()
            with suppress(asyncio.CancelledError):
                await sweeping


async def _sweep() -> None:
    while True:
        await asyncio.sleep(EVERY)
        if runtime.exists():
            # Streamlit has no door to this; without it all still works, and the last class's sessions stay
            sessions: Any = runtime.get_instance()._session_mgr
            sessions._session_storage._cache.expire()
        await anyio.to_thread.run_sync(int)  # a thread that is used ends those that were not for ten seconds
