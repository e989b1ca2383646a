from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from attnviz.errors import AttnvizError
from attnviz.model.experiment import Experiment
from attnviz.text import words
from attnviz.tracing import trace

TEXT = "The film was not good , not wonderfulllll"


def by_hand(experiment: Experiment, variant: str, text: str, swapped: set[str]) -> np.ndarray:
    """Answer with one variant, the vectors of some words taken from the other one, through `model.read`."""
    other = "frozen" if variant == "fine-tuned" else "fine-tuned"
    vectors = [
        experiment.model(other if word in swapped else variant).embedding.weight[experiment.vocabulary.id(word)]
        if word in experiment.vocabulary
        else torch.from_numpy(experiment.vectors[word])
        for word in words(text)[: experiment.max_tokens]
    ]
    with torch.inference_mode():
        places = torch.arange(len(vectors))[None]
        reading = experiment.model(variant).read(torch.stack(vectors), places, torch.tensor([len(vectors)]))
        answer: np.ndarray = reading.logits[0].double().softmax(0).numpy()
    return answer


def test_each_swap_is_the_twin_with_one_vector_of_the_other(tiny: Experiment) -> None:
    found = trace(tiny, TEXT)
    assert found.answers.frozen == pytest.approx(tiny.explain(TEXT, "frozen").probabilities, abs=1e-6)
    assert found.answers.fine_tuned == pytest.approx(tiny.explain(TEXT, "fine-tuned").probabilities, abs=1e-6)
    assert [swap.word for swap in found.swaps] == ["the", "film", "was", "not", "good", ",", "wonderfulllll"]
    assert found.swaps[3].places == (3, 6)
    for swap in found.swaps:
        assert swap.answers.frozen == pytest.approx(by_hand(tiny, "frozen", TEXT, {swap.word}), abs=1e-6)
        assert swap.answers.fine_tuned == pytest.approx(by_hand(tiny, "fine-tuned", TEXT, {swap.word}), abs=1e-6)
    everything = set(words(TEXT))
    assert found.all_swapped.frozen == pytest.approx(by_hand(tiny, "frozen", TEXT, everything), abs=1e-6)
    assert found.all_swapped.fine_tuned == pytest.approx(by_hand(tiny, "fine-tuned", TEXT, everything), abs=1e-6)


def test_a_stranger_has_nothing_to_swap(tiny: Experiment) -> None:
    found = trace(tiny, TEXT)
    stranger = found.swaps[-1]
    assert (stranger.known, stranger.moved) == (False, False)
    assert np.array_equal(stranger.answers.frozen, found.answers.frozen)
    assert np.array_equal(stranger.answers.fine_tuned, found.answers.fine_tuned)


def test_the_decisive_word_moves_the_answer_furthest(tiny: Experiment) -> None:
    found = trace(tiny, TEXT)
    effects = [abs(swap.answers.fine_tuned - found.answers.fine_tuned).max() for swap in found.swaps]
    assert found.decisive is found.swaps[int(np.argmax(effects))]
    assert trace(tiny, "wonderfulllll").decisive is None
    assert trace(tiny, "").decisive is None


def test_a_text_of_no_words_is_the_bias(tiny: Experiment) -> None:
    found = trace(tiny, " ")
    assert not found.swaps and not found.tokens
    assert found.answers.frozen == pytest.approx(tiny.explain("", "frozen").probabilities)
    assert np.array_equal(found.all_swapped.frozen, found.answers.frozen)


def test_a_long_text_is_cut_and_read_in_parts(tiny: Experiment, monkeypatch: pytest.MonkeyPatch) -> None:
    text = " ".join(tiny.vocabulary.words) + " good" * tiny.max_tokens
    whole = trace(tiny, text)
    assert len(whole.tokens) == tiny.max_tokens < whole.total_tokens and whole.to_dict()["truncated"]
    monkeypatch.setattr("attnviz.tracing._TOKENS_AT_A_TIME", 100)
    parts = trace(tiny, text)
    for one, other in zip(whole.swaps, parts.swaps, strict=True):
        assert one.answers.frozen == pytest.approx(other.answers.frozen, abs=1e-6)


def test_without_twins_there_is_nothing_to_swap(tiny: Experiment) -> None:
    about = replace(tiny.about, variants={"fine-tuned": tiny.about.variants["fine-tuned"]})
    alone = Experiment("alone", about, tiny.vocabulary, tiny.vectors, {"fine-tuned": tiny.model("fine-tuned")})
    with pytest.raises(AttnvizError, match="alone has no variant frozen"):
        trace(alone, TEXT)


@settings(max_examples=40)
@given(st.text(max_size=40))
def test_any_text_is_traced(tiny: Experiment, text: str) -> None:
    found = trace(tiny, text)
    assert {swap.word for swap in found.swaps} == set(words(text))
    for answers in (found.answers, found.all_swapped, *(swap.answers for swap in found.swaps)):
        assert answers.frozen.sum() == pytest.approx(1) and answers.fine_tuned.sum() == pytest.approx(1)
