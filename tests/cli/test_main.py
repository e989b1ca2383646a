from __future__ import annotations

import inspect
import json
import os
import shutil
import signal
import subprocess
import sys
import tomllib
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from attnviz.cli.main import FAILURE, MISTAKE, SHOW_TRACEBACK, main
from attnviz.cli.options import INTERRUPTED
from attnviz.cli.train import train
from attnviz.data.download import Download
from attnviz.data.registry import SOURCES
from attnviz.model.experiment import Experiment, load
from attnviz.training.config import TrainingConfig

ROOT = Path(__file__).parent.parent.parent


@pytest.fixture
def tiny_en(tiny_models: Path) -> str:
    return str(tiny_models / "tiny-en")


@pytest.fixture
def table(tmp_path: Path, tiny: Experiment) -> Path:
    """Forty rows that a tiny experiment can be trained on, and scored with."""
    good = "wonderful", "lovely", "brilliant", "moving"
    bad = "dreadful", "dull", "clumsy", "boring"
    lines = [
        f'"a {word} film, number {number}",{label}'
        for number in range(5)
        for label, words in zip(tiny.labels, (bad, good), strict=True)
        for word in words
    ]
    path = tmp_path / "films.csv"
    path.write_text("\n".join(["review,stars", *lines]) + "\n", encoding="utf-8")
    return path


def answer(capsys: pytest.CaptureFixture[str], *arguments: str) -> Any:
    """Return what a command says to programs."""
    capsys.readouterr()
    code = main(arguments)
    out, err = capsys.readouterr()
    assert code == 0, err

    def refuse(constant: str) -> None:
        raise AssertionError(f"{constant} is not JSON")

    return json.loads(out, parse_constant=refuse)


def complaint(capsys: pytest.CaptureFixture[str], *arguments: str, code: int = MISTAKE) -> str:
    """Return the one line a command complains with."""
    capsys.readouterr()
    assert main(arguments) == code
    out, err = capsys.readouterr()
    assert out == ""
    (line,) = err.splitlines()
    assert line.startswith("error: ")
    return line


def python_m_attnviz(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "attnviz", *arguments],
        cwd=ROOT,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=300,
        check=False,
    )


def test_explain_keeps_its_contract(capsys: pytest.CaptureFixture[str], tiny: Experiment, tiny_en: str) -> None:
    text = "This film wasn't wonderful 👨‍👩‍👧 였다"
    said = answer(capsys, "explain", text, "--experiment", tiny_en, "--json")
    assert said.keys() == {"experiment", "text", "labels", "truncated", "variants"}
    assert (said["experiment"], said["text"], said["truncated"]) == ("tiny-en", text, False)
    assert said["labels"] == list(tiny.labels)
    assert [variant["variant"] for variant in said["variants"]] == ["frozen", "fine-tuned"]
    for variant in said["variants"]:
        assert variant.keys() == {"variant", "prediction", "probabilities", "logits", "bias", "tokens"}
        assert variant["prediction"] in said["labels"]
        assert sum(variant["probabilities"]) == pytest.approx(1)
        for token in variant["tokens"]:
            assert token.keys() == {"text", "start", "end", "known", "score", "weight", "votes", "contributions"}
            assert text[token["start"] : token["end"]] == token["text"]
        assert sum(token["weight"] for token in variant["tokens"]) == pytest.approx(1, abs=1e-5)
        for k, logit in enumerate(variant["logits"]):
            total = sum(token["contributions"][k] for token in variant["tokens"]) + variant["bias"][k]
            assert total == pytest.approx(logit, abs=1e-4)


def test_explain_says_non_ascii_as_it_is(capsys: pytest.CaptureFixture[str], tiny_en: str) -> None:
    assert main(["explain", "정말 좋은 👍", "-e", tiny_en, "--json"]) == 0
    assert "정말 좋은 👍" in capsys.readouterr().out


