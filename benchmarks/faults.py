"""Kill what writes at random moments, and fill its disk: nothing acknowledged is lost, nothing half is ever opened.

    python -m benchmarks.faults

Each operation runs in a process forked for it. A kill (SIGKILL) falls on a line of our own code, of `tempfile`,
`shutil` or `zipfile`, drawn evenly from all that the operation runs through; a full disk is a limit on the size of
files, drawn from what is written. Afterwards every experiment there must load and answer as before or as it was to, and
what was acknowledged must be there. (`benchmarks.kills` does so with runs of training that are processes of the app.)
"""

from __future__ import annotations

import argparse
import os
import random
import resource
import shutil
import signal
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from types import FrameType
from typing import Any

import numpy as np
import torch

from attnviz.analysis.evaluation.prediction_cache import cached_predictions
from attnviz.analysis.evaluation.rows import EvaluationRows
from attnviz.analysis.labels.decisions import Decision, DecisionLog
from attnviz.data.datasets import Dataset, load_dataset
from attnviz.data.files import CACHE
from attnviz.errors import AttnvizError
from attnviz.model import archive
from attnviz.model.experiment import Experiment, load, names, unfinished_work
from attnviz.training.config import TrainingConfig
from attnviz.training.train import train
from attnviz.vectors.fasttext import FastTextVectors
from benchmarks.options import parser
from benchmarks.report import Report, run

TEXT = "the movie was not good"
_TRACED = ("/attnviz/", "/tempfile.py", "/shutil.py", "/zipfile.py")
_CONFIG = TrainingConfig(
    embedding_dim=8, hidden_dim=8, buckets=50, epochs=2, batch_size=16, bfloat16=False, second_seed=False
)


@dataclass(frozen=True)
class Place:
    """Where an operation works, each time anew: the models, the cache, and what they are made of."""

    folder: Path
    packed: bytes  # an experiment as a zip
    bin: bytes  # a file of vectors
    rows: Dataset

    @property
    def models(self) -> Path:
        """The folder of experiments: `own`."""
        return self.folder / "models"


@dataclass(frozen=True)
class Operation:
    """What is done, telling what it has acknowledged, and what must hold afterwards of that."""

    name: str
    act: Callable[[Place, Callable[[str], None]], object]
    check: Callable[[Place, list[str]], None]


def _import(place: Place, told: Callable[[str], None]) -> None:
    archive.from_zip(place.models, place.packed, "new")
    told("new")


def _rename(place: Place, told: Callable[[str], None]) -> None:
    archive.rename(place.models, "own", "other")
    told("other")


def _delete(place: Place, told: Callable[[str], None]) -> None:
    archive.delete(place.models, "own")
    told("")


def _save(place: Place, told: Callable[[str], None]) -> None:
    """Write an experiment in place of another one."""
    found = load(place.models / "own")
    replace(found, card="# own\n\nanother\n").save(place.models)
    told("own")


def _score(place: Place, told: Callable[[str], None]) -> None:
    found = load(place.models / "own")
    cached_predictions(found, EvaluationRows.of(place.rows, "test", found))
    told("own")


def _index(place: Place, told: Callable[[str], None]) -> None:
    FastTextVectors.open(place.folder / "vectors.bin").most_similar("the", 3)
    told("own")


def _decide(place: Place, told: Callable[[str], None]) -> None:
    log = DecisionLog("0" * 32)
    for row in range(20):
        log.decide(row, Decision("keep"))
        told(str(row))


def _train(place: Place, told: Callable[[str], None]) -> None:
    begun = unfinished_work(place.models, "trained").exists()
    for _ in train(place.rows, "trained", _CONFIG, out=place.models, resume=begun):
        pass
    told("trained")


def _whole(place: Place, acknowledged: list[str]) -> None:
    """All experiments that can be seen load and answer; what was acknowledged is there."""
    there = names(place.models)
    for name in there:
        assert load(place.models / name).explain(TEXT).probabilities.sum() > 0
    assert set(filter(None, acknowledged)) <= {*there}, "what was acknowledged is lost"


