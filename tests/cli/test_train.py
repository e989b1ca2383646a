from __future__ import annotations

import inspect
import json
import re
import signal
import subprocess
import sys
from dataclasses import asdict, replace
from pathlib import Path

import pandas as pd
import pytest

from attnviz.cli.main import MISTAKE, main
from attnviz.cli.options import INTERRUPTED
from attnviz.cli.train import train
from attnviz.data.download import Download
from attnviz.data.registry import SOURCES
from attnviz.model.experiment import Experiment, load
from attnviz.training.config import TrainingConfig
from tests.cli.test_main import ROOT, answer, complaint, python_m_attnviz


def test_train_reads_a_parquet_file_in_parts(
    capsys: pytest.CaptureFixture[str], tiny_csv: Path, tmp_path: Path
) -> None:
    path = tmp_path / "tiny.parquet"
    pd.read_csv(tiny_csv).to_parquet(path, row_group_size=100)
    common = ["train", str(path), "--name", "parts", "--out", str(tmp_path), "--stream", "--epochs", "1"]
    small = ["--embedding-dim", "8", "--hidden-dim", "8", "--variants", "frozen"]
    said = answer(capsys, *common, *small, "--json")
    assert said["name"] == "parts"
    nowhere = [str(tmp_path / "nowhere.parquet"), *common[2:]]  # what is taken is said before anything is read
    assert "Choose another name" in complaint(capsys, "train", *nowhere)
    for option in (["--test", str(path)], ["--estimate"]):
        assert f"leave out {option[0]}" in complaint(capsys, *common, "--overwrite", *option)


def test_train_makes_an_experiment_that_explains(
    capsys: pytest.CaptureFixture[str], table: Path, tmp_path: Path
) -> None:
    command = ["train", str(table), "--name", "films", "--out", str(tmp_path), "--epochs", "1", "--embedding-dim", "8"]
    command += ["--hidden-dim", "4", "--text-column", "review", "--label-column", "stars", "--scorer", "additive"]
    assert main([*command, "--variants", "frozen, uniform", "--min-n", "2", "--max-n", "3"]) == 0
    out, err = capsys.readouterr()
    assert "films is in" in out
    assert "accuracy" in out
    compared = r"baseline \(TF-IDF \+ logistic regression\).*(McNemar's exact test, p = |for the same ones: )[\d.]"
    assert re.search(compared, out)  # which of both is the training's doing
    assert "epoch 1" in err
    said = answer(capsys, "explain", "a lovely film", "-e", str(tmp_path / "films"), "--json")
    assert [variant["variant"] for variant in said["variants"]] == ["frozen"]


@pytest.mark.parametrize("stream", [False, True])
def test_train_says_beforehand_what_the_page_says(
    capsys: pytest.CaptureFixture[str], tiny_csv: Path, tmp_path: Path, stream: bool
) -> None:
    rows = pd.read_csv(tiny_csv)
    rows["label"] = rows["label"].astype(str).replace({rows["label"].astype(str)[0]: "odd one"})
    rows = pd.concat([rows, rows.head(1), pd.DataFrame({"text": [" "], "label": ["odd one"]})])
    path = tmp_path / ("t.parquet" if stream else "t.csv")
    rows.to_parquet(path) if stream else rows.to_csv(path, index=False)
    command = ["train", str(path), "--name", "told", "--out", str(tmp_path), "--epochs", "1", "--embedding-dim", "4"]
    command += ["--hidden-dim", "2", "--variants", "frozen", "--map", "odd one=odd", "--map", "gone=odd"]
    assert main([*command, *(["--stream"] if stream else [])]) == 0
    _out, err = capsys.readouterr()
    assert "left out, without a text in the column text: 1 (" in err
    assert "no row has the label gone" in err and "Rows for validation: only" in err
    assert stream or "Rows that repeat the text and the label of another" in err
    assert "odd" in load(tmp_path / "told").labels
    assert "left out, without text or label: 1" in (tmp_path / "told" / "README.md").read_text(encoding="utf-8")


def test_train_takes_the_test_rows_of_a_second_file(
    capsys: pytest.CaptureFixture[str], table: Path, tmp_path: Path
) -> None:
    (tmp_path / "held-out.csv").write_text("review,stars\na fine film,positive\na dull film,negative\n")
    files = [str(table), "--test", str(tmp_path / "held-out.csv"), "--text-column", "review", "--label-column", "stars"]
    small = ["--epochs", "1", "--embedding-dim", "4", "--hidden-dim", "2", "--variants", "frozen"]
    card = ["--licence", "CC0", "--source", "made up"]
    said = answer(capsys, "train", *files, "--name", "two", "--out", str(tmp_path), *small, *card, "--json")
    assert said["variants"][0]["n"] == said["data"]["rows"]["test"] == 2
    assert said["data"]["rows"]["train"] + said["data"]["rows"]["validation"] == 40
    assert (said["data"]["source"], said["data"]["licence"]) == ("made up", "CC0")
    assert "CC0" in (tmp_path / "two" / "README.md").read_text(encoding="utf-8")
    assert "nowhere.csv" in complaint(capsys, "train", str(table), "--test", "nowhere.csv", "--name", "x", *files[3:])