def test_explain_answers_for_the_variants_asked_for(capsys: pytest.CaptureFixture[str], tiny_en: str) -> None:
    chosen = ["--variant", "uniform", "-v", "fine-tuned", "-v", "uniform"]
    said = answer(capsys, "explain", "a film", "-e", tiny_en, *chosen, "--json")
    assert [variant["variant"] for variant in said["variants"]] == ["uniform", "fine-tuned"]


def test_explain_reads_unknown_words_as_told(capsys: pytest.CaptureFixture[str], tiny_en: str) -> None:
    def logits(unknown: str) -> Any:
        said = answer(capsys, "explain", "wonderfulllll", "-e", tiny_en, "--unknown", unknown, "--json")
        assert said["variants"][0]["tokens"][0]["known"] is False
        return said["variants"][0]["logits"]

    assert logits("subword") != logits("unk")


def test_explain_draws_every_word_with_its_weight(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tiny: Experiment, tiny_en: str
) -> None:
    monkeypatch.setenv("COLUMNS", "60")
    text = "a [bold]wonderful[/bold] film :smile: " + "endless" * 20
    assert main(["explain", text, "-e", tiny_en]) == 0
    lines = capsys.readouterr().out.splitlines()
    for wanted in ("frozen", "fine-tuned", "bold", "wonderful", "smile", "%", "not in the vocabulary"):
        assert any(wanted in line for line in lines)
    for variant in ("frozen", "fine-tuned"):
        shares = [f"{weight:.0%}" for weight in tiny.explain(text, variant).weights]
        assert all(any(share in line.split() for line in lines) for share in shares)
    assert max(map(len, lines)) <= 60


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(max_size=60))
def test_any_text_gets_an_answer(capsys: pytest.CaptureFixture[str], tiny_en: str, text: str) -> None:
    said = answer(capsys, "explain", "-e", tiny_en, "--json", "--", text)
    for variant in said["variants"]:
        assert sum(token["weight"] for token in variant["tokens"]) == pytest.approx(1 if variant["tokens"] else 0)
    assert main(["explain", "-e", tiny_en, "--", text]) == 0
    assert "\x1b" not in capsys.readouterr().out


def test_bytes_that_are_no_text_are_answered(capsys: pytest.CaptureFixture[str], tiny_en: str) -> None:
    assert answer(capsys, "explain", "good \udcff film", "-e", tiny_en, "--json")["text"] == "good � film"


def test_a_text_cut_off_is_said(capsys: pytest.CaptureFixture[str], tiny: Experiment, tiny_en: str) -> None:
    text = "film " * (tiny.max_tokens + 1)
    assert answer(capsys, "explain", text, "-e", tiny_en, "--json")["truncated"] is True
    assert main(["explain", text, "-e", tiny_en]) == 0
    assert f"Only the first {tiny.max_tokens:,} of the {tiny.max_tokens + 1:,}" in capsys.readouterr().out


def test_evaluate_scores_a_file_without_a_split_whole(
    capsys: pytest.CaptureFixture[str], tiny: Experiment, tiny_en: str, table: Path
) -> None:
    columns = ["--text-column", "review", "--label-column", "stars"]
    said = answer(capsys, "evaluate", str(table), "-e", tiny_en, *columns, "--json")
    assert said["rows"] == 40
    assert [variant["variant"] for variant in said["variants"]] == list(tiny.variants)
    for variant in said["variants"]:
        assert {"accuracy", "interval", "macro_f1", "log_loss", "confusion"} <= variant.keys()
        low, high = variant["interval"]
        assert 0 <= low <= variant["accuracy"] <= high <= 1
        assert sum(map(sum, variant["confusion"])) == 40


