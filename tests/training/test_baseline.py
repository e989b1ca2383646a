from __future__ import annotations

import warnings
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import accuracy_score, log_loss
from sklearn.pipeline import make_pipeline

from attnviz.data.datasets import Dataset
from attnviz.data.steps import finished
from attnviz.data.streaming import StreamedDataset
from attnviz.model.about import BaselineInfo
from attnviz.model.baseline import Baseline, term_kind
from attnviz.model.experiment import Experiment
from attnviz.model.metrics import Metrics
from attnviz.text import words
from attnviz.training.baseline import fitted
from attnviz.training.loaders import TokenizedRows
from tests.training.runs import run, weights


def of(texts: list[str], labels: list[int], classes: int = 2) -> tuple[Baseline | None, BaselineInfo]:
    rows = TokenizedRows([words(text) for text in texts], labels, [""] * len(texts))
    return finished(fitted(rows, classes, 0))


def test_figures_and_mcnemar_are_those_of_scikit_learn_on_the_same_rows(tiny: Experiment, tiny_data: Dataset) -> None:
    learning, test = tiny_data.split("train"), tiny_data.split("test")
    plain = make_pipeline(
        TfidfVectorizer(tokenizer=words, lowercase=False, token_pattern=None, ngram_range=(1, 2), sublinear_tf=True),
        LogisticRegression(C=10, max_iter=200),
    ).fit(learning.texts, learning.labels)
    expected = plain.predict_proba(test.texts)
    assert tiny.baseline and tiny.about.baseline
    assert tiny.baseline.predict(test.texts) == pytest.approx(expected, abs=2e-3)  # float16 in the file
    found = tiny.figures["baseline"]["all"]
    assert isinstance(found, Metrics)
    assert found.accuracy == accuracy_score(test.labels, expected.argmax(axis=1))
    assert found.log_loss == pytest.approx(log_loss(test.labels, expected), abs=2e-3)
    assert tiny.about.baseline.rows == len(learning)
    for variant in tiny.variants:
        right = tiny.predict(test.texts, variant).argmax(axis=1) == test.labels
        pair = tiny.standings[variant].baseline
        assert pair and pair.only_a == (right & (expected.argmax(axis=1) != test.labels)).sum()
        assert pair.only_b == (~right & (expected.argmax(axis=1) == test.labels)).sum()
    assert tiny.standings["baseline"].baseline is None


def test_the_card_shows_it(tiny: Experiment) -> None:
    assert f"| baseline | all | {tiny.figures['baseline']['all'].n} |" in tiny.card
    assert "Baseline: TF-IDF + logistic regression" in tiny.card and "plain baseline" in tiny.card


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("an english sentence with words of usual length", "words"),
        ("정말 재미있는 영화였어요", "characters"),
        ("とても面白い映画でした", "characters"),
        ("เป็นภาพยนตร์ที่ดีมาก", "characters"),
        ("epäjärjestelmällisyydellään järjestelmällistyttämättömyys", "characters"),
        ("정말 a film of many english words", "words"),
        ("!!! 🙂", "words"),
    ],
)
def test_characters_are_counted_where_words_have_no_spaces_or_are_long(text: str, kind: str) -> None:
    assert term_kind([words(text)]) == kind


def test_a_new_form_of_a_korean_word_is_known_by_its_characters() -> None:
    texts = ["재미있는 영화", "재미있었던 작품", "지루한 영화", "지루했던 작품"] * 10
    baseline, about = of(texts, [1, 1, 0, 0] * 10)
    assert baseline and list(about.terms) == ["characters"]
    assert baseline.predict(["재미있네요", "지루하네요"]).argmax(axis=1).tolist() == [1, 0]


@pytest.mark.parametrize(
    ("texts", "labels", "classes", "reason"),
    [
        (["good"] * 10, [1] * 10, 2, "lack a class"),
        (["good", "bad"] * 5, [0, 1] * 5, 3, "lack a class"),
        (["", "\u200b"] * 5, [0, 1] * 5, 2, "no words"),
    ],
)
def test_where_there_is_none_there_is_a_reason(texts: list[str], labels: list[int], classes: int, reason: str) -> None:
    baseline, about = of(texts, labels, classes)
    assert baseline is None and about.skipped and reason in about.skipped


@pytest.mark.parametrize("classes", [2, 3, 100])
def test_few_rows_and_many_classes(tmp_path: Path, classes: int) -> None:
    texts, labels = [f"word{k} and more" for k in range(classes)] * 2, list(range(classes)) * 2
    baseline, about = of(texts, labels, classes)
    assert baseline and baseline.predict(texts).argmax(axis=1).tolist() == labels
    baseline.save(tmp_path / "one")
    again = Baseline.load(tmp_path / "one", about.terms, classes)
    assert np.array_equal(again.predict(texts), baseline.predict(texts))


def test_too_many_rows_are_drawn_from_the_same_for_everybody(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("attnviz.training.baseline._LETTERS", {"words": 400, "characters": 400})
    texts, labels = ["good film", "bad film"] * 100, [1, 0] * 100
    one, about = of(texts, labels)
    other, _ = of(texts, labels)
    assert one and other and one.digest() == other.digest()
    assert 40 < about.rows < 60  # of 7.5 letters each


def test_a_stream_gives_what_it_shuffles_together(tmp_path: Path) -> None:
    path = tmp_path / "rows.parquet"
    rows = [(f"{word} film {i}", word) for i in range(150) for word in ("good", "bad")]
    pd.DataFrame(rows, columns=["text", "label"]).to_parquet(path, row_group_size=30)
    streamed = StreamedDataset.open(path)
    baseline, about = finished(fitted(streamed.train, 2, 0))
    assert baseline and about.rows == streamed.rows["train"]
    assert baseline.predict(["a good one", "a bad one"]).argmax(axis=1).tolist() == [1, 0]


def test_a_run_tells_of_it_and_repeats_it(tiny_data: Dataset, tmp_path: Path) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        events = run(tiny_data, tmp_path / "a")
    assert [event.fraction for event in events if event.stage == "baseline"] == [0, 0.5, 1]
    run(tiny_data, tmp_path / "b")
    assert weights(tmp_path / "a")["baseline.safetensors"] == weights(tmp_path / "b")["baseline.safetensors"]
