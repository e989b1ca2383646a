"""Folders and zips of experiments: opened and used, or refused with a word; nothing is written but where it belongs."""

from __future__ import annotations

import io
import json
import os
import shutil
import stat
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import given

from attnviz.errors import AttnvizError
from attnviz.model import archive
from attnviz.model.experiment import Experiment, load
from attnviz.model.model_card import card
from attnviz.model.remarks import remarks
from tests.hostile.nasty import TEXTS, case, every, mangled, seeds, spoilt, tree, tries, values

MOMENT = (1980, 1, 1, 0, 0, 0)
TYPES = ("F64", "F16", "BF16", "F8_E4M3", "F8_E5M2", "F8_E8M0", "F4", "I8", "U8", "I64", "U64", "BOOL", "C64", "X")


def uses(experiment: Experiment) -> None:
    """Do with an experiment what pages, commands and cards do."""
    for variant in experiment.variants:
        found = experiment.explain("the movie was not good", variant)
        assert abs(found.probabilities.sum() - 1) < 1e-6
    experiment.predict(["a good film", ""], experiment.variants[0])
    assert card(experiment) and experiment._repr_html_()
    list(remarks(experiment.standings, str, experiment.about.baseline, after_training=True))
    if experiment.baseline:
        experiment.baseline.predict(["a good film"])


def beside(whole: Path, folder: Path, file: str, data: bytes) -> Path:
    """Lay an experiment out anew with one file of other bytes."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for path in whole.iterdir():
        if path.name != file:
            os.link(path, folder / path.name)
    (folder / file).write_bytes(data)
    return folder


def opens(folder: Path) -> None:
    try:
        experiment = load(folder)
    except AttnvizError as error:
        assert folder.name in str(error) or "experiment" in str(error).lower()
        raise
    uses(experiment)


@pytest.fixture(scope="module")
def whole(tiny_models: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return an experiment with every file that one can have."""
    folder = tmp_path_factory.mktemp("whole") / "tiny-en"
    shutil.copytree(tiny_models / "tiny-en", folder)
    shipped = Path(__file__).parents[2] / "models" / "reviews-en"
    for name in ("rates.json", "belief.json", "behaviour.json", "encoders.json"):
        if (shipped / name).is_file():
            shutil.copy(shipped / name, folder / name)
    return folder


@tries(80, 2000)
@given(draw=seeds, other=values)
def test_any_json_in_a_folder_is_used_or_refused(whole: Path, draw: Random, other: Any) -> None:
    path = draw.choice(sorted(whole.glob("*.json")))
    value = json.loads(path.read_text())
    for _ in range(draw.randint(1, 2)):
        value = spoilt(value, draw, other)
    data = json.dumps(value).encode()
    with case(f"folder {path.name}"):
        opens(beside(whole, whole.parent / "spoilt", path.name, data))


@tries(40, 1000)
@given(draw=seeds)
def test_any_damaged_file_of_a_folder_is_used_or_refused(whole: Path, draw: Random) -> None:
    path = draw.choice(sorted(whole.iterdir()))
    with case("folder, damaged"):
        opens(beside(whole, whole.parent / "damaged", path.name, mangled(path.read_bytes(), draw)))


def with_header(data: bytes, change: Callable[[dict[str, Any]], object]) -> bytes:
    """Return a safetensors file with its header changed."""
    (size,) = struct.unpack("<Q", data[:8])
    header = json.loads(data[8 : 8 + size])
    change(header)
    written = json.dumps(header).encode()
    return struct.pack("<Q", len(written)) + written + data[8 + size :]


@tries(60, 1200)
@given(draw=seeds, other=values)
def test_any_header_of_tensors_is_used_or_refused(whole: Path, draw: Random, other: Any) -> None:
    path = draw.choice(sorted(whole.glob("*.safetensors")))

    def change(header: dict[str, Any]) -> None:
        name = draw.choice([name for name in header if name != "__metadata__"])
        one = header[name]
        match draw.randint(0, 5):
            case 0:
                one["dtype"] = draw.choice(TYPES)
            case 1:
                one["shape"] = draw.choice(([], [2**31, 2**31, 4], [0], [1, *one["shape"]], [-1], one["shape"][::-1]))
            case 2:
                one["data_offsets"] = [0, draw.choice((0, 1, 2**40, -1))]
            case 3:
                header[str(other)[:50]] = header.pop(name)
            case 4:
                settings = json.loads(header.get("__metadata__", {}).get("fasttext", "{}")) or {"a": 1}
                header["__metadata__"] = {"fasttext": json.dumps(spoilt(settings, draw, other))}
            case _:
                header["__metadata__"] = other

    with case("safetensors"):
        opens(beside(whole, whole.parent / "header", path.name, with_header(path.read_bytes(), change)))


