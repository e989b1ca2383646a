"""Runs as processes: real ones, on a few rows."""

from __future__ import annotations

from pathlib import Path

import pytest

from attnviz.errors import AttnvizError
from attnviz.training.config import TrainingConfig
from attnviz.training.job_spec import JobSpec, file_name, rows_file


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("../../etc/x.csv", "x.csv"),
        ("리뷰 모음.parquet", "리뷰-모음.parquet"),
        ("a" * 300, "a" * 40 + ".csv"),
        ("", "rows.csv"),
    ],
)
def test_uploaded_files_get_safe_names(given: str, kept: str) -> None:
    assert file_name(given) == kept


def test_what_is_written_comes_back(tmp_path: Path) -> None:
    spec = JobSpec(
        "films",
        TrainingConfig(
            variants=("frozen",), language="ko", scorer="additive", probes=("좋은 영화",), learning_rate=0.01
        ),
        file="../my films.csv",
        text_column="text",
        labels=("negative", "positive"),
        asked=7,
    )
    spec.write(tmp_path, b"text,label\n")
    again = JobSpec.read(tmp_path)
    assert (again, again.asked) == (spec, 7)
    rows = rows_file(tmp_path)
    assert rows and (rows.name, rows.read_bytes()) == ("my-films.csv", b"text,label\n")


@pytest.mark.parametrize(
    "written",
    ['{"asked": 1, "order": {"name": "films"}}', '{"name": "films", "config": {"epochs": 0}}', "[]", '{"name": "f'],
)
def test_what_another_version_wrote_is_said(tmp_path: Path, written: str) -> None:
    (tmp_path / "job.json").write_text(written)
    with pytest.raises(AttnvizError, match="another version"):
        JobSpec.read(tmp_path)
