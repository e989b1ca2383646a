"""What the screen says of its examples is so, by the shipped experiment."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from attnviz.analysis.claims import CLAIMS, claims
from attnviz.analysis.subwords import Table, dissect
from attnviz.analysis.typos import random_pair_cosines
from attnviz.comparison import drift
from attnviz.data.datasets import load_test_rows
from attnviz.function_words import is_content
from attnviz.model.experiment import Experiment, load
from attnviz.model.variants import TWINS
from attnviz.ui.examples import EXAMPLES, LESSONS, Example, examples, lessons, pairs
from attnviz.ui.pages.sentence.evidence import shown
from attnviz.vectors.cosine import cosine

MODELS = Path(__file__).parent.parent.parent / "models"
TOURS = {"reviews-en": "tour-en", "reviews-ko": "tour-ko", "news-en": "tour-news"}


def offered(experiment: Experiment) -> tuple[Example, ...]:
    return examples(experiment.language, experiment.labels)


@pytest.fixture(scope="module", params=sorted(TOURS))
def shipped(request: pytest.FixtureRequest) -> Experiment:
    return load(MODELS / request.param)


def test_every_claim_has_an_example_that_the_shipped_experiment_bears_out(shipped: Experiment) -> None:
    shown = {one.claim: claims(shipped, one.text, one.truth) for one in offered(shipped) if one.claim}
    assert set(shown) == set(CLAIMS)
    for claim, borne_out in shown.items():
        assert claim in borne_out


def test_the_examples_that_claim_are_of_the_tour(shipped: Experiment) -> None:
    rows = load_test_rows(TOURS[shipped.name], shipped.labels)
    right = {text: shipped.labels[label] for text, label in zip(rows.texts, rows.labels, strict=True)}
    for one in offered(shipped):
        if one.claim:
            assert right[one.text] == one.truth


def test_the_first_screen_opens_on_twins_that_disagree(shipped: Experiment) -> None:
    first = offered(shipped)[0]
    frozen, tuned = (shipped.explain(first.text, variant).prediction for variant in TWINS)
    assert frozen != tuned == first.truth


def test_the_long_text_is_read_whole_and_unevenly(shipped: Experiment) -> None:
    for variant in TWINS:
        whole = shipped.explain(offered(shipped)[-1].text, variant)
        assert len(whole.tokens) > 60 and not whole.truncated
        assert whole.weights.max() > 5 / len(whole.tokens)


def test_what_an_experiment_does_not_bear_out_is_not_said_of_it(tiny: Experiment) -> None:
    for one in offered(tiny):
        said = shown(one, tiny)
        assert (said != one) == (one.claim in claims(tiny, one.text, one.truth))


@pytest.mark.parametrize("labels", [("기쁨", "슬픔"), ("0", "1"), ("positive", "슬픔"), ("huono", "hyvä"), ("one",)])
@pytest.mark.parametrize("language", ["ko", "en", "fi"])
def test_nothing_is_right_or_claimed_of_classes_that_somebody_else_thought_of(
    language: str, labels: tuple[str, ...]
) -> None:
    films = {one.text for some in (*EXAMPLES.values(), *LESSONS.values()) for one in some}
    for some in (examples(language, labels), lessons(language, labels)):
        assert len(some) == 3 and not {one.text for one in some} & films
        assert not any(one.truth or one.claim for one in some)
        assert any("가" <= letter <= "힣" for letter in some[0].text) == (language == "ko")


def test_what_is_right_is_said_in_the_words_of_the_experiment() -> None:
    for labels in (("부정", "긍정"), ("negative", "neutral", "positive"), ("positive", "negative")):
        for language in ("ko", "en"):
            some = (*examples(language, labels), *lessons(language, labels))
            assert len(some) == 11 and {one.truth for one in some} - {""} <= set(labels)


def test_the_sentences_of_the_lesson_make_their_points(shipped: Experiment) -> None:
    for one in lessons(shipped.language, shipped.labels):
        found = shipped.explain(one.text)
        if one.claim:
            assert one.claim in claims(shipped, one.text, one.truth)
        if one.name == "negation":
            assert found.prediction == one.truth
        if one.name in ("typo", "made-up word"):
            assert not found.known.all()
        if one.name.startswith(("a long", "long")):
            assert len(found.tokens) >= 38 and found.weights.max() < 0.3


def test_the_lesson_opens_on_a_sentence_for_which_its_questions_hold(shipped: Experiment) -> None:
    first = lessons(shipped.language, shipped.labels)[0]
    assert "attention" in claims(shipped, first.text, first.truth)  # step 2: the plain mean loses the answer
    found = shipped.explain(first.text)
    assert found.weights.max() > 0.5  # step 4: one word stands out
    alone = (found.votes + found.bias).argmax(axis=1)
    assert 0 < (alone != found.logits.argmax()).sum() < len(alone)  # step 5: some words turn the answer, not all
    moved = drift(shipped, [token.word for token in found.tokens])  # step 8: a content word moved, not by chance
    assert any(is_content(word, shipped.language) for word in np.array(moved.words)[~moved.within_spread])


def test_the_right_class_of_our_sentences_is_that_of_the_tour(shipped: Experiment) -> None:
    rows = load_test_rows(TOURS[shipped.name], shipped.labels)
    right = {text: shipped.labels[label] for text, label in zip(rows.texts, rows.labels, strict=True)}
    for one in (*lessons(shipped.language, shipped.labels), *offered(shipped)):
        assert not one.truth or right.get(one.text, one.truth) == one.truth


def test_every_lesson_has_five_sentences() -> None:
    assert {len(sentences) for sentences in LESSONS.values()} == {5}


def test_subwords_opens_on_a_typo_whose_vector_stays_by_its_word(shipped: Experiment) -> None:
    (word, typo), *_others = pairs(shipped.language, shipped.labels)
    assert word in shipped.vocabulary and typo not in shipped.vocabulary
    _half, random = random_pair_cosines(Table.of(shipped.vectors))
    right, wrong = dissect(shipped.vectors, word), dissect(shipped.vectors, typo)
    likeness = cosine(right.vector, wrong.vector)
    assert likeness is not None and likeness > random
    assert word in [name for name, _cosine in wrong.nearest]
