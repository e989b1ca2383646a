"""A file somebody wants to train on, looked at before anything starts: columns, classes, everything that is wrong."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, ParamSpec, TypeVar

import regex

from attnviz.data.columns import choose_column, guess_columns
from attnviz.data.datasets import Dataset, check_texts, load_dataset
from attnviz.data.labels import MAX_CLASSES, classes_of, tidied
from attnviz.data.registry import recognise
from attnviz.data.splits import key
from attnviz.data.tables import read_table
from attnviz.errors import AttnvizError
from attnviz.text import words

if TYPE_CHECKING:
    import pandas as pd

_ROWS, _CELL = 5, 200  # shown, and characters of each cell
_COMMON = 5_000  # words
_FEW, _LOPSIDED, _FEW_CHECKS = 20, 10, 100
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


def look(path: Path, text_column: str | None = None, label_column: str | None = None) -> Preview:
    """Return what is in a table, with its columns guessed where they are not given; nothing is raised."""
    problems: list[AttnvizError] = []
    table = _tried(problems, read_table, path)
    if table is None:
        return Preview(problems=tuple(problems))
    columns = tuple(map(str, table.columns))
    seen = Preview(columns, _first(table), len(table))
    if not (text_column or label_column) and recognise(table):
        seen = replace(seen, known=True)
    else:
        text_column, label_column = guess_columns(table, text_column, label_column)
        seen = replace(seen, text_column=text_column, label_column=label_column)
        if text_column is None or label_column is None or text_column == label_column:
            problem = AttnvizError("Texts and classes need a column each: say which ones.")
            return replace(seen, problems=(problem,))
        labels = _check_columns(table, text_column, label_column, path, problems)
        seen = replace(seen, classes=tuple(Counter(labels).most_common(MAX_CLASSES + 1)))
    if problems:
        return replace(seen, problems=tuple(problems))
    dataset = _tried(problems, load_dataset, path, text_column=text_column, label_column=label_column)
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
    table: pd.DataFrame, text_column: str, label_column: str, path: Path, problems: list[AttnvizError]
) -> list[str]:
    """Return the labels; what is wrong with one column does not hide what is wrong with the other."""
    for column in (text_column, label_column):
        _tried(problems, choose_column, list(table.columns), column, (), path)
    if problems:
        return []
    _tried(problems, check_texts, list(table[text_column]), table, text_column, path)
    labels = _tried(problems, tidied, table[label_column], path)
    if labels:
        _tried(problems, classes_of, labels, label_column, path)
    return labels or []


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
        remarks=tuple(_remarks(dataset, classes, splits)),
    )


def _remarks(dataset: Dataset, classes: tuple[tuple[str, int], ...], splits: Counter[str]) -> Iterator[AttnvizError]:
    rare = min(classes, key=lambda one: one[1])
    usual = max(classes, key=lambda one: one[1])
    if rare[1] < _FEW:
        yield AttnvizError("“{label}” has {count} rows: too few to learn much from.", label=rare[0], count=rare[1])
    if usual[1] > _LOPSIDED * rare[1]:
        yield AttnvizError(
            "“{label}” makes up {share} of the rows: who always answers that is right as often.",
            label=usual[0],
            share=f"{usual[1] / len(dataset):.0%}",
        )
    if splits["validation"] < _FEW_CHECKS:
        yield AttnvizError(
            "Only {count} rows are for validation: one row more or less is {points} points of accuracy.",
            count=splits["validation"],
            points=f"{100 / splits['validation']:.1f}",
        )
    labels: dict[str, set[int]] = {}
    for text, label in zip(dataset.texts, dataset.labels, strict=True):
        labels.setdefault(key(text), set()).add(label)
    if twice := len(dataset) - len(labels):
        torn = sum(len(given) > 1 for given in labels.values())
        yield AttnvizError(
            "{count} rows repeat the text of another; {torn} texts have different labels.",
            count=f"{twice:,}",
            torn=f"{torn:,}",
        )
    if not any(words(text) for text in dataset.texts):
        yield AttnvizError("No text holds a word.")
