"""Steps 7 and 8: where a word's vector comes from, and what fine-tuning made of it."""

from __future__ import annotations

import re
from operator import itemgetter
from typing import Any

import numpy as np

from attnviz import comparison
from attnviz.analysis.misspellings import misspellings
from attnviz.analysis.subwords import LONGEST
from attnviz.comparison import Drift
from attnviz.function_words import is_content
from attnviz.heatmap.display import shorten, visible
from attnviz.model.experiment import Experiment
from attnviz.model.explanation import Explanation
from attnviz.model.rates import Rates
from attnviz.model.variants import TWINS
from attnviz.ui.cache import comparisons, experiments, word_vectors
from attnviz.ui.cache.word_vectors import Choice
from attnviz.ui.components.lesson.blocks import LONG, number, panel, share
from attnviz.ui.components.swap_table import verdict
from attnviz.ui.pages.lesson import StepContent
from attnviz.ui.pages.steps.lesson_sentence import LessonSentence
from attnviz.ui.session import _

_MOST_STRANGERS = 4
_LETTER = re.compile("[ㄱ-ㆎ]")  # of Hangul, outside a syllable
_LATIN, _HANGUL = 5, 3  # letters of a word long enough to be misspelt


def oov(sentence: LessonSentence) -> StepContent:
    """Step 7: a word outside the vocabulary, by its n-grams and as `<unk>`."""
    experiment = sentence.experiment
    if not experiment.vectors.buckets:
        return StepContent(
            lacks=_("It came without vectors of n-grams: every word outside its vocabulary is <unk> to it.")
        )
    text, strange, unseen, right = misspelt(sentence)
    if not unseen:
        return StepContent(lacks=_("There is no word here that could be misspelt. Type a sentence with a longer word."))
    ways: dict[str, Explanation] = {
        way: experiments.explain(experiment.name, text, sentence.variant, way, masked=True)
        for way in ("subword", "unk")
    }
    panels = [
        panel(way, name, ways[way].labels, ways[way].probabilities, ways[way].logits, _)
        for way, name in (("subword", _("read as n-grams")), ("unk", _("read as <unk>")))
    ]
    lines = []
    for place in unseen[:_MOST_STRANGERS]:
        token = ways["subword"].tokens[place]
        lines.append(
            {
                "name": visible(shorten(token.text)),
                "unseen": True,
                "cells": [
                    {"text": visible(" ".join(ways["subword"].ngrams[place][:5])) + " …"},
                    {"text": ", ".join(near(experiment, token.word)) or "–"},
                    *({"text": share(one.weights, place), "bar": float(one.weights[place])} for one in ways.values()),
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
        "again": found_again(right, near(experiment, first.word)) if right else "",
        **{way: _(one.labels[best[way]]) for way, one in ways.items()},
        **{f"p_{way}": share(one.probabilities, best[way]) for way, one in ways.items()},
    }
    blocks = (table, {"kind": "answers", "panels": panels})
    return StepContent(blocks, figures=figures, deeper={"word": first.word[:LONGEST], "other": right})


def misspelt(sentence: LessonSentence) -> tuple[str, str, list[int], str]:
    """Return a text with an unknown word (the sentence if it has one), what to say of it, where its strangers are.

    Last comes the word that was misspelt for it, "" if none had to be.
    """
    found, vocabulary = sentence.explanation, sentence.experiment.vocabulary
    strangers = [int(place) for place in np.flatnonzero(~found.known) if found.tokens[place].text[0].isalnum()]
    if strangers:
        return sentence.text, _("Unknown here: {words}.").format(words=sentence.listed(strangers)), strangers, ""
    short = [len(token.text) < (_HANGUL if "가" <= token.text[0] <= "힣" else _LATIN) for token in found.tokens]
    broken = []  # words that a mistake has broken into morphemes, some unknown; those with whole syllables read better
    for place in np.lexsort((-found.weights, np.array(short))):  # a short word has few n-grams to be known by
        token = found.tokens[place]
        doubled = misspellings(token.text, "double")
        for damaged in (*misspellings(token.text, "ear"), *doubled[len(doubled) // 2 :: -1]):
            if not damaged.isalpha() or damaged.lower() in vocabulary or len(token.text) < 2:
                continue
            text = sentence.text[: token.start] + damaged + sentence.text[token.end :]
            read = sentence.experiment.tokenize(text)
            strange = [i for i, one in enumerate(read) if one.word not in vocabulary and len(one.text) > 1]
            first = read[strange[0]].text if strange else ""
            if not first:  # all its morphemes are known
                continue
            line = _("This sentence has no unknown word, so “{word}” is misspelt here as “{typo}”.")
            said = line.format(word=sentence.word(int(place)), typo=visible(shorten(damaged)))
            if first == damaged:
                return text, said, strange, token.word
            broken.append((bool(_LETTER.search(first)), (text, said, strange, token.word)))
    return min(broken, key=itemgetter(0))[1] if broken else (sentence.text, "", [], "")


def found_again(right: str, nearest: list[str]) -> str:
    """Say whether a misspelt word is still near the word that is meant."""
    line = (
        _("“{word}” is among them: this typo does little harm.")
        if right in nearest
        else _("“{word}” is not among them: this typo does harm.")
    )
    return line.format(word=visible(shorten(right)))


def near(experiment: Experiment, word: str) -> list[str]:
    """Return the known words nearest to one."""
    nearest = word_vectors.dissected(Choice(experiment.name), word[:LONGEST]).nearest
    return [visible(shorten(name)) for name, _cosine in nearest[:3]]


def twins(sentence: LessonSentence) -> StepContent:
    """Step 8: which words moved, and whether that changed the answer."""
    experiment = sentence.experiment
    found = comparisons.trace(experiment.name, sentence.text, True)  # raises if there are no twins
    drift = comparison.drift(experiment, [swap.word for swap in found.swaps])
    explained = {
        variant: experiments.explain(experiment.name, sentence.text, variant, "subword", masked=True)
        for variant in TWINS
    }
    k = int(explained["fine-tuned"].probabilities.argmax())
    largest = float(drift.drift.max()) or 1.0
    label = _(found.labels[k])
    rows = []
    passed = {place: passed_over(drift, place, experiment.language) for place in map(int, drift.order)}
    for place in sorted(passed, key=lambda place: bool(passed[place])):  # those that the notice speaks of come first
        swap = found.swaps[place]
        spread = "–" if drift.spread is None or not swap.known else number(float(drift.spread[place]))
        cells: list[dict[str, Any]] = [
            {"text": number(float(drift.drift[place])), "bar": float(drift.drift[place]) / largest},
            {"text": spread},
            {"text": share(swap.answers.fine_tuned, k)},
        ]
        rows.append(
            {
                "name": visible(shorten(swap.word)),
                "unseen": not swap.known,
                "note": passed[place],
                "quiet": bool(passed[place]),
                "cells": cells,
                "strong": swap is found.decisive,
            }
        )
    heads = [_("word"), _("drift"), _("another seed"), _("“{label}” with its frozen vector back").format(label=label)]
    about = "" if drift.spread is None else _(
        "“Another seed”: how far apart two trainings, begun with other random numbers, put a word. The notice speaks "
        "of the words on top, which moved farther; it passes over those in grey, each for the reason beside it."
    )  # fmt: skip
    table = {"kind": "cells", "heading": "", "heads": heads, "rows": rows, "about": about, "many": len(rows) > LONG}
    panels = [
        panel(variant, _(variant), one.labels, one.probabilities, one.logits, _) for variant, one in explained.items()
    ]
    back = found.all_swapped.fine_tuned
    panels.append(panel("back", _("fine-tuned, all vectors put back"), found.labels, back, None, _))
    best = {name: int(values.argmax()) for name, values in (
        ("frozen", explained["frozen"].probabilities), ("tuned", explained["fine-tuned"].probabilities), ("back", back)
    )}  # fmt: skip
    values = {"frozen": explained["frozen"].probabilities, "tuned": explained["fine-tuned"].probabilities, "back": back}
    figures = {
        "moved": farthest(drift, [place for place, why in passed.items() if not why]),
        "traded": traded(experiment.rates) if experiment.rates and not sentence.shown.present else "",
        "verdict": verdict(found, found.decisive),
        **{name: _(found.labels[place]) for name, place in best.items()},
        **{f"p_{name}": share(values[name], place) for name, place in best.items()},
    }
    deeper = {"part": "sentence", "text": sentence.text}
    return StepContent(({"kind": "answers", "panels": panels}, table), figures=figures, deeper=deeper)


def passed_over(moved: Drift, place: int, language: str) -> str:
    """Return why a word tells nothing of fine-tuning, however far it moved; "" if it does tell something."""
    word = moved.words[place]
    if not any(map(str.isalnum, word)):
        return _("a mark")
    if not is_content(word, language):
        return _("a function word")
    if not moved.drift[place]:
        return _("never moved")
    return _("another seed moves it as far") if moved.within_spread[place] else ""


def farthest(moved: Drift, telling: list[int]) -> str:
    """Say which of the `telling` words, the farthest first, moved farthest."""
    if not telling:
        return _("No content word here moved farther than another seed alone would move it.")
    line = (
        _("Of the content words, “{word}” moved farthest: {drift}. Nobody trained another seed to tell it from chance.")
        if moved.spread is None
        else _("Of the content words that moved farther than another seed would move them, “{word}” is first: {drift}.")
    )
    return line.format(word=visible(shorten(moved.words[telling[0]])), drift=number(float(moved.drift[telling[0]])))


def traded(rates: Rates) -> str:
    """Say what faster learning of the word vectors gains and costs, as it was measured on the test rows."""
    tuned = rates.rates[1:]
    best, fastest = max(tuned, key=lambda one: one.accuracy.mean), tuned[-1]
    line = _(
        "Classifiers trained to compare (seeds: {seeds}) are right on {frozen:.1%} of the test rows if frozen; at an "
        "embedding rate of {rate:g} on {best:.1%}, while words that are read often move by up to {near:.2f}"
    )
    line += "." if best is fastest else _("; at {fast:g} they move by up to {far:.2f}, and it is {least:.1%}.")
    return line.format(
        seeds=len(rates.seeds),
        frozen=rates.rates[0].accuracy.mean,
        rate=best.rate,
        best=best.accuracy.mean,
        near=best.drift[-1],
        fast=fastest.rate,
        far=fastest.drift[-1],
        least=fastest.accuracy.mean,
    )
