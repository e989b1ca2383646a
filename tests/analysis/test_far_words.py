"""What is left of a far word."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from attnviz.analysis import far_words
from attnviz.analysis.belief.subject import odds_of
from attnviz.analysis.far_words import planted, reach
from attnviz.model.experiment import Experiment
from attnviz.model.variants import Encoder
from attnviz.text import UNKNOWN
from benchmarks import far_words as task
from benchmarks.far_words import drawn


@pytest.mark.parametrize("variant", ["fine-tuned", "transformer"])
def test_slopes_are_derivatives(variant: str, with_transformer: Experiment, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(far_words, "_DIRECTIONS", 2_000)
    model = with_transformer.model(variant)
    ids = np.array([[5, 9, 5, 12], [7, 8, 9, 10]])
    answer, state = far_words._slopes(model, ids)
    for of, own, states in zip(ids, answer, state, strict=True):
        rows = model.embedding.weight[torch.from_numpy(of)].detach()

        def read(words: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
            with torch.enable_grad():
                reading = model.read(words, torch.arange(4)[None], torch.tensor([4]))
            return odds_of(reading.logits, int(reading.logits.argmax())), reading.hidden[0, -1]

        slopes, matrix = torch.autograd.functional.jacobian(read, rows)
        torch.testing.assert_close(own, slopes[0].double().norm(dim=1), rtol=1e-3, atol=1e-6)
        exact = matrix.double().square().sum(dim=(0, 2)).sqrt()
        torch.testing.assert_close(states, exact, rtol=0.07, atol=0)


def test_the_last_state_of_an_lstm_forgets_the_first_word(with_transformer: Experiment) -> None:
    found = reach(with_transformer, ("fine-tuned", "transformer", "uniform"), (4, 90))
    assert found.lengths == (4, 90) and set(found.by_variant) == {"fine-tuned", "transformer", "uniform"}
    near, far = found.last_state["fine-tuned"]
    assert far < 1e-3 < near and found.last_state["transformer"][1] > 100 * far
    assert all(value > 0.01 for of_variant in found.by_variant.values() for value in of_variant)
    assert reach(with_transformer, ("frozen",), (4,)) == reach(with_transformer, ("frozen",), (4,))
    assert not any(one.requires_grad for one in with_transformer.model("transformer").parameters())
    assert UNKNOWN == 1


def test_one_word_counts_as_much_as_itself(with_transformer: Experiment) -> None:
    found = reach(with_transformer, ("frozen", "transformer"), (1,))
    assert found.by_variant == found.last_state == {"frozen": (1,), "transformer": (1,)}


def test_the_planted_figures_come_along() -> None:
    found = planted()
    assert found.accuracy.keys() == {"lstm", "transformer"} and found.distances == tuple(sorted(found.distances))
    assert found.accuracy.keys() == found.steps.keys() == found.accuracy_alone.keys()
    for distances, of_encoder in ((found.distances, found.accuracy), (found.alone, found.accuracy_alone)):
        for shares in of_encoder.values():
            assert len(shares) == len(distances)
            assert all(0 <= low <= mean <= high <= 1 for mean, low, high in shares)
    assert found.command.startswith("python -m benchmarks.far_words")


def test_the_far_word_decides_together_with_the_last_one_and_no_word_alone() -> None:
    batch, classes = drawn(np.random.default_rng(0), 30, 400)
    first, cues, questions = task._FIRST, task.CUES, task.QUESTIONS
    ids = batch.distinct[batch.places]
    said = []
    for row, length in zip(ids, batch.lengths, strict=True):
        cue, question = int(row[length - 31]) - first, int(row[length - 1]) - first - cues
        assert 0 <= cue < cues and 0 <= question < questions
        others = np.delete(row[:length].numpy(), [int(length) - 31, int(length) - 1])
        assert others.min() >= first + cues + questions and 31 <= length <= 47
        said.append((cue, question))
    assert [cue ^ question for cue, question in said] == classes.tolist()
    for word in (0, 1):
        alone = np.array([pair[word] for pair in said])
        assert abs(np.corrcoef(alone, classes.numpy())[0, 1]) < 0.15
    assert len({int(length) for length in batch.lengths}) > 10


def test_distances_are_short_as_often_as_long() -> None:
    random = np.random.default_rng(0)
    found = [task.between(random, 2, 256) for _ in range(3000)]
    assert min(found) == 2 and max(found) == 256
    shares = np.histogram(found, [2, 4, 8, 16, 32, 64, 128, 257])[0]
    assert shares.max() < 1.3 * shares.min()


@pytest.mark.parametrize("encoder", task.ENCODERS)
def test_a_near_word_is_found_by_both_encoders(encoder: Encoder) -> None:
    model, steps = task.trained(encoder, 0, 300, 2, 2)
    assert task.right(model, 2, 200) > 0.95 and steps <= 300
