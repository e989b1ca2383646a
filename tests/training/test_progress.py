"""Runs as processes: real ones, on a few rows."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from attnviz.errors import AttnvizError
from attnviz.training.progress import Progress, ProgressWriter, RunStatus, as_user_error, read, reporting_failures


def test_events_tell_every_end_of_an_epoch_and_few_steps(tmp_path: Path) -> None:
    path = tmp_path / "events.jsonl"
    with path.open("w", encoding="utf-8") as out, reporting_failures(out):
        telling = ProgressWriter(out)
        for epoch in (1, 2):
            for step in range(1, 101):
                reached = {"frozen": 0.5 + epoch / 10} if step == 100 else {}
                telling.show(
                    Progress("training", 0.5, epoch, 2, step, 100, losses={"frozen": 1 / step}, accuracy=reached)
                )
    story = read(path)
    assert story.accuracy == {"frozen": [(1.0, 0.6), (2.0, 0.7)]}
    assert story.best == {"frozen": (2, 0.7)}
    assert len(story.losses["frozen"]) < 20
    assert story.process and story.process[0] == os.getpid()


def test_steps_told_twice_count_once_and_torn_lines_do_not_count(tmp_path: Path) -> None:
    path = tmp_path / "events.jsonl"

    def step(epoch: int, number: int, loss: float, **more: object) -> str:
        told = {"stage": "training", "fraction": 0.1, "epoch": epoch, "epochs": 3, "step": number, "steps": 2}
        return json.dumps({**told, "losses": {"frozen": loss}, "at": 1.0, **more})

    lines = [step(1, 1, 0.9), step(1, 2, 0.8, accuracy={"frozen": 0.6}), step(2, 1, 0.7), '{"stage": "trai', "[1]", "3"]
    path.write_text("\n".join([*lines, step(2, 1, 0.65), step(2, 2, 0.6)]), encoding="utf-8")
    assert read(path).losses == {"frozen": [(0.5, 0.9), (1.0, 0.8), (1.5, 0.65), (2.0, 0.6)]}
    assert read(tmp_path / "none") == RunStatus()


def test_a_failure_is_told_and_said_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "events.jsonl"
    full = OSError(28, "No space left on device")
    with path.open("w", encoding="utf-8") as out, pytest.raises(AttnvizError), reporting_failures(out):
        raise full
    story = read(path)
    assert story.stage == "failed" and str(story.failure) == str(as_user_error(full))
    assert "broke off: KeyError" in str(as_user_error(KeyError("x")))


def test_a_transformer_stands_beside_what_the_others_reached(tmp_path: Path) -> None:
    path = tmp_path / "events"
    at = {"fraction": 0.5, "epochs": 1, "step": 1, "steps": 1, "at": 1.0}
    events = [
        {"stage": stage, "epoch": epoch, "accuracy": {variant: 0.5}, "probes": {variant: [epoch]}, **at}
        for stage, variant in (
            ("training", "fine-tuned"),
            ("transformer", "transformer"),
            ("transformer", "transformer"),
        )
        for epoch in (0, 1)
    ]
    path.write_text("".join(json.dumps(event) + "\n" for event in events), encoding="utf-8")
    told = read(path)
    assert told.probes == [{"fine-tuned": [epoch], "transformer": [epoch]} for epoch in (0, 1)]
    assert set(told.accuracy) == {"fine-tuned", "transformer"} and len(told.accuracy["transformer"]) == 2
