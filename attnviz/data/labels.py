"""Labels as a file writes them -> classes, and the place of each label among them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable, Sequence, Set
from pathlib import Path
from typing import TYPE_CHECKING

from attnviz.data.registry import usual_order
from attnviz.data.tables import enumerate_values
from attnviz.errors import AttnvizError

if TYPE_CHECKING:
    import pandas as pd

MAX_CLASSES = 100

_NO_LABEL = {"", "nan", "null", "<na>"}  # what programs write for it; "none" and "NA" may well be classes
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f]")  # what could command a terminal
_WHOLE = re.compile(r"([+-]?[0-9]+)(?:\.0*)?")
_NUMBER = re.compile(r"[+-]?[0-9]+(?:\.[0-9]+)?")


def readable(column: pd.Series) -> list[str]:
    """Return the labels tidied as for training, "" where there is none."""
    names = names_of(set(column))
    return ["" if names[cell].lower() in _NO_LABEL else names[cell] for cell in column]


def tidied(column: pd.Series, path: Path) -> list[str]:
    """Return the labels, white space tidied, 1.0 as 1: a column of numbers gets its decimals where one is missing."""
    names = names_of(set(column))
    absent = [row for row, cell in column.items() if names[cell].lower() in _NO_LABEL]
    if absent:
        raise AttnvizError(
            "{file}: the column {column} has no label in row {rows} (rows in all: {count}). Fill or delete them.",
            file=path.name,
            count=len(absent),
            column=column.name,
            rows=enumerate_values(absent),
        )
    return [names[cell] for cell in column]


def names_of(cells: Collection[str]) -> dict[str, str]:
    """Return each cell's label: white space tidied, 1.0 as 1 if all that say something are whole numbers."""
    names = {cell: unicodedata.normalize("NFC", _CONTROL.sub("", " ".join(cell.split()))) for cell in cells}
    said = {cell: name for cell, name in names.items() if name.lower() not in _NO_LABEL}
    whole = {cell: match[1] for cell, name in said.items() if (match := _WHOLE.fullmatch(name))}
    return names | whole if len(whole) == len(said) else names


def classes_of(labels: Iterable[str], column: str, path: Path) -> tuple[str, ...]:
    """Return the classes to train: as a data set known by name has them, or numbers by size and names by code point."""
    names = set(labels)
    if len(names) < 2:
        raise AttnvizError(
            "{file}: every label in the column {column} is {label}. At least two classes are needed.",
            file=path.name,
            column=column,
            label=enumerate_values(names),
        )
    if len(names) > MAX_CLASSES:
        raise AttnvizError(
            "{file}: the column {column} has {count} classes, more than {limit}. Is it the column of the labels?",
            file=path.name,
            column=column,
            count=len(names),
            limit=MAX_CLASSES,
        )
    numbers = all(map(_NUMBER.fullmatch, names))
    return usual_order(names) or tuple(sorted(names, key=lambda name: (float(name) if numbers else 0, name)))


def are_numbers(given: Set[str], classes: Sequence[str]) -> bool:
    """Return whether labels are the classes' numbers from 0: all of them must be there.

    Others may well count from 1, or mean something else: 0 and 1 are no two of four kinds of news.
    """
    return given == set(map(str, range(len(classes)))) and given != set(classes)


def place_of(given: Set[str], classes: Sequence[str]) -> dict[str, int]:
    """Return where each class is, by its name, or by its number if that is what labels are: see `are_numbers`."""
    numbers = are_numbers(given, classes)
    return {str(place) if numbers else name: place for place, name in enumerate(classes)}


def numbered(classes: Sequence[str]) -> str:
    """Say which number stands for which class."""
    return enumerate_values([f"{place} = {name}" for place, name in enumerate(classes)])


def places(labels: list[str], classes: tuple[str, ...], column: str, path: Path) -> list[int]:
    """Return where in `classes` each label is; labels that are no names may be numbers, see `are_numbers`."""
    given = set(labels)
    found = place_of(given, classes)
    if strange := given - found.keys():
        raise AttnvizError(
            "{file}: the column {column} has labels that are not among the classes: {strange}. "
            "The classes are: {classes}; or all numbers from 0 to {last}, in that order.",
            file=path.name,
            column=column,
            strange=enumerate_values(sorted(strange)),
            classes=enumerate_values(classes),
            last=len(classes) - 1,
        )
    return [found[label] for label in labels]
