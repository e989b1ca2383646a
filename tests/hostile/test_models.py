"""Checkpoints, vocabularies, FastText files and what a hub answers: read without running anything, or refused."""

from __future__ import annotations

import io
import json
import os
import zipfile
from collections import OrderedDict
from pathlib import Path
from random import Random
from typing import Any

import pytest
import torch
from hypothesis import given
from safetensors.torch import save

from attnviz.analysis.behaviour.own_tests import read_file
from attnviz.errors import AttnvizError
from attnviz.model.adoption.adopt import Reads, adoption
from attnviz.model.experiment import load
from attnviz.vectors.fasttext import FastTextVectors
from tests.hostile.nasty import NUMBERS, TEXTS, case, every, mangled, places, seeds, spoilt, texts, tree, tries, values
from tests.model.hub_server import Hub
from tests.vectors.facebook_files import facebook_bytes

WORDS, D, H, K = ["<pad>", "<unk>", "good", "bad", "film"], 4, 3, 2
STATE = OrderedDict(
    {
        "embedding.weight": torch.ones(len(WORDS), D),
        **{
            f"lstm.{part}_l0{way}": torch.ones(4 * H, *shape)
            for way in ("", "_reverse")
            for part, shape in (("weight_ih", (D,)), ("weight_hh", (H,)), ("bias_ih", ()), ("bias_hh", ()))
        },
        "attention.weight": torch.ones(1, 2 * H),
        "attention.bias": torch.ones(1),
        "fc.weight": torch.ones(K, 2 * H),
        "fc.bias": torch.ones(K),
    }
)


def checkpoint(value: Any) -> bytes:
    out = io.BytesIO()
    torch.save(value, out)
    return out.getvalue()


WHOLE = checkpoint(STATE)
PICKLE = zipfile.ZipFile(io.BytesIO(WHOLE)).read("archive/data.pkl")


