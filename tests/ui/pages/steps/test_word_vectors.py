from __future__ import annotations

from dataclasses import dataclass

import pytest

from attnviz.model.experiment import Experiment, load
from attnviz.model.explanation import Explanation
from attnviz.ui.pages.steps.word_vectors import misspelt


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
    [("reviews-ko", "정말 좋은 영화", "정ㅁ말 좋은 영화"), ("reviews-en", "a good movie", "a good movvie")],
)
def test_a_known_word_is_misspelt_as_people_do_it(name: str, text: str, wrong: str) -> None:
    sentence = Typed(load(name), text)
    assert sentence.explanation.known.all()
    found, line, [place] = misspelt(sentence)  # type: ignore[arg-type]
    assert found == wrong and sentence.word(place) in line
