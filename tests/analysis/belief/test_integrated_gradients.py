from __future__ import annotations

import numpy as np
import pytest
import torch
from captum.attr import InputXGradient, IntegratedGradients
from torch import Tensor, nn

from attnviz.analysis.belief import integrated_gradients as module
from attnviz.analysis.belief.integrated_gradients import CONVERGED, Baseline, integrate_together, integrated_gradients
from attnviz.analysis.belief.subject import Subject, odds_of
from attnviz.analysis.belief.views import views
from attnviz.data.steps import finished
from attnviz.model.experiment import Experiment
from attnviz.text import UNKNOWN
from tests.conftest import sentences

LONG = "the movie was not good , the plot was dull and the quxly music was wonderful , a bad bad scene !"
BASELINES: tuple[Baseline, ...] = ("unk", "zero")


def subject_of(tiny: Experiment, text: str, variant: str = "fine-tuned") -> Subject:
    return Subject.of(tiny, tiny.explain(text, variant))


class OnRows(nn.Module):
    """The log-odds of an answer as a function of word vectors [N, T, D], for Captum."""

    def __init__(self, subject: Subject) -> None:
        super().__init__()
        self.subject = subject

    def forward(self, rows: Tensor) -> Tensor:
        count, steps, _ = rows.shape
        places = torch.arange(count * steps).reshape(count, steps)
        reading = self.subject.model.read(rows.flatten(0, 1), places, torch.full((count,), steps))
        return odds_of(reading.logits, self.subject.answer)


@pytest.mark.parametrize("baseline", BASELINES)
@pytest.mark.parametrize("variant", ["frozen", "fine-tuned", "uniform", "transformer"])
def test_they_are_those_of_captum(with_transformer: Experiment, variant: str, baseline: Baseline) -> None:
    subject = subject_of(with_transformer, LONG, variant)
    rows = subject.rows(subject.ids)[None]
    start = subject.rows(np.full(len(subject.ids), UNKNOWN))[None] if baseline == "unk" else torch.zeros_like(rows)
    oracle = IntegratedGradients(OnRows(subject), multiply_by_inputs=True)
    right = oracle.attribute(rows, start, n_steps=200, internal_batch_size=100).sum(dim=2)[0].detach().numpy()
    found = finished(integrated_gradients(subject, baseline))
    assert found.converged and found.baseline == baseline
    assert found.attributions == pytest.approx(right, abs=0.005 * float(np.abs(right).sum()))


@pytest.mark.parametrize("variant", ["frozen", "fine-tuned", "uniform", "transformer"])
def test_gradient_times_input_is_that_of_captum(with_transformer: Experiment, variant: str) -> None:
    subject = subject_of(with_transformer, LONG, variant)
    rows = subject.rows(subject.ids)[None].requires_grad_()
    right = InputXGradient(OnRows(subject)).attribute(rows).sum(dim=2)[0].detach().numpy()
    assert finished(views(subject)).gradient == pytest.approx(right, abs=1e-5)


@pytest.mark.parametrize("baseline", BASELINES)
@pytest.mark.parametrize("variant", ["frozen", "fine-tuned", "uniform", "transformer"])
def test_they_sum_to_the_difference_from_the_baseline(
    with_transformer: Experiment, variant: str, baseline: Baseline
) -> None:
    texts = [*[text for text, _ in sentences()][::5], LONG]
    assert len(texts) >= 60
    for text in texts:
        subject = subject_of(with_transformer, text, variant)
        found = finished(integrated_gradients(subject, baseline))
        start = subject.rows(np.full(len(subject.ids), UNKNOWN))[None]
        with torch.no_grad():
            before = float(OnRows(subject)(start if baseline == "unk" else torch.zeros_like(start))[0])
        missed = abs(found.attributions.sum() - (subject.own - before))
        assert missed <= CONVERGED * np.abs(found.attributions).sum() + 1e-5
        assert found.converged and found.completeness_error <= CONVERGED


def steep(by_hand: Experiment) -> Experiment:
    """Make the attention jump from one word to another on the path, within a hundredth of it."""
    attention = by_hand.models["fine-tuned"].attention
    assert isinstance(attention, nn.Linear)
    with torch.no_grad():
        attention.weight[0, 0] = 3_000
    return by_hand


TWO = "word1 planted word2 planted word3 word4"


