from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from gensim.test.utils import datapath

from attnviz.cli import main
from attnviz.vectors.fasttext import FastTextVectors
from tests.cli.test_main import answer, complaint


@pytest.fixture
def lee(tmp_path: Path) -> str:
    return str(shutil.copy2(datapath("lee_fasttext.bin"), tmp_path))


def test_info_of_a_bin_and_of_an_experiment(capsys: pytest.CaptureFixture[str], lee: str, tiny_models: Path) -> None:
    said = answer(capsys, "vectors", "info", lee, "--json")
    assert said == {
        "path": lee,
        "dim": 10,
        "words": 1762,
        "first_words": ["the", "to", "of", "in", "and", "a", "is", "for", "The", "on"],
        "min_n": 3,
        "max_n": 6,
        "ngram_units": "characters",
        "buckets": 1000,
        "ngrams": 1000,
    }
    for path in (tiny_models / "tiny-en", tiny_models / "tiny-en" / "vectors.safetensors"):
        assert answer(capsys, "vectors", "info", str(path), "--json")["dim"] == 16
    assert main(["vectors", "info", lee]) == 0
    assert "Words: 1,762 (the, to" in capsys.readouterr().out


def test_nearest_words_with_their_cosines(capsys: pytest.CaptureFixture[str], lee: str) -> None:
    said = answer(capsys, "vectors", "nearest", lee, "trainingggg", "--topn", "3", "--json")
    assert (said["word"], said["known"]) == ("trainingggg", False)
    wanted = FastTextVectors.open(lee).most_similar("trainingggg", 3)
    assert [(near["word"], near["cosine"]) for near in said["neighbours"]] == wanted
    few = answer(capsys, "vectors", "nearest", lee, "training", "--among", "5", "--json")
    assert {near["word"] for near in few["neighbours"]} == {"the", "to", "of", "in", "and"}
    assert main(["vectors", "nearest", lee, "training"]) == 0
    assert "inside" in capsys.readouterr().out


def test_ngrams_with_their_pull(capsys: pytest.CaptureFixture[str], lee: str) -> None:
    said = answer(capsys, "vectors", "ngrams", lee, "영화관", "--json")
    assert (said["word"], said["known"]) == ("영화관", False)
    assert [ngram["ngram"] for ngram in said["ngrams"]] == FastTextVectors.open(lee).ngrams("영화관")
    assert all(ngram["length"] > 0 and -1 <= ngram["cosine"] <= 1 for ngram in said["ngrams"])
    assert answer(capsys, "vectors", "ngrams", lee, "training", "--json")["known"] is True
    assert answer(capsys, "vectors", "ngrams", lee, "", "--json")["ngrams"] == []
    assert main(["vectors", "ngrams", lee, "runninggggg"]) == 0
    assert "“runninggggg” is not among the words" in capsys.readouterr().out


def test_mistakes_are_one_sentence(capsys: pytest.CaptureFixture[str], lee: str, tmp_path: Path) -> None:
    assert "nowhere.bin" in complaint(capsys, "vectors", "info", "nowhere.bin")
    assert "no-such" in complaint(capsys, "vectors", "info", "no-such")
    assert "has no n-gram" in complaint(capsys, "vectors", "nearest", lee, "")
    assert "no vectors for “xxxx”" in complaint(capsys, "vectors", "download", "xxxx", "--folder", str(tmp_path))
    (tmp_path / "v.vec").write_text("2 2\na 1 2\nb 3 4\n")
    assert "Give a .bin" in complaint(capsys, "vectors", "ngrams", str(tmp_path / "v.vec"), "a")


@pytest.mark.parametrize("command", ["download", "info", "nearest", "ngrams"])
def test_every_command_teaches_by_an_example(capsys: pytest.CaptureFixture[str], command: str) -> None:
    assert main(["vectors", command, "--help"]) == 0
    assert f"python -m attnviz vectors {command}" in " ".join(capsys.readouterr().out.split("Options")[0].split())


def test_train_with_a_bin_that_is_deleted_then_explains_an_unseen_word(
    capsys: pytest.CaptureFixture[str], lee: str, tiny_csv: Path, tmp_path: Path
) -> None:
    command = ["train", str(tiny_csv), "--name", "films", "--out", str(tmp_path), "--vectors", lee, "--epochs", "1"]
    command += ["--hidden-dim", "4", "--variants", "frozen"]
    assert "--embedding-dim" in complaint(capsys, *command, "--embedding-dim", "8")
    assert main([*command, "--vocab-size", "30"]) == 0
    assert f"films is in {tmp_path / 'films'}, 0.0 MB" in capsys.readouterr().out
    Path(lee).unlink()
    said = answer(capsys, "explain", "a wonderfulllly film", "-e", str(tmp_path / "films"), "--json")
    assert [token["known"] for token in said["variants"][0]["tokens"]] == [True, False, True]
    ngrams = answer(capsys, "vectors", "ngrams", str(tmp_path / "films"), "wonderfulllly", "--json")["ngrams"]
    assert "wond" in [ngram["ngram"] for ngram in ngrams]


def test_train_refuses_the_vectors_file_of_an_experiment(
    capsys: pytest.CaptureFixture[str], tiny_csv: Path, tiny_models: Path, tmp_path: Path
) -> None:
    path = str(tiny_models / "tiny-en" / "vectors.safetensors")
    said = complaint(capsys, "train", str(tiny_csv), "--name", "a", "--out", str(tmp_path), "--vectors", path)
    assert "name the experiment instead" in said
