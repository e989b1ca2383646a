from __future__ import annotations

import gzip
import logging
import os
import random
import shutil
import struct
import subprocess
import sys
import time
import tracemalloc
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from gensim.models.fasttext import load_facebook_vectors
from gensim.test.utils import datapath
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from attnviz.errors import AttnvizError
from attnviz.vectors.fasttext import FastTextVectors
from tests.vectors.facebook_files import HEADER, facebook_bytes, write_facebook

ROOT = Path(__file__).parent.parent.parent
GENSIMS = (
    "lee_fasttext",
    "lee_fasttext_new",
    "crime-and-punishment",
    "toy-model",
    "toy-model-pretrained",
    "non_ascii_fasttext",
    "cp852_fasttext",
)
LETTERS = "abcdefgнм재미있어요영화éß😀👍\u0301 \\<>0"


def strangers(count: int) -> Iterator[str]:
    chance = random.Random(0)
    for _ in range(count):
        yield "".join(chance.choices(LETTERS, k=chance.choice([1, 2, 3, 5, 8, 13, 200])))


# What gensim gives


@pytest.mark.parametrize("name", GENSIMS)
def test_every_word_and_a_thousand_others_have_gensims_vectors(
    name: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.CRITICAL)  # gensim tells of every word it cannot decode
    path = shutil.copy2(datapath(f"{name}.bin"), tmp_path)
    theirs, ours = load_facebook_vectors(path), FastTextVectors.open(path)
    assert list(ours.words) == theirs.index_to_key
    assert all(word in ours for word in theirs.index_to_key)
    assert np.abs(ours.matrix(theirs.index_to_key) - theirs.vectors).max() <= 1e-6
    others = [*strangers(1000), "", "x" * 200, "</s>x"]
    assert not any(word in ours for word in others if word not in theirs.key_to_index)
    assert max(np.abs(ours[word] - theirs.get_vector(word)).max() for word in others) <= 1e-6


@pytest.mark.parametrize("word", ["training", "trainingggg", "the"])
def test_neighbours_are_gensims(word: str, lee: Path) -> None:
    theirs = load_facebook_vectors(str(lee)).most_similar(word, topn=10)
    ours = FastTextVectors.open(lee).most_similar(word)
    assert [near for near, _ in ours] == [near for near, _ in theirs if near != word][:10]
    assert [cosine for _, cosine in ours] == pytest.approx([cosine for _, cosine in theirs], abs=2e-6)


def test_the_lines_of_the_course_work(lee: Path) -> None:
    ft = FastTextVectors.open(str(lee))
    assert ft["running"].shape == ft["runninggggg"].shape == (10,)
    assert "runninggggg" not in ft and "training" in ft
    assert len(ft.most_similar("running")) == 10
    assert (ft.dim, ft.min_n, ft.max_n, ft.buckets) == (10, 3, 6, 1000)


def test_ngrams_come_with_the_rows_they_are_hashed_to(lee: Path) -> None:
    vectors = FastTextVectors.open(lee)
    ngrams, rows = vectors.ngram_vectors("runninggggg")
    names = [ngram.text for ngram in ngrams]
    assert names == vectors.ngrams("runninggggg") and names[0] == "<ru"
    assert rows.dtype == np.float32 and rows.mean(axis=0) == pytest.approx(vectors["runninggggg"], abs=1e-6)
    ngrams, rows = vectors.ngram_vectors("")
    assert ngrams == [] and rows.shape == (0, 10)


# What gensim does not open, or not so


def test_words_of_a_supervised_file_have_vectors_and_labels_are_no_words(tmp_path: Path) -> None:
    path = shutil.copy2(datapath("pang_lee_polarity_fasttext.bin"), tmp_path)
    vectors = FastTextVectors.open(path)
    assert (len(vectors.words), vectors.buckets, vectors.words[:3]) == (1694, 0, (".", "the", "</s>"))
    assert "__label__0" not in vectors and vectors["the"].any() and not vectors["no such word"].any()


def test_an_old_supervised_file_has_no_ngrams(tmp_path: Path) -> None:
    old = write_facebook(tmp_path / "old.bin", version=11, model=3, labels=[b"__label__a"])
    assert FastTextVectors.open(old).ngrams("running") == []
    new = write_facebook(tmp_path / "new.bin", version=12, model=3, labels=[b"__label__a"])
    assert FastTextVectors.open(new).ngrams("running")


@pytest.mark.parametrize("marked", [True, False])
@pytest.mark.parametrize("count", [1, 2**31 + 5, 2**50])
@pytest.mark.parametrize("sizes", [{}, {"minn": 5, "maxn": 5}, {"minn": 0, "maxn": 0}, {"bucket": 0}])
def test_both_versions_any_counts_and_any_ngram_lengths(
    marked: bool, count: int, sizes: dict[str, int], tmp_path: Path
) -> None:
    path = write_facebook(tmp_path / "v.bin", marked=marked, count=count, **sizes)
    theirs, ours = load_facebook_vectors(str(path)), FastTextVectors.open(path)
    assert tuple(ours.words) == ("the", "</s>", "running", "영화", "a")
    assert np.abs(ours.matrix(ours.words) - theirs.vectors).max() <= 1e-6
    if theirs.bucket:
        assert np.abs(ours["runninggggg"] - theirs["runninggggg"]).max() <= 1e-6


