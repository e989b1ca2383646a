from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest

from attnviz.analysis.evaluation import prediction_cache
from attnviz.analysis.evaluation.prediction_cache import cached_predictions, find, predict_and_keep
from attnviz.analysis.evaluation.predictions import fingerprint
from attnviz.analysis.evaluation.rows import EvaluationRows
from attnviz.data.files import CACHE
from attnviz.model.experiment import Experiment


def test_a_kept_sheet_is_the_same_and_is_not_scored_again(
    tiny: Experiment, rows: EvaluationRows, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv(CACHE, str(tmp_path))
    first = cached_predictions(tiny, rows)
    monkeypatch.setattr(prediction_cache, "predict_rows", None)
    heard: list[float] = []
    second = cached_predictions(tiny, rows, on_progress=heard.append)
    assert heard == [1.0]
    assert second.truth is not None and first.truth is not None
    assert second.texts == first.texts and np.array_equal(second.truth, first.truth)
    for variant in tiny.variants:
        assert (second.probabilities[variant] == first.probabilities[variant]).all()
        assert (second.weights[variant] == first.weights[variant]).all()
    [path] = prediction_cache.folder().iterdir()
    table = pq.read_table(path).to_pandas()
    assert {"text", "label", "frozen answer", "frozen probabilities", "frozen weights", "frozen loss"} <= {*table}
    path.write_bytes(path.read_bytes()[:1000])
    assert (
        find(rows.key, fingerprint(tiny), tiny.variants, "", rows.origin) is None
    )  # a damaged file counts for nothing


def test_the_sheets_looked_at_longest_ago_go_first(
    tiny: Experiment, rows: EvaluationRows, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv(CACHE, str(tmp_path))
    monkeypatch.setattr(prediction_cache, "MOST_BYTES", 1)
    for key in ("a" * 32, "b" * 32):
        cached_predictions(tiny, replace(rows, key=key))
    assert [path.name[0] for path in prediction_cache.folder().iterdir()] == ["b"]


def test_where_nothing_can_be_kept_it_works_all_the_same(
    tiny: Experiment, rows: EvaluationRows, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv(CACHE, str(tmp_path / "file"))
    assert len(cached_predictions(tiny, rows)) == len(rows)


def test_the_folder_is_in_the_cache_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv(CACHE, str(tmp_path))
    assert prediction_cache.folder() == tmp_path / "scoresheets"


def test_what_breaks_off_or_has_no_place_leaves_nothing(
    tiny: Experiment, rows: EvaluationRows, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv(CACHE, str(tmp_path))
    steps = predict_and_keep(tiny, rows, tiny.variants, tmp_path / "sheet.parquet")
    assert 0 < next(steps) < 1
    steps.close()
    assert [*predict_and_keep(tiny, rows, tiny.variants, None)][-1] == 1
    assert not list(tmp_path.iterdir())
