"""What the lesson says of a sentence's right class, and of what a plain mean loses in it."""

from __future__ import annotations

import pytest

from attnviz.analysis.claims import claims
from attnviz.model.experiment import Experiment, load
from attnviz.ui.cache import experiments
from attnviz.ui.examples import lessons
from attnviz.ui.pages.steps import sentences
from attnviz.ui.pages.steps.contents import step_content
from attnviz.ui.pages.steps.lesson_sentence import LessonSentence
from attnviz.ui.views import StepsView


def lesson(name: str, text: str, step: int = 2) -> LessonSentence:
    return LessonSentence(experiments.opened(name), text, StepsView(step=step, reader="fine-tuned"), "00000000")


@pytest.fixture(params=["news-en", "reviews-en", "reviews-ko"])
def shipped(request: pytest.FixtureRequest) -> Experiment:
    return load(request.param)


def test_which_classifiers_are_right_is_said_where_the_right_class_is_known(shipped: Experiment) -> None:
    for one in lessons(shipped.language, shipped.labels):
        said = sentences.judged(lesson(shipped.name, one.text))
        right = [name for name in shipped.variants if shipped.explain(one.text, name).prediction == one.truth]
        if not one.truth:
            assert not said
        elif not right:
            assert said == f"Right is “{one.truth}”. None of the classifiers here says so."
        elif len(right) == len(shipped.variants):
            assert said == f"Right is “{one.truth}”. All classifiers here say so."
        else:
            assert said.startswith(f"Right is “{one.truth}”. So say: {', '.join(right)}. Wrong: ")
    assert not sentences.judged(lesson(shipped.name, "zzz"))


def test_the_second_step_claims_what_this_sentence_shows(shipped: Experiment) -> None:
    first = lessons(shipped.language, shipped.labels)[0]
    lost = step_content(lesson(shipped.name, first.text)).figures["lost"]
    assert lost.startswith("Here it loses the answer") and f"“{first.truth}”" in lost and "that is right" in lost
    for text, truth in sentences.truths(shipped.name).items():
        mean, attention = (shipped.explain(text, name).prediction for name in ("uniform", "fine-tuned"))
        line = sentences.lost(lesson(shipped.name, text), mean)
        assert line.startswith("This sentence does not show it") is (mean == attention)
        assert line.startswith("Here it loses the answer") is (mean != attention == truth)
        assert line.startswith("Not here") is (mean != attention and mean == truth)


@pytest.mark.usefixtures("models")
def test_a_sentence_whose_claim_is_not_borne_out_is_not_offered(tiny: Experiment) -> None:
    ours = lessons(tiny.language, tiny.labels)
    held = [one for one in ours if one.claim is None or one.claim in claims(tiny, one.text, one.truth)]
    assert list(sentences.offered("tiny-en")) == held != list(ours)


def test_a_word_of_which_nothing_turns_the_answer_is_said_so() -> None:
    content = step_content(lesson("reviews-ko", "덕분에 푹 잤습니다.", 5))
    assert content.figures["turning"] == "None: each of its words alone would answer “부정” too. Their number: 6."
