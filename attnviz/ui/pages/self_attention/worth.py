"""Step 7: what the other encoder buys on the test rows, as far as it was measured."""

from __future__ import annotations

from typing import Any

from attnviz.heatmap.rounding import percent
from attnviz.model.behaviour import Behaviour
from attnviz.model.metrics import Metrics, wilson
from attnviz.ui.accuracies import between, interval, on_all
from attnviz.ui.components.lesson.blocks import Block
from attnviz.ui.pages.lesson import StepContent
from attnviz.ui.pages.self_attention.asked_sentence import AskedSentence
from attnviz.ui.session import _

_LACKS = "–"


def worth(sentence: AskedSentence) -> StepContent:
    """Put what was measured of both encoders side by side."""
    experiment, pair = sentence.experiment, sentence.pair
    names = [sentence.named(variant) for variant in pair]
    tested = on_all(experiment.figures)
    figures = {
        "same": _same(sentence),
        "verdict": " ".join(
            filter(
                None,
                (
                    verdict(dict(zip(names, map(tested.get, pair), strict=True))),
                    steadiness(experiment.behaviour, dict(zip(pair, names, strict=True))),
                ),
            )
        ),
        "learned": f"{experiment.about.data.rows.get('train', 0):,}",
        "seeds": _seeds_said(sentence),
    }
    rows = [
        _line(_("accuracy"), _("with its 95% interval"), [_accuracy(tested.get(one)) for one in pair]),
        _line(
            _("calibration error"),
            _("ECE; 0: as often right as it is sure"),
            [_calibration(tested.get(one)) for one in pair],
        ),
        _line(
            _("heat-maps whose words carried the answer"),
            _("by the line under each"),
            [_carried(sentence, one) for one in pair],
        ),
        _line(
            _("behaviour tests that it fails"),
            _("texts changed on purpose"),
            [_failed(experiment.behaviour, one) for one in pair],
        ),
    ]
    table: Block = {
        "kind": "cells",
        "heading": _("Both on the test rows of {data}").format(data=experiment.about.data.name or experiment.name),
        "heads": [_("figure"), *names],
        "rows": rows,
        "about": _("“–”: nobody has measured it for this experiment."),
    }
    return StepContent((table,), figures=figures)


def _same(sentence: AskedSentence) -> str:
    """Say what the two have in common."""
    if sentence.experiment.about.variants[sentence.variant].embedding_of == sentence.pair[0]:
        return _("The same rows, the same word vectors, the same seed: the two differ in nothing but the encoder.")
    return _("The same rows, but not the same word vectors.")


def verdict(tested: dict[str, Metrics | None]) -> str:
    """Say which of two, by their names, is right more often, if their intervals tell them apart."""
    if len(tested) < 2 or not all(tested.values()):
        return _("Nobody has tested both on the same rows, so nothing can be said of which is better.")
    (one, first), (other, second) = ((name, metrics) for name, metrics in tested.items() if metrics)
    if first.interval[0] <= second.interval[1] and second.interval[0] <= first.interval[1]:
        line = _(
            "{one} {first}, {other} {second} of {rows} rows: the intervals overlap, so these do not tell them apart."
        )
    elif second.accuracy > first.accuracy:
        line = _("{one} {first}, {other} {second} of {rows} rows: {other} is better, its interval lies above.")
    else:
        line = _("{one} {first}, {other} {second} of {rows} rows: {other} is worse, its interval lies below.")
    return line.format(
        one=one,
        other=other,
        first=f"{first.accuracy:.1%}",
        second=f"{second.accuracy:.1%}",
        rows=f"{first.n:,}",
    )


def _line(name: str, note: str, cells: list[str]) -> dict[str, Any]:
    return {"name": name, "note": note, "cells": [{"text": text} for text in cells]}


def _accuracy(tested: Metrics | None) -> str:
    return f"{tested.accuracy:.1%} ({interval(tested)})" if tested else _LACKS


def _calibration(tested: Metrics | None) -> str:
    return _LACKS if tested is None or tested.ece is None else f"{tested.ece:.3f}"


def _carried(sentence: AskedSentence, variant: str) -> str:
    """Return how often the line under a heat-map says that the answer hangs on its words."""
    measured = sentence.experiment.belief_figures
    found = [one for one in measured.variants if one.variant == variant] if measured else []
    return (
        _("{share} of {count}").format(share=percent(found[0].share("carried")), count=found[0].sentences)
        if found
        else _LACKS
    )


def _failed(behaviour: Behaviour | None, variant: str) -> str:
    """Return how many of all changed texts a variant fails, with the interval of that share."""
    if behaviour is None or variant not in behaviour.variants:
        return _LACKS
    failed, cases = _failures(behaviour, variant)
    return f"{failed / cases:.1%} ({between(*wilson(failed, cases))})"


def _failures(behaviour: Behaviour, variant: str) -> tuple[int, int]:
    """Return how many of all cases a variant fails, and how many there are."""
    return sum(test.failed[variant] for test in behaviour.tests), sum(test.cases for test in behaviour.tests)


def steadiness(behaviour: Behaviour | None, named: dict[str, str]) -> str:
    """Say which of two variants fails fewer behaviour tests, if their intervals tell them apart; else nothing."""
    if behaviour is None or len(named) < 2 or not set(named) <= set(behaviour.variants):
        return ""
    (first, one), (second, _more) = sorted((_failures(behaviour, variant), name) for variant, name in named.items())
    if wilson(*first)[1] >= wilson(*second)[0]:
        return ""
    said = _("Of texts changed on purpose the {better} fails fewer: {less} against {more}.")
    shares = {"less": f"{first[0] / first[1]:.1%}", "more": f"{second[0] / second[1]:.1%}"}
    return said.format(better=one, **shares)


def _seeds_said(sentence: AskedSentence) -> str:
    """Say what other seeds came to, where that was measured."""
    measured = sentence.experiment.encoder_figures
    of = {one: seeds for one, seeds in measured.seeds.items() if one in sentence.pair} if measured else {}
    if not of:
        return _("Other seeds have not been measured here.")
    each = "; ".join(
        f"{sentence.named(one)} " + ", ".join(f"{share:.1%}" for share in seeds) for one, seeds in of.items()
    )
    return _("By seed: {each}.").format(each=each)
