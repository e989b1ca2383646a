"""A class beside the variants."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import UTC, datetime

import numpy as np
import pandas as pd
import pytest

from attnviz.model.experiment import Experiment
from attnviz.rounds import export, reading
from attnviz.rounds.agreement import agreement
from attnviz.rounds.round import Answer, Results, Round, Sentence, Task

TEXT = "the movie was not good"


@pytest.fixture
def read(tiny: Experiment) -> list[object]:
    return [tiny.explain(TEXT, variant) for variant in ("frozen", "fine-tuned")]


def test_the_words_of_a_class_are_those_that_half_of_it_marked(tiny: Experiment) -> None:
    frozen = tiny.explain(TEXT, "frozen")
    first = int(frozen.weights.argmax())
    others = tuple(place for place in range(5) if place != first)
    found = agreement(Results(4, ((first,), (first,), (others[0],), (others[1],)), words=5), [frozen])
    assert found and (found.marked, found.half) == ((first,), True)
    ((variant, one),) = found.variants
    assert (variant, one.auprc, one.f1) == ("frozen", 1.0, 1.0)
    assert found.random.auprc == pytest.approx(np.mean([1 / place for place in range(1, 6)]))
    assert found.random.f1 == pytest.approx(0.2)


def test_where_no_word_has_half_of_it_they_are_those_that_most_marked(tiny: Experiment) -> None:
    found = agreement(Results(5, ((0,), (1,), (2,), (3,), (3,)), words=5), [tiny.explain(TEXT, "frozen")])
    assert found and (found.marked, found.half) == ((3,), False)


@pytest.mark.parametrize("marks", [(), ((0, 1, 2, 3, 4),)])
def test_no_word_or_every_word_compares_with_nothing(tiny: Experiment, marks: tuple[tuple[int, ...], ...]) -> None:
    assert agreement(Results(len(marks), marks, words=5), [tiny.explain(TEXT, "frozen")]) is None


def a_round(task: Task) -> Round:
    return Round(1, "BCDFG", 2, task, "revealed", datetime.now(UTC))


def table(file: bytes) -> pd.DataFrame:
    return pd.read_csv(io.BytesIO(file), encoding="utf-8-sig", keep_default_na=False)


def test_marks_are_a_row_a_word(tiny: Experiment) -> None:
    explanations = [tiny.explain(TEXT, variant) for variant in ("frozen", "fine-tuned")]
    task = reading.task("mark", explanations, "en")
    results = Results(2, ((3, 4), (4,)), words=5)
    found = table(export.to_csv(a_round(task), results, (), [reading.answer(one) for one in explanations]))
    assert found["word"].tolist() == TEXT.split() and found["marked"].tolist() == [0, 0, 0, 1, 2]
    assert set(found["devices"]) == {2} and set(found["round"]) == {2}
    assert found["attention frozen"].sum() == pytest.approx(1, abs=0.001)


def test_a_guess_is_a_row_a_choice(tiny: Experiment) -> None:
    task = reading.task("guess", [tiny.explain(TEXT, "frozen")], "en")
    results = Results(3, choices=(("negative", 2), ("positive", 1)))
    found = table(export.to_csv(a_round(task), results, ()))
    assert found[["choice", "guessed"]].values.tolist() == [["negative", 2], ["positive", 1]]


def test_what_was_typed_is_no_formula(tiny: Experiment) -> None:
    task = replace(reading.task("fool", [tiny.explain(TEXT, "frozen")], "en"))
    read = (Answer("frozen", "negative", 0.9),)
    sent = (
        Sentence(1, "=HYPERLINK(1)", "positive", True, read),
        Sentence(2, "@SUM(1)", "negative", None, read),
        Sentence(3, "좋다", "positive", False, read),
    )
    found = table(export.to_csv(a_round(task), Results(0), sent))
    assert found["text"].tolist() == ["'=HYPERLINK(1)", "'@SUM(1)", "좋다"]
    assert found["shown"].tolist() == ["yes", "", "no"] and set(found["answer frozen"]) == {"negative"}
    assert export.to_csv(a_round(task), Results(0), ()).decode("utf-8-sig").strip() == ""