def with_pickle(pickle: bytes) -> bytes:
    """Return a checkpoint with another pickle in it."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(WHOLE)) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            new.writestr(name, pickle if name.endswith("data.pkl") else old.read(name))
    return out.getvalue()


def adopts(path: Path, words: Any = WORDS, labels: Any = ("a", "b"), **reads: Any) -> None:
    """Make an experiment of a file and use it."""
    made = adoption(path, words, labels, name="mine", reads=Reads(masked=True, **reads)).experiment
    assert abs(made.explain("a good film").probabilities.sum() - 1) < 1e-6


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("checkpoint") / "model.pt"
    path.write_bytes(WHOLE)
    adopts(path)
    return path


@tries(60, 1500)
@given(draw=seeds)
def test_any_damaged_checkpoint_is_a_model_or_refused(file: Path, draw: Random) -> None:
    kind = draw.randint(0, 2)
    data = (WHOLE, save(dict(STATE)))[kind % 2] if kind else with_pickle(mangled(PICKLE, draw))
    file.write_bytes(mangled(data, draw) if kind else data)
    before = tree(file.parent)
    with case("checkpoint"):
        adopts(file)
    assert tree(file.parent) == before


# What no file of ours would hold: calls of what must not be called, and stacks that are not there.
PICKLES = (
    b"",
    b".",
    b"\x80\x02.",
    b"\x80\x02s.",
    b"\x80\x02)R.",
    b"\x80\x02(e.",
    b"\x80\x02Q.",
    b"\x80\x02)Q.",
    b"\x80\x02\x86.",
    b"\x80\x02}]K\x01s.",
    b"\x80\x02G123",
    b"\x80\x02X\xff\xff\xff\x7f.",
    b"\x80\x02\x8b\xff\xff\xff\x7f.",
    b"\x80\x02j\xff\xff\xff\xff.",
    b"\x80\x02" + b"]" * 5_000 + b"a" * 4_999 + b".",
    b"\x80\x02(X\x07\0\0\0storageNNNNtQ.",
    *(
        b"\x80\x02c" + name.replace(b".", b"\n") + b"\n" + given + b"R."
        for name in (
            b"os.system",
            b"posix.system",
            b"subprocess.Popen",
            b"builtins.eval",
            b"builtins.exec",
            b"builtins.getattr",
            b"builtins.bytearray",
            b"collections.OrderedDict",
            b"collections.Counter",
            b"torch.Size",
            b"torch.device",
            b"torch.load",
            b"_codecs.encode",
        )
        for given in (
            b")",
            b"K\x01\x85",
            b"X\x02\0\0\0id\x85",
            b"X\x01\0\0\0aX\x03\0\0\0zip\x86",
            b"J\xff\xff\xff\x7f\x85",
        )
    ),
)


def test_no_pickle_runs_anything(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("os.system", "subprocess.Popen", "builtins.eval"):
        monkeypatch.setattr(name, lambda *_, **__: pytest.fail("it ran"))
    for pickle in PICKLES:
        file.write_bytes(with_pickle(pickle))
        with case("checkpoint"), pytest.raises(AttnvizError):
            adopts(file)


def test_any_kind_of_tensor_is_read_or_refused(file: Path) -> None:
    value = torch.ones(len(WORDS), D)
    kinds = [getattr(torch, name) for name in dir(torch) if isinstance(getattr(torch, name), torch.dtype)]
    others = [
        value.to_sparse(),
        value.to_sparse_csr(),
        value.to("meta"),
        value.tolist(),
        None,
        value[0, 0],
        value.shape,
    ]
    others += [value * number for number in NUMBERS if isinstance(number, float)]
    others += [torch.zeros(1, 1).expand(len(WORDS), D), torch.zeros(0, D), torch.zeros(len(WORDS), 0), {"a": value}]
    for kind in set(kinds):
        with_kind = torch.zeros(len(WORDS), 16, dtype=torch.uint8)
        try:
            others.append(with_kind.view(kind)[:, :D].contiguous())
        except RuntimeError:
            continue  # of no whole number of bytes
    for name in ("embedding.weight", "fc.bias", "x"):
        for other in others:
            with case("checkpoint"):
                file.write_bytes(checkpoint({**STATE, name: other}))
                adopts(file)


@tries(60, 1200)
@given(draw=seeds, other=values)
def test_any_vocabulary_is_words_or_refused(file: Path, draw: Random, other: Any) -> None:
    file.write_bytes(WHOLE)
    path = file.with_name(draw.choice(("words.txt", "words.json", "words.tsv")))
    held: Any = draw.choice((WORDS, {word: at for at, word in enumerate(WORDS)}))
    written = json.dumps(spoilt(held, draw, other)) if draw.random() < 0.7 else "\n".join(map(str, places(held)))
    path.write_bytes(mangled(written.encode(), draw) if draw.random() < 0.3 else written.encode())
    with case("vocabulary"):
        adopts(file, path, padding=draw.choice((None, None, other)), unknown=draw.choice((None, None, other)))


@tries(40, 600)
@given(label=texts, other=texts)
def test_any_classes_are_names_or_refused(file: Path, label: str, other: str) -> None:
    file.write_bytes(WHOLE)
    with case("label"):
        adopts(file, labels=[label, other])
    with case("label"):
        adopts(file, labels=f"{label},{other}")


def test_any_name_of_a_file_is_a_file_or_refused(file: Path) -> None:
    every("path", TEXTS, lambda text: adopts(Path(text)))
    every("path", TEXTS, lambda text: adopts(file, Path(text)))
    every("path", TEXTS, FastTextVectors.open)
    every("path", TEXTS, lambda text: read_file(Path(text), ["a"]))


@tries(60, 1500)
@given(draw=seeds)
def test_any_damaged_bin_is_vectors_or_refused(tmp_path_factory: Any, draw: Random) -> None:
    folder = tmp_path_factory.getbasetemp() / "bins"
    folder.mkdir(exist_ok=True)
    path = folder / draw.choice(("a.bin", "a.vec", "a"))
    text = b"5 6\n" + b"".join(b"w%d 1 2 3 4 5 6\n" % n for n in range(5))
    path.write_bytes(mangled(draw.choice((facebook_bytes(), text, facebook_bytes(bucket=3))), draw))
    with case("vectors"):
        found = FastTextVectors.open(path)
        assert found.vector("running").shape == (found.dim,)
        found.most_similar("the", 3)
    for left in folder.iterdir():
        left.unlink()


@tries(30, 500)
@given(draw=seeds, number=seeds)
def test_any_header_of_a_bin_is_vectors_or_refused(tmp_path_factory: Any, draw: Random, number: Random) -> None:
    path = tmp_path_factory.getbasetemp() / "header.bin"
    names = ("dim", "bucket", "minn", "maxn", "nwords", "size", "rows", "count", "version", "pruned", "quantised")
    given = {name: draw.choice((0, -1, 1, 2, 100, 2**31 - 1, -(2**31))) for name in draw.sample(names, 2)}
    small: dict[str, Any] = {
        name: max(-1, min(value, 127)) if name == "quantised" else value for name, value in given.items()
    }
    try:
        path.write_bytes(facebook_bytes(matrix=torch.ones(35, 6).numpy(), **small))
    except OverflowError:
        return
    with case("vectors"):
        found = FastTextVectors.open(path)
        found.vector("a" * number.randint(0, 300))
        found.most_similar("the", 3)


ANSWER = {
    "id": "a/b",
    "modelId": "a/b",
    "sha": "0" * 40,
    "siblings": [{"rfilename": "experiment.json", "size": 3}, {"rfilename": "vocabulary.txt", "size": 3}],
}


@tries(15, 300)
@given(draw=seeds, other=values)
def test_whatever_a_hub_answers_leads_nowhere(hub: Hub, draw: Random, other: Any) -> None:
    cache = Path(os.environ["ATTNVIZ_CACHE"])
    hub.repositories["a/b"] = {"experiment.json": b"{}", "vocabulary.txt": b"x\t1\n", "../x": b"x"}
    path = draw.choice(("../../x", "/etc/passwd", "experiment.json/../../x", "a.safetensors", "a/experiment.json"))
    hub.told = spoilt(ANSWER, draw, draw.choice((other, path, {"rfilename": path, "size": -1}, 10**30)))
    before = {path for path in tree(cache.parent) if not path.startswith(cache.name)}
    with case("hub"):
        load("hf://a/b")
    assert {path for path in tree(cache.parent) if not path.startswith(cache.name)} == before
    assert all(Path(path).parts[:1] in ((), ("hub",)) or "hub" not in path for path in tree(cache))
