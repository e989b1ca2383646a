"""The race: the curves of all classifiers in training, and what they look at, as they stand at the moment."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from attnviz.heatmap import palette
from attnviz.heatmap.display import Translate, visible
from attnviz.heatmap.rounding import apportion
from attnviz.training.progress import RunStatus
from attnviz.ui.components.base import component
from attnviz.ui.i18n import msg

_LINES = {"frozen": "dashed", "fine-tuned": "solid", "uniform": "dotted"}  # never told apart by colour alone
_POINTS = 400  # of a curve: more than a screen has room for
_HEADS = {"losses": msg("Loss while training, nats"), "accuracy": msg("Right on the validation rows")}


def training_curves(
    story: RunStatus, probes: Sequence[str], labels: Sequence[str], *, key: str, translate: Translate
) -> None:
    """Draw how far the classifiers are; the picture grows in place."""
    _mount(payload(story, probes, labels, translate), key=key)


def payload(story: RunStatus, probes: Sequence[str], labels: Sequence[str], translate: Translate) -> dict[str, Any]:
    """Return what the browser needs to draw: plain lists, numbers and translated words."""
    _ = translate
    seen = story.probes[-1] if story.probes else {}
    after = len(story.probes) - 1
    heading = _("What they look at after epoch {epoch}").format(epoch=after) if after > 0 else ""
    return {
        "epochs": max(story.epochs, 1),
        "axis": _("epoch"),
        "charts": [
            {
                "id": name,
                "heading": _(heading_),
                "percent": name == "accuracy",
                "curves": [
                    {
                        "id": variant,
                        "name": _(variant),
                        "line": _LINES.get(variant, "dotted"),
                        "points": _thinned(points),
                    }
                    for variant, points in getattr(story, name).items()
                ],
            }
            for name, heading_ in _HEADS.items()
        ],
        "heading": heading or _("What they look at before training: all words alike"),
        "probes": [
            _probe(text, story.tokens[place], place, seen, labels, _)
            for place, text in enumerate(probes[: len(story.tokens)])
            if seen
        ],
    }


def _thinned(points: list[tuple[float, float]]) -> list[tuple[float, float]]:
    stride = max(1, len(points) // _POINTS)
    return [(round(x, 4), round(y, 5)) for x, y in [*points[:-1:stride], *points[-1:]]]


def _probe(
    text: str, tokens: Sequence[str], place: int, seen: dict[str, Any], labels: Sequence[str], translate: Translate
) -> dict[str, Any]:
    """Return one watched sentence as every classifier with attention reads it."""
    words = list(map(visible, tokens))
    panels = []
    for variant, results in seen.items():
        if variant == "uniform":  # no attention to look at
            continue
        weights = results[place]["weights"]
        panels.append(
            {
                "name": translate(variant),
                "answer": _answer(results[place]["probabilities"], labels, translate),
                "words": [
                    {"text": word, "weight": f"{share:.0%}", **_colours(weight)}
                    for word, weight, share in zip(words, weights, apportion(weights, 1, 2), strict=False)
                ],
            }
        )
    return {"text": visible(text), "panels": panels}


def _colours(weight: float) -> dict[str, str]:
    [level] = palette.attention_levels([weight])
    paper, ink = palette.both_themes(level, "attention")
    return {"paper": paper, "ink": ink}


def _answer(probabilities: Sequence[float], labels: Sequence[str], translate: Translate) -> str:
    best = max(range(len(probabilities)), key=probabilities.__getitem__)
    name = translate(labels[best]) if best < len(labels) else str(best)
    return f"{name} {probabilities[best]:.0%}"


_mount = component("training_curves")
