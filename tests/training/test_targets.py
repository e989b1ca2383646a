from __future__ import annotations

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import log_loss

from attnviz.text import words
from attnviz.training import targets as module
from attnviz.training.config import TrainingConfig
from attnviz.training.loaders import TokenizedRows, loader
from attnviz.training.targets import targets
from tests.conftest import sentences


def rows() -> TokenizedRows:
    found = sentences()[:90]
    classes = sorted({label for _, label in found})
    return TokenizedRows([words(text) for text, _ in found], [classes.index(label) for _, label in found], [""] * 90)


def test_few_rows_teach_what_a_classifier_says_that_has_not_seen_them() -> None:
    own = rows()
    hard = targets(own, 2, TrainingConfig(distillation=0.0))
    assert (hard == np.eye(2)[own.labels]).all()
    soft = targets(own, 2, TrainingConfig(distillation=0.5, seed=1))
    assert soft.sum(axis=1) == pytest.approx(1.0)
    told = 2 * soft - hard
    assert ((told > 0) & (told < 1)).all()
    assert (told.argmax(axis=1) == own.labels).mean() > 0.8, "the made sentences are easy"
    counts = np.array([[row.count(word) for word in ("good", "bad")] for row in own.words])
    seen = LogisticRegression().fit(counts, own.labels).predict_proba(counts)
    assert log_loss(own.labels, told) < np.log(2) and told.shape == seen.shape
    assert (targets(own, 2, TrainingConfig(distillation=0.5, seed=1)) == soft).all()


def test_a_row_is_told_by_a_classifier_that_was_fitted_without_it() -> None:
    """The one row whose words are all its own has nothing to be told by but how many rows each class has."""
    own = rows()
    alone = TokenizedRows([*own.words, ["xylophone", "quagmire"]], [*own.labels, 1], [""] * 91)
    told = (targets(alone, 2, TrainingConfig(distillation=1.0))[-1]).tolist()
    assert told == pytest.approx([0.5, 0.5], abs=0.2)


@pytest.mark.parametrize("labels", [[0] * 89 + [1], [0] * 90])
def test_where_no_folds_can_be_made_the_label_alone_is_taught(labels: list[int]) -> None:
    own = rows()
    few = TokenizedRows(own.words, labels, own.groups)
    assert (targets(few, 2, TrainingConfig()) == np.eye(2)[labels]).all()


def test_many_rows_teach_their_label_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_ROWS", 89)
    assert (targets(rows(), 2, TrainingConfig()) == np.eye(2)[rows().labels]).all()


def test_balanced_classes_weigh_the_same_in_all() -> None:
    own = rows()
    uneven = TokenizedRows(own.words[:60], [0] * 50 + [1] * 10, own.groups[:60])
    wanted = targets(uneven, 2, TrainingConfig(distillation=0.0, balance_classes=True))
    assert wanted.sum(axis=0) == pytest.approx([30, 30])


def test_what_is_taught_reaches_the_batches() -> None:
    own = rows()
    wanted = targets(own, 2, TrainingConfig())
    taught = TokenizedRows(own.words, own.labels, own.groups, wanted)
    [chunk] = loader(taught, lambda token_words: token_words).chunks(np.random.default_rng(0))  # type: ignore[arg-type,return-value]
    assert (chunk.labels == wanted).all()
