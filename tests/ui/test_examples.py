"""What the screen says of its examples is so, by the shipped experiment."""

from __future__ import annotations

from pathlib import Path

import pytest

from attnviz.analysis.claims import CLAIMS, claims
from attnviz.data.datasets import load_test_rows
from attnviz.model.experiment import Experiment, load, names
from attnviz.model.variants import TWINS
from attnviz.ui.examples import LESSONS, Example, examples, lessons
from attnviz.ui.pages.sentence.evidence import shown

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