def _one(place: Place, acknowledged: list[str]) -> None:
    _whole(place, acknowledged)
    assert len(set(names(place.models)) & {"own", "other"}) == 1, "it has both names, or none"


def _kept(place: Place, acknowledged: list[str]) -> None:
    _whole(place, acknowledged)
    assert "own" in names(place.models), "neither the old one nor the new one is there"


def _scored(place: Place, acknowledged: list[str]) -> None:
    _kept(place, acknowledged)
    found = load(place.models / "own")
    rows = EvaluationRows.of(place.rows, "test", found)
    kept = cached_predictions(found, rows).probabilities
    shutil.rmtree(os.environ[CACHE])
    again = cached_predictions(found, rows).probabilities
    assert all(np.array_equal(kept[variant], again[variant]) for variant in again)


def _indexed(place: Place, _acknowledged: list[str]) -> None:
    found = FastTextVectors.open(place.folder / "vectors.bin")
    assert all(word in found for word in ("the", "running")) and len(found.most_similar("the", 3)) == 3


def _decided(_place: Place, acknowledged: list[str]) -> None:
    assert {int(row) for row in acknowledged} <= DecisionLog("0" * 32).read().keys(), "a decision is lost"


def _trained(place: Place, acknowledged: list[str]) -> None:
    _kept(place, acknowledged)
    if "trained" not in names(place.models):
        _train(place, lambda _: None)  # it goes on from what was kept
    _whole(place, ["trained"])


OPERATIONS = (
    Operation("import", _import, _kept),
    Operation("rename", _rename, _one),
    Operation("delete", _delete, _whole),
    Operation("save over", _save, _kept),
    Operation("score", _score, _scored),
    Operation("index", _index, _indexed),
    Operation("decide", _decide, _decided),
    Operation("train", _train, _trained),
)


@contextmanager
def prepared(experiment: Experiment, rows: Dataset, bin_file: bytes) -> Iterator[Callable[[], Place]]:
    """Give what makes a place anew; the cache is in it meanwhile."""
    before = os.environ.get(CACHE)
    with tempfile.TemporaryDirectory() as scratch:
        whole = Path(scratch, "whole")
        replace(experiment, name="own", card="# own\n").save(whole)
        packed = archive.to_zip(whole, "own")

        def anew() -> Place:
            folder = Path(scratch, "place")
            shutil.rmtree(folder, ignore_errors=True)
            shutil.copytree(whole, folder / "models")
            (folder / "vectors.bin").write_bytes(bin_file)
            os.environ[CACHE] = str(folder / "cache")
            (folder / "cache").mkdir()
            return Place(folder, packed, bin_file, rows)

        try:
            yield anew
        finally:
            os.environ.pop(CACHE)
            if before is not None:
                os.environ[CACHE] = before


def forked(place: Place, act: Callable[[Place, Callable[[str], None]], object], begin: Callable[[], Any]) -> list[str]:
    """Run something in a process of its own, after `begin`; return what it acknowledged, and how it ended last.

    That is "killed", "done", "refused" for an error of ours, or the name of another.
    """
    reading, writing = os.pipe()

    def acknowledge(word: str) -> None:
        os.write(writing, f"{word}\n".encode())

    child = os.fork()
    if not child:
        os.close(reading)
        end = "done"
        try:
            begin()
            act(place, acknowledge)
        except (AttnvizError, OSError):  # what pages and commands say in a sentence
            end = "refused"
        except BaseException as error:
            end = f"{type(error).__name__}: {error}".replace("\n", " ")[:300]
        finally:
            sys.settrace(None)
            os.write(writing, f"{end}\n".encode())
            os._exit(0)
    os.close(writing)
    with os.fdopen(reading, encoding="utf-8", errors="replace") as pipe:
        told = pipe.read().split("\n")[:-1]
    _, status = os.waitpid(child, 0)
    return [*told, "killed"] if os.WIFSIGNALED(status) else told


