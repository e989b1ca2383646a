from __future__ import annotations

from dataclasses import fields, replace

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from attnviz.analysis.belief import leave_one_out as module
from attnviz.analysis.belief import views as views_module
from attnviz.analysis.belief.leave_one_out import leave_one_out
from attnviz.analysis.belief.subject import Subject, odds_of
from attnviz.analysis.belief.views import VIEWS, Views, contribution, view_names, views
from attnviz.data.steps import finished
from attnviz.model.classifier import AttentionClassifier
from attnviz.model.experiment import Experiment
from attnviz.model.explanation import Explanation
from tests.analysis.belief.conftest import PLANTED

LONG = "the movie was not good , the plot was dull and the quxly music was wonderful , a bad bad scene !"


def subject_of(tiny: Experiment, text: str, variant: str = "fine-tuned") -> Subject:
    return Subject.of(tiny, tiny.explain(text, variant))


def odds(explanation: Explanation, answer: int) -> float:
    return float(odds_of(torch.from_numpy(explanation.logits)[None], answer)[0])


def lost_one_by_one(subject: Subject, instead: np.ndarray | None = None) -> np.ndarray:
    """Leave one out by reading every changed sentence on its own."""
    changed = []
    for at in range(len(subject.ids)):
        ids = subject.ids.copy() if instead is not None else np.delete(subject.ids, at)
        if instead is not None:
            ids[at] = instead[at]
        changed.append(ids)
    return np.asarray(subject.own - finished(subject.log_odds(changed)))


def test_what_views_are_called_is_in_their_order() -> None:
    assert list(view_names()) == [field.name for field in fields(Views)][: len(view_names())]


def test_every_view_finds_a_planted_word(by_hand: Experiment) -> None:
    words = [f"word{number}" for number in range(12)]
    words[7] = PLANTED
    found = finished(views(subject_of(by_hand, " ".join(words))))
    assert tuple(found.by_name()) == VIEWS
    for name, view in found.by_name().items():
        assert view.argmax() == 7, name
        assert view[7] > 4 * np.abs(np.delete(view, 7)).max(), name
    assert found.converged


def test_contributions_are_in_the_order_of_the_attention_where_a_state_is_its_own_word(by_hand: Experiment) -> None:
    """Each word has a number of its own, both attention and classes read that number alone: the orders are one."""
    words = [f"word{number}" for number in range(10)]
    with torch.no_grad():
        table = by_hand.models["fine-tuned"].embedding.weight
        for number, word in enumerate(words):
            table[by_hand.vocabulary.id(word), 0] = 0.1 * ((7 * number) % 10 + 1)
    found = finished(views(subject_of(by_hand, " ".join(words))))
    assert (found.attention.argsort() == found.contribution.argsort()).all()
    assert (found.attention.argsort() == [(3 * rank) % 10 for rank in range(10)]).all()


@pytest.mark.parametrize("variant", ["frozen", "fine-tuned", "uniform", "transformer"])
def test_contributions_to_one_of_two_classes_sum_to_its_log_odds(with_transformer: Experiment, variant: str) -> None:
    explanation = with_transformer.explain(LONG, variant)
    answer = int(explanation.probabilities.argmax())
    bias = explanation.bias[answer] - explanation.bias[1 - answer]
    assert contribution(explanation).sum() + bias == pytest.approx(odds(explanation, answer), abs=1e-5)


def many_classes(by_hand: Experiment, classes: int = 40, scale: float = 1) -> Experiment:
    labels = tuple(f"class {number}" for number in range(classes))
    model = by_hand.models["fine-tuned"]
    torch.manual_seed(1)
    wide = AttentionClassifier(len(by_hand.vocabulary), by_hand.vectors.dim, 16, classes, model.embedding.weight)
    kept = {name: value for name, value in model.state_dict().items() if not name.startswith("fc")}
    wide.load_state_dict(kept, strict=False)
    with torch.no_grad():
        wide.fc.weight.mul_(scale)
    return replace(by_hand, about=replace(by_hand.about, labels=labels), models={"fine-tuned": wide})


def test_contributions_to_one_of_forty_classes_are_the_slope_of_its_log_odds(by_hand: Experiment) -> None:
    explanation = many_classes(by_hand).explain(f"word1 {PLANTED} word2")
    answer = int(explanation.probabilities.argmax())
    logits = torch.from_numpy(explanation.logits)[None].requires_grad_()
    (slope,) = torch.autograd.grad(odds_of(logits, answer).sum(), logits)
    assert contribution(explanation) == pytest.approx(explanation.contributions @ slope[0].numpy())


@pytest.mark.parametrize("scale", [1, 1000])
def test_forty_classes_have_all_views_even_when_sure(by_hand: Experiment, scale: float) -> None:
    subject = subject_of(many_classes(by_hand, scale=scale), f"word1 {PLANTED} word2 word3")
    assert (subject.explanation.probabilities.max() > 0.9999) == (scale > 1)
    found = finished(views(subject))
    assert found.converged
    for name, view in found.by_name().items():
        assert np.isfinite(view).all() and np.abs(view).argmax() == 1, name


