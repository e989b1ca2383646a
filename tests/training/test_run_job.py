from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path

import pytest
from gensim.test.utils import datapath

from attnviz.model.experiment import load
from attnviz.training import run_job
from attnviz.training.config import TrainingConfig
from attnviz.training.job_spec import JobSpec

SETTINGS = TrainingConfig(variants=("frozen",), epochs=1, hidden_dim=4, bfloat16=False)


def lines(capsys: pytest.CaptureFixture[str]) -> list[dict[str, object]]:
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def main(monkeypatch: pytest.MonkeyPatch, *arguments: Path | str) -> int:
    monkeypatch.setattr(sys, "argv", ["run_job", *map(str, arguments)])
    return run_job.main()


def test_a_bin_gives_as_many_words_as_there_is_room_for_and_progress_is_told(
    tiny_csv: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "vectors").mkdir()
    shutil.copy(datapath("lee_fasttext.bin"), tmp_path / "vectors")
    monkeypatch.setattr("attnviz.training.config.BUDGET", 0)  # so that the fewest fit
    JobSpec("films", SETTINGS, file="my films.csv", vectors_file="lee_fasttext.bin").write(
        tmp_path, tiny_csv.read_bytes()
    )
    assert main(monkeypatch, tmp_path, tmp_path) == 0
    stages = [line["stage"] for line in lines(capsys)]
    assert (stages[0], stages[-1]) == ("started", "done")
    about = load(tmp_path / "films").about
    assert (about.vectors.source, about.training.vocab_size, about.data.source) == (
        "lee_fasttext.bin",
        1_000,
        "my films.csv",
    )


def test_the_estimate_is_one_answer_and_a_failure_one_sentence(
    tiny_csv: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    JobSpec("films", SETTINGS, file="films.csv").write(tmp_path, tiny_csv.read_bytes())
    assert main(monkeypatch, tmp_path, tmp_path, "--estimate") == 0
    [estimate] = lines(capsys)
    assert estimate["epochs"] == 1
    assert main(monkeypatch, tmp_path / "nowhere", tmp_path) == 1
    out, err = capsys.readouterr()
    assert json.loads(out.splitlines()[-1])["stage"] == "failed" and err.startswith("error: ")
