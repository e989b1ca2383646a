from __future__ import annotations

import os
import struct
import subprocess
import sys
from pathlib import Path

import pytest

from attnviz.data.files import CACHE
from attnviz.vectors.fasttext import FastTextVectors
from tests.vectors.facebook_files import write_facebook

ROOT = Path(__file__).parent.parent.parent


def test_a_changed_file_is_indexed_anew(tmp_path: Path) -> None:
    path = write_facebook(tmp_path / "v.bin", [b"one", b"two"])
    assert "one" in FastTextVectors.open(path)
    write_facebook(path, [b"six", b"ten"])
    os.utime(path, ns=(1, 1))
    opened = FastTextVectors.open(path)
    assert "one" not in opened and "six" in opened


@pytest.mark.parametrize("damage", ["cut", "zeros", "empty", "order"])
def test_a_damaged_index_is_made_anew(damage: str, tmp_path: Path) -> None:
    path = write_facebook(tmp_path / "v.bin")
    wanted = FastTextVectors.open(path)["running"]
    index = tmp_path / "v.bin.index.safetensors"
    whole = index.read_bytes()
    body = 8 + struct.unpack("<Q", whole[:8])[0]
    index.write_bytes(
        {
            "cut": whole[:-9],
            "zeros": whole[:body] + bytes(len(whole) - body),
            "empty": b"",
            "order": whole[:body] + whole[body:][::-1],
        }[damage]
    )
    opened = FastTextVectors.open(path)
    assert opened["running"] == pytest.approx(wanted) and "running" in opened
    assert index.read_bytes() == whole


def test_where_the_folder_takes_nothing_the_cache_folder_does(lee: Path, cache: Path) -> None:
    (lee.parent / f"{lee.name}.index.safetensors").mkdir()  # what even root cannot write over
    assert FastTextVectors.open(lee)["training"].any()
    assert [path.name.partition("-")[2] for path in cache.iterdir()] == ["lee_fasttext.bin.index.safetensors"]
    assert not [path for path in lee.parent.iterdir() if path.name.startswith(".")]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_may_not_be_written_is_left_alone(lee: Path, cache: Path) -> None:
    lee.parent.chmod(0o555)
    os.environ[CACHE] = str(lee.parent.parent / "elsewhere")
    try:
        assert FastTextVectors.open(lee)["training"].any()
    finally:
        lee.parent.chmod(0o755)


def test_a_full_disk_is_said_and_leaves_nothing_behind(lee: Path, cache: Path) -> None:
    code = f"""
import resource
from attnviz.data.files import CACHE
from attnviz.errors import AttnvizError
from attnviz.vectors.fasttext import FastTextVectors
resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))
try:
    FastTextVectors.open({str(lee)!r})
except AttnvizError as error:
    print(error)
"""
    said = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert "its index of 0.0 MB can be written to neither folder" in said.stdout and "Free some disk" in said.stdout
    assert [path.name for path in lee.parent.iterdir() if path != cache] == [lee.name]
    assert not [path for path in cache.rglob("*") if path.is_file()]
