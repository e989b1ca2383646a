from __future__ import annotations

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from attnviz.errors import AttnvizError
from attnviz.model.experiment import Experiment
from attnviz.model.explanation import MOST_NGRAMS


def test_negation_turns_the_answer(tiny: Experiment) -> None:
    assert tiny.explain("the movie was not amazing").prediction == "negative"
    assert tiny.explain("the movie was amazing").prediction == "positive"
    assert tiny.explain("the movie was not amazing", without=[3]).prediction == "positive"


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(max_size=80), variant=st.sampled_from(["frozen", "fine-tuned", "uniform"]))
def test_numbers_add_up_for_any_text(tiny: Experiment, text: str, variant: str) -> None:
    explanation = tiny.explain(text, variant)
    if explanation.tokens:
        assert explanation.weights.sum() == pytest.approx(1, abs=1e-5)
    total = explanation.contributions.sum(0) + explanation.bias
    assert np.abs(total - explanation.logits).max() < 1e-4
    assert explanation.probabilities.sum() == pytest.approx(1)
    assert [text[token.start : token.end] for token in explanation.tokens] == [t.text for t in explanation.tokens]


def test_uniform_gives_every_word_the_same_weight(tiny: Experiment) -> None:
    weights = tiny.explain("the movie was not good", "uniform").weights
    assert weights == pytest.approx(np.full(5, 0.2))


def test_a_word_outside_the_vocabulary_is_read_by_its_ngrams(tiny: Experiment) -> None:
    subword = tiny.explain("the movie was amaaazing")
    assert subword.known.tolist() == [True, True, True, False]
    assert subword.ngrams[:3] == ((), (), ())
    assert "<am" in subword.ngrams[3]
    unk = tiny.explain("the movie was amaaazing", unknown="unk")
    assert not np.allclose(subword.logits, unk.logits)
    other = tiny.explain("the movie was qwertyuiop", unknown="unk")
    assert np.allclose(other.logits, unk.logits)


def test_an_endless_words_ngrams_are_counted_but_not_all_kept(tiny: Experiment) -> None:
    word = "ab" * 20_000
    explanation = tiny.explain(f"an {word} film")
    assert explanation.ngrams[1] == tuple(tiny.vectors.ngrams(word)[:MOST_NGRAMS])
    assert explanation.ngram_counts == (len(tiny.vectors.ngrams("an")), len(tiny.vectors.ngrams(word)), 0)


def test_a_text_without_tokens_leaves_the_bias(tiny: Experiment) -> None:
    explanation = tiny.explain(" \n\t")
    assert explanation.tokens == ()
    assert explanation.logits == pytest.approx(explanation.bias)


def test_a_long_text_is_cut_and_says_so(tiny: Experiment) -> None:
    explanation = tiny.explain("good " * 5000)
    assert (len(explanation.tokens), explanation.total_tokens, explanation.truncated) == (60, 5000, True)


def test_frame_and_dictionary_hold_the_same_numbers(tiny: Experiment) -> None:
    explanation = tiny.explain("the movie was not good")
    frame, plain = explanation.to_frame(), explanation.to_dict()
    assert frame["weight"].tolist() == [token["weight"] for token in plain["tokens"]]
    assert frame["contribution positive"].sum() + plain["bias"][1] == pytest.approx(plain["logits"][1])
    assert plain["prediction"] == "negative"


def test_programs_read_every_number_by_its_name(tiny: Experiment) -> None:
    """What `explain --json` prints; see docs/command-line.md."""
    said = tiny.explain("a qwxz film", "frozen")
    told = said.to_dict()
    assert told == {
        "variant": "frozen",
        "prediction": said.prediction,
        "probabilities": said.probabilities.tolist(),
        "logits": said.logits.tolist(),
        "bias": said.bias.tolist(),
        "tokens": [
            {
                "text": text,
                "start": start,
                "end": start + len(text),
                "known": known,
                "score": said.scores[at],
                "weight": said.weights[at],
                "votes": said.votes[at].tolist(),
                "contributions": said.contributions[at].tolist(),
            }
            for at, (text, start, known) in enumerate([("a", 0, True), ("qwxz", 2, False), ("film", 7, True)])
        ],
    }
    frame = said.to_frame()
    numbers = ["token", "start", "end", "known", "score", "weight"]
    by_label = [f"{what} {label}" for what in ("vote", "contribution") for label in ("negative", "positive")]
    assert list(frame.columns) == [*numbers, *by_label]
    for token, (_, row) in zip(told["tokens"], frame.iterrows(), strict=True):
        assert row[numbers].tolist() == [token[name] for name in ("text", *numbers[1:])]
        assert row[by_label].tolist() == [*token["votes"], *token["contributions"]]


def test_another_reading_of_unknown_words_is_refused(tiny: Experiment) -> None:
    with pytest.raises(AttnvizError, match="subword"):
        tiny.explain("x", unknown="zero")  # type: ignore[arg-type]
    with pytest.raises(AttnvizError, match="no variant"):
        tiny.explain("x", "melted")
