"""Sessions by Streamlit's own protocol, on the real server: no browser is needed to come and go."""

from __future__ import annotations

import asyncio
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psutil
import pytest

from benchmarks.people.server import Footprint
from benchmarks.people.visitor import Visitor
from tests.browser.conftest import served

SWEPT_OFTEN = "import attnviz.ui.lifespan as lifespan; lifespan.EVERY = 0.2"


async def _come(address: str, count: int) -> list[Visitor]:
    visitors = [Visitor(address) for _ in range(count)]
    await asyncio.gather(*(visitor.open() for visitor in visitors))
    return visitors


async def _a_class(address: str, server: psutil.Process) -> tuple[Footprint, Footprint]:
    """Let people come, type and leave; return what the server holds before, and with all of them there."""
    await (await _come(address, 1))[0].leave()
    before = Footprint.of([server])
    visitors = await _come(address, 6)
    for at, visitor in enumerate(visitors):
        await visitor.tell("box", "typed", f"The movie was good, take {at}.")
        assert visitor.widgets["heatmap_without"].data["words"][-2]["text"] == str(at)
    there = Footprint.of([server])
    await asyncio.gather(*(visitor.leave() for visitor in visitors))
    assert not [fault for visitor in visitors for fault in visitor.faults]
    return before, there


def test_the_files_of_those_who_left_come_back(
    tiny_models: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STREAMLIT_SERVER_DISCONNECTED_SESSION_TTL", "1")
    with served(tiny_models, tmp_path / "log", SWEPT_OFTEN) as address:
        port = int(address.rpartition(":")[2])
        server = next(
            process
            for process in psutil.Process().children(recursive=True)
            if any(line.laddr.port == port and line.status == psutil.CONN_LISTEN for line in process.net_connections())
        )
        with ThreadPoolExecutor(1) as elsewhere:  # the browser of other tests has a loop in this thread
            before, there = elsewhere.submit(asyncio.run, _a_class(address, server)).result()
        assert there.files >= before.files + 6
        for _ in range(600):
            if (now := Footprint.of([server])).files <= before.files:
                break
            time.sleep(0.1)
        assert now.files <= before.files
