"""Agreement with what people marked in texts."""

from __future__ import annotations

import pytest

from attnviz.analysis.belief.rationales import with_people
from attnviz.data.rationales.rationale import Rationale
from attnviz.data.steps import finished
from attnviz.model.experiment import Experiment
from tests.analysis.belief.conftest import PLANTED


def rationale(text: str, *words: str, label: str = "") -> Rationale:
    spans = tuple((text.index(word), text.index(word) + len(word)) for word in words)
    return Rationale(1, text, (spans,), label)


WORDS = " ".join(f"word{number}" for number in range(10))
TEXTS = [f"{WORDS[:30]} {PLANTED} {WORDS[30:]}", f"{PLANTED} {WORDS}"]


def test_every_view_agrees_with_people_who_mark_the_planted_word(by_hand: Experiment) -> None:
    given = [rationale(text, PLANTED, label="positive") for text in TEXTS]
    steps = with_people(by_hand, "fine-tuned", given)
    assert list(steps) == [1, 2]
    found = finished(with_people(by_hand, "fine-tuned", given))
    assert {"attention", "contribution", "gradient", "integrated_gradients", "leave_one_out"} <= found.views.keys()
    for one in found.views.values():
        assert (one.auprc, one.f1) == pytest.approx((1, 1)) and one.f1_interval == pytest.approx((1, 1))
    random = found.random
    assert random and random.f1 == pytest.approx(1 / 11) and random.auprc == pytest.approx(0.2745, abs=1e-4)
    assert (found.sentences, found.nothing_marked, found.all_marked, found.other_class) == (2, 0, 0, 0)


def test_what_is_left_out_is_counted(tiny: Experiment) -> None:
    long = "film " * (tiny.max_tokens + 1)
    said = tiny.explain("a good film")
    other = next(label for label in tiny.labels if label != said.prediction)
    given = [
        rationale("a good film", "good", label=other),
        rationale("a good film", "film", label=said.prediction),
        rationale("a good film", label=other),
        rationale("a good film", "a good film"),
        rationale("…"),
        Rationale(5, long, (((0, 4),),), "POS"),
    ]
    found = finished(with_people(tiny, "fine-tuned", given))
    assert (found.sentences, found.nothing_marked, found.all_marked) == (3, 2, 1)
    assert (found.truncated, found.other_class, found.unknown_class) == (1, 1, 1)


def test_without_a_sentence_to_compare_there_is_no_figure(tiny: Experiment) -> None:
    found = finished(with_people(tiny, "fine-tuned", [rationale("a good film")]))
    assert found.to_dict() == {
        "variant": "fine-tuned",
        "sentences": 0,
        "nothing_marked": 1,
        "all_marked": 0,
        "truncated": 0,
        "other_class": 0,
        "unknown_class": 0,
        "random": None,
        "views": {},
    }


def test_equal_weights_agree_as_words_in_a_random_order_do(tiny: Experiment) -> None:
    found = finished(with_people(tiny, "uniform", [rationale("the plot was not good", "not", "good")]))
    assert found.random and found.views["attention"].auprc == pytest.approx(found.random.auprc)
