"""What the screen says of its examples is so, by the shipped experiment."""

from __future__ import annotations

from pathlib import Path

import pytest

from attnviz.model.experiment import Experiment, load, names
from attnviz.model.explanation import Explanation
from attnviz.ui.examples import EXAMPLES, LESSONS, lessons

TEXTS = {example.name: example.text for example in EXAMPLES["en"]}
TWINS = pytest.mark.parametrize("variant", ["frozen", "fine-tuned"])


@pytest.fixture(scope="module")
def shipped() -> Experiment:
    return load(Path(__file__).parent.parent.parent / "models" / "reviews-en")


def place(explanation: Explanation, word: str) -> int:
    return [token.text for token in explanation.tokens].index(word)


def positive(explanation: Explanation) -> float:
    return float(explanation.probabilities[explanation.labels.index("positive")])


def test_negation_turns_an_answer(shipped: Experiment) -> None:
    whole = shipped.explain(TEXTS["negation"])
    assert whole.prediction == "negative"
    assert shipped.explain(TEXTS["negation"], without=[place(whole, "not")]).prediction == "positive"


@TWINS
def test_irony_hangs_on_its_word_of_praise(shipped: Experiment, variant: str) -> None:
    whole = shipped.explain(TEXTS["irony"], variant)
    without = shipped.explain(TEXTS["irony"], variant, without=[place(whole, "great")])
    assert positive(whole) - positive(without) > 0.1


@TWINS
def test_typos_are_marked_and_their_ngrams_worth_something(shipped: Experiment, variant: str) -> None:
    whole = shipped.explain(TEXTS["typo"], variant)
    assert {token.text for token, known in zip(whole.tokens, whole.known, strict=True) if not known} == {
        "brilant",
        "beautifull",
        "moveing",
    }
    assert positive(whole) > positive(shipped.explain(TEXTS["typo"], variant, unknown="unk"))


@TWINS
def test_the_made_up_word_is_unknown_and_draws_attention(shipped: Experiment, variant: str) -> None:
    whole = shipped.explain(TEXTS["made-up word"], variant)
    there = place(whole, "amaaazing")
    assert not whole.known[there] and whole.weights.argmax() == there


@TWINS
def test_the_long_review_is_read_whole_and_unevenly(shipped: Experiment, variant: str) -> None:
    whole = shipped.explain(TEXTS["long review"], variant)
    assert not whole.truncated
    assert whole.weights.max() > 5 / len(whole.tokens)


MODELS = Path(__file__).parent.parent.parent / "models"


@pytest.mark.parametrize("name", [name for name in names(MODELS) if name.startswith("reviews-")])
def test_the_sentences_of_the_lesson_make_their_points(name: str) -> None:
    experiment = load(MODELS / name)
    negation, strong, typo, long, irony = (
        experiment.explain(one.text) for one in lessons(experiment.language, experiment.labels)
    )
    assert negation.prediction == experiment.labels[0]
    assert strong.weights.max() > 0.5
    assert not typo.known.all()
    assert len(long.tokens) >= 38 and long.weights.max() < 0.2
    assert irony.prediction == experiment.labels[1]  # it is taken in


def test_every_lesson_has_five_sentences() -> None:
    assert {len(sentences) for sentences in LESSONS.values()} == {5}
