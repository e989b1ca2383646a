"""Training in several processes, as torchrun starts them."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pandas as pd
import psutil
import pytest
import torch

from attnviz.cli import main
from attnviz.cli.main import FIRST_SPEAKS
from attnviz.model.experiment import Experiment, load
from attnviz.training.distributed import ALONE, Ranks
from attnviz.training.train import train
from tests.training.distributed_worker import DETERMINED, opened

ROOT = Path(__file__).parent.parent.parent
TORCHRUN = (sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node=2")
SETTINGS = (
    *("--hidden-dim", "16", "--learning-rate", "0.02", "--dropout", "0.1"),
    *("--language-model", "1", "--variants", "fine-tuned", "--epochs", "20"),
)


LATE_FIRST = """
import os, sys, time
from pathlib import Path
from attnviz.cli.main import main
waits, sleep = Path({waits!r}), time.sleep
if os.environ["RANK"] == "0":
    while not waits.exists():
        sleep(0.05)
else:
    def told(seconds):
        waits.touch()
        sleep(seconds)
    time.sleep = told
sys.exit(main())
"""


def started(*command: str) -> subprocess.Popen[str]:
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "PYTHONPATH": str(ROOT)}
    return subprocess.Popen(
        command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def test_two_ranks_take_the_steps_of_one(tiny_csv: Path, tmp_path: Path) -> None:
    """Dropout aside, the sums of two halves' gradients, sparse ones too, are those of the whole; streamed rows too."""
    parquet = tmp_path / "tiny.parquet"
    pd.read_csv(tiny_csv).to_parquet(parquet, row_group_size=50)
    run = started(*TORCHRUN, "tests/training/distributed_worker.py", str(tmp_path / "two"), str(tiny_csv), str(parquet))
    for rows in (tiny_csv, parquet):
        for _ in train(opened(rows), rows.suffix[1:], DETERMINED, out=tmp_path / "one"):
            pass
    _out, err = run.communicate(timeout=300)
    assert run.returncode == 0, err
    for name in ("csv", "parquet"):
        one, two = (load(tmp_path / ranks / name) for ranks in ("one", "two"))
        for variant in one.variants:
            apart = zip(one.model(variant).named_parameters(), two.model(variant).named_parameters(), strict=True)
            for (parameter, alone), (_parameter, together) in apart:
                if parameter != "attention.bias":  # a softmax does not see it: its gradient is rounding
                    assert torch.allclose(alone, together, atol=4e-3), (name, variant, parameter)
            losses = [[epoch[variant].loss for epoch in both.history.epochs[1:]] for both in (one, two)]
            assert losses[0] == pytest.approx(losses[1], abs=2e-3)
    assert not list((tmp_path / "two").glob(".*"))


def test_two_ranks_reach_the_accuracy_of_one_within_its_seeds_spread(
    tiny_csv: Path, tiny_models: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    command = ["train", str(tiny_csv), "--name", "race", "--vectors", str(tiny_models / "tiny-en"), *SETTINGS]
    run = started(*TORCHRUN, "-m", "attnviz", *command, "--out", str(tmp_path / "two"), "--json")
    alone = []
    for seed in range(3):
        assert main([*command, "--out", str(tmp_path / f"{seed}"), "--seed", str(seed), "--json"]) == 0
        alone.append(accuracy(load(tmp_path / f"{seed}" / "race")))
    out, err = run.communicate(timeout=300)
    assert run.returncode == 0, err
    assert json.loads(out)["name"] == "race"  # the first rank alone prints: there is one answer
    together = accuracy(load(tmp_path / "two" / "race"))
    spread = max(max(alone) - min(alone), 0.03)
    assert min(alone) - spread <= together <= max(alone) + spread
    assert together > 0.9
    capsys.readouterr()


def test_a_lost_rank_ends_the_run_with_a_sentence_and_what_was_finished_goes_on(tiny_csv: Path, tmp_path: Path) -> None:
    command = ["train", str(tiny_csv), "--name", "race", *SETTINGS[:-1], "1000", "--out", str(tmp_path)]
    run = started(*TORCHRUN, "-m", "attnviz", *command)
    checkpoint = tmp_path / ".race.training" / "checkpoint.safetensors"
    ranks: list[psutil.Process] = []
    for _ in range(3000):
        if checkpoint.exists() and len(ranks) == 2:
            break
        assert run.poll() is None
        ranks = psutil.Process(run.pid).children()
        time.sleep(0.1)
    time.sleep(1)  # some epochs
    next(rank for rank in ranks if rank.environ()["RANK"] == "1").kill()
    _out, err = run.communicate(timeout=300)
    assert run.returncode != 0
    assert err.count("error: This run has lost one of its processes") == 1 and "--resume" in err
    assert not (tmp_path / "race").exists() and checkpoint.exists()
    for rank in ranks:
        with contextlib.suppress(psutil.NoSuchProcess):
            rank.wait(10)
    (tmp_path / "enough").touch()
    assert main([*command, "--resume", "--until", str(tmp_path / "enough"), "--json"]) == 0
    assert len(load(tmp_path / "race").history.epochs) >= 2


def test_a_mistake_is_said_once_also_where_the_second_rank_meets_it_first(tmp_path: Path) -> None:
    """The first rank goes on only once the second has met it, and torchrun ends it if the second is gone by then."""
    worker = tmp_path / "worker.py"
    worker.write_text(LATE_FIRST.format(waits=str(tmp_path / "waits")), encoding="utf-8")
    run = started(*TORCHRUN, str(worker), "train", str(tmp_path / "none.csv"), "--name", "race")
    out, err = run.communicate(timeout=300)
    assert run.returncode != 0 and not out
    assert err.count("error: ") == 1 and "none.csv" in err


def test_a_mistake_that_another_rank_alone_meets_is_said_by_that_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("RANK", "1")
    monkeypatch.setenv("WORLD_SIZE", "2")
    monkeypatch.setattr(sys, "stdout", sys.stdout)  # put back, which the command replaces
    monkeypatch.setattr(sys, "__stderr__", sys.stderr)
    monkeypatch.setattr(sys, "stderr", sys.stderr)
    waited: list[float] = []
    monkeypatch.setattr(time, "sleep", waited.append)
    assert main(["train", str(tmp_path / "none.csv"), "--name", "race"]) == 2
    assert "none.csv" in capsys.readouterr().err and waited == [FIRST_SPEAKS]


def test_shares_are_every_row_once() -> None:
    rows = np.arange(7)
    shares = [Ranks(rank, 3).share(rows) for rank in range(3)]
    assert sorted(np.concatenate(shares)) == list(rows)
    assert [len(Ranks(rank, 3).share(rows[:1])) for rank in range(3)] == [1, 0, 0]


def test_a_single_process_needs_no_other() -> None:
    assert ALONE.first and ALONE.add(3) == 3 and ALONE.agree(lambda: True)
    ALONE.wait()
    steps = ALONE.in_turn(lambda: (step for step in (1, 2)))
    assert list(steps) == [1, 2]


def accuracy(experiment: Experiment) -> float:
    return experiment.figures["fine-tuned"]["all"].accuracy
