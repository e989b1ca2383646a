from __future__ import annotations

from dataclasses import replace
from operator import attrgetter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom, binomtest

from attnviz.analysis.evaluation.evaluate import evaluate
from attnviz.analysis.evaluation.paired import WHICH, Paired, compare, shared_classes, usual_variant
from attnviz.analysis.evaluation.paired_wording import limits, results
from attnviz.analysis.evaluation.prediction_cache import cached_predictions
from attnviz.analysis.evaluation.rows import EvaluationRows, Origin, key_of_rows
from attnviz.analysis.evaluation.shared_classes import SharedClasses
from attnviz.errors import AttnvizError
from attnviz.model.agreement import Agreement
from attnviz.model.experiment import Experiment
from attnviz.morphemes import WORDS
from tests.analysis.evaluation.others import relabelled, worse

TUNED = ("fine-tuned", "fine-tuned")


def pair(first: Experiment, second: Experiment, rows: EvaluationRows, **label_map: str) -> Paired:
    return compare(cached_predictions(first, rows), rows, first, second, TUNED, label_map)


def test_the_figures_are_those_of_two_evaluations(tiny: Experiment, rows: EvaluationRows) -> None:
    """Of two experiments with the same labels in another order, each scored on its own."""
    bad, good = tiny.labels
    other = relabelled(worse(tiny, "worse"), "other", {good: good, bad: bad})
    found = pair(tiny, other, rows)
    theirs = replace(rows, truth=[1 - k for k in rows.truth or ()], key="f" * 32)
    for experiment, labelled, reached in zip((tiny, other), (rows, theirs), found.figures, strict=True):
        [alone] = evaluate(experiment, labelled, ["fine-tuned"]).variants
        assert reached == alone.overall.figures and reached.ece == alone.calibration.error
    assert found.agreement is not None
    right = [evaluate(one, its, ["fine-tuned"]).variants[0].overall for one, its in ((tiny, rows), (other, theirs))]
    assert found.agreement.right_a == round(right[0].figures.accuracy * len(rows))
    assert found.agreement.right_b == round(right[1].figures.accuracy * len(rows))
    assert found.agreement.only_a > found.agreement.only_b


@given(st.integers(0, 400), st.integers(0, 400))
def test_the_exact_test_is_that_of_scipy_and_of_statsmodels(only_first: int, only_second: int) -> None:
    """Which doubles the binomial tail up to the smaller count, 1 at most."""
    p = Agreement("first", "second", 7, only_first, only_second, 3).p
    alone = only_first + only_second
    assert p == pytest.approx(binomtest(only_second, alone).pvalue if alone else 1.0)
    assert p == pytest.approx(min(2 * binom.cdf(min(only_first, only_second), alone, 0.5), 1.0))


def test_the_two_are_called_by_what_they_differ_in(tiny: Experiment, rows: EvaluationRows) -> None:
    found = pair(tiny, worse(tiny, "worse"), rows)
    assert found.names == ("tiny-en", "worse")
    alone = replace(found, second=replace(found.second, experiment="tiny-en"))
    assert alone.names == ("tiny-en fine-tuned (1)", "tiny-en fine-tuned (2)")
    assert replace(alone, variants=("fine-tuned", "frozen")).names == ("tiny-en fine-tuned", "tiny-en frozen")


def test_every_row_is_in_one_part(tiny: Experiment, rows: EvaluationRows) -> None:
    found = pair(tiny, worse(tiny, "worse"), rows)
    parts = {which: found.rows(which) for which in WHICH}
    assert (np.stack([parts[which] for which in WHICH[:4]]).sum(axis=0) == 1).all()
    assert (parts["changed"] ^ parts["unchanged"]).all()
    assert found.changed.tolist() == (parts["only-first"] | parts["only-second"]).tolist()  # of two classes
    assert sum(move.count for move in found.moves) == found.changed.sum() > 0
    assert np.allclose(found.losses, found.second.losses["fine-tuned"])
    some = np.flatnonzero(parts["only-first"])
    assert found.subset(some).agreement == Agreement("first", "second", 0, len(some), 0, 0)


@given(st.permutations(range(4)), st.booleans())
def test_classes_are_matched_by_name_in_whatever_order(order: list[int], upper: bool) -> None:
    first = ("World", "Sports", "Business", "Sci/Tech")
    second = [first[k].upper() if upper else first[k] for k in order]
    found = SharedClasses.of(first, second)
    assert [second[place].lower() for place in found.second_of] == [name.lower() for name in first]
    assert [found.first_of[place] for place in found.second_of] == [0, 1, 2, 3]
    assert not (found.only_first or found.only_second or found.renamed)


def test_classes_of_other_names_are_matched_by_number_or_as_somebody_says() -> None:
    numbers = SharedClasses.of(("negative", "positive"), ("1", "0"))
    assert numbers.second_of == (1, 0) and numbers.renamed == (("0", "negative"), ("1", "positive"))
    assert SharedClasses.of(("1", "0"), ("negative", "positive")).second_of == (1, 0)
    told = SharedClasses.of(("negative", "positive"), ("good", "bad"), {"good": "positive", "BAD": "negative"})
    assert told.second_of == (1, 0)
    some = SharedClasses.of(("negative", "positive"), ("pos", "positive", "neutral"))
    assert some.second_of == (-1, 1)
    assert (some.only_first, some.only_second) == (("negative",), ("pos", "neutral"))
    twice = SharedClasses.of(("a", "b"), ("A", "a", "b"))
    assert twice.second_of == (1, 2)  # the exact one of two that look alike


