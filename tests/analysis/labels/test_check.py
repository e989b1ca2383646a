from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from cleanlab.rank import get_label_quality_scores
from hypothesis import given, settings
from hypothesis import strategies as st

from attnviz.analysis.evaluation.rows import EvaluationRows, Origin, key_of_rows
from attnviz.analysis.labels.check import LabelCheck, check_labels, ranked
from attnviz.analysis.labels.probabilities import FOLDS, KINDS, mixed, out_of_sample
from attnviz.data.splits import text_hashes
from attnviz.data.steps import finished
from attnviz.errors import AttnvizError
from attnviz.model.experiment import Experiment
from attnviz.model.learned import UNSEEN
from tests.analysis.labels.flipped import all_rows, flipped_file
from tests.conftest import sentences


@pytest.fixture(scope="session")
def flipped(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[int]]:
    path = tmp_path_factory.mktemp("flipped") / "mine.csv"
    return path, flipped_file(path, sentences())


@pytest.fixture(scope="session")
def found(flipped: tuple[Path, list[int]], tiny: Experiment) -> LabelCheck:
    return finished(check_labels(tiny, all_rows(flipped[0], tiny)))


def test_labels_that_were_turned_are_suspected_first(found: LabelCheck, flipped: tuple[Path, list[int]]) -> None:
    turned = len(flipped[1])
    worst = [found.suspect(row) for row in found.suspects[:turned].tolist()]
    right = [one.number in flipped[1] for one in worst]
    assert all(right[: turned // 2]) and sum(right) > 0.75 * turned
    assert all(one.likely != one.label and one.likely_probability > one.probability for one in worst)
    assert 0.5 * turned < found.estimated < 1.5 * turned


def test_rows_that_the_experiment_never_saw_are_asked_of_its_classifiers_too(
    found: LabelCheck, tiny: Experiment
) -> None:
    rows = found.rows
    assert rows.origin.seen is not None
    unseen = rows.origin.seen == UNSEEN
    assert 0 < unseen.sum() < len(rows) and (found.answered == unseen).all()
    means, terms = (finished(out_of_sample(rows.texts, found.truth, tiny, kind)) for kind in KINDS)
    folds = found.shares["means"] * means + found.shares["terms"] * terms
    np.testing.assert_allclose(found.probabilities[~unseen], folds[~unseen])
    texts = [rows.texts[row] for row in np.flatnonzero(unseen).tolist()]
    own = np.mean([tiny.predict(texts, variant) for variant in ("frozen", "fine-tuned")], axis=0)
    share = found.shares["variants"]
    both = (1 - share) * folds[unseen] + share * own
    np.testing.assert_allclose(found.probabilities[unseen], both, atol=1e-5)


def test_opinions_are_mixed_as_fits_the_labels_best() -> None:
    labels = np.array([0, 1] * 20)
    right, wrong = np.eye(2)[labels] * 0.8 + 0.1, np.full((40, 2), 0.5)
    assert mixed(right, wrong, labels)[1] == 0 and mixed(wrong, right, labels)[1] == 1
    half = np.where((np.arange(40) < 20)[:, None], np.eye(2)[labels] * 0.98 + 0.01, np.eye(2)[1 - labels] * 0.3 + 0.35)
    other = np.roll(half, 20, axis=0)  # right where the one is not
    both, share = mixed(half, other, labels)
    assert share == 0.5
    np.testing.assert_allclose(both, (half + other) / 2)


@pytest.mark.parametrize("kind", KINDS)
def test_no_row_has_a_say_in_what_is_said_of_it_nor_have_its_duplicates(tiny: Experiment, kind: str) -> None:
    texts = [text for text, _ in sentences()[:200]]
    texts += [text.upper() + " " for text in texts[:20]]  # duplicates, as training counts them
    labels = np.arange(len(texts)) % 2
    before = finished(out_of_sample(texts, labels, tiny, kind))
    fold = text_hashes(texts) % FOLDS
    assert (fold[:20] == fold[200:]).all()
    turned = labels.copy()
    turned[fold == fold[0]] ^= 1  # whatever the labels of a fold are, its rows are answered alike
    after = finished(out_of_sample(texts, turned, tiny, kind))
    np.testing.assert_array_equal(after[fold == fold[0]], before[fold == fold[0]])
    np.testing.assert_allclose(after.sum(axis=1), 1)


def test_duplicates_with_another_label_are_named(tiny: Experiment) -> None:
    texts = ["a good film", "A  GOOD film", "a good film", *(text for text, _ in sentences()[:40])]
    truth = [0, 1, 1, *(k % 2 for k in range(40))]
    numbers = np.arange(len(texts)) + 5
    rows = EvaluationRows(Origin("mine.csv", numbers), texts, truth, None, key_of_rows(texts, truth, tiny.labels))
    check = finished(check_labels(tiny, rows))
    assert check.contradictions.keys() >= {0, 1, 2}
    assert check.suspect(0).contradicted_by == (6, 7) and check.suspect(2).contradicted_by == (5,)
    assert check.suspect(0).split is None and not check.answered.any()


def test_what_cannot_be_checked_is_said(tiny: Experiment) -> None:
    texts = [text for text, _ in sentences()[:30]]

    def of(truth: list[int] | None, count: int = 30) -> EvaluationRows:
        return EvaluationRows(Origin("mine.csv"), texts[:count], truth, None, "0" * 32)

    with pytest.raises(AttnvizError, match="no labels to check"):
        finished(check_labels(tiny, of(None)))
    with pytest.raises(AttnvizError, match=r"at least 20 rows of two classes, and mine\.csv has 4"):
        finished(check_labels(tiny, of([0, 1, 0, 1], 4)))
    with pytest.raises(AttnvizError, match="has 30 of positive"):
        finished(check_labels(tiny, of([1] * 30)))


def test_a_class_with_a_single_row_and_texts_without_words_hinder_nothing(tiny: Experiment) -> None:
    texts = [*(text for text, _ in sentences()[:30]), "!", "가나다", "x" * 3_000]
    truth = [0] * 32 + [1]
    rows = EvaluationRows(Origin("mine.csv"), texts, truth, None, key_of_rows(texts, truth, tiny.labels))
    check = finished(check_labels(tiny, rows))
    assert np.isfinite(check.probabilities).all() and np.isfinite(check.quality).all()
    assert 32 in check.suspects


@settings(max_examples=30)
@given(st.data())
def test_the_ranking_is_that_of_cleanlab_whatever_classes_have_rows(data: st.DataObject) -> None:
    classes = data.draw(st.integers(2, 5))
    there = data.draw(st.lists(st.integers(0, classes - 1), min_size=2, max_size=classes, unique=True))
    truth = np.array(data.draw(st.lists(st.sampled_from(there), min_size=20, max_size=60)))
    random = np.random.default_rng(data.draw(st.integers(0, 1000)))
    probabilities = random.dirichlet(np.full(classes, 0.3), len(truth))
    quality, estimated = ranked(truth, probabilities)
    assert quality.shape == truth.shape and np.isfinite(quality).all() and 0 <= estimated <= len(truth)
    if len(np.unique(truth)) == classes:
        wanted = get_label_quality_scores(truth, probabilities)
        np.testing.assert_allclose(quality, wanted, atol=1e-9)  # no probability is 0 here, or cleanlab warns


def test_classes_that_a_file_lacks_are_known(tiny: Experiment) -> None:
    rows = EvaluationRows(Origin("a.csv", np.arange(3)), ["x", "y", "z"], [1, 1, 1], None, "f" * 32)
    probabilities = np.full((3, 2), 0.5)
    found = LabelCheck(rows, tiny.labels, probabilities, np.ones(3), np.zeros(3, dtype=bool), (), {}, 0)
    assert found.present == (tiny.labels[1],)
