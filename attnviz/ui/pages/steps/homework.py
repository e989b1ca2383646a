"""A sheet with blanks to work out by hand, and its key: from the scores of one sentence to its answer.

The key is worked out from the figures on the sheet, rounded as a student rounds, not from the model's own. So both
agree to the last place, and with the model as far as three places can.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

import numpy as np

from attnviz.heatmap import html
from attnviz.heatmap.display import Translate, shorten, visible
from attnviz.heatmap.rounding import PLACES
from attnviz.model.explanation import Explanation
from attnviz.ui.components.lesson.blocks import number
from attnviz.ui.pages.steps.lesson_plan import QUESTIONS

MOST = 8  # words to work out; the others are summed up on the sheet
_STEEPEST = 6.0  # a score whose exp is no larger than 403


@dataclass(frozen=True)
class Task:
    """A word: its score and its vote are given, the rest is to be found."""

    word: str
    score: float
    vote: float
    power: float  # exp(score)
    weight: float
    contribution: float


@dataclass(frozen=True)
class Homework:
    """What is given and what is to be found, for the class that the model answers."""

    text: str
    label: str
    tasks: tuple[Task, ...]
    others: int  # words that are not among the tasks
    other_power: float  # the sum of their exp(score), given
    other_contribution: float  # given
    less: float  # what was taken from every score so that no power is huge
    bias: float
    given_logits: tuple[tuple[str, float], ...]  # of the other classes
    power_sum: float
    logit: float
    probability: float
    uniform: float
    heaviest: str
    strongest: str


def homework(found: Explanation, translate: Translate) -> Homework:
    """Return the sheet of a sentence that a classifier has read."""
    k = int(found.logits.argmax())
    less = settled(float(found.scores.max()) - _STEEPEST) if found.scores.max() > _STEEPEST else 0.0
    scores = [settled(float(score) - less) for score in found.scores]
    chosen = sorted(np.argsort(-found.weights, kind="stable")[:MOST].tolist())
    rest = [place for place in range(len(scores)) if place not in chosen]
    powers = [settled(math.exp(scores[place])) for place in chosen]
    other_power = settled(sum(math.exp(scores[place]) for place in rest))
    power_sum = settled(sum(powers) + other_power)
    tasks = []
    for place, power in zip(chosen, powers, strict=True):
        weight, vote = settled(power / power_sum), settled(float(found.votes[place, k]))
        word = visible(shorten(found.tokens[place].text))
        tasks.append(Task(word, scores[place], vote, power, weight, settled(weight * vote)))
    bias, other = settled(float(found.bias[k])), settled(float(found.contributions[rest, k].sum()))
    logit = settled(sum(task.contribution for task in tasks) + other + bias)
    given = tuple(
        (translate(label), settled(float(found.logits[at]))) for at, label in enumerate(found.labels) if at != k
    )
    return Homework(
        text=found.text,
        label=translate(found.labels[k]),
        tasks=tuple(tasks),
        others=len(rest),
        other_power=other_power,
        other_contribution=other,
        less=less,
        bias=bias,
        given_logits=given,
        power_sum=power_sum,
        logit=logit,
        probability=settled(1 / (1 + sum(math.exp(value - logit) for _label, value in given))),
        uniform=settled(1 / len(scores)),
        heaviest=max(tasks, key=lambda task: task.weight).word,
        strongest=max(tasks, key=lambda task: task.contribution).word,
    )


def settled(value: float) -> float:
    """Round as people do: halves away from zero, by what is written and not by what floats make of it."""
    return float(Decimal(repr(value)).quantize(Decimal(10) ** -PLACES, ROUND_HALF_UP))


def sheet(found: Explanation, language: str, translate: Translate, *, key: bool) -> str:
    """Return the sheet as an HTML page that stands alone, with blanks, or as the key with them filled."""
    _ = translate
    given = homework(found, translate)
    return html.render(
        "ui/pages/steps/homework.html.j2",
        language=language,
        given=given,
        key=key,
        number=number,
        questions=[(_(question), _(answer)) for question, answer in QUESTIONS],
        source=f"attnviz · {found.experiment} · {_(found.variant)}",
        texts=_texts(given, translate),
    )


def _texts(given: Homework, translate: Translate) -> dict[str, str]:
    _ = translate
    task = _("The model answers “{label}”. Work out how: round every number to three places before you go on.")
    logit = _("A word adds α × v to the logit of “{label}”. The sum of the column, with the bias, is the logit z.")
    probable = _("How probable is “{label}”? It is exp(z), divided by the sum of exp of all logits.")
    weights = _("The weight of a word is α = exp(e) / S. What would every word weigh without attention, 1/{count}?")
    less = _("Every score here is {less} less than the model's: softmax does not notice.")
    return {
        "homework": _("Homework"),
        "key": _("Key"),
        "topic": _("attention by hand"),
        "name": _("Name"),
        "task": task.format(label=given.label),
        "less": less.format(less=number(given.less)),
        "word": _("word"),
        "score": _("score e"),
        "weight": _("weight α"),
        "vote": _("vote v"),
        "others": _("the other words, together: {count}").format(count=given.others),
        "bias": _("bias"),
        "sum": _("sum"),
        "powers": _("Work out exp(e) for every word, and the sum S of the column."),
        "weights": weights.format(count=len(given.tasks) + given.others),
        "logit": logit.format(label=given.label),
        "given": _("The other classes have these logits:"),
        "probable": probable.format(label=given.label),
        "compare": _("Which word has the largest weight, and which one adds most? Need they be the same?"),
        "compared": _("They need not: the vote counts as well as the weight."),
        "questions": _("Five questions"),
    }
