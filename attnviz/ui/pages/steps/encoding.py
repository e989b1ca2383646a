"""Steps 1 to 3: from words to rows, hidden states and scores."""

from __future__ import annotations

import numpy as np

from attnviz.analysis import reweighting
from attnviz.analysis.activations import parameters, score
from attnviz.model.experiment import Experiment
from attnviz.ui.cache import activations
from attnviz.ui.components.lesson.blocks import names, number, panel, share, strips, waterfall
from attnviz.ui.pages.lesson import StepContent
from attnviz.ui.pages.steps.lesson_sentence import LessonSentence
from attnviz.ui.pages.steps.sentences import lost
from attnviz.ui.session import _

_MOST_TERMS = 5  # products of a score that are shown one by one


def mean_variant(experiment: Experiment) -> str | None:
    """Return the variant that weighs all words alike, if there is one."""
    pooled = (name for name, config in experiment.about.variants.items() if config.pooling == "mean")
    return next(pooled, None)


def rows(sentence: LessonSentence) -> StepContent:
    """Step 1: the tokens, and each as its row of the embedding."""
    lesson = sentence.activations
    counted = sentence.experiment.vocabulary.counted
    notes = [
        f"{count:,} ×" * counted if known else _("no row of its own")
        for count, known in zip(lesson.counts, sentence.explanation.known, strict=True)
    ]
    about = _("Each strip is one row, from its first number to its last.")
    word = _("word, how often in training") if counted else _("word")
    picture = strips(lesson, lesson.rows, notes, (word, _("row of the embedding"), _("first numbers")), about, _)
    strangers = int((~sentence.explanation.known).sum())
    figures = {"dim": lesson.rows.shape[1], "strangers": strangers, "count": lesson.size}
    word = sentence.explanation.tokens[sentence.heaviest].word
    return StepContent((picture,), figures=figures, deeper={"word": word})


def states(sentence: LessonSentence) -> StepContent:
    """Step 2: hidden states, their plain mean, and what that answers."""
    variant = mean_variant(sentence.experiment)
    lesson = activations.activations(sentence.experiment.name, sentence.text, variant or sentence.variant)
    found, count = lesson.explanation, lesson.size
    even = np.full(count, 1 / count)
    answer = reweighting.reweight(found, even)
    probabilities, logits = (found.probabilities, found.logits) if variant else (answer.probabilities, answer.logits)
    half = lesson.hidden.shape[1] // 2
    picture = strips(
        lesson,
        lesson.hidden,
        [""] * count,
        (_("word"), _("hidden state: forwards | backwards"), _("first numbers")),
        _("Left of the gap: read from the left; right of it: from the right."),
        _,
        mean=(_("mean, all alike"), even @ lesson.hidden.astype(np.float64)),
        split=half,
    )
    alike = _("{variant}, every weight 1/{count}")
    named = _(variant) if variant else alike.format(variant=_(sentence.variant), count=count)
    lines = () if variant else (
        _("This experiment has no classifier trained on the plain mean: these are the hidden states of another one."),
    )  # fmt: skip
    answers = {"kind": "answers", "panels": [panel("mean", named, found.labels, probabilities, logits, _, "", lines)]}
    best = int(probabilities.argmax())
    figures = {
        "half": half,
        "count": count,
        "share": number(1 / count),
        "answer": _(found.labels[best]),
        "lost": lost(sentence, found.labels[best]),
        "probability": share(probabilities, best),
    }
    return StepContent((picture, answers), figures=figures)


def scores(sentence: LessonSentence) -> StepContent:
    """Step 3: the score of a word, product by product."""
    model, lesson = sentence.experiment.model(sentence.variant), sentence.activations
    parts = score(model, lesson.hidden[sentence.spot], _MOST_TERMS)
    value = "h" if lesson.scorer == "linear" else "tanh"
    weight = "W" if lesson.scorer == "linear" else "v"
    terms = [
        (_("number {place}").format(place=term.dimension + 1),
         f"{weight} {number(term.weight)} × {value} {number(term.value)}", term.product)
        for term in parts.terms
    ]  # fmt: skip
    if parts.others:
        terms.append((_("the other {count} products").format(count=parts.others), "", parts.rest))
    if lesson.scorer == "linear":
        terms.append(("b", _("the same for every word"), parts.bias))
    own = float(sentence.explanation.scores[sentence.spot])
    words = [
        f"{name['name']} {number(float(e))}" for name, e in zip(names(lesson), sentence.explanation.scores, strict=True)
    ]
    choices = {
        "kind": "choices",
        "field": "spot",
        "text": _("word and its score e:"),
        "options": words,
        "chosen": sentence.spot,
    }
    sums = waterfall(
        _("How “{word}” comes to its score").format(word=sentence.word(sentence.spot)),
        (_("product"), f"{weight} × {value}", "", _("adds")),
        terms,
        (_("score e"), own),
    )
    size = parameters(model)
    inside = _("“{word}” gets {score}. The b of this scorer stands inside tanh, so it does count.")
    return StepContent(
        (choices, sums),
        notice="" if lesson.scorer == "linear" else inside.format(word=sentence.word(sentence.spot), score=number(own)),
        figures={
            "terms": len(parts.terms) + parts.others,
            "bias": number(parts.bias),
            "linear": f"{size['linear']:,}",
            "additive": f"{size['additive']:,}",
        },
    )