def test_numbers_that_are_none_are_refused_in_every_file(whole: Path) -> None:
    for path in sorted(whole.glob("*.safetensors")):
        data = path.read_bytes()
        start = 8 + struct.unpack("<Q", data[:8])[0]
        for bits in (
            b"\x00\x7e",
            b"\x00\x7c",
            b"\x00\xfc",
            b"\xff\xff",
        ):  # NaN and infinities of float16; and NaN of others
            with case("safetensors"):
                opens(beside(whole, whole.parent / "nan", path.name, data[:start] + bits * ((len(data) - start) // 2)))


def packed(whole: Path, *more: tuple[zipfile.ZipInfo, bytes], inside: str = "tiny-en/") -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for path in sorted(whole.iterdir()):
            made.writestr(zipfile.ZipInfo(inside + path.name, MOMENT), path.read_bytes())
        for info, data in more:
            made.writestr(info, data)
    return out.getvalue()


def link(name: str, target: str) -> tuple[zipfile.ZipInfo, bytes]:
    info = zipfile.ZipInfo(name, MOMENT)
    info.external_attr = (stat.S_IFLNK | 0o777) << 16
    return info, target.encode()


def takes(models: Path, data: bytes) -> None:
    """Import a zip; whatever comes of it, nothing else is there afterwards."""
    before = tree(models.parent)
    try:
        archive.name_in(data)
        archive.from_zip(models, data, "new")
    finally:
        shutil.rmtree(models / "new", ignore_errors=True)
        assert tree(models.parent) == before


@tries(50, 1200)
@given(draw=seeds)
def test_any_damaged_zip_is_an_experiment_or_refused(whole: Path, tmp_path_factory: Any, draw: Random) -> None:
    models = tmp_path_factory.getbasetemp() / "zips" / "models"
    models.mkdir(parents=True, exist_ok=True)
    small = zipfile.ZipFile(io.BytesIO(packed(whole)))
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", draw.choice((zipfile.ZIP_DEFLATED, zipfile.ZIP_STORED, zipfile.ZIP_BZIP2))) as made:
        for member in draw.sample(small.infolist(), draw.randint(0, 3)):
            made.writestr(zipfile.ZipInfo(member.filename, MOMENT), small.read(member)[:3_000])
    with case("zip"):
        takes(models, mangled(out.getvalue(), draw))


@pytest.mark.parametrize(
    "way", ["../{}", "/{}", "a/../../{}", "tiny-en/../../{}", "..\\{}", "C:{}", "tiny-en//{}", "./{}"]
)
def test_no_path_in_a_zip_leads_out(whole: Path, models: Path, way: str) -> None:
    for name in ("experiment.json", "x", "vocabulary.txt"):
        with case("zip"):
            takes(models, packed(whole, (zipfile.ZipInfo(way.format(name), MOMENT), b"x")))
    with case("zip"):
        takes(models, packed(whole, inside=way.format("")))


def test_no_link_and_nothing_strange_in_a_zip_is_taken(whole: Path, models: Path) -> None:
    kinds = (stat.S_IFLNK, stat.S_IFIFO, stat.S_IFCHR, stat.S_IFBLK, stat.S_IFDIR, stat.S_IFSOCK)
    for kind in kinds:
        info = zipfile.ZipInfo("tiny-en/rates.json", MOMENT)
        info.external_attr = (kind | 0o777) << 16
        with case("zip"), pytest.raises(AttnvizError):
            takes(models, packed(whole, (info, b"/etc/passwd")))
    with case("zip"), pytest.raises(AttnvizError):
        takes(models, packed(whole, link("tiny-en/learned.safetensors", "/etc/passwd")))

    def named(text: str) -> None:
        name = text.encode("utf-8", "replace").decode()[:20_000] or "x"
        takes(models, packed(whole, (zipfile.ZipInfo(name, MOMENT), b"x")))

    every("zip", TEXTS, named)