def test_labels_in_another_order_change_nothing(tiny: Experiment, rows: EvaluationRows) -> None:
    bad, good = tiny.labels
    found = pair(tiny, relabelled(tiny, "turned", {good: good, bad: bad}), rows)
    assert not found.changed.any() and found.compared.all() and not found.moves
    (one, other), sums = found.figures, attrgetter("macro_f1", "log_loss", "ece")
    assert (one.n, one.accuracy) == (other.n, other.accuracy)
    assert sums(one) == pytest.approx(sums(other))  # over classes in another order
    assert np.allclose(found.distance, 0)
    assert found.agreement is not None and found.agreement.p == 1


def test_what_can_be_compared_is_and_the_rest_is_said(tiny: Experiment, rows: EvaluationRows) -> None:
    bad, good = tiny.labels
    three = relabelled(tiny, "three", {"so so": None, bad: bad, good: good})
    truth = [0 if at < 30 else 1 + k for at, k in enumerate(rows.truth or ())]  # 30 rows that only `three` knows
    labelled = replace(rows, truth=truth, key="1" * 32)
    found = pair(three, tiny, labelled)
    assert found.not_compared == {"so so": 30} and found.compared.sum() == len(rows) - 30
    [alone] = evaluate(tiny, replace(rows, texts=rows.texts[30:], truth=(rows.truth or ())[30:], key="2" * 32),
                       ["fine-tuned"]).variants  # fmt: skip
    assert found.figures[1] == alone.overall.figures
    said = " ".join(limits(found, three, tiny, str))
    assert "Rows whose class tiny-en does not know are not compared: 30 (so so)." in said
    turned = pair(tiny, three, rows)
    assert turned.compared.all() and turned.right[0].tolist() == turned.right[1].tolist()
    assert "Classes that only three can answer: so so." in " ".join(limits(turned, tiny, three, str))


def test_experiments_without_a_class_in_common_are_refused(tiny: Experiment, rows: EvaluationRows) -> None:
    bad, good = tiny.labels
    other = relabelled(tiny, "other", {"A": bad, "B": good})
    with pytest.raises(AttnvizError, match=r"tiny-en answers negative, positive, other answers A, B.*--against-map"):
        pair(tiny, other, rows)
    assert not pair(tiny, other, rows, A=bad, B=good).changed.any()
    told = replace(other, about=replace(other.about, data=replace(other.about.data, label_map={bad: "A", good: "B"})))
    assert shared_classes(tiny, told).second_of == (0, 1)  # as it was told when it was trained


def test_rows_without_labels_are_compared_by_their_answers(tiny: Experiment, rows: EvaluationRows) -> None:
    found = pair(tiny, worse(tiny, "worse"), replace(rows, truth=None, key="3" * 32))
    assert found.agreement is None and found.changed.any() and not found.compared.any()
    assert [line.split(":")[0] for line in results(found, str)] == ["Answers that changed from tiny-en to worse"]
    assert found.to_dict()["figures"] is None and "loss:worse/fine-tuned" not in found.columns(np.arange(3))


def test_each_reads_the_rows_in_its_own_way(tiny_ko: Experiment) -> None:
    """One reads morphemes, the other words: their tokens differ, and their answers are compared all the same."""
    words = relabelled(tiny_ko, "words", {label: label for label in tiny_ko.labels})
    words = replace(words, segmenter=WORDS, about=replace(words.about, units="words"))
    texts = ("영화는 재미있지 않다", "음악은 좋다", "이 영화는 싫다")
    rows = EvaluationRows(Origin("ko"), texts, (0, 1, 0), None, "4" * 32)
    found = pair(tiny_ko, words, rows)
    assert (found.first.tokens > found.second.tokens).any()
    for experiment, predictions in ((tiny_ko, found.first), (words, found.second)):
        alone = experiment.predict(rows.texts, "fine-tuned")
        assert np.allclose(predictions.probabilities["fine-tuned"], alone, atol=1e-6)
    assert "cut texts differently" in " ".join(limits(found, tiny_ko, words, str))


def test_answers_are_kept_where_the_second_alone_looks_for_them(tiny: Experiment, rows: EvaluationRows) -> None:
    """And where nobody knows the key of the rows, or the labels have another order, under the rows' own."""
    bad, good = tiny.labels
    alike, turned = worse(tiny, "worse"), relabelled(tiny, "turned", {good: good, bad: bad})
    found = [shared_classes(tiny, other).rows(rows, tiny, other) for other in (alike, turned)]
    truth = list(rows.truth or ())
    assert found[0].key == rows.key
    assert found[1].key == key_of_rows(rows.texts, [1 - k for k in truth], turned.labels)
    nameless = shared_classes(tiny, alike).rows(replace(rows, key=""), tiny, alike)
    assert nameless.key == key_of_rows(rows.texts, truth, tiny.labels)


def test_who_answers_is_the_same_variant_or_the_usual_one(tiny: Experiment) -> None:
    assert usual_variant(tiny) == "fine-tuned" and usual_variant(tiny, like="uniform") == "uniform"
    assert usual_variant(tiny, like="fine-tuned-additive") == "fine-tuned"
    assert usual_variant(tiny, "frozen", "uniform") == "frozen"
    with pytest.raises(AttnvizError, match="has no variant"):
        usual_variant(tiny, "nonsense")
