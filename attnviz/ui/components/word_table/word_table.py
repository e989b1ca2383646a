"""Tables whose words can be clicked, with a bar or the heat-map's colour behind a number where its size matters."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from attnviz.heatmap import palette
from attnviz.heatmap.display import shorten, visible
from attnviz.ui.components.base import component


@dataclass(frozen=True)
class Cell:
    """Words to click, or a text; a bar of a share, or from −1 to 1 if it has a `middle`; a mark that stands out.

    A `shade` is a level of one of the heat-map's scales, as in “for7”.
    """

    text: str = ""
    words: tuple[str, ...] = ()
    bar: float | None = None
    middle: bool = False
    mark: str = ""
    shade: str = ""


@dataclass(frozen=True)
class Row:
    """One line of a table; a `quiet` one counts for less, a `strong` one for more."""

    cells: tuple[Cell, ...]
    quiet: bool = False
    strong: bool = False


@dataclass(frozen=True)
class Table:
    """Lines under heads; `about` is said below the heading. A `tall` table, or a `wide` one, scrolls by itself."""

    heading: str
    heads: tuple[str, ...]
    rows: tuple[Row, ...]
    about: str = ""
    tall: bool = False
    wide: bool = False


@dataclass(frozen=True)
class Subject:
    """What the tables are about: a word, whether it is known, and a few figures with their names."""

    word: str
    badge: str
    oov: bool
    facts: tuple[tuple[str, str], ...]
    about: str = ""


def word(name: str) -> Cell:
    """Return the cell of one word."""
    return Cell(words=(name,))


def word_tables(
    tables: Sequence[Table],
    *,
    chosen: str,
    key: str,
    on_choose: Callable[[str], None],
    subject: Subject | None = None,
) -> None:
    """Draw tables, side by side where there is room; a click on a word calls `on_choose(word)`."""
    _mount(payload(tables, chosen, subject), key=key, on_choose=lambda word: on_choose(str(word)))


def payload(tables: Sequence[Table], chosen: str, subject: Subject | None) -> dict[str, Any]:
    """Return what the browser needs: plain lists, and each word as it is shown beside what it is."""
    return {
        "chosen": chosen,
        "subject": {**asdict(subject), "word": visible(shorten(subject.word))} if subject else None,
        "tables": [
            {
                "heading": table.heading,
                "about": table.about,
                "heads": table.heads,
                "tall": table.tall,
                "wide": table.wide,
                "rows": [
                    {"quiet": row.quiet, "strong": row.strong, "cells": [_cell(cell) for cell in row.cells]}
                    for row in table.rows
                ],
            }
            for table in tables
        ],
    }


def _cell(cell: Cell) -> dict[str, Any]:
    words = [{"word": word, "text": visible(shorten(word))} for word in cell.words]
    given = {"text": visible(cell.text), "words": words, "bar": cell.bar, "middle": cell.middle}
    given |= {"mark": cell.mark, "shade": cell.shade}
    return {name: value for name, value in given.items() if value is not None and value != "" and value != []}


_COLOURS = "\n".join(rule for scale in palette.SCALES for rule in palette.rules(scale))
_mount = component("word_table", css=_COLOURS)
