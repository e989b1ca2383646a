from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from sklearn.metrics import accuracy_score, f1_score, log_loss

from attnviz.analysis.evaluation import predictions
from attnviz.analysis.evaluation.evaluate import assess
from attnviz.analysis.evaluation.predictions import Predictions, fingerprint, from_table, predict_rows
from attnviz.analysis.evaluation.rows import EvaluationRows, Origin
from attnviz.model.classifier import AttentionClassifier
from attnviz.model.experiment import Experiment, load


def scored(experiment: Experiment, rows: EvaluationRows) -> Predictions:
    parts = [step.part for step in predict_rows(experiment, rows) if step.part is not None]
    return from_table(pa.concat_tables(parts), experiment.name, rows.origin)


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
    evaluation = assess(scored(experiment, EvaluationRows(Origin("many"), texts, truth, None, "1" * 32)))
    for score_ in evaluation.variants:
        given = np.array([experiment.explain(text, score_.variant).probabilities for text in texts])
        answers, figures = given.argmax(axis=1), score_.overall.figures
        everything = np.arange(classes)
        assert figures.accuracy == pytest.approx(accuracy_score(truth, answers), abs=1e-6)
        f1 = f1_score(truth, answers, labels=everything, average="macro", zero_division=0)
        assert figures.macro_f1 == pytest.approx(f1, abs=1e-6)
        assert figures.log_loss == pytest.approx(log_loss(truth, given, labels=everything), abs=1e-6)
    json.dumps(evaluation.to_dict(), allow_nan=False)


def test_other_weights_are_another_name(tiny: Experiment, tiny_models: Path) -> None:
    other = load(tiny_models / "tiny-en")
    assert fingerprint(other) == fingerprint(tiny)
    other.model("fine-tuned").fc.bias.data[0] += 0.01
    assert fingerprint(other) != fingerprint(tiny)


def test_rows_without_labels_have_answers_alone(tiny: Experiment, rows: EvaluationRows) -> None:
    sheet = scored(tiny, replace(rows, truth=None))
    assert sheet.truth is None and len(sheet.answers["frozen"]) == len(rows)


def test_some_of_the_rows_have_the_baselines_answers_too(tiny: Experiment, rows: EvaluationRows) -> None:
    whole = scored(tiny, rows)
    some = whole.subset(np.array([3, 1]))
    assert whole.baseline is not None and some.baseline is not None
    assert np.array_equal(some.baseline, whole.baseline[[3, 1]])
