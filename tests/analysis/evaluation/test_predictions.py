from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from sklearn.metrics import accuracy_score, f1_score, log_loss

from attnviz.analysis.evaluation import prediction_cache, predictions
from attnviz.analysis.evaluation.evaluate import assess
from attnviz.analysis.evaluation.prediction_cache import cached_predictions, find, writing
from attnviz.analysis.evaluation.predictions import Predictions, fingerprint, from_table, predict_rows
from attnviz.analysis.evaluation.rows import EvaluationRows
from attnviz.data.datasets import Dataset
from attnviz.model.classifier import AttentionClassifier
from attnviz.model.experiment import Experiment, load


@pytest.fixture(scope="session")
def rows(tiny: Experiment, tiny_data: Dataset) -> EvaluationRows:
    """All rows of the tiny data, a few odd ones among them."""
    odd = ("", "🙂", "한국어 amaaazing", "good " * 100, "half a pair \ud800")
    truth = (*tiny_data.labels, *(0,) * len(odd))
    return EvaluationRows("odd", (*tiny_data.texts, *odd), truth, None, "0" * 32)


def scored(experiment: Experiment, rows: EvaluationRows) -> Predictions:
    return from_table(pa.concat_tables(step.part for step in predict_rows(experiment, rows) if step.part is not None))


def test_every_row_is_answered_as_explain_does(
    tiny: Experiment, rows: EvaluationRows, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(predictions, "AT_A_TIME", 64)  # several parts
    sheet = scored(tiny, rows)
    assert len(sheet) == len(rows) and sheet.variants == tiny.variants
    for row in (*range(0, len(rows) - 5, 37), *range(len(rows) - 5, len(rows))):
        for variant in tiny.variants:
            one = tiny.explain(rows.texts[row], variant)
            assert sheet.probabilities[variant][row] == pytest.approx(one.probabilities, abs=1e-6)
            at = slice(sheet.starts[row], sheet.starts[row + 1])
            assert sheet.weights[variant][at] == pytest.approx(one.weights, abs=1e-6)
            assert sheet.oov[row] == (~one.known).sum()


@pytest.mark.parametrize("classes", [2, 4, 14])
def test_figures_are_those_of_scikit_learn_on_explain(tiny: Experiment, classes: int) -> None:
    labels = tuple(f"class {k}" for k in range(classes))
    about = replace(tiny.about, labels=labels)
    start = tiny.model("frozen").embedding.weight
    models: dict[str, AttentionClassifier] = {name: about.build(name, start) for name in about.variants}
    experiment = Experiment("many", about, tiny.vocabulary, tiny.vectors, models)
    texts = tuple(" ".join(tiny.vocabulary.words[k % 30 : k % 30 + 1 + k % 7]) for k in range(60))
    truth = [k * 5 % classes for k in range(60)]
    evaluation = assess(scored(experiment, EvaluationRows("many", texts, truth, None, "1" * 32)))
    for score_ in evaluation.variants:
        given = np.array([experiment.explain(text, score_.variant).probabilities for text in texts])
        answers, figures = given.argmax(axis=1), score_.overall.figures
        everything = np.arange(classes)
        assert figures.accuracy == pytest.approx(accuracy_score(truth, answers), abs=1e-6)
        f1 = f1_score(truth, answers, labels=everything, average="macro", zero_division=0)
        assert figures.macro_f1 == pytest.approx(f1, abs=1e-6)
        assert figures.log_loss == pytest.approx(log_loss(truth, given, labels=everything), abs=1e-6)
    json.dumps(evaluation.to_dict(), allow_nan=False)


def test_a_kept_sheet_is_the_same_and_is_not_scored_again(
    tiny: Experiment, rows: EvaluationRows, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("ATTNVIZ_CACHE", str(tmp_path))
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
    assert find(rows.key, fingerprint(tiny), tiny.variants) is None  # a damaged file counts for nothing


def test_other_weights_are_another_name(tiny: Experiment, tiny_models: Path) -> None:
    other = load(tiny_models / "tiny-en")
    assert fingerprint(other) == fingerprint(tiny)
    other.model("fine-tuned").fc.bias.data[0] += 0.01
    assert fingerprint(other) != fingerprint(tiny)


def test_rows_without_labels_have_answers_alone(tiny: Experiment, rows: EvaluationRows) -> None:
    sheet = scored(tiny, replace(rows, truth=None))
    assert sheet.truth is None and len(sheet.answers["frozen"]) == len(rows)


def test_what_breaks_off_leaves_nothing(tiny: Experiment, rows: EvaluationRows, tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt), writing(tmp_path / "sheet.parquet") as put:
        for step in predict_rows(tiny, rows):
            if step.part is not None:
                put(step.part)
                raise KeyboardInterrupt
    assert not list(tmp_path.iterdir())


def test_the_sheets_looked_at_longest_ago_go_first(
    tiny: Experiment, rows: EvaluationRows, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("ATTNVIZ_CACHE", str(tmp_path))
    monkeypatch.setattr(prediction_cache, "MOST_BYTES", 1)
    for key in ("a" * 32, "b" * 32):
        cached_predictions(tiny, replace(rows, key=key))
    assert [path.name[0] for path in prediction_cache.folder().iterdir()] == ["b"]


def test_where_nothing_can_be_kept_it_works_all_the_same(
    tiny: Experiment, rows: EvaluationRows, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("ATTNVIZ_CACHE", str(tmp_path / "file"))
    assert len(cached_predictions(tiny, rows)) == len(rows)
