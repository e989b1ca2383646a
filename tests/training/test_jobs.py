"""Runs as processes: real ones, on a few rows."""

from __future__ import annotations

import json
import os
import resource
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from attnviz.errors import AttnvizError
from attnviz.model.experiment import load, names
from attnviz.training import jobs, progress
from attnviz.training.config import TrainingConfig
from attnviz.training.job_spec import JobSpec
from attnviz.training.jobs import Job

EPOCHS, LONG_EPOCHS = 20, 400
ORDER = JobSpec(
    "first",
    file="films.csv",
    text_column="text",
    label_column="label",
    pretrained="tiny-en",
    config=TrainingConfig(
        variants=("frozen", "fine-tuned"),
        epochs=EPOCHS,
        hidden_dim=8,
        distillation=0,
        bfloat16=False,
        probes=("the movie was not good",),
    ),
    labels=("negative", "positive"),
)
LONG = replace(ORDER, config=replace(ORDER.config, epochs=LONG_EPOCHS))


@pytest.fixture
def models(tiny_models: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setattr(jobs, "_NICE", 0)  # beside a busy process a run would take ten times as long
    folder = tmp_path / "models"
    shutil.copytree(tiny_models, folder)
    yield folder
    for job in jobs.jobs(folder):
        for process in jobs.processes(job):
            process.kill()


@pytest.fixture
def rows(tiny_csv: Path) -> bytes:
    return tiny_csv.read_bytes()


def wait(models: Path, name: str, until: Callable[[Job], bool], seconds: float = 300) -> Job:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        job = jobs.find(models, name)
        if until(job):
            return job
        time.sleep(0.1)
    raise AssertionError((job.state, job.status.stage, job.status.failure, job.last_words))


def over(job: Job) -> bool:
    return job.state not in ("waiting", "running", "stopping")


def learning(job: Job) -> bool:
    return job.can_keep


def hidden(models: Path) -> list[str]:
    return [path.name for path in models.iterdir() if path.name.startswith(".") and path.name != ".jobs"]


def test_runs_wait_in_line_and_a_killed_one_goes_on_to_the_same_end(models: Path, rows: bytes) -> None:
    jobs.submit(models, ORDER, rows)
    jobs.submit(models, replace(ORDER, name="second"), rows)
    assert [job.state for job in jobs.jobs(models)] == ["running", "waiting"]
    with pytest.raises(AttnvizError, match="is taken"):  # the click in the other tab
        jobs.submit(models, ORDER, rows)
    [process] = jobs.processes(wait(models, "first", learning))
    process.kill()
    process.wait(5)
    assert jobs.find(models, "first").state == "interrupted"
    second = wait(models, "second", over)  # nobody looked, and its turn came
    assert second.state == "done" and names(models) == ["second", "tiny-en"]

    told = models / ".jobs" / "first" / "process.json"  # of a number that another process has now
    born = psutil.Process().create_time()
    for written, state in (
        (json.dumps({"pid": os.getpid(), "born": born - 3600}), "interrupted"),
        (json.dumps({"pid": os.getpid(), "born": born}), "running"),
        ('{"pid": 1', "interrupted"),
    ):
        told.write_text(written)
        assert jobs.find(models, "first").state == state

    jobs.resume(models, "first")
    first = wait(models, "first", over)
    assert first.state == "done"
    assert first.status.accuracy == second.status.accuracy
    assert [epoch for epoch, _ in first.status.accuracy["frozen"]] == list(range(EPOCHS + 1))
    last = first.status.probes[EPOCHS]
    assert len(first.status.probes) == EPOCHS + 1 and len(last["frozen"][0]["weights"]) == 5
    jobs.advance_queue(models)
    assert load(models / "first").about.data.source == "films.csv"
    assert not list((models / ".jobs").glob("*/rows")) and not hidden(models)


def test_a_server_that_starts_moves_on_what_another_left_waiting(models: Path, rows: bytes) -> None:
    script = (
        "import sys; from dataclasses import replace; from pathlib import Path;"
        "from tests.training.test_jobs import ORDER;"
        "from attnviz.training import jobs; jobs._NICE = 0; models, rows = map(Path, sys.argv[1:])\n"
        "for name in ('first', 'second'):"
        "    jobs.submit(models, replace(ORDER, name=name, config=replace(ORDER.config, epochs=1)), rows.read_bytes())"
    )
    table = models.parent / "rows.csv"
    table.write_bytes(rows)
    subprocess.run([sys.executable, "-c", script, str(models), str(table)], check=True)
    assert wait(models, "first", over).state == "done"
    time.sleep(2)  # nobody is there to look
    assert jobs.find(models, "second").state == "waiting"
    jobs.watch(models)
    assert wait(models, "second", over).state == "done"


def test_a_run_killed_at_its_last_word_is_done(models: Path) -> None:
    folder = models / ".jobs" / "tiny-en"
    (folder / "rows").mkdir(parents=True)
    (models / ".tiny-en.training").mkdir()
    (folder / "job.json").write_text(json.dumps({"name": "tiny-en"}))
    (folder / "process.json").write_text(json.dumps({"pid": 999_999_999, "born": 1.0}))
    (folder / "events.jsonl").write_text('{"stage": "testing", "fraction": 0.5, "at": 1')
    assert jobs.find(models, "tiny-en").state == "done"
    jobs.advance_queue(models)
    assert jobs.find(models, "tiny-en").state == "done" and not hidden(models)
    (models / ".tiny-en.training").mkdir()  # somebody trains that name by hand: it is none of our business
    jobs.advance_queue(models)
    assert hidden(models) == [".tiny-en.training"]


def test_what_cannot_be_trained_fails_with_a_sentence(models: Path) -> None:
    jobs.submit(models, ORDER, b"text,label\na,b\nc,b\n")
    job = wait(models, "first", over)
    assert job.state == "failed"
    assert job.status.failure and "At least two classes" in str(job.status.failure)
    jobs.discard(models, "first")
    assert jobs.jobs(models) == []


@pytest.mark.skipif(sys.platform == "win32", reason="sets a limit that only Unix has")
def test_a_disk_that_fills_leaves_a_checkpoint_to_go_on_from_and_stopping_keeps_the_best(
    models: Path, rows: bytes
) -> None:
    job = jobs.submit(models, LONG, rows)
    with pytest.raises(AttnvizError, match="nothing to keep"):
        jobs.stop(job)
    [process] = jobs.processes(wait(models, "first", learning))
    resource.prlimit(process.pid, resource.RLIMIT_FSIZE, (60_000, 60_000))  # a checkpoint is larger, the events are not
    job = wait(models, "first", over)
    assert job.state == "failed" and "no room left" in str(job.status.failure)
    assert names(models) == ["tiny-en"]
    jobs.resume(models, "first")
    further = len(job.status.probes)
    jobs.stop(wait(models, "first", lambda job: job.active and len(job.status.probes) > further))
    assert wait(models, "first", over).state == "done"
    experiment = load(models / "first")
    assert further <= (experiment.about.training.stopped_after_epoch or 0) < LONG_EPOCHS
    assert set(experiment.figures) == {"frozen", "fine-tuned", "baseline"}


@pytest.mark.parametrize("name", ["", "../../x", "한글", "x" * 300, "a/b", ".jobs"])
def test_no_name_leads_out_of_the_folder(models: Path, rows: bytes, name: str) -> None:
    with pytest.raises(AttnvizError, match="cannot be an experiment's name"):
        jobs.submit(models, replace(ORDER, name=name), rows)
    assert not (models / ".jobs").exists() or jobs.jobs(models) == []


def test_a_run_is_measured_beforehand(models: Path, rows: bytes) -> None:
    found = jobs.estimate_duration(models, ORDER, rows)
    assert found.epoch > 0 and found.epochs == EPOCHS
    assert not (models / ".jobs").exists()


def test_the_process_is_less_urgent_and_outlives_the_one_that_began_it(models: Path, rows: bytes) -> None:
    script = (
        "import sys; from pathlib import Path; from tests.training.test_jobs import LONG;"
        "from attnviz.training import jobs;"
        "jobs.submit(Path(sys.argv[1]), LONG, Path(sys.argv[2]).read_bytes())"
    )
    table = models.parent / "rows.csv"
    table.write_bytes(rows)
    subprocess.run([sys.executable, "-c", script, str(models), str(table)], check=True)
    job = wait(models, "first", learning)
    [process] = jobs.processes(job)
    assert job.state == "running"
    assert process.nice() >= 10 or sys.platform == "win32"
    told = progress.read(job.folder / "events.jsonl").process
    assert told and told[0] == process.pid and abs(told[1] - process.create_time()) < 1
    jobs.discard(models, "first")
    assert not process.is_running() or process.status() == psutil.STATUS_ZOMBIE
    assert "first" not in names(models) and not hidden(models)
    with pytest.raises(AttnvizError, match="any more"):
        jobs.discard(models, "first")
