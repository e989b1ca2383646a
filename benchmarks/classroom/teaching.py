"""A class types examples and its own classifier is trained from them: how long that takes."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Sequence

import pandas as pd

from attnviz.model.experiment import load
from attnviz.rounds import teaching
from attnviz.rounds.round import Round, Task
from attnviz.training import jobs
from benchmarks.classroom.phones import Phone, new_log
from benchmarks.classroom.scene import Place, Scene, spread
from benchmarks.report import Report
from benchmarks.servers import ROOT

_ROWS = ROOT / "attnviz" / "data" / "tours" / "tour-en.csv"
_EACH = 5  # sentences of a phone


def taught(report: Report, place: Place, count: int, draw: random.Random) -> None:
    """Let phones send sentences of our own, and train; tell the seconds."""
    found = pd.read_csv(_ROWS)[["text", "label"]]
    rows = found.sample(count * _EACH, replace=count * _EACH > len(found), random_state=0)
    pairs = [(str(text), str(label)) for text, label in rows.itertuples(index=False)]
    task = Task(
        "teach", "reviews-en", ("frozen", "fine-tuned"), "en", labels=tuple(sorted({label for _, label in pairs}))
    )
    with Scene(place) as scene:
        opened = scene.rounds.open_round(scene.code, task)
        phones = scene.phones(count, new_log(), draw)
        asyncio.run(typed(phones, pairs))
        seconds = trained(scene, opened)
    report.say(
        f"{count} phones sent {len(pairs)} sentences in {len(task.labels)} classes; from Train to the experiment that "
        f"can be tried on: {seconds:.1f} s."
    )


async def typed(phones: Sequence[Phone], pairs: Sequence[tuple[str, str]]) -> None:
    """Let each phone send its share."""
    await spread(phones, 1.0, Phone.arrive)
    for at in range(_EACH):
        share = pairs[at::_EACH]
        await asyncio.gather(*(phone.send(*pair) for phone, pair in zip(phones, share, strict=True)))
    await asyncio.gather(*(phone.leave() for phone in phones))


def trained(scene: Scene, opened: Round) -> float:
    """Train what was sent; return the seconds until the experiment can be opened."""
    models = scene.folder / "models"
    began = time.perf_counter()
    job = teaching.submit(models, opened, scene.rounds.sentences(opened.id), ())
    while (found := jobs.find(models, job.name)).state in ("waiting", "running"):
        time.sleep(0.1)
    assert found.state == "done", found.last_words
    load(models / job.name)
    return time.perf_counter() - began
