"""Words in another order, and without their places."""

from __future__ import annotations

import numpy as np
import pytest

from attnviz.analysis.word_order import order_figures, shuffles
from attnviz.data.steps import finished
from attnviz.model.experiment import Experiment

TEXTS = ["the film was good and the music was not bad", "", "film", "a dull movie with a great ending", "such scene"]
TRUTH = np.array([1, 0, 1, 0, 1])


def test_every_variant_reads_the_same_orders(with_transformer: Experiment) -> None:
    text = "the story was not bad !"
    lstm, transformer = shuffles(with_transformer, text, ("fine-tuned", "transformer"), times=6)
    again = shuffles(with_transformer, text, ("transformer",), times=6)[0]
    assert (lstm.variant, transformer.variant) == ("fine-tuned", "transformer")
    for found in (lstm, transformer):
        own = with_transformer.explain(text, found.variant).probabilities
        np.testing.assert_allclose(found.own, own, atol=1e-6)
        assert found.shuffled.shape == (6, 2)
    np.testing.assert_allclose(again.shuffled, transformer.shuffled)
    words = text.split()
    random = np.random.default_rng(0)
    for said in zip(lstm.shuffled, transformer.shuffled, strict=True):
        mixed = " ".join(words[at] for at in random.permutation(len(words)))
        for probabilities, variant in zip(said, ("fine-tuned", "transformer"), strict=True):
            np.testing.assert_allclose(probabilities, with_transformer.explain(mixed, variant).probabilities, atol=1e-5)


@pytest.mark.parametrize("text", ["", "film", "zzgrblfx"])
def test_what_cannot_be_shuffled_stays(text: str, with_transformer: Experiment) -> None:
    for found in shuffles(with_transformer, text, with_transformer.variants, times=3):
        np.testing.assert_allclose(found.shuffled, np.tile(found.own, (3, 1)), atol=1e-6)


def test_strangers_are_read_as_is_asked(with_transformer: Experiment) -> None:
    by_ngrams, as_one = (
        shuffles(with_transformer, "a filmmm", ("transformer",), unknown, times=1)[0].own
        for unknown in ("subword", "unk")
    )
    assert not np.allclose(by_ngrams, as_one)


def test_rows_are_counted_as_they_are_shuffled_and_without_places(with_transformer: Experiment) -> None:
    steps: list[float] = []
    found = finished(order_figures(with_transformer, TEXTS, TRUTH, "transformer"), steps.append)
    assert steps == sorted(steps) and steps[-1] == 1
    own = with_transformer.predict(TEXTS, "transformer").argmax(axis=1)
    assert found["as it is"] == np.mean(own == TRUTH)
    model = with_transformer.model("transformer")
    assert set(found) == {"as it is", "shuffled", "no positions"} and model.ordered
    assert set(finished(order_figures(with_transformer, TEXTS, TRUTH, "frozen"))) == {"as it is", "shuffled"}
