"""What both encoders take, by length."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import torch

from attnviz.analysis.encoder_times import EncoderTimes, encoder_times
from attnviz.model.experiment import Experiment


def test_every_length_is_read_whole_by_every_variant(
    with_transformer: Experiment, monkeypatch: pytest.MonkeyPatch
) -> None:
    def in_words(work: Callable[[], tuple[torch.Tensor, torch.Tensor]]) -> tuple[float, object]:
        logits, weights = work()
        assert logits.shape == (1, 2)
        return float(weights.shape[1]), logits

    monkeypatch.setattr("attnviz.analysis.encoder_times.least", in_words)
    found = encoder_times(with_transformer, ("fine-tuned", "transformer"), (4, 100))
    assert found.seconds == {"fine-tuned": (4, 100), "transformer": (4, 100)}  # more than the 60 words of a text
    assert found.encoders == {"fine-tuned": "lstm", "transformer": "transformer"}
    assert found.steps == {"fine-tuned": (4, 100), "transformer": (1, 1)}
    assert found.crossing is None


def test_operations_are_those_that_a_formula_counts(with_transformer: Experiment) -> None:
    found = encoder_times(with_transformer, ("frozen", "transformer"), (10,))
    assert [*found.operations["frozen"]] == [2 * 10 * 4 * 16 * (16 + 16)]
    projections, output, inner = 3 * 16 * 16, 16 * 16, 2 * 16 * 32
    assert [*found.operations["transformer"]] == [10 * (16 * 16 + projections + output + inner) + 2 * 10 * 10 * 16]
    assert all(taken > 0 for of_variant in found.seconds.values() for taken in of_variant)


@pytest.mark.parametrize(
    ("lstm", "transformer", "expected"),
    [
        ((1, 2, 4), (2, 2.5, 3), 2**0.5 * 20),
        ((3, 4, 5), (1, 2, 3), None),
        ((1, 1, 1), (4, 4, 4), None),
        ((4, 4, 4), (1, 2, 8), 2**0.5 * 20),
        ((1, 3, 1), (2, 2, 2), None),
        ((1, 3, 1, 4), (2, 2, 2, 2), 2**0.5 * 40),
    ],
    ids=["longer ones", "always", "never", "shorter ones", "at both ends", "the last change"],
)
def test_where_the_other_is_faster(
    lstm: tuple[float, ...], transformer: tuple[float, ...], expected: float | None
) -> None:
    seconds = {"b": transformer, "a": lstm}
    lengths = (10, 20, 40, 80)[: len(lstm)]
    found = EncoderTimes(lengths, seconds, {}, {}, {"b": "transformer", "a": "lstm"}).crossing
    assert found == (None if expected is None else pytest.approx(expected, rel=0.1))
    assert EncoderTimes(lengths, seconds, {}, {}, {"a": "lstm"}).crossing is None
