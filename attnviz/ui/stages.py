"""The ten steps for one sentence: what each shows, and the figures that its words are filled with."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np

from attnviz import comparison, palette, reweighing, typos
from attnviz.errors import AttnvizError
from attnviz.experiment import Experiment
from attnviz.explain import Explanation
from attnviz.lesson import Lesson, parameters, score
from attnviz.rounding import PLACES
from attnviz.shading import shorten, signed, visible
from attnviz.subwords import LONGEST
from attnviz.ui import comparisons, lessons, session, shelf
from attnviz.ui.blocks import Block, names, number, packed, panel, strips, waterfall
from attnviz.ui.i18n import said
from attnviz.ui.session import _
from attnviz.ui.shelf import Choice
from attnviz.ui.swapback import verdict
from attnviz.ui.syllabus import STEPS
from attnviz.ui.view import StepsView

HOTTEST = 5.0
_MOST_TERMS = 5  # products of a score that are shown one by one
_MOST_PARTS = 7  # contributions
_MOST_STRANGERS = 4
_LATIN, _HANGUL = 5, 3  # letters of a word long enough to be misspelt
_MOST_NAMES = 6  # in a list inside a sentence
FEW_TO_FADE = 12  # words: in a shorter sentence there is no distance to speak of


@dataclass(frozen=True)
class Scene:
    """A sentence, the classifier that reads it, and what is chosen on the page."""

    experiment: Experiment
    text: str
    shown: StepsView
    digest: str

    @property
    def variant(self) -> str:
        """The classifier the lesson is about."""
        return self.shown.reader

    @cached_property
    def lesson(self) -> Lesson:
        """The sentence as it reads it."""
        return lessons.lesson(self.experiment.name, self.text, self.variant)

    @property
    def explanation(self) -> Explanation:
        """What it makes of it."""
        return self.lesson.explanation

    @property
    def heaviest(self) -> int:
        """The place of the word with the largest weight."""
        return int(self.explanation.weights.argmax())

    @property
    def spot(self) -> int:
        """The place of the chosen word: the heaviest until one is chosen."""
        return self.heaviest if self.shown.spot < 0 else self.shown.spot

    @property
    def side(self) -> int:
        """The class in question: the answer until one is chosen."""
        labels = self.explanation.labels
        return labels.index(self.shown.side) if self.shown.side in labels else int(self.explanation.logits.argmax())

    def word(self, place: int) -> str:
        """Return a word as it is shown."""
        return visible(shorten(self.explanation.tokens[place].text))

    def listed(self, places: list[int]) -> str:
        """Return some words, and how many there are more."""
        shown = ", ".join(f"“{self.word(place)}”" for place in places[:_MOST_NAMES]) or "–"
        more = len(places) - _MOST_NAMES
        return shown + (" " + _("and {count} more").format(count=more) if more > 0 else "")


@dataclass(frozen=True)
class Stage:
    """What a step shows: blocks or weights to turn, the figures of its words, and a line where something lacks."""

    blocks: tuple[Block, ...] = ()
    hand: dict[str, Any] | None = None
    figures: dict[str, Any] = field(default_factory=dict)
    lacks: str = ""
    notice: str = ""  # in place of the step's own
    aside: bool = False  # the last block stands beside the others where there is room


def stage(scene: Scene) -> Stage:
    """Return the step that is chosen; a step that the experiment cannot show says what it lacks."""
    try:
        return _STAGES[scene.shown.step - 1](scene)
    except AttnvizError as error:
        return Stage(lacks=said(error, _))


def formula(scene: Scene, figures: dict[str, Any]) -> str:
    """Return the formula of the step in LaTeX; that of the scores by the scorer at hand."""
    written = STEPS[scene.shown.step - 1].formula
    if written is STEPS[2].formula and scene.lesson.scorer == "additive":
        written = r"e_i = v \cdot \tanh(W h_i + b) = \sum_{j=1}^{%(terms)s} v_j \tanh(W h_i + b)_j"
    return written % figures if "%(" in written else written


def mean_variant(experiment: Experiment) -> str | None:
    """Return the variant that weighs all words alike, if there is one."""
    pooled = (name for name, config in experiment.about.variants.items() if config.pooling == "mean")
    return next(pooled, None)


def attentive(experiment: Experiment) -> tuple[str, ...]:
    """Return the variants with attention, the fine-tuned one first."""
    there = [name for name, config in experiment.about.variants.items() if config.pooling != "mean"]
    return tuple(sorted(there, key=lambda name: name != "fine-tuned"))


def probability(value: float) -> str:
    """Return a probability as it stands beside an answer."""
    return number(value)


def rows(scene: Scene) -> Stage:
    """Step 1: the tokens, and each as its row of the embedding."""
    lesson = scene.lesson
    notes = [
        _("{count} × in training").format(count=f"{count:,}") if known else _("no row of its own")
        for count, known in zip(lesson.counts, scene.explanation.known, strict=True)
    ]
    about = _("Each strip is one row, from its first number to its last.")
    picture = strips(lesson, lesson.rows, notes, (_("word"), _("row of the embedding"), _("first numbers")), about, _)
    strangers = int((~scene.explanation.known).sum())
    return Stage((picture,), figures={"dim": lesson.rows.shape[1], "strangers": strangers, "count": lesson.size})


def states(scene: Scene) -> Stage:
    """Step 2: hidden states, their plain mean, and what that answers."""
    variant = mean_variant(scene.experiment)
    lesson = lessons.lesson(scene.experiment.name, scene.text, variant or scene.variant)
    found, count = lesson.explanation, lesson.size
    even = np.full(count, 1 / count)
    answer = reweighing.reweigh(found, even)
    probabilities, logits = (found.probabilities, found.logits) if variant else (answer.probabilities, answer.logits)
    half = lesson.hidden.shape[1] // 2
    picture = strips(
        lesson,
        lesson.hidden,
        [""] * count,
        (_("word"), _("hidden state: read forwards | read backwards"), _("first numbers")),
        _("Left of the gap: read from the left; right of it: from the right."),
        _,
        mean=(_("mean, all alike"), even @ lesson.hidden.astype(np.float64)),
        split=half,
    )
    named = (
        _(variant) if variant else _("{variant}, every weight 1/{count}").format(variant=_(scene.variant), count=count)
    )
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
        "probability": probability(probabilities[best]),
    }
    return Stage((picture, answers), figures=figures)


def scores(scene: Scene) -> Stage:
    """Step 3: the score of a word, product by product."""
    model, lesson = scene.experiment.model(scene.variant), scene.lesson
    parts = score(model, lesson.hidden[scene.spot], _MOST_TERMS)
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
    own = float(scene.explanation.scores[scene.spot])
    words = [
        f"{name['name']} {number(float(e))}" for name, e in zip(names(lesson), scene.explanation.scores, strict=True)
    ]
    choices = {
        "kind": "choices",
        "field": "spot",
        "text": _("word and its score e:"),
        "options": words,
        "chosen": scene.spot,
    }
    sums = waterfall(
        _("How “{word}” comes to its score").format(word=scene.word(scene.spot)),
        (_("product"), f"{weight} × {value}", "", _("adds")),
        terms,
        (_("score e"), own),
    )
    size = parameters(model)
    inside = _("“{word}” gets {score}. The b of this scorer stands inside tanh, so it does count.")
    return Stage(
        (choices, sums),
        notice="" if lesson.scorer == "linear" else inside.format(word=scene.word(scene.spot), score=number(own)),
        figures={
            "terms": len(parts.terms) + parts.others,
            "bias": number(parts.bias),
            "linear": f"{size['linear']:,}",
            "additive": f"{size['additive']:,}",
        },
    )


def heat(scene: Scene) -> Stage:
    """Step 4: softmax with a temperature to turn."""
    found, count = scene.explanation, scene.lesson.size
    top = float(found.weights[scene.heaviest])
    figures = {
        "word": scene.word(scene.heaviest),
        "weight": number(top),
        "times": f"{top * count:.2f}",
        "count": count,
        "share": number(1 / count),
    }
    return Stage(hand=held(scene, "softmax"), figures=figures)


def held(scene: Scene, mode: str, others: tuple[tuple[str, str, np.ndarray], ...] = ()) -> dict[str, Any]:
    """Return what the browser needs to take weights by itself; `others` are weights to choose: id, name, [T]."""
    lesson, found = scene.lesson, scene.explanation
    even = np.full(lesson.size, 1 / lesson.size)
    presets = (("own", _("the model's own"), found.weights), *others, ("uniform", _("uniform"), even))
    about = {
        "softmax": _("Each exp(e/τ), divided by the sum of all, is the weight α."),
        "hand": _("The small mark on a slider is the model's own weight. A click on a word gives it all the weight."),
    }[mode]
    if lesson.size > 10:
        about += " " + _("{count} words: the list scrolls.").format(count=lesson.size)
    if lesson.size == 1:
        about += " " + _("One word alone has the weight 1, whatever its score.")
    return {
        "mode": mode,
        "words": names(lesson),
        "scores": found.scores.tolist(),
        "weights": found.weights.tolist(),
        "votes": found.votes.tolist(),
        "bias": found.bias.tolist(),
        "labels": [_(label) for label in found.labels],
        "colours": [palette.class_colour(k) for k in range(len(found.labels))],
        "probabilities": found.probabilities.tolist(),
        "prediction": int(found.probabilities.argmax()),
        "hidden": packed(lesson.hidden if mode == "hand" else lesson.hidden[:0]),
        "width": lesson.hidden.shape[1],
        "hand": scene.shown.hand or "own",
        "temperature": scene.shown.heat,
        "hottest": HOTTEST,
        "presets": [{"id": key, "name": name, "weights": weights.tolist()} for key, name, weights in presets],
        "texts": {
            "headsSoftmax": [_("word"), _("score e"), "exp(e/τ)", "", _("weight α")],
            "headsHand": [_("word"), _("take the weight"), _("weight α")],
            "sum": _("sum"),
            "words": _("The words and their weights"),
            "answer": _("The answer under these weights"),
            "was": _("The black mark is the answer under the model's own weights."),
            "turned": _("The answer has turned."),
            "stayed": _("The answer is the model's own."),
            "temperature": _("temperature τ"),
            "zero": _("At 0 the formula would divide by zero. This is its limit: all weight on the highest score."),
            "turn": _("Turn it with the mouse or the arrow keys."),
            "back": _("back to τ = 1"),
            "one": _("All the weight on this word"),
            "slider": _("weight of “{word}”"),
            "presets": _("Weights to take"),
            "shuffle": _("shuffled"),
            "far": _("Distance from the model's own weights: {distance}"),
            "context": _("context c"),
            "about": about,
        },
    }


def context(scene: Scene) -> Stage:
    """Step 5: the weights by hand."""
    found = scene.explanation
    alone = (found.votes + found.bias).argmax(axis=1)
    best = int(found.logits.argmax())
    turning = [int(place) for place in np.flatnonzero(alone != best)]
    figures = {
        "count": scene.lesson.size,
        "turning": len(turning),
        "answer": _(found.labels[best]),
        "words": scene.listed(turning),
    }
    return Stage(hand=held(scene, "hand"), figures=figures)


def split(scene: Scene) -> Stage:
    """Step 6: every logit as a sum of contributions and the bias."""
    found, k = scene.explanation, scene.side
    values = found.contributions[:, k]
    order = np.argsort(-np.abs(values), kind="stable")
    chosen = sorted(int(at) for at in order[:_MOST_PARTS])
    rest = order[_MOST_PARTS:]
    parts = [
        (scene.word(at), f"α {number(found.weights[at])} × V·h {number(found.votes[at, k])}", float(values[at]))
        for at in chosen
    ]
    if len(rest):
        parts.append((_("the other {count} words").format(count=len(rest)), "", float(values[rest].sum())))
    parts.append((_("bias"), "", float(found.bias[k])))
    label, logit = _(found.labels[k]), float(found.logits[k])
    sums = waterfall(
        _("The logit of “{label}”").format(label=label),
        (_("word"), "α × V·h", "", _("adds")),
        parts,
        (_("logit"), logit),
    )
    choices = {
        "kind": "choices",
        "field": "side",
        "text": _("class:"),
        "options": [_(one) for one in found.labels],
        "chosen": k,
    }
    answers = {
        "kind": "answers",
        "panels": [panel("own", _("softmax of the logits"), found.labels, found.probabilities, found.logits, _)],
    }
    most = int(values.argmax())
    figures = {
        "word": scene.word(most),
        "label": label,
        "contribution": signed(float(values[most]), PLACES),
        "logit": signed(logit, PLACES),
        "heaviest": scene.word(scene.heaviest),
        "weight": number(float(found.weights.max())),
    }
    return Stage((choices, sums, answers), figures=figures, aside=True)


def stranger(scene: Scene) -> Stage:
    """Step 7: a word outside the vocabulary, by its n-grams and as `<unk>`."""
    experiment = scene.experiment
    text, strange, unseen = misspelt(scene)
    if not unseen:
        return Stage(lacks=_("There is no word here that could be misspelt. Type a sentence with a longer word."))
    ways: dict[str, Explanation] = {
        way: session.explain(experiment.name, text, scene.variant, way) for way in ("subword", "unk")
    }
    panels = [
        panel(way, name, ways[way].labels, ways[way].probabilities, ways[way].logits, _)
        for way, name in (("subword", _("read as n-grams")), ("unk", _("read as <unk>")))
    ]
    lines = []
    for place in unseen[:_MOST_STRANGERS]:
        token = ways["subword"].tokens[place]
        weights = [float(ways[way].weights[place]) for way in ("subword", "unk")]
        lines.append(
            {
                "name": visible(shorten(token.text)),
                "unseen": True,
                "cells": [
                    {"text": visible(" ".join(ways["subword"].ngrams[place][:5])) + " …"},
                    {"text": ", ".join(near(experiment, token.word)) or "–"},
                    {"text": number(weights[0]), "bar": weights[0]},
                    {"text": number(weights[1]), "bar": weights[1]},
                ],
            }
        )
    first = ways["subword"].tokens[unseen[0]]
    table = {
        "kind": "cells",
        "heading": "",
        "heads": [_("unknown word"), _("its n-grams"), _("nearest known words"), _("α by n-grams"), _("α as <unk>")],
        "rows": lines,
        "many": False,
    }
    best = {way: int(one.probabilities.argmax()) for way, one in ways.items()}
    figures = {
        "strange": strange,
        "word": visible(shorten(first.text)),
        "ngrams": _("{count} of them").format(count=ways["subword"].ngram_counts[unseen[0]]),
        "nearest": ", ".join(f"“{word}”" for word in near(experiment, first.word)) or "–",
        **{way: _(one.labels[best[way]]) for way, one in ways.items()},
        **{f"p_{way}": probability(one.probabilities[best[way]]) for way, one in ways.items()},
    }
    return Stage((table, {"kind": "answers", "panels": panels}), figures=figures)


def misspelt(scene: Scene) -> tuple[str, str, list[int]]:
    """Return a text with an unknown word, what to say of it, and where its strangers are: the sentence itself if it can be."""
    found, vocabulary = scene.explanation, scene.experiment.vocabulary
    strangers = [int(place) for place in np.flatnonzero(~found.known) if found.tokens[place].text[0].isalnum()]
    if strangers:
        return scene.text, _("Unknown here: {words}.").format(words=scene.listed(strangers)), strangers
    short = [len(token.text) < (_HANGUL if "가" <= token.text[0] <= "힣" else _LATIN) for token in found.tokens]
    for place in np.lexsort((-found.weights, short)):  # a short word has few n-grams to be known by
        token = found.tokens[place]
        for at in range(len(token.text) // 2, -1, -1):
            damaged = typos.double(token.text, at)
            if damaged.isalpha() and damaged.lower() not in vocabulary and len(token.text) > 1:
                text = scene.text[: token.start] + damaged + scene.text[token.end :]
                line = _("This sentence has no unknown word, so “{word}” is misspelt here as “{typo}”.")
                return text, line.format(word=scene.word(int(place)), typo=visible(shorten(damaged))), [int(place)]
    return scene.text, "", []


def near(experiment: Experiment, word: str) -> list[str]:
    """Return the known words nearest to one."""
    nearest = shelf.dissected(Choice(experiment.name), word[:LONGEST]).nearest
    return [visible(shorten(name)) for name, _cosine in nearest[:3]]


def twins(scene: Scene) -> Stage:
    """Step 8: which words moved, and whether that changed the answer."""
    experiment = scene.experiment
    found = comparisons.trace(experiment.name, scene.text)  # raises if there are no twins
    drift = comparison.drift(experiment, [swap.word for swap in found.swaps])
    explained = {
        variant: session.explain(experiment.name, scene.text, variant, "subword") for variant in comparison.TWINS
    }
    k = int(explained["fine-tuned"].probabilities.argmax())
    largest = float(drift.drift.max()) or 1.0
    label = _(found.labels[k])
    rows = []
    for place in drift.order:
        swap = found.swaps[place]
        spread = "–" if drift.spread is None or not swap.known else number(float(drift.spread[place]))
        cells: list[dict[str, Any]] = [
            {"text": number(float(drift.drift[place])), "bar": float(drift.drift[place]) / largest},
            {"text": spread},
            {"text": number(float(swap.answers.fine_tuned[k]))},
        ]
        rows.append(
            {
                "name": visible(shorten(swap.word)),
                "unseen": not swap.known,
                "cells": cells,
                "strong": swap is found.decisive,
            }
        )
    heads = [_("word"), _("drift"), _("another seed"), _("“{label}” with its frozen vector back").format(label=label)]
    table = {"kind": "cells", "heading": "", "heads": heads, "rows": rows, "many": len(rows) > 7}
    panels = [
        panel(variant, _(variant), one.labels, one.probabilities, one.logits, _) for variant, one in explained.items()
    ]
    back = found.all_swapped.fine_tuned
    panels.append(panel("back", _("fine-tuned, all vectors put back"), found.labels, back, None, _))
    best = {name: int(values.argmax()) for name, values in (
        ("frozen", explained["frozen"].probabilities), ("tuned", explained["fine-tuned"].probabilities), ("back", back)
    )}  # fmt: skip
    values = {"frozen": explained["frozen"].probabilities, "tuned": explained["fine-tuned"].probabilities, "back": back}
    first = int(drift.order[0])
    figures = {
        "word": visible(shorten(drift.words[first])),
        "drift": number(float(drift.drift[first])),
        "verdict": verdict(found, found.decisive),
        **{name: _(found.labels[place]) for name, place in best.items()},
        **{f"p_{name}": probability(float(values[name][place])) for name, place in best.items()},
    }
    return Stage(({"kind": "answers", "panels": panels}, table), figures=figures)


def opinions(scene: Scene) -> Stage:
    """Step 9: other weights that give the same answer."""
    name = scene.experiment.name
    other = lessons.agreeing(name, scene.text, scene.variant)
    shuffled = lessons.shuffles(name, scene.text, scene.variant)
    if other is None:
        line = _("No other weights give these very probabilities: there are too few words.")
        others: tuple[tuple[str, str, np.ndarray], ...] = ()
    else:
        line = _(
            "The farthest weights that give these very probabilities are {distance} away and lie on {words}."
        ).format(
            distance=number(reweighing.distance(other, scene.explanation.weights)),
            words=scene.listed([int(place) for place in np.flatnonzero(other > 5e-4)]),
        )
        others = (("same", _("farthest with the same answer"), other),)
    figures = {"farthest": line, "shuffles": shuffled.count, "same": shuffled.same}
    return Stage(hand=held(scene, "hand", others), figures=figures)


def limits(scene: Scene) -> Stage:
    """Step 10: time by length, and how far words fade."""
    name = scene.experiment.name
    pace = lessons.pace(name, scene.variant)
    owed = lessons.fading(name, scene.text, scene.variant)
    slowest = max(pace.recurrent)
    times = {
        "heading": _("Time to read a sentence"),
        "alt": _("A curve: milliseconds by the number of words"),
        "x": _("words"),
        "ticks": ["0", f"{slowest / 2:.1f}", f"{slowest:.1f} ms"],
        "series": [
            {"name": _("LSTM, ms"), "points": list(zip(pace.lengths, pace.recurrent, strict=True))},
            {"name": _("attention, ms"), "points": list(zip(pace.lengths, pace.attention, strict=True))},
        ],
        "shown": [
            {"x": str(length), "y": [number(a), number(b)]}
            for length, a, b in list(zip(pace.lengths, pace.recurrent, pace.attention, strict=True))[::2]
        ],
        "about": _("Measured on this machine. The attention weighs all words in one go (dashed)."),
    }
    far = len(owed) - 1
    steps = sorted({0, min(5, far), far // 2, far})
    fade = {
        "heading": _("What the last state still owes to a word"),
        "alt": _("A curve: the size of the gradient by the distance in words"),
        "x": _("words before the last"),
        "ticks": ["0", f"{owed.max() / 2:.2f}", f"{owed.max():.2f}"],
        "series": [
            {"name": _("gradient, last word = 1"), "points": [[d, float(value)] for d, value in enumerate(owed)]}
        ],
        "shown": [{"x": str(d), "y": [number(float(owed[d]))]} for d in steps],
        "about": _("Read forwards: |∂h/∂x|, the last word's set to 1.")
        + (" " + _("Take a longer sentence to see more of it.") if scene.lesson.size < FEW_TO_FADE else ""),
    }
    fades = _("The state at the end owes the word {distance} places back {share} of what it owes the last one.")
    figures = {
        "long": pace.lengths[-1],
        "short": pace.lengths[0],
        "growth": f"{pace.growth:.1f}",
        "fades": fades.format(distance=far, share=number(float(owed[-1]))) if far else "",
    }
    return Stage(({"kind": "curves", "charts": [times, fade]},), figures=figures)


_STAGES: tuple[Callable[[Scene], Stage], ...] = (
    rows, states, scores, heat, context, split, stranger, twins, opinions, limits,
)  # fmt: skip