@pytest.mark.parametrize("instead", [False, True])
@pytest.mark.parametrize("variant", ["frozen", "fine-tuned", "uniform", "transformer"])
def test_leaving_one_out_is_reading_without_it(
    with_transformer: Experiment, variant: str, instead: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    subject = subject_of(with_transformer, LONG, variant)
    others = subject.words(subject.random("test"), len(subject.ids)) if instead else None
    right = lost_one_by_one(subject, others)
    for at_once in (1, 7, 64):
        monkeypatch.setattr(module, "_AT_ONCE", at_once)
        assert finished(leave_one_out(subject, others)) == pytest.approx(right, abs=1e-5)


def test_leaving_one_out_with_the_additive_scorer(tiny: Experiment) -> None:
    torch.manual_seed(0)
    plain = tiny.models["fine-tuned"]
    model = AttentionClassifier(
        len(tiny.vocabulary), tiny.vectors.dim, 16, 2, plain.embedding.weight, scorer="additive"
    )
    subject = subject_of(replace(tiny, models={"fine-tuned": model}), LONG)
    assert finished(leave_one_out(subject)) == pytest.approx(lost_one_by_one(subject), abs=1e-5)


def test_random_words_are_the_median_of_draws_that_come_again(tiny: Experiment) -> None:
    subject = subject_of(tiny, "the movie was not good")
    random = subject.random("leave one out")
    draws = [lost_one_by_one(subject, subject.words(random, 5)) for _ in range(3)]
    first, second = (finished(views(subject)).leave_one_out_random for _ in range(2))
    assert first == pytest.approx(np.median(draws, axis=0), abs=1e-5)
    assert (first == second).all()


@pytest.mark.parametrize(("most", "draws"), [(14, 2), (4, 1), (1000, 3)])
def test_in_a_long_text_fewer_random_words_stand_in_for_each(
    tiny: Experiment, monkeypatch: pytest.MonkeyPatch, most: int, draws: int
) -> None:
    monkeypatch.setattr(views_module, "_DRAWN", most)
    subject = subject_of(tiny, "the movie was not good")
    random = subject.random("leave one out")
    drawn = [lost_one_by_one(subject, subject.words(random, 5)) for _ in range(draws)]
    assert finished(views(subject)).leave_one_out_random == pytest.approx(np.median(drawn, axis=0), abs=1e-5)


@pytest.mark.parametrize("variant", ["frozen", "fine-tuned", "uniform", "transformer"])
@pytest.mark.parametrize("count", [0, 1])
def test_no_word_and_one_word(with_transformer: Experiment, variant: str, count: int) -> None:
    subject = subject_of(with_transformer, " ".join(["wonderful"] * count), variant)
    found = finished(views(subject))
    assert all(view.shape == (count,) and np.isfinite(view).all() for view in found.by_name().values())
    assert found.converged
    if count:
        bias = float(odds_of(torch.from_numpy(subject.explanation.bias)[None], subject.answer)[0])
        assert found.leave_one_out[0] == pytest.approx(subject.own - bias, abs=1e-5)


def test_all_unknown_words_are_the_baseline_itself(tiny: Experiment) -> None:
    found = finished(views(Subject.of(tiny, tiny.explain("qwxz vvkk pppj", "fine-tuned", "unk"))))
    assert not found.integrated_gradients.any() and found.converged and found.completeness_error == 0
    assert all(np.isfinite(view).all() for view in found.by_name().values())


def test_equal_words_each_have_their_own_figure(by_hand: Experiment) -> None:
    found = finished(views(subject_of(by_hand, f"{PLANTED} {PLANTED} {PLANTED}")))
    for name in ("attention", "contribution", "gradient", "integrated_gradients", "leave_one_out"):
        assert found.by_name()[name] == pytest.approx(np.full(3, found.by_name()[name].mean()), abs=1e-5), name
    assert np.abs(found.leave_one_out).max() < 1e-4  # without one of three the mean is the same


@pytest.mark.parametrize("baseline", ["unk", "zero"])
def test_the_classifier_is_left_as_it_is(tiny: Experiment, baseline: str) -> None:
    for variant in tiny.variants:
        model = tiny.model(variant)
        before = {name: value.clone() for name, value in model.state_dict().items()}
        finished(views(subject_of(tiny, LONG, variant), "zero" if baseline == "zero" else "unk"))
        assert not any(module.training for module in model.modules())
        for name, parameter in model.named_parameters():
            assert parameter.grad is None and not parameter.requires_grad and torch.equal(parameter, before[name])


def test_they_tell_how_far_they_are_and_can_be_stopped(tiny: Experiment) -> None:
    shares: list[float] = []
    assert isinstance(finished(views(subject_of(tiny, LONG)), shares.append), Views)
    assert shares == sorted(shares) and shares[0] > 0 and shares[-1] == pytest.approx(1)
    work = views(subject_of(tiny, LONG))
    next(work)
    work.close()


@settings(max_examples=40)
@given(
    st.text(st.sampled_from("the film was good bad not ☃é한 "), max_size=60),
    st.sampled_from(["frozen", "fine-tuned", "uniform", "transformer"]),
    st.sampled_from(["subword", "unk"]),
)
def test_any_text_has_all_views(with_transformer: Experiment, text: str, variant: str, unknown: str) -> None:
    explanation = with_transformer.explain(text, variant, "unk" if unknown == "unk" else "subword")
    subject = Subject.of(with_transformer, explanation)
    found, count = finished(views(subject)), len(explanation.tokens)
    for view in found.by_name().values():
        assert view.shape == (count,) and view.dtype == np.float64 and np.isfinite(view).all()
    assert np.isfinite(found.completeness_error) and found.converged == (found.completeness_error <= 0.01)
    assert found.attention.sum() == pytest.approx(min(count, 1))
    for at in {0, count // 2, count - 1} if count else set():
        without = with_transformer.explain(text, variant, explanation.unknown, without=[at])
        assert found.leave_one_out[at] == pytest.approx(subject.own - odds(without, subject.answer), abs=1e-4)
