"""The shape of Yelp-HAT (Sen et al. 2020): a table of texts and what somebody marked in each, as HTML.

A map is a `<span>` a word, parted as blanks part the text; those of the class `active` are marked. Several people read
each text, a row each, and say which class they take it for: yes for 1, no for 0. Whose answer is not the text's label
marked the words of another class.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from attnviz.data.names import match_key
from attnviz.data.rationales.own import text_of
from attnviz.data.rationales.rationale import LeftOut, Marked
from attnviz.errors import AttnvizError

if TYPE_CHECKING:
    import pandas as pd

TEXT, MAP = "Input.text", "Answer.html_output"
_LABEL, _ANSWER = "Input.label", "Answer.Q1Answer"
_ANSWERS = {"yes": "1", "no": "0", "idk": ""}
_TAG = re.compile(r"<(?P<end>/?)(?P<name>[a-zA-Z!?][^\s<>/]*)(?P<attributes>[^<>]*)>")
_CLASS = re.compile(r"""\sclass\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))""", re.IGNORECASE)
_LONG_NUMBER = re.compile("&#[0-9]{8,};?")  # of no character


def is_table_of_maps(columns: Sequence[str]) -> bool:
    """Return whether a table has the columns of texts and of maps."""
    return {match_key(TEXT), match_key(MAP)} <= set(map(match_key, columns))


def read_maps(table: pd.DataFrame, path: Path, left_out: LeftOut) -> list[Marked]:
    """Return the rows that can be used, and tell `left_out` of the others."""
    by_name = {match_key(column): table[column] for column in reversed(table.columns)}
    nothing = [""] * len(table)
    columns = (list(by_name.get(match_key(name), nothing)) for name in (TEXT, MAP, _LABEL, _ANSWER))
    found = []
    for row, *cells in zip(table.index, *columns, strict=True):
        try:
            found.append(_row(int(row), cells, path))
        except AttnvizError as fault:
            left_out.add(fault)
    return found


def _row(row: int, cells: Sequence[str], path: Path) -> Marked:
    text, written, label, answer = cells
    at = {"file": path.name, "rows": row, "count": 1}
    text_of(text, row, path)
    words = list(_words(written))
    if [word for word, _ in words] != text.split():
        raise AttnvizError(
            "{file}: left out, for the words of its map are not those of its text: row {rows} ({count} in all). Write "
            'a <span> for each word of the text as blanks part it, those that are marked with class="active".',
            **at,
        )
    said = _ANSWERS.get(match_key(answer), label)
    if label in ("0", "1") and said != label:
        raise AttnvizError(
            "{file}: left out, for who marked it took the text for another class than its label, or for none: row "
            "{rows} ({count} in all). What is marked there speaks for another answer.",
            **at,
        )
    places = (word.span() for word in re.finditer(r"\S+", text))
    spans = tuple(span for span, (_, active) in zip(places, words, strict=True) if active)
    return Marked(row, text, spans, label)


def _words(written: str) -> Iterator[tuple[str, bool]]:
    """Yield the words of a map, and whether each is marked.

    Python's own parser of HTML takes the square of the length for tags that never end.
    """
    active, end = False, 0
    for tag in _TAG.finditer(written):
        yield from ((word, active) for word in _meant(written[end : tag.start()]))
        end = tag.end()
        if tag["name"].lower() == "span":
            kind = None if tag["end"] else _CLASS.search(tag["attributes"])
            active = kind is not None and "active" in (kind[1] or kind[2] or kind[3] or "").split()
    yield from ((word, active) for word in _meant(written[end:]))


def _meant(text: str) -> list[str]:
    return html.unescape(_LONG_NUMBER.sub("\ufffd", text)).split()
