from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from attnviz.model.folder import JOBS, LEFT, sweep


@pytest.mark.parametrize(
    ("name", "swept"),
    [
        (".import-ab12_x9z", True),
        (".deleted-ab12_x9z", True),
        (".mine-ab12_x9z", True),  # as an experiment is written
        (f"{JOBS}/.new-ab12_x9z", True),
        (".mine.training", False),  # what a stopped run has finished
        (".mine-ab12_x9z.training", False),
        ("mine-ab12_x9z", False),
        (JOBS, False),
    ],
)
def test_what_was_left_half_done_is_swept_after_a_day(tmp_path: Path, name: str, swept: bool) -> None:
    (tmp_path / name / "new").mkdir(parents=True)
    sweep(tmp_path)
    assert (tmp_path / name / "new").is_dir()  # somebody may be at work
    before = time.time() - LEFT - 1
    os.utime(tmp_path / name, (before, before))
    sweep(tmp_path)
    assert (tmp_path / name).exists() != swept


def test_nothing_is_swept_where_there_is_no_folder(tmp_path: Path) -> None:
    sweep(tmp_path / "none")
    assert not (tmp_path / "none").exists()
