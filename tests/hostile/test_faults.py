"""Killed at a drawn line, with no room on the disk, under a changing folder, with a clock set back: nothing is lost."""

from __future__ import annotations

import random
import shutil
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from attnviz.data.datasets import Dataset, load_dataset
from attnviz.data.files import written_whole
from attnviz.errors import AttnvizError
from attnviz.model import storage
from attnviz.model.experiment import Experiment, load
from attnviz.training import jobs
from benchmarks.faults import OPERATIONS, Operation, Place, full_disks, kills, prepared
from tests.hostile.nasty import COUNTS
from tests.vectors.facebook_files import facebook_bytes

QUICK = [one for one in OPERATIONS if one.name != "train"]  # whose full form is benchmarks.faults


@pytest.fixture(scope="module")
def anew(tiny: Experiment, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[], Place]]:
    path = tmp_path_factory.mktemp("faults") / "rows.csv"
    path.write_text(
        "text,label\n" + "".join(f"a {word} film {n},{word}\n" for word in ("good", "bad") for n in range(9))
    )
    rows = load_dataset(path, label_names=("good", "bad"))
    named = Dataset(**{**vars(rows), "label_names": tiny.labels})
    with prepared(tiny, named, facebook_bytes()) as place:
        yield place


@pytest.mark.parametrize("operation", QUICK, ids=[one.name for one in QUICK])
def test_nothing_is_lost_or_half_whenever_it_is_killed(anew: Callable[[], Place], operation: Operation) -> None:
    COUNTS["killed"] += kills(anew, operation, 3, random.Random(operation.name))


@pytest.mark.parametrize("operation", QUICK, ids=[one.name for one in QUICK])
def test_a_full_disk_is_said_and_leaves_what_was_there(anew: Callable[[], Place], operation: Operation) -> None:
    COUNTS["full disk"] += full_disks(anew, operation, 3, random.Random(operation.name))


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux exchanges folders")
def test_a_folder_is_replaced_in_one_step(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    old = tmp_path / "own"
    old.mkdir()
    (old / "old").touch()
    steps = list[str]()
    rename = Path.rename

    def told(path: Path, to: Path) -> Path:
        steps.append(path.name)
        return rename(path, to)

    monkeypatch.setattr(Path, "rename", told)
    with written_whole(old) as new:
        new.mkdir()
        (new / "new").touch()
    assert [path.name for path in old.iterdir()] == ["new"] and not steps
    assert [path.name for path in tmp_path.iterdir()] == ["own"]


def test_what_changes_while_it_is_read_is_read_anew(
    tiny_models: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(tiny_models / "tiny-en", tmp_path / "own")
    found = load(tmp_path / "own")
    turns = iter([True, False, False])

    def changing(path: Path) -> Experiment:
        read: Experiment = load.__globals__["_read"](path)
        if next(turns):
            read.save(tmp_path)  # another one of the same name
        return read

    again = storage.steadily(changing, tmp_path / "own")
    assert np.array_equal(again.explain("a film").logits, found.explain("a film").logits) and not next(turns, True)
    with pytest.raises(AttnvizError, match="being written"):
        storage.steadily(lambda path: (path / "README.md").write_text(str(time.time_ns())), tmp_path / "own")


def test_a_clock_that_is_set_back_keeps_no_run_alive(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / ".jobs" / "own"
    folder.mkdir(parents=True)
    jobs._write(folder / "process.json", {"pid": None, "born": time.time()})
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now - 86_400)
    from attnviz.training.progress import RunStatus

    assert jobs._state(folder, "own", RunStatus()) == "interrupted"
