from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from attnviz.analysis.diagnosis import Diagnosis, Removal, removal, verdict
from attnviz.model.experiment import Experiment
from attnviz.model.explanation import Explanation


def made(tiny: Experiment, weights: list[float], leads: list[float]) -> Explanation:
    """Return an explanation whose words lead for “positive” by so much; the answer follows from that."""
    one = tiny.explain(" ".join("word" for _ in weights), "fine-tuned")
    votes = np.stack([np.zeros(len(leads)), np.array(leads)], axis=1)
    alpha = np.array(weights)
    logits = alpha @ votes
    odds = np.exp(logits)
    return replace(
        one, weights=alpha, votes=votes, contributions=alpha[:, None] * votes, bias=np.zeros(2), logits=logits,
        probabilities=odds / odds.sum(),
    )  # fmt: skip


def searched(experiment: Experiment, variant: str, text: str, truth: str) -> Removal | None:
    """Search to the end; hold what is told on the way to growing."""
    search, told = removal(experiment, variant, text, truth), [0]
    while True:
        try:
            told.append(next(search))
        except StopIteration as end:
            found: Removal | None = end.value
            return found
        assert told[-1] > told[-2]


def test_it_looked_in_the_wrong_place_if_the_right_votes_got_little_weight(tiny: Experiment) -> None:
    explanation = made(tiny, [0.9, 0.05, 0.05], [-2, 3, 3])
    found = Diagnosis.of(explanation, "positive")
    assert found.verdict == "place" and found.uniform_right and found.any_right
    assert found.for_truth == pytest.approx(2 / 3) and found.weight_on_truth == pytest.approx(0.1)
    assert found.strongest() == [0]
    assert "wrong place" in verdict(found, explanation) and "equal weights" in verdict(found, explanation)


def test_it_read_it_wrongly_if_the_weight_was_there_and_the_vote_was_not(tiny: Experiment) -> None:
    found = Diagnosis.of(made(tiny, [0.5, 0.25, 0.25], [0.1, -3, -3]), "positive")
    assert found.verdict == "read" and found.any_right and not found.uniform_right
    explanation = made(tiny, [0.5, 0.5], [-1, -2])
    found = Diagnosis.of(explanation, "positive")
    assert found.verdict == "read" and not found.any_right
    assert "no word votes for positive" in verdict(found, explanation)


def test_pulls_and_leads_add_up_to_the_logits(tiny: Experiment) -> None:
    explanation = tiny.explain("a dull, boring and awful film")
    other = next(label for label in tiny.labels if label != explanation.prediction)
    found = Diagnosis.of(explanation, other)
    given, right = (explanation.labels.index(label) for label in (explanation.prediction, other))
    gap = explanation.logits[given] - explanation.logits[right]
    assert found.pulls.sum() + explanation.bias[given] - explanation.bias[right] == pytest.approx(gap)


@pytest.mark.parametrize("text", ["a dull film , wonderful", "awful", "awful boring film and bad dull story"])
def test_without_the_words_of_a_removal_the_answer_is_right(tiny: Experiment, text: str) -> None:
    answer = tiny.explain(text).prediction
    truth = next(label for label in tiny.labels if label != answer)
    found = searched(tiny, "fine-tuned", text, truth)
    if found:
        assert tiny.explain(text, without=found.places).prediction == truth
        count = len(tiny.explain(text).tokens)
        if len(found.places) == 2 and found.smallest:
            alone = [tiny.explain(text, without=(place,)).prediction for place in range(count)]
            assert truth not in alone


def test_what_cannot_be_turned_or_has_no_word_gives_none(tiny: Experiment) -> None:
    assert searched(tiny, "fine-tuned", "", "positive") is None
    tiny_answer = tiny.explain("").prediction
    if tiny_answer != "positive":
        assert searched(tiny, "fine-tuned", "awful", "positive") is None


def test_a_text_longer_than_a_batch_is_searched_all_the_same(tiny: Experiment, monkeypatch: pytest.MonkeyPatch) -> None:
    text = "a dull film , wonderful"
    truth = next(label for label in tiny.labels if label != tiny.explain(text).prediction)
    whole = searched(tiny, "fine-tuned", text, truth)
    monkeypatch.setattr("attnviz.analysis.diagnosis._AT_A_TIME", 1)
    assert searched(tiny, "fine-tuned", text, truth) == whole
