"""A file somebody wants to train on, looked at before anything starts: columns, classes, everything that is wrong."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from itertools import compress
from pathlib import Path
from typing import TYPE_CHECKING, ParamSpec, TypeVar

import regex

from attnviz.data.columns import choose_column, guess_columns
from attnviz.data.datasets import Dataset, load_dataset
from attnviz.data.labels import MAX_CLASSES, classes_of, readable
from attnviz.data.registry import recognise
from attnviz.data.remarks import on_dataset
from attnviz.data.tables import read_table
from attnviz.data.usable import UsableRows
from attnviz.errors import AttnvizError
from attnviz.text import words

if TYPE_CHECKING:
    import pandas as pd

_ROWS, _CELL = 5, 200  # shown, and characters of each cell
_COMMON = 5_000  # words
_HANGUL = regex.compile(r"\p{Hangul}")

Arguments = ParamSpec("Arguments")
Value = TypeVar("Value")


@dataclass(frozen=True)
class Preview:
    """What a file holds. With `problems` nothing can be trained on it; `remarks` are worth knowing."""

    columns: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()  # the first ones, cut to what a screen has room for
    count: int = 0
    text_column: str | None = None
    label_column: str | None = None
    known: bool = False  # the official layout of a data set known by name: its columns are no matter of choice
    classes: tuple[tuple[str, int], ...] = ()  # and how many rows each has
    splits: tuple[tuple[str, int], ...] = ()
    language: str = "en"
    tokens: int = 0
    common: tuple[tuple[str, int], ...] = ()  # the most frequent words, and how often they are there
    problems: tuple[AttnvizError, ...] = ()
    remarks: tuple[AttnvizError, ...] = ()


def look(
    path: Path,
    text_column: str | None = None,
    label_column: str | None = None,
    label_map: Mapping[str, str] | None = None,
) -> Preview:
    """Return what is in a table, with its columns guessed where they are not given; nothing is raised."""
    problems, remarks = list[AttnvizError](), list[AttnvizError]()
    table = _tried(problems, read_table, path, on_remark=remarks.append)
    if table is None:
        return Preview(problems=tuple(problems))
    columns = tuple(map(str, table.columns))
    seen = Preview(columns, _first(table), len(table), remarks=tuple(remarks))
    if not (text_column or label_column) and recognise(table):
        seen = replace(seen, known=True)
    else:
        text_column, label_column = guess_columns(table, text_column, label_column)
        seen = replace(seen, text_column=text_column, label_column=label_column)
        if text_column is None or label_column is None or text_column == label_column:
            problem = AttnvizError("Texts and classes need a column each: say which ones.")
            return replace(seen, problems=(problem,))
        labels = _check_columns(table, text_column, label_column, label_map or {}, path, problems)
        seen = replace(seen, classes=tuple(Counter(labels).most_common(MAX_CLASSES + 1)))
    if problems:
        return replace(seen, problems=tuple(problems))
    dataset = _tried(
        problems, load_dataset, path, text_column=text_column, label_column=label_column, label_map=label_map
    )
    if dataset is None:
        return replace(seen, problems=tuple(problems))
    return _described(seen, dataset)


def coverage(common: tuple[tuple[str, int], ...], known: Callable[[str], bool]) -> float:
    """Return the share of the frequent words, as often as they occur, that somebody knows."""
    total = sum(count for _, count in common)
    return sum(count for word, count in common if known(word)) / total if total else 0.0


def _tried(
    problems: list[AttnvizError], ask: Callable[Arguments, Value], *given: Arguments.args, **named: Arguments.kwargs
) -> Value | None:
    try:
        return ask(*given, **named)
    except AttnvizError as error:
        problems.append(error)
        return None


def _first(table: pd.DataFrame) -> tuple[tuple[str, ...], ...]:
    def cut(cell: str) -> str:
        return cell if len(cell) <= _CELL else cell[:_CELL] + "…"

    return tuple(tuple(map(cut, row)) for row in table.head(_ROWS).itertuples(index=False, name=None))


def _check_columns(
    table: pd.DataFrame,
    text_column: str,
    label_column: str,
    label_map: Mapping[str, str],
    path: Path,
    problems: list[AttnvizError],
) -> list[str]:
    """Return the labels; what is wrong with one column does not hide what is wrong with the other."""
    for column in (text_column, label_column):
        _tried(problems, choose_column, list(table.columns), column, (), path)
    if problems:
        return []
    texts, labels = list(table[text_column]), readable(table[label_column], label_map)
    usable = UsableRows(path, text_column, label_column)
    kept = list(compress(labels, usable.kept(texts, labels, table.index)))
    problems += usable.problems()
    _tried(problems, classes_of, kept, label_column, path)
    return kept


def _described(seen: Preview, dataset: Dataset) -> Preview:
    """Return the preview of a data set that can be trained on."""
    counted = Counter(dataset.labels)
    classes = tuple((name, counted[place]) for place, name in enumerate(dataset.label_names))
    splits = Counter(dataset.splits)
    spoken = Counter(word for text in dataset.texts for word in words(text))
    letters = "".join(word for word, _ in spoken.most_common(500))
    found = len(_HANGUL.findall(letters))
    return replace(
        seen,
        classes=classes,
        splits=tuple((split, splits[split]) for split in ("train", "validation", "test")),
        language="ko" if 3 * found > len(letters) else "en",
        tokens=spoken.total(),
        common=tuple(spoken.most_common(_COMMON)),
        remarks=(*dataset.remarks, *on_dataset(dataset)),
    )
