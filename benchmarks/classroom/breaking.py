"""The server is killed amid answers, and the database goes away: what was acknowledged must be there, each once."""

from __future__ import annotations

import argparse
import asyncio
import random
import time
from collections.abc import Mapping

from benchmarks.classroom.phones import Phone, new_log
from benchmarks.classroom.scene import TASK, Place, Scene, answer, spread
from benchmarks.databases import Server
from benchmarks.report import Report


def killed(
    report: Report, places: Mapping[str, Place], count: int, chosen: argparse.Namespace, draw: random.Random
) -> None:
    """Kill the server amid answers, and look whether those that were acknowledged are there."""
    columns = {"database": "", "kills": "", "acknowledged": ",", "of these before a kill": ",", "lost": "", "twice": ""}
    table = report.table(f"The server killed amid {count} answers", columns | {"all acknowledged after, s": ".1f"})
    for kind, place in places.items():
        acknowledged, before, longest = 0, 0, 0.0
        with Scene(place) as scene:
            for _ in range(chosen.kills):
                taken, first, seconds = asyncio.run(scene_of_a_kill(scene, count, draw))
                acknowledged, before, longest = acknowledged + taken, before + first, max(longest, seconds)
        table.row(kind, str(chosen.kills), acknowledged, before, "0", "0", longest)  # else it would have stopped


async def scene_of_a_kill(scene: Scene, count: int, draw: random.Random) -> tuple[int, int, float]:
    """Kill the server while phones answer; return how many were acknowledged, how many before, and the seconds."""
    scene.code = await asyncio.to_thread(scene.rounds.open_classroom)
    phones = scene.phones(count, new_log(), draw)
    opened = await asyncio.to_thread(scene.rounds.open_round, scene.code, TASK)
    await spread(phones, 2.0, Phone.arrive)
    answering = asyncio.ensure_future(spread(phones, 4.0, answer))
    wanted = draw.randint(1, count - 1)
    while sum(phone.acknowledged is not None for phone in phones) < wanted:
        await asyncio.sleep(0.005)
    began = time.perf_counter()
    killing = asyncio.to_thread(scene.kill)
    before = sum(phone.acknowledged is not None for phone in phones)
    kept = asyncio.ensure_future(killing)
    await asyncio.gather(kept, answering)
    seconds = time.perf_counter() - began
    assert all(phone.acknowledged is not None for phone in phones)
    await asyncio.to_thread(scene.check, opened.id, phones)
    await asyncio.gather(*(phone.leave() for phone in phones))
    return len(phones), before, seconds


def away(report: Report, place: Place, count: int, chosen: argparse.Namespace, draw: random.Random) -> None:
    """Stop PostgreSQL amid answers, and start it again."""
    assert place.server
    with Scene(place) as scene:
        seconds = asyncio.run(scene_without_database(scene, place.server, count, chosen.away, draw))
    report.say(
        f"PostgreSQL stopped for {chosen.away:.0f} s amid {count} answers: all were acknowledged {seconds:.1f} s after "
        "it was started again, each counts once."
    )


async def scene_without_database(
    scene: Scene, server: Server, count: int, seconds: float, draw: random.Random
) -> float:
    """Let phones answer while PostgreSQL is away; return in how many seconds after that all were acknowledged."""
    phones = scene.phones(count, new_log(), draw)
    opened = await asyncio.to_thread(scene.rounds.open_round, scene.code, TASK)
    await spread(phones, 2.0, Phone.arrive)
    answering = asyncio.ensure_future(spread(phones, seconds, answer))
    await asyncio.sleep(1)
    await asyncio.to_thread(server.stop)
    await asyncio.sleep(seconds)
    await asyncio.to_thread(server.start)
    began = time.perf_counter()
    await answering
    taken = time.perf_counter() - began
    await asyncio.to_thread(scene.check, opened.id, phones)
    await asyncio.gather(*(phone.leave() for phone in phones))
    return taken