def test_a_steep_path_is_halved_where_it_is_steep(by_hand: Experiment) -> None:
    plain = finished(integrated_gradients(subject_of(by_hand, TWO), "zero"))
    halved = finished(integrated_gradients(subject_of(steep(by_hand), TWO), "zero"))
    assert halved.evaluations > plain.evaluations
    assert plain.converged and halved.converged and halved.completeness_error <= CONVERGED


def test_what_does_not_converge_says_so(by_hand: Experiment, monkeypatch: pytest.MonkeyPatch) -> None:
    subject = subject_of(steep(by_hand), TWO)
    monkeypatch.setattr(module, "_MOST", 17)
    found = finished(integrated_gradients(subject, "zero"))
    assert not found.converged and found.completeness_error > CONVERGED and found.evaluations == 17


def test_a_path_of_no_length_has_nothing_to_share_out(tiny: Experiment) -> None:
    subject = Subject.of(tiny, tiny.explain("qwxz vvkk pppj", "fine-tuned", "unk"))
    assert (subject.ids == UNKNOWN).all()
    found = finished(integrated_gradients(subject))
    assert found.attributions.tolist() == [0, 0, 0] and found.converged and found.completeness_error == 0


def test_no_word_takes_no_gradient(tiny: Experiment) -> None:
    found = finished(integrated_gradients(subject_of(tiny, "")))
    assert found.attributions.shape == (0,) and found.converged and found.evaluations == 0


def test_gradients_taken_are_bounded_and_told(tiny: Experiment) -> None:
    steps: list[int] = []
    found = finished(integrated_gradients(subject_of(tiny, LONG)), steps.append)
    assert steps == sorted(set(steps)) and steps[-1] == found.evaluations <= 400


def test_a_long_text_yields_before_a_round_is_over(tiny: Experiment, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = finished(integrated_gradients(subject_of(tiny, LONG)))
    monkeypatch.setattr(module, "_AT_ONCE", 2 * len(whole.attributions))
    steps: list[int] = []
    found = finished(integrated_gradients(subject_of(tiny, LONG)), steps.append)
    assert max(np.diff([0, *steps])) <= 2 and steps[-1] == found.evaluations == whole.evaluations
    assert found.attributions == pytest.approx(whole.attributions, abs=1e-6)
    assert found.gradient == pytest.approx(whole.gradient, abs=1e-6)


def test_sentences_together_have_the_figures_of_each_alone(by_hand: Experiment) -> None:
    texts = [TWO, "", "word1", "planted word5 word6", "qqzzx word1 planted word2 wwvvk word9 word8"]
    explanations = [steep(by_hand).explain(text) for text in texts]
    together = finished(integrate_together(Subject.together(by_hand, explanations), "zero"))
    for found, explanation in zip(together, explanations, strict=True):
        alone = finished(integrated_gradients(Subject.of(by_hand, explanation), "zero"))
        assert found.attributions == pytest.approx(alone.attributions, abs=1e-5)
        assert found.gradient == pytest.approx(alone.gradient, abs=1e-5)
        assert (found.evaluations, found.converged) == (alone.evaluations, alone.converged)


def test_a_class_that_has_all_the_probability_still_has_slopes(by_hand: Experiment) -> None:
    model = by_hand.models["fine-tuned"]
    with torch.no_grad():
        model.fc.weight.mul_(20)
    subject = subject_of(by_hand, "word1 planted word2")
    assert subject.explanation.probabilities.max() > 0.9999999
    found = finished(integrated_gradients(subject))
    assert found.converged and found.attributions.argmax() == 1 and found.attributions[1] > 10


def test_baselines_differ(tiny: Experiment) -> None:
    unk, zero = (finished(integrated_gradients(subject_of(tiny, LONG), baseline)) for baseline in BASELINES)
    assert not np.allclose(unk.attributions, zero.attributions)


def test_a_classifier_in_no_state_to_learn_stays_so(tiny: Experiment) -> None:
    subject = subject_of(tiny, LONG)
    before = {name: value.clone() for name, value in subject.model.state_dict().items()}
    finished(integrated_gradients(subject))
    assert not subject.model.training
    for name, parameter in subject.model.named_parameters():
        assert parameter.grad is None and not parameter.requires_grad
        assert torch.equal(parameter, before[name])
