from __future__ import annotations

import numpy as np
import pytest
import torch

from attnviz.model.batches import Batch, by_length, by_tokens, encode, read_all
from attnviz.model.experiment import Experiment


def test_every_row_is_in_one_batch_and_neighbours_are_of_like_length() -> None:
    lengths = np.random.default_rng(0).integers(0, 50, 103)
    batches = by_length(lengths, 10, np.random.default_rng(1))
    assert sorted(np.concatenate(batches).tolist()) == list(range(103))
    assert max(int(np.ptp(lengths[batch])) for batch in batches) <= 10
    again = by_length(lengths, 10, np.random.default_rng(1))
    assert all(np.array_equal(a, b) for a, b in zip(batches, again, strict=True))


def test_strangers_get_ids_beyond_the_vocabulary_and_their_subword_vectors(tiny: Experiment) -> None:
    sentences = encode([["the", "amaaazing", "movie"], ["amaaazing"]], tiny.vocabulary, tiny.vectors)
    size = len(tiny.vocabulary)
    assert sentences.ids[0][1] == sentences.ids[1][0] == size
    assert np.allclose(sentences.oov[0], tiny.vectors.vector("amaaazing"))
    as_unk = encode([["amaaazing"]], tiny.vocabulary, tiny.vectors, "unk")
    assert as_unk.ids[0].tolist() == [1] and len(as_unk.oov) == 0


def test_a_batch_answers_as_its_sentences_do_alone(tiny: Experiment) -> None:
    texts = ["the movie was not good", "", "great", "such boring music and amaaazing acting !"]
    together = tiny.predict(texts)
    alone = np.array([tiny.explain(text).probabilities for text in texts])
    assert np.abs(together - alone).max() < 1e-6


def test_read_all_makes_no_gradients(tiny: Experiment) -> None:
    rows, reading = next(read_all(tiny.model("fine-tuned"), tiny.encode(["good", "the bad movie"])))
    assert sorted(rows.tolist()) == [0, 1] and not reading.logits.requires_grad


def test_only_rows_of_the_vocabulary_get_a_gradient(tiny: Experiment) -> None:
    sentences = tiny.encode(["the amaaazing movie"])
    model = tiny.about.build("fine-tuned", torch.randn(len(tiny.vocabulary), tiny.vectors.dim))
    Batch.of(sentences.ids, sentences, torch.device("cpu")).read(model).logits.sum().backward()
    moved = model.embedding.weight.grad
    assert moved is not None
    assert set(moved.abs().sum(1).nonzero().flatten().tolist()) == {
        tiny.vocabulary.id("the"),
        tiny.vocabulary.id("movie"),
    }


@pytest.mark.parametrize("lengths", [[], [0], [0, 0, 0], [500], [3, 90, 1, 7, 7, 7, 0, 100, 500, 2]])
def test_batches_by_tokens_hold_every_row_once_and_no_more_than_they_may(lengths: list[int]) -> None:
    batches = by_tokens(np.array(lengths, dtype=np.int64), 100)
    assert sorted(row for batch in batches for row in batch) == list(range(len(lengths)))
    for batch in batches:
        assert len(batch) == 1 or len(batch) * max(lengths[row] for row in batch) <= 100