def killer(moment: int, counted: list[int] | None = None) -> Callable[[], None]:
    """Return what has a process killed at a line of the traced code, by its number; 0 only counts them."""
    lines = [0] if counted is None else counted

    def trace(frame: FrameType, event: str, _argument: object) -> Any:
        if event == "call" and not any(part in frame.f_code.co_filename for part in _TRACED):
            return None
        if event == "line":
            lines[0] += 1
            if lines[0] == moment:
                os.kill(os.getpid(), signal.SIGKILL)
        return trace

    return lambda: sys.settrace(trace)


def length(anew: Callable[[], Place], operation: Operation) -> int:
    """Return how many lines an operation runs through."""
    counted = [0]

    def act(place: Place, told: Callable[[str], None]) -> None:
        operation.act(place, lambda _: None)
        sys.settrace(None)
        told(str(counted[0]))

    told = forked(anew(), act, killer(0, counted))
    assert told[-1] == "done", told
    return int(told[0])


def kills(anew: Callable[[], Place], operation: Operation, times: int, draw: random.Random) -> int:
    """Kill an operation at some moments, look at what is left each time, and return how often it was hit."""
    hit, lines = 0, length(anew, operation)
    for _ in range(times):
        place = anew()
        *acknowledged, end = forked(place, operation.act, killer(draw.randint(1, lines)))
        assert end in ("killed", "done"), end
        operation.check(place, acknowledged)
        hit += end == "killed"
    return hit


def full_disks(anew: Callable[[], Place], operation: Operation, times: int, draw: random.Random) -> int:
    """Let files grow to some sizes only, and return how often that was too little and was said so."""
    hit = 0
    for _ in range(times):
        place, most = anew(), int(10 ** draw.uniform(0, 5.5))

        def limit(most: int = most) -> None:
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
            resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))

        *acknowledged, end = forked(place, operation.act, limit)
        assert end in ("refused", "done"), (operation.name, most, end)
        operation.check(place, acknowledged)
        hit += end == "refused"
    return hit


def arguments() -> argparse.ArgumentParser:
    """Return what can be asked."""
    found = parser(__doc__)
    found.add_argument("--times", type=int, default=50)
    found.add_argument("--seed", type=int, default=0, help="of the moments")
    found.add_argument("--only", default="", help="operations whose names hold this")
    return found


def main(chosen: argparse.Namespace, report: Report) -> None:
    """Print how often each was killed, and met a full disk."""
    from tests.vectors.facebook_files import facebook_bytes

    torch.set_num_threads(1)  # a forked process waits for ever for the other threads: it has none of them
    draw = random.Random(chosen.seed)
    said = [("good", 1), ("great", 1), ("fine", 1), ("bad", 0), ("awful", 0), ("dull", 0)]
    rows = "".join(f"the {thing} was {word},{at}\n" for word, at in said for thing in ("film", "plot", "end"))
    with tempfile.TemporaryDirectory() as scratch:
        path = Path(scratch, "rows.csv")
        path.write_text("text,label\n" + rows)
        dataset = load_dataset(path)
        for _ in train(dataset, "own", _CONFIG, out=Path(scratch)):
            pass
        experiment = load(Path(scratch, "own"))
        heads = {"operation": "", "kills": "d", "hit": "d", "disks": "d", "full": "d"}
        table = report.table("Killed, and without room on the disk: nothing lost, nothing half", heads)
        with prepared(experiment, dataset, facebook_bytes()) as anew:
            for operation in OPERATIONS:
                if chosen.only in operation.name:
                    hit = kills(anew, operation, chosen.times, draw)
                    full = full_disks(anew, operation, chosen.times, draw)
                    table.row(operation.name, chosen.times, hit, chosen.times, full)


if __name__ == "__main__":
    run(main, arguments())
