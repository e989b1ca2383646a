from __future__ import annotations

from dataclasses import dataclass

import pytest

from attnviz.comparison import drift
from attnviz.model.experiment import Experiment, load
from attnviz.model.explanation import Explanation
from attnviz.ui.cache import experiments
from attnviz.ui.examples import LESSONS
from attnviz.ui.pages.steps.contents import step_content
from attnviz.ui.pages.steps.lesson_sentence import LessonSentence
from attnviz.ui.pages.steps.word_vectors import misspelt
from attnviz.ui.views import StepsView


@dataclass
class Typed:
    """As much of a sentence of the lesson as is asked for."""

    experiment: Experiment
    text: str

    @property
    def explanation(self) -> Explanation:
        return self.experiment.explain(self.text)

    def word(self, place: int) -> str:
        return self.explanation.tokens[place].text


@pytest.mark.parametrize(
    ("name", "text", "wrong"),
    [("reviews-ko", "정말 좋은 영화", "정말 좋은 여ㅕㅇ화"), ("reviews-en", "a good movie", "a good movvie")],
)
def test_a_known_word_is_misspelt_as_people_do_it(name: str, text: str, wrong: str) -> None:
    sentence = Typed(load(name), text)
    assert sentence.explanation.known.all()
    found, line, [place], right = misspelt(sentence)  # type: ignore[arg-type]
    assert found == wrong and f"“{right}”" in line
    assert not sentence.experiment.explain(found).known[place]


@pytest.mark.parametrize("text", [one.text for one in LESSONS["ko"]] + ["감동저긴 영화였어요", "배우들 연기가 좋았다"])
def test_what_is_called_unknown_in_korean_is_unknown_also_where_morphemes_are_read(text: str) -> None:
    experiment = experiments.opened("reviews-ko")
    view = StepsView(step=7, reader="fine-tuned")
    found, _line, places, _right = misspelt(LessonSentence(experiment, text, view, "00000000"))
    read = experiment.explain(found)
    assert places and not read.known[places].any()
    assert all(experiment.vectors.ngrams(read.tokens[place].word) for place in places)


@pytest.mark.parametrize(
    ("name", "text", "first"),
    [
        ("news-en", "The bank that owns the football club wants its money back before the final.", "club"),
        ("news-en", "The astronauts came back after the vote.", "astronauts"),
        ("reviews-en", "Cold rooms, empty streets, bad coffee: I loved it.", "loved"),
        ("reviews-ko", "감동적인 실화라는데 감동이 없다.", "없"),
    ],
)
def test_what_moved_farthest_is_the_first_line_of_the_table_and_the_others_say_why_they_are_passed_over(
    name: str, text: str, first: str
) -> None:
    content = step_content(LessonSentence(experiments.opened(name), text, StepsView(step=8, reader="fine-tuned"), "0"))
    rows = content.blocks[1]["rows"]
    assert rows[0]["name"] == first and f"“{first}” is first: {rows[0]['cells'][0]['text']}" in content.figures["moved"]
    moved = drift(load(name), [row["name"] for row in rows])
    for row, far, chance in zip(rows, moved.drift, moved.within_spread, strict=True):
        assert row["quiet"] is bool(row["note"])
        if row["note"] == "another seed moves it as far":
            assert chance
        elif not row["note"]:
            assert not chance and far <= moved.drift[0]
    assert [row["quiet"] for row in rows] == sorted(row["quiet"] for row in rows)
