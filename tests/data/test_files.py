from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from attnviz.data.files import CACHE, cache_folder, written_whole


def test_the_cache_folder_is_the_named_one_or_the_systems(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv(CACHE, str(tmp_path / "mine"))
    assert cache_folder() == tmp_path / "mine"
    monkeypatch.setenv(CACHE, "~/mine")
    assert cache_folder() == Path.home() / "mine"
    monkeypatch.delenv(CACHE)
    assert cache_folder().parts[-1] == "attnviz"


@pytest.mark.parametrize("before", [None, "old"])
def test_a_file_appears_whole_or_stays_as_it_was(tmp_path: Path, before: str | None) -> None:
    path = tmp_path / "file.txt"
    if before:
        path.write_text(before)
    with pytest.raises(KeyboardInterrupt), written_whole(path) as new:
        new.write_text("half")
        raise KeyboardInterrupt
    assert [one.read_text() for one in tmp_path.iterdir()] == ([before] if before else [])
    with written_whole(path) as new:
        new.write_text("whole")
        assert not before or path.read_text() == before
    assert [one.read_text() for one in tmp_path.iterdir()] == ["whole"]


def test_a_folder_takes_the_place_of_a_folder_and_a_file_does_not(tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    for name in ("one", "other"):
        with written_whole(folder) as new:
            new.mkdir()
            (new / name).touch()
    assert [path.name for path in folder.iterdir()] == ["other"]
    with pytest.raises(OSError), written_whole(folder) as new:
        new.touch()
    assert (folder / "other").is_file()
    shutil.rmtree(folder)
    assert not list(tmp_path.iterdir())
