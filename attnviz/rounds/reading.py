"""What a classifier makes of a sentence, as a round keeps it and a phone draws it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from attnviz.errors import AttnvizError
from attnviz.rounds.round import Answer, Question, Task, Weighed, Word
from attnviz.rounds.states import Kind

if TYPE_CHECKING:
    from attnviz.model.explanation import Explanation

# An explanation is made of torch; a phone that joins does without.


def answer(explanation: Explanation) -> Answer:
    """Return what one variant makes of a sentence: its answer, and each word with its weight and colour."""
    drawn = explanation.heatmap(details=False)
    gaps = ["".join(passage.text for passage in gap) for gap in drawn.gaps]
    best = int(explanation.probabilities.argmax())
    return Answer(
        variant=explanation.variant,
        label=explanation.labels[best],
        probability=round(float(explanation.probabilities[best]), 4),
        percent=drawn.classes[best].percent,
        words=tuple(
            Weighed(word.text, gaps[at], round(word.weight, 4), word.level, word.number)
            for at, word in enumerate(drawn.words)
        ),
        tail=gaps[-1] + drawn.tail,
        right_to_left=drawn.right_to_left,
    )


def task(
    kind: Kind, explanations: Sequence[Explanation], language: str, most: int = 3, question: Question = ""
) -> Task:
    """Return a task about the sentence of explanations, one a variant; one to fool them needs no sentence of its own.

    Raises `AttnvizError` for the question which variant says what, where all of them say the same.
    """
    first, about = explanations[0], kind in ("mark", "guess")
    if question == "twin" and len({one.prediction for one in explanations}) < 2:
        raise AttnvizError("All of them answer this sentence alike: take one on which they differ.")
    read = answer(first)
    return Task(
        kind,
        first.experiment,
        tuple(one.variant for one in explanations),
        language,
        first.text if about else "",
        tuple(Word(word.text, word.gap) for word in read.words) if about else (),
        read.tail if about else "",
        read.right_to_left and about,
        first.labels,
        most,
        question or ("answer" if kind == "guess" else ""),
        first.prediction if question == "twin" else "",
    )
