"""Which columns of a table hold the texts and the classes: the ones that are named, the usual ones, or a guess."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from attnviz.data.labels import MAX_CLASSES
from attnviz.data.tables import enumerate_values
from attnviz.errors import AttnvizError

if TYPE_CHECKING:
    import pandas as pd

TEXT_COLUMNS = ("text", "sentence", "review", "document", "content", "문장", "텍스트", "리뷰", "본문", "내용")
SPLIT_COLUMNS = ("split",)
LABEL_COLUMNS = (
    "label",
    "class",
    "target",
    "sentiment",
    "category",
    "레이블",
    "라벨",
    "클래스",
    "분류",
    "감성",
    "평가",
)
_LETTER = r"[^\W\d_]"


def usual_column(columns: Sequence[str], usual: Sequence[str]) -> str | None:
    """Return the column with the first of the usual names, whatever its case; None if none has one."""
    by_name = {column.lower(): column for column in reversed(columns)}
    return next((by_name[name] for name in usual if name in by_name), None)


def choose_column(columns: Sequence[str], given: str | None, usual: Sequence[str], path: Path) -> str:
    """Return the column that was given, or else the one with a usual name."""
    column = given or usual_column(columns, usual)
    if column is None or column not in columns:
        raise AttnvizError(
            "{file} has no column called {wanted}. Its columns are: {columns}. Say which of them to take.",
            file=path.name,
            wanted=given or enumerate_values(usual),
            columns=enumerate_values(columns),
        )
    if columns.count(column) > 1:
        raise AttnvizError(
            "{file} has {count} columns called {column}. Give each a name of its own.",
            file=path.name,
            count=columns.count(column),
            column=column,
        )
    return column


def guess_text(table: pd.DataFrame) -> str | None:
    """Return the column with a usual name, else the one with the longest cells of those that hold words."""
    if named := usual_column(list(table.columns), TEXT_COLUMNS):
        return named
    lengths = {name: table[name].str.len().mean() for name in _single(table)}
    return next((name for name in sorted(lengths, key=lengths.__getitem__, reverse=True) if _wordy(table[name])), None)


def guess_label(table: pd.DataFrame, text_column: str | None, known: Collection[str] | None = None) -> str | None:
    """Return the column with a usual name, else one with few different values: words before numbers, fewer first.

    If classes are `known`, it is instead one that holds some of them: rows to be judged may have no labels at all.
    """
    if named := usual_column([name for name in table.columns if name != text_column], LABEL_COLUMNS):
        return named
    few: dict[str, int] = {}
    for name in _single(table):
        if name != text_column and name.lower() not in SPLIT_COLUMNS:
            kinds = table[name].nunique()
            if table[name].isin(known).any() if known is not None else 2 <= kinds <= _most_kinds(len(table)):
                few[name] = kinds
    return min(few, key=lambda name: (not _wordy(table[name]), few[name]), default=None)


def _single(table: pd.DataFrame) -> list[str]:
    """Return the columns whose names are no other's, too."""
    columns = list(table.columns)
    return [name for name in columns if columns.count(name) == 1]


def _most_kinds(rows: int) -> int:
    return min(MAX_CLASSES, max(2, rows // 2))


def _wordy(cells: pd.Series[str]) -> bool:
    """Whether most cells hold a letter."""
    return bool(cells.str.contains(_LETTER).mean() > 0.5)
