"""Our own shape, an object a row: `{"text": …, "marked": [[start, end], …]}` in characters, or `["word", …]`."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from attnviz.data.rationales.rationale import Marked, Span
from attnviz.data.usable import is_blank
from attnviz.errors import AttnvizError, enumerate_values

TEXT, MARKED, LABEL = "text", "marked", "label"
_MOST = 10_000_000  # marked words times characters of the text, in which each is looked for


def read_row(record: dict[str, Any], row: int, path: Path) -> Marked:
    """Return a row; `AttnvizError` for one that cannot be used."""
    at = {"file": path.name, "rows": row, "count": 1}
    text = text_of(record.get(TEXT), row, path)
    marked = record.get(MARKED)
    if not isinstance(marked, list) or not (all(isinstance(one, str) for one in marked) or all(map(_is_span, marked))):
        raise AttnvizError(
            "{file}: left out, for what is marked is not a list of places, [[0, 4], …], nor one of words, "
            '["good", …]: row {rows} ({count} in all). Write one of them under “marked”; an empty list if nothing is.',
            **at,
        )
    if all(isinstance(one, str) for one in marked):
        return Marked(row, text, _places_of(marked, text, at), label_of(record.get(LABEL), row, path))
    for start, end in marked:
        if not 0 <= start < end <= len(text):
            raise AttnvizError(
                "{file}: left out, for a place that is marked does not lie in the text: row {rows} ({count} in all); "
                "in the first, {start} to {end} of {length} characters. Count characters from 0, the end behind the "
                "last.",
                **at,
                start=start,
                end=end,
                length=len(text),
            )
    return Marked(row, text, tuple((start, end) for start, end in marked), label_of(record.get(LABEL), row, path))


def text_of(given: object, row: int, path: Path) -> str:
    """Return a text that has something to read; `AttnvizError` if it is none."""
    if isinstance(given, str) and not is_blank(given):
        return given
    raise AttnvizError(
        "{file}: left out, for there is no text to read: row {rows} ({count} in all). Write one, or delete the row.",
        file=path.name,
        rows=row,
        count=1,
    )


def label_of(given: object, row: int, path: Path) -> str:
    """Return a label as text, "" where there is none; `AttnvizError` if it is not one value."""
    if given is None or isinstance(given, str):
        return given or ""
    if isinstance(given, int | float):
        return str(given)
    raise AttnvizError(
        "{file}: left out, for the label is not one name: row {rows} ({count} in all). Write a class, or leave it out.",
        file=path.name,
        rows=row,
        count=1,
    )


def _is_span(one: object) -> bool:
    return isinstance(one, list) and len(one) == 2 and all(type(place) is int for place in one)


def _places_of(words: list[str], text: str, at: dict[str, Any]) -> tuple[Span, ...]:
    """Return where words stand in a text, each behind the one before."""
    if len(words) * len(text) > _MOST:
        raise AttnvizError(
            "{file}: left out, for so many words are marked in so long a text that finding them takes too long: row "
            "{rows} ({count} in all). Give their places, [[0, 4], …], in their stead.",
            **at,
        )
    spans, end = [], 0
    for word in words:
        start = _find(word, text, end)
        if start < 0:
            raise AttnvizError(
                "{file}: left out, for a word that is marked is not in the text, or not behind the one before it: "
                "row {rows} ({count} in all); in the first, “{word}”. Write the words as they stand there, in their "
                "order.",
                **at,
                word=enumerate_values([word]),
            )
        end = start + len(word)
        spans.append((start, end))
    return tuple(spans)


def _find(word: str, text: str, after: int) -> int:
    """Return where a word stands: by itself, or else within another, as a morpheme does; -1 if nowhere."""
    if not word:
        return -1
    alone = re.compile(rf"(?<!\w)(?=\w){re.escape(word)}(?!\w)|(?!\w){re.escape(word)}").search(text, after)
    return alone.start() if alone else text.find(word, after)