def test_evaluate_takes_the_rows_of_a_split(
    capsys: pytest.CaptureFixture[str], tiny: Experiment, tiny_en: str, tmp_path: Path
) -> None:
    bad, good = tiny.labels
    path = tmp_path / "split.csv"
    rows = f"dull,{bad},train\nlovely,{good},test\nfine,{good},test\npoor,{bad},validation\n"
    path.write_text(f"text,label,split\n{rows}", encoding="utf-8")
    for split, count in ("train", 1), ("test", 2), ("validation", 1), ("all", 4):
        said = answer(capsys, "evaluate", str(path), "-e", tiny_en, "--split", split, "--json")
        assert said["rows"] == count
    assert answer(capsys, "evaluate", str(path), "-e", tiny_en, "--json")["rows"] == 2


def test_evaluate_leaves_out_labels_that_the_experiment_does_not_know(
    capsys: pytest.CaptureFixture[str], tiny: Experiment, tiny_en: str, tmp_path: Path
) -> None:
    bad, good = tiny.labels
    path = tmp_path / "three.csv"
    path.write_text(f"text,label\ndull,{bad}\nlovely,{good}\nso so,neutral\nwhat,\n", encoding="utf-8")
    said = answer(capsys, "evaluate", str(path), "-e", tiny_en, "--json")
    assert said["rows"] == 2
    assert said["left_out"] == {"other_split": 0, "strange": {"neutral": 1}, "unlabelled": 1}
    assert main(["evaluate", str(path), "-e", tiny_en]) == 0
    out = capsys.readouterr().out
    assert "neutral" in out and "1 rows without a label are left out" in out
    path.write_text("text,label\ndull,neutral\n", encoding="utf-8")
    assert "no label that tiny-en knows" in complaint(capsys, "evaluate", str(path), "-e", tiny_en)


def test_evaluate_says_that_rows_it_was_trained_on_flatter_it(
    capsys: pytest.CaptureFixture[str], tiny_en: str, tiny_csv: Path, tmp_path: Path
) -> None:
    renamed, other = tmp_path / "renamed.csv", tmp_path / "tiny.csv"
    shutil.copy(tiny_csv, renamed)
    other.write_text(tiny_csv.read_text(encoding="utf-8").replace("film", "flick"), encoding="utf-8")
    for path, flattered in ((renamed, True), (other, False)):
        assert main(["evaluate", str(path), "-e", tiny_en, "-v", "frozen"]) == 0
        assert ("they flatter it" in capsys.readouterr().out) == flattered


def test_evaluate_draws_a_table(capsys: pytest.CaptureFixture[str], tiny_en: str, table: Path) -> None:
    columns = ["--text-column", "review", "--label-column", "stars"]
    assert main(["evaluate", str(table), "-e", tiny_en, "-v", "frozen", *columns]) == 0
    said = capsys.readouterr().out
    assert "tiny-en on films.csv, 40 rows (all)" in said
    assert "macro F1" in said
    assert "uniform" not in said


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
    assert "epoch 1" in err
    said = answer(capsys, "explain", "a lovely film", "-e", str(tmp_path / "films"), "--json")
    assert [variant["variant"] for variant in said["variants"]] == ["frozen"]


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