def test_a_file_is_told_by_its_content(tmp_path: Path, lee: Path) -> None:
    FastTextVectors.open(lee).with_ngrams(["the", "film"], np.arange(5)).save(tmp_path / "saved.bin")
    assert tuple(FastTextVectors.open(tmp_path / "saved.bin").words) == ("the", "film")
    assert FastTextVectors.open(lee.rename(tmp_path / "no-suffix")).dim == 10
    marked = write_facebook(tmp_path / "marked")
    assert FastTextVectors.open(marked).dim == 6


def test_words_are_a_sequence_that_is_read_as_it_is_asked_for(lee: Path) -> None:
    words = FastTextVectors.open(lee).words
    assert len(words) == 1762 and words[-1] == list(words)[1761] and words[1:3] == ("to", "of")
    assert words.index("of") == 2
    with pytest.raises(IndexError):
        words[1762]


def test_half_a_surrogate_pair_and_an_endless_word_have_vectors(lee: Path) -> None:
    vectors = FastTextVectors.open(lee)
    assert vectors["good\ud83d"].any() and "good\ud83d" not in vectors
    assert vectors["amazing" * 15_000].any()


# The index


def test_the_dictionary_is_gone_through_once(lee: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = FastTextVectors.open(lee)
    assert [path.name for path in lee.parent.iterdir()].count("lee_fasttext.bin.index.safetensors") == 1
    monkeypatch.setattr("attnviz.vectors.fasttext_bin._read_dictionary", None)
    again = FastTextVectors.open(lee)
    assert again["training"].tolist() == first["training"].tolist() and "training" in again


# What cannot be opened


def compressed(path: Path) -> Path:
    path.write_bytes(gzip.compress(facebook_bytes()))
    return path


def zipped(path: Path) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("v.bin", facebook_bytes())
    return path


def test_other_files_given_by_mistake(tmp_path: Path) -> None:
    vec = tmp_path / "v.vec"
    vec.write_text("2000000 300\nthe 0.1 0.2\n")
    cases = {
        vec: "format of word2vec, which has no n-grams. Give a .bin",
        compressed(tmp_path / "v.bin.gz"): "is compressed. Unpack it",
        zipped(tmp_path / "v.zip"): "is compressed. Unpack it",
        tmp_path / "nowhere.bin": "No such file",
        tmp_path: "it is not a file",
        write_facebook(tmp_path / "q.ftz", quantised=1, matrix=np.zeros((1, 6), np.float32)): "quantised (.ftz)",
        write_facebook(tmp_path / "p.ftz", pruned=3): "quantised (.ftz)",
    }
    (tmp_path / "empty.bin").touch()
    (tmp_path / "noise.bin").write_bytes(b"\xff" * 500)
    os.mkfifo(tmp_path / "pipe.bin")
    cases |= {
        tmp_path / "empty.bin": "cannot be opened",
        tmp_path / "noise.bin": "no FastText .bin",
        tmp_path / "pipe.bin": "it is not a file",
    }
    for path, fault in cases.items():
        with pytest.raises(AttnvizError) as caught:
            FastTextVectors.open(path)
        assert fault in str(caught.value) and str(path) in str(caught.value)
    assert not list(tmp_path.glob("*.safetensors"))


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_may_not_be_read(lee: Path) -> None:
    lee.chmod(0)
    with pytest.raises(AttnvizError, match="Permission denied"):
        FastTextVectors.open(lee)


@pytest.mark.parametrize(
    ("wrong", "fault"),
    [
        ({"version": 13}, "version = 13"),
        ({"dim": -300}, "dim = -300"),
        ({"dim": 0}, "dim = 0"),
        ({"bucket": -1}, "bucket = -1"),
        ({"bucket": 2**31 - 1, "matrix": np.zeros((3, 6), np.float32)}, "its matrix is 3 x 6"),
        ({"minn": -1}, "minn = -1"),
        ({"maxn": 10**9}, "maxn = 1000000000"),
        ({"nwords": -5}, "nwords = -5"),
        ({"size": 7}, "size = 7"),
        ({"rows": 10**12}, "its matrix is 1000000000000 x 6"),
        ({"rows": -35}, "its matrix is -35 x 6"),
        ({"matrix": np.zeros((34, 6), np.float32), "rows": 35}, "cut short"),
        ({"bucket": 2**31 - 1, "matrix": np.zeros((3, 6), np.float32), "rows": 2**31 + 4}, "cut short"),
        ({"size": 700, "nwords": 700}, "cut short"),
        ({"kinds": [0, 0, 1, 0, 0]}, "its dictionary is damaged"),
        ({"words": [b"the", b"x" * 70_000]}, "has no end after 1 of 2 words"),
        ({"matrix": np.full((35, 6), np.nan, np.float32)}, "no vector's"),
        ({"matrix": np.full((35, 6), 1e30, np.float32)}, "no vector's"),
    ],
)
def test_what_is_wrong_is_named(wrong: dict[str, Any], fault: str, tmp_path: Path) -> None:
    path = write_facebook(tmp_path / "v.bin", **wrong)
    with pytest.raises(AttnvizError, match="Get the file again") as caught:
        FastTextVectors.open(path).vector("the")
    assert fault in str(caught.value) and str(path) in str(caught.value)


def test_a_file_cut_anywhere_is_refused_and_leaves_no_index(tmp_path: Path) -> None:
    whole = facebook_bytes()
    for length in range(0, len(whole), 7):
        (tmp_path / "v.bin").write_bytes(whole[:length])
        with pytest.raises(AttnvizError, match=r"v\.bin"):
            FastTextVectors.open(tmp_path / "v.bin")
    assert not list(tmp_path.glob("*.safetensors"))


@pytest.mark.parametrize("how", ["replaced", "rewritten", "cut", "taken away"])
def test_a_file_that_changes_while_it_is_open_is_not_read_on(how: str, tmp_path: Path) -> None:
    path = write_facebook(tmp_path / "v.bin")
    vectors = FastTextVectors.open(path)
    assert vectors["the"].any()
    if how == "replaced":
        write_facebook(tmp_path / "new.bin").replace(path)
    elif how == "rewritten":
        write_facebook(path, [b"other", b"words", b"x", b"y", b"z"])
    elif how == "cut":
        os.truncate(path, 70)
    else:
        path.unlink()
    for use in (lambda: vectors["the"], lambda: vectors["stranger"], lambda: vectors.words[0]):
        with pytest.raises(AttnvizError, match=r"since it was opened\. Open it again"):
            use()


EXTREMES = st.sampled_from([0, 1, -1, 2, 127, 128, 2**15, 2**24, 2**31 - 1, -(2**31), 10**6, 10**9])


@settings(max_examples=2000, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data(), marked=st.booleans())
def test_no_damage_raises_anything_but_our_error_nor_takes_time_or_memory(
    data: st.DataObject, marked: bool, tmp_path: Path
) -> None:
    content = bytearray(facebook_bytes(marked=marked, bucket=4, dim=3))
    before_matrix = len(content) - 4 * 3 * 9
    for _ in range(data.draw(st.integers(1, 3))):
        at = data.draw(st.integers(0, before_matrix))
        match data.draw(st.sampled_from(["number", "long", "byte", "cut", "drop", "insert"])):
            case "number":
                field = 4 * data.draw(st.integers(0, len(HEADER) + 7))
                content[field : field + 4] = struct.pack("<i", data.draw(EXTREMES | st.integers(-(2**31), 2**31 - 1)))
            case "long":
                content[at : at + 8] = struct.pack("<q", data.draw(EXTREMES | st.integers(-(2**63), 2**63 - 1)))
            case "byte":
                content[at : at + 1] = bytes([data.draw(st.integers(0, 255))])
            case "cut":
                del content[at:]
            case "drop":
                del content[at : at + data.draw(st.integers(1, 20))]
            case "insert":
                content[at:at] = data.draw(st.binary(min_size=1, max_size=30))
    path = tmp_path / "damaged.bin"
    path.write_bytes(content)
    os.utime(path, ns=(1, data.draw(st.integers(0, 2**60))))
    tracemalloc.start()
    began = time.process_time()
    try:
        vectors = FastTextVectors.open(path)
        for word in (*vectors.words, "the", "stranger", "영화관", ""):
            assert np.isfinite(vectors.vector(word)).all()
    except AttnvizError as error:
        assert str(path) in str(error)
    finally:
        assert time.process_time() - began < 1
        assert tracemalloc.get_traced_memory()[1] < 50e6
        tracemalloc.stop()


def test_opening_takes_no_memory_of_the_files_size(tmp_path: Path) -> None:
    path = tmp_path / "holes.bin"
    write_facebook(path, bucket=1_000_000, dim=100, matrix=np.zeros((0, 100), np.float32), rows=1_000_005)
    os.truncate(path, path.stat().st_size + 4 * 100 * 1_000_005)  # 400 MB that take no disk
    code = f"""
import resource
from attnviz.vectors.fasttext import FastTextVectors
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
vectors = FastTextVectors.open({str(path)!r})
assert vectors["running"].shape == (100,) and vectors["runninggggg"].shape == (100,)
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
"""
    said = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert int(said.stdout) * 1024 < 200e6  # most of it is gensim, which cuts the n-grams
