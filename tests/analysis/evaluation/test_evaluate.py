from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from scipy.stats import binomtest
from sklearn.metrics import confusion_matrix

from attnviz.analysis.evaluation.evaluate import GroupMetrics, evaluate
from attnviz.analysis.evaluation.rows import EvaluationRows, Origin
from attnviz.analysis.evaluation.token_index import TokenIndex
from attnviz.data.datasets import Dataset
from attnviz.errors import AttnvizError
from attnviz.model.agreement import Agreement
from attnviz.model.experiment import Experiment
from attnviz.model.metrics import wilson


@pytest.fixture
def rows(tiny: Experiment) -> Dataset:
    texts = ("a wonderful film", "a dull, dreadful film", "wonderful", "dreadful", "")
    return Dataset(
        name="rows",
        columns=("text", "label"),
        texts=texts,
        labels=tuple(at % len(tiny.labels) for at in range(len(texts))),
        label_names=tiny.labels,
        splits=("test",) * len(texts),
        groups=None,
        split_rule="by hand",
        had_split_column=True,
        source="these tests",
        licence="MIT",
    )


def whole(rows: Dataset, tiny: Experiment) -> EvaluationRows:
    return EvaluationRows.of(rows, "all", tiny)


def test_score_counts_what_was_taken_for_what() -> None:
    probabilities = np.array([[0.9, 0.1], [0.4, 0.6], [0.2, 0.8], [0.3, 0.7]])
    score = GroupMetrics.of([0, 0, 1, 1], probabilities)
    assert score.confusion == ((1, 1), (0, 2))
    assert score.figures.accuracy == 0.75
    assert score.figures.log_loss == pytest.approx(-np.log([0.9, 0.4, 0.8, 0.7]).mean())
    low, high = score.figures.interval  # Wilson's for 3 of 4
    assert (low, high) == pytest.approx((0.3006, 0.9544), abs=1e-4)


def test_score_keeps_classes_that_do_not_occur() -> None:
    score = GroupMetrics.of([1, 1], np.array([[0.1, 0.8, 0.1], [0.2, 0.1, 0.7]]))
    assert score.confusion == ((0, 0, 0), (0, 1, 1), (0, 0, 0))


def test_every_variant_answers_every_row_as_explain_does(tiny: Experiment, rows: Dataset) -> None:
    result = evaluate(tiny, whole(rows, tiny))
    assert result.rows == len(rows.texts)
    assert tuple(score.variant for score in result.variants) == tiny.variants
    for score in result.variants:
        assert score.groups == {}
        answers = [tiny.explain(text, score.variant).prediction for text in rows.texts]
        right = sum(answer == rows.label_names[label] for answer, label in zip(answers, rows.labels, strict=True))
        assert score.overall.figures.accuracy == right / len(answers)
        assert sum(map(sum, score.overall.confusion)) == len(answers)


def test_groups_are_scored_apart_and_add_up(tiny: Experiment, rows: Dataset) -> None:
    (score,) = evaluate(tiny, whole(replace(rows, groups=("b", "a", "b", "a", "b")), tiny), ["frozen"]).variants
    assert list(score.groups) == ["a", "b"]
    assert [group.figures.n for group in score.groups.values()] == [2, 3]
    parts = np.array([group.confusion for group in score.groups.values()])
    assert (parts.sum(axis=0) == score.overall.confusion).all()


def test_progress_rises_to_one(tiny: Experiment, rows: Dataset) -> None:
    heard: list[float] = []
    evaluate(tiny, whole(rows, tiny), on_progress=heard.append)
    assert heard == sorted(heard)
    assert heard[-1] == pytest.approx(1.0)


def test_answer_is_plain_json(tiny: Experiment, rows: Dataset) -> None:
    result = evaluate(
        tiny, whole(replace(rows, groups=("b", "a", "b", "a", "b")), tiny), ["fine-tuned", "fine-tuned"]
    ).to_dict()
    (variant,) = json.loads(json.dumps(result, allow_nan=False))["variants"]
    assert variant["variant"] == "fine-tuned"
    assert {"n", "accuracy", "interval", "macro_f1", "log_loss", "confusion", "groups"} <= variant.keys()


def test_the_same_question_is_worked_out_once(
    tiny: Experiment, rows: Dataset, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("ATTNVIZ_CACHE", str(tmp_path))
    grouped = replace(rows, groups=("b", "a", "b", "a", "b"))
    first, apart = evaluate(tiny, whole(rows, tiny)), evaluate(tiny, whole(grouped, tiny))
    assert apart.variants[0].groups and not first.variants[0].groups
    words = TokenIndex.of

    def never(*_given: object) -> TokenIndex:
        raise AssertionError("worked out anew")

    monkeypatch.setattr(TokenIndex, "of", never)
    heard: list[float] = []
    assert evaluate(tiny, whole(rows, tiny), on_progress=heard.append) == first and heard == [1.0]
    assert evaluate(tiny, whole(grouped, tiny)) == apart
    renamed = replace(whole(rows, tiny), origin=Origin("another name"))
    assert evaluate(replace(tiny, name="other"), renamed) == replace(first, experiment="other", dataset="another name")
    monkeypatch.setattr(TokenIndex, "of", words)
    for file in tmp_path.rglob("*.json"):
        file.write_text(file.read_text()[:-20])
    assert evaluate(tiny, whole(rows, tiny)) == first
    monkeypatch.setattr("attnviz.analysis.evaluation.kept_figures._code", lambda: "another version")
    monkeypatch.setattr(TokenIndex, "of", never)
    with pytest.raises(AssertionError, match="anew"):
        evaluate(tiny, whole(rows, tiny))


def test_counts_and_probabilities_are_those_of_the_libraries() -> None:
    draw = np.random.default_rng(0)
    for classes in (2, 4):
        truth, given = draw.integers(0, classes, 200), draw.dirichlet(np.ones(classes), 200)
        counts = confusion_matrix(truth, given.argmax(axis=1), labels=range(classes)).tolist()
        assert GroupMetrics.of(truth, given).confusion == tuple(map(tuple, counts))
    for hits, n in ((0, 1), (1, 1), (3, 10), (81, 263), (10_000, 10_000), (0, 3409), (3000, 3409)):
        known = binomtest(hits, n).proportion_ci(method="wilson")
        assert wilson(hits, n) == pytest.approx((known.low, known.high), rel=1e-12, abs=1e-15)
        assert Agreement("a", "b", 0, hits, n - hits, 0).p == pytest.approx(binomtest(hits, n).pvalue, rel=1e-9)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"label_names": ("x", "y")}, "labelled x, y"),
        ({"texts": (), "labels": (), "splits": ()}, "no rows"),
    ],
)
def test_data_that_cannot_be_scored_is_named(
    tiny: Experiment, rows: Dataset, change: dict[str, tuple[str, ...]], sentence: str
) -> None:
    with pytest.raises(AttnvizError, match=sentence):
        whole(replace(rows, **change), tiny)  # type: ignore[arg-type]


def test_misspelt_variant_is_said_before_any_work(tiny: Experiment, rows: Dataset) -> None:
    heard: list[float] = []
    with pytest.raises(AttnvizError, match="frozne"):
        evaluate(tiny, whole(rows, tiny), ["frozen", "frozne"], heard.append)
    assert not heard


def test_rows_without_labels_are_not_scored(tiny: Experiment, rows: Dataset) -> None:
    with pytest.raises(AttnvizError, match="no label that tiny-en knows"):
        evaluate(tiny, replace(whole(rows, tiny), truth=None))