def test_a_data_set_that_cannot_be_fetched_is_one_sentence(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("ATTNVIZ_CACHE", str(tmp_path))
    news = SOURCES["ag_news"]
    nowhere = Download("http://127.0.0.1:9/train.csv", "ag_news", 1)
    monkeypatch.setitem(SOURCES, "ag_news", replace(news, file=nowhere))
    assert "cannot be reached" in complaint(capsys, "train", "ag_news", "--name", "news")
    assert str(nowhere.path) in complaint(capsys, "evaluate", "ag_news")


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
    first = again.stderr.splitlines()[0]
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


def test_list_shows_figures_and_names_what_is_damaged(tiny: Experiment, tiny_models: Path, tmp_path: Path) -> None:
    shutil.copytree(tiny_models / "tiny-en", tmp_path / "tiny-en")
    shutil.copytree(tiny_models / "tiny-en", tmp_path / "broken")
    (tmp_path / "broken" / "vocabulary.txt").unlink()

    said = python_m_attnviz("list", ATTNVIZ_MODELS=str(tmp_path))
    assert said.returncode == 0, said.stderr
    assert "broken cannot be opened" in said.stdout
    assert "tiny-en · en" in said.stdout

    broken, whole = json.loads(python_m_attnviz("list", "--json", ATTNVIZ_MODELS=str(tmp_path)).stdout)["experiments"]
    assert "vocabulary.txt" in broken["error"]
    assert [variant["variant"] for variant in whole["variants"]] == list(tiny.variants)
    assert all(0 <= variant["accuracy"] <= 1 and variant["n"] > 0 for variant in whole["variants"])


def test_list_of_nothing_says_how_to_make_one(tmp_path: Path) -> None:
    said = python_m_attnviz("list", ATTNVIZ_MODELS=str(tmp_path))
    assert "python -m attnviz train" in said.stdout
    assert json.loads(python_m_attnviz("list", "--json", ATTNVIZ_MODELS=str(tmp_path)).stdout) == {"experiments": []}


def test_mistakes_are_one_sentence(capsys: pytest.CaptureFixture[str], tiny_en: str, table: Path) -> None:
    assert "no-such" in complaint(capsys, "explain", "x", "--experiment", "no-such")
    assert "no-such" in complaint(capsys, "explain", "x", "--experiment", "no-such", "--json")
    assert "frozne" in complaint(capsys, "explain", "x", "-e", tiny_en, "--variant", "frozne")
    assert "nowhere.csv" in complaint(capsys, "evaluate", "nowhere.csv", "-e", tiny_en)
    assert "reviews" in complaint(capsys, "evaluate", str(table), "-e", tiny_en, "--text-column", "reviews")
    assert "No Slug" in complaint(capsys, "train", "movie-reviews", "--name", "No Slug")
    assert "unknown" in complaint(capsys, "explain", "x", "--unknown", "guess")
    assert "TEXT" in complaint(capsys, "explain")
    assert "bake" in complaint(capsys, "bake")


def test_our_own_mistakes_are_one_sentence_too(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise ZeroDivisionError("one\ntwo")

    monkeypatch.setattr("attnviz.model.experiment.load", fail)
    assert "ZeroDivisionError: one two" in complaint(capsys, "explain", "x", code=FAILURE)
    monkeypatch.setenv(SHOW_TRACEBACK, "1")
    with pytest.raises(ZeroDivisionError):
        main(["explain", "x"])


@pytest.mark.parametrize("command", ["explain", "evaluate", "errors", "train", "list", "drift", "neighbours", "trace"])
def test_every_command_teaches_by_an_example(capsys: pytest.CaptureFixture[str], command: str) -> None:
    assert main([command, "--help"]) == 0
    assert (
        f"python -m attnviz {command}" in " ".join(capsys.readouterr().out.split("Options")[0].split()).split("]", 1)[1]
    )


def test_help_comes_without_torch() -> None:
    heavy = "{'torch', 'pandas', 'gensim', 'numpy'} & set(sys.modules)"
    code = f"import sys; from attnviz.cli.main import main; main([]); assert not {heavy}"
    said = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    for command in ("explain", "evaluate", "errors", "train", "list", "drift", "neighbours", "trace"):
        assert command in said.stdout


def test_a_reader_who_leaves_early_gets_no_traceback(tiny_en: str) -> None:
    read, write = os.pipe()
    os.close(read)
    command = [sys.executable, "-m", "attnviz", "explain", "a film", "-e", tiny_en, "--json"]
    with os.fdopen(write, "w") as nobody:
        said = subprocess.run(command, cwd=ROOT, stdout=nobody, stderr=subprocess.PIPE, text=True, check=False)
    assert said.stderr == ""


def test_the_installed_command_is_the_same() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project["scripts"] == {"attnviz": f"attnviz.cli:{main.__name__}"}
