"""The pictures of a step as plain values: what pictures.js draws, figures already rounded so that they add up."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from attnviz.analysis.activations import Activations
from attnviz.heatmap import palette
from attnviz.heatmap.display import Translate, shorten, signed, visible
from attnviz.heatmap.rounding import PLACES, apportion, rounded
from attnviz.ui.components.packing import shades

Block = dict[str, Any]
LONG = 5  # more rows than always fit scroll by themselves where there is no room
_LEAD = 3  # numbers of a row that are written out


def number(value: float) -> str:
    """Return a number with three places and a true minus; what rounds to nothing has none."""
    return f"{value:z.{PLACES}f}".replace("-", "−")


def share(shares: np.ndarray, place: int) -> str:
    """Return one of some shares of 1 as it is shown among the others, which add up."""
    return number(float(apportion(shares, 1)[place]))


def names(lesson: Activations) -> list[dict[str, Any]]:
    """Return the words as they are shown, and whether each is a stranger."""
    found = lesson.explanation
    return [
        {"name": visible(shorten(token.text)), "unseen": not known}
        for token, known in zip(found.tokens, found.known, strict=True)
    ]


def strips(
    lesson: Activations,
    matrix: np.ndarray,
    notes: Sequence[str],
    heads: Sequence[str],
    about: str,
    translate: Translate,
    mean: tuple[str, np.ndarray] | None = None,
    split: int = 0,
) -> Block:
    """Return a matrix [T, N] as a strip of colours a word, its first numbers beside it, and a mean below."""
    _ = translate
    rows = [
        {**name, "note": note, "numbers": lead(row), "alt": _("{count} numbers of “{word}”").format(
            count=matrix.shape[1], word=name["name"]
        )}
        for name, note, row in zip(names(lesson), notes, matrix, strict=True)
    ]  # fmt: skip
    if mean:
        rows.append({"name": mean[0], "note": "", "numbers": lead(mean[1]), "alt": mean[0], "mean": True})
        matrix = np.vstack((matrix, mean[1]))
    return {
        "kind": "strips",
        "rows": rows,
        "heads": list(heads),
        "width": matrix.shape[1],
        "split": split,
        "shades": shades(matrix),
        "about": about,
        "legend": [_("above zero"), _("below zero")],
        "many": lesson.size > LONG,
    }


def lead(row: np.ndarray) -> str:
    """Return the first numbers of a row."""
    return "(" + ", ".join(number(float(value)) for value in row[:_LEAD]) + (", …)" if len(row) > _LEAD else ")")


def waterfall(
    heading: str,
    heads: Sequence[str],
    parts: Sequence[tuple[str, str, float]],
    total: tuple[str, float],
    unseen: Sequence[bool] = (),
    shown: Sequence[float] | np.ndarray | None = None,
) -> Block:
    """Return parts (name, detail, value) that add up to a total, each starting where the one before ends.

    The first of them may be words, `unseen` ones among them. `shown` are their values as they are shown, if those are
    settled elsewhere.
    """
    values = [value for _name, _detail, value in parts]
    shown = apportion(values, total[1]) if shown is None else shown
    whole = float(rounded(total[1]))
    ends = np.cumsum(values)
    starts = ends - values
    rows = [
        {"name": name, "detail": detail, "from": float(start), "to": float(end), "kind": "part"}
        | {"number": signed(value, PLACES)}
        for (name, detail, _), start, end, value in zip(parts, starts, ends, shown, strict=True)
    ]  # fmt: skip
    for row, strange in zip(rows, unseen, strict=False):
        row["unseen"] = strange
    last = {"name": total[0], "detail": "", "from": 0.0, "to": total[1], "number": signed(whole, PLACES)}
    reach = [0.0, total[1], *ends.tolist()]
    return {
        "kind": "sum",
        "heading": heading,
        "heads": list(heads),
        "rows": [*rows, {**last, "kind": "total"}],
        "low": min(reach),
        "high": max(reach),
    }


def panel(
    key: str,
    name: str,
    labels: Sequence[str],
    probabilities: np.ndarray,
    logits: np.ndarray | None,
    translate: Translate,
    note: str = "",
    lines: Sequence[str] = (),
) -> dict[str, Any]:
    """Return one answer: its class, and for every class a logit, if there are any, and a probability."""
    _ = translate
    shown, colours = apportion(probabilities, 1), palette.class_colours(labels)
    return {
        "id": key,
        "name": name,
        "note": note,
        "prediction": _(labels[int(probabilities.argmax())]),
        "lines": list(lines),
        "classes": [
            {
                "name": _(label),
                "share": float(probabilities[k]),
                "probability": number(shown[k]),
                "colour": colours[k],
            }
            | ({} if logits is None else {"logit": signed(float(rounded(logits[k])), PLACES)})
            for k, label in enumerate(labels)
        ],
    }