def test_train_takes_the_vectors_of_an_experiment(
    capsys: pytest.CaptureFixture[str], tiny: Experiment, tiny_en: str, table: Path, tmp_path: Path
) -> None:
    command = ["train", str(table), "--name", "again", "--out", str(tmp_path), "--vectors", tiny_en, "--epochs", "1"]
    columns = ["--text-column", "review", "--label-column", "stars"]
    said = answer(capsys, *command, *columns, "--variants", "fine-tuned", "--hidden-dim", "4", "--json")
    assert (said["name"], said["labels"]) == ("again", list(tiny.labels))
    assert [variant["variant"] for variant in said["variants"]] == ["fine-tuned"]


def test_train_promises_the_defaults_of_training() -> None:
    promised = {name: parameter.default for name, parameter in inspect.signature(train).parameters.items()}
    real = asdict(TrainingConfig()) | {"variants": "frozen,fine-tuned,uniform", "probes": None}
    shared = promised.keys() & real.keys()
    assert {"epochs", "embedding_dim", "hidden_dim", "vocab_size", "min_n", "max_n", "scorer", "seed"} <= shared
    assert {name: promised[name] for name in shared} == {name: real[name] for name in shared}


def test_train_takes_the_ngrams_that_suit_the_language_unless_they_are_given(
    capsys: pytest.CaptureFixture[str], table: Path, tmp_path: Path
) -> None:
    small = ["--epochs", "1", "--embedding-dim", "4", "--hidden-dim", "2", "--variants", "frozen"]
    columns = ["--text-column", "review", "--label-column", "stars", "--language", "ko"]
    for name, asked, sizes in ("usual", (), (1, 4)), ("given", ("--min-n", "2", "--max-n", "3"), (2, 3)):
        answer(capsys, "train", str(table), "--name", name, "--out", str(tmp_path), *small, *columns, *asked, "--json")
        vectors = load(tmp_path / name).about.vectors
        assert (vectors.min_n, vectors.max_n) == sizes


def test_a_data_set_that_cannot_be_fetched_is_one_sentence(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("ATTNVIZ_CACHE", str(tmp_path))
    news = SOURCES["ag_news"]
    nowhere = Download("http://127.0.0.1:9/train.csv", "ag_news", 1)
    monkeypatch.setitem(SOURCES, "ag_news", replace(news, file=nowhere))
    assert "cannot be reached" in complaint(capsys, "train", "ag_news", "--name", "news")
    assert str(nowhere.path) in complaint(capsys, "evaluate", "ag_news")


def test_ctrl_c_leaves_no_experiment_and_resume_goes_on(table: Path, tmp_path: Path) -> None:
    command = ["train", str(table), "--name", "films", "--out", str(tmp_path), "--epochs", "200", "--hidden-dim", "4"]
    command += ["--embedding-dim", "8", "--text-column", "review", "--label-column", "stars", "--variants", "frozen"]
    with subprocess.Popen(
        [sys.executable, "-m", "attnviz", *command], cwd=ROOT, stderr=subprocess.PIPE, text=True
    ) as run:
        assert run.stderr
        while (line := run.stderr.readline()) and not line.startswith("epoch 3"):
            pass
        run.send_signal(signal.SIGINT)
        _, rest = run.communicate(timeout=60)
    assert run.returncode == INTERRUPTED
    *epochs, last = rest.splitlines()
    assert "--resume" in last
    assert all(line.startswith("epoch ") for line in epochs)
    assert not (tmp_path / "films").exists()

    again = python_m_attnviz(*command, "--resume")
    assert again.returncode == 0, again.stderr
    first = next(line for line in again.stderr.splitlines() if line.startswith("epoch "))
    assert int(first.removeprefix("epoch ").partition(":")[0]) > 3
    assert (tmp_path / "films" / "experiment.json").is_file()


def test_a_stop_before_the_first_checkpoint_does_not_promise_to_resume(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, table: Path, tmp_path: Path
) -> None:
    def interrupt(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("attnviz.vectors.fasttext.FastTextVectors.training", interrupt)
    columns = ["--text-column", "review", "--label-column", "stars"]
    assert main(["train", str(table), "--name", "films", "--out", str(tmp_path), *columns]) == INTERRUPTED
    assert "--resume" not in capsys.readouterr().err


def test_the_command_line_tells_programs(
    tiny_csv: Path, tiny_models: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    given = ["--name", "told", "--out", str(tmp_path), "--vectors", str(tiny_models / "tiny-en"), "--epochs", "1"]
    assert main(["train", str(tiny_csv), *given, "--events", "--hidden-dim", "8"]) == 0
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [lines[0]["stage"], lines[-1]["stage"]] == ["started", "done"]
    assert main(["train", str(tiny_csv), *given, "--events"]) == MISTAKE  # it is there already
    assert json.loads(capsys.readouterr().out.splitlines()[-1])["stage"] == "failed"
    assert main(["train", str(tiny_csv), *given, "--dropout", "7"]) == MISTAKE
