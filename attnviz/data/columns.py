"""Which columns of a table hold the texts and the classes: the ones that are named, the usual ones, or a guess."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from attnviz.data.cells import NESTED
from attnviz.data.labels import MAX_CLASSES
from attnviz.data.names import match_key
from attnviz.data.scored_columns import TRUTH, has_truth, own
from attnviz.errors import AttnvizError, enumerate_values

if TYPE_CHECKING:
    import pandas as pd

TEXT_COLUMNS = ("text", "sentence", "review", "document", "content", "문장", "텍스트", "리뷰", "본문", "내용")
SPLIT_COLUMNS = ("split",)
LABEL_COLUMNS = ("label", "class", "target", "sentiment", "category",
                 "레이블", "라벨", "클래스", "분류", "감성", "평가")  # fmt: skip
USUAL = frozenset((*TEXT_COLUMNS, *SPLIT_COLUMNS, *LABEL_COLUMNS))
_LETTER = r"[^\W\d_]"


def usual_column(columns: Sequence[str], usual: Sequence[str]) -> str | None:
    """Return the column with the first of the usual names, however it is spelled; None if none has one."""
    by_name = {match_key(column): column for column in reversed(columns)}
    return next((by_name[name] for name in usual if name in by_name), None)


def choose_column(
    columns: Sequence[str], given: str | None, usual: Sequence[str], path: Path, nested: Sequence[str] = ()
) -> str:
    """Return the column that was given, whatever its case unless two differ in it, or else one with a usual name.

    `nested` are the columns of the file that cannot be taken, for their values are no cells.
    """
    column = given or usual_column(columns, usual)
    if given and given not in columns:
        alike = [name for name in columns if match_key(name) == match_key(given)]
        column = alike[0] if len(alike) == 1 else None
    if column is None or column not in columns:
        if unread := usual_column(nested, [match_key(given)] if given else usual):
            raise AttnvizError(
                "{file}: the column {column} has no single value a row that can be read: it is nested (lists or "
                "records), or bytes that are no text. Put one text or label a row into a column of its own, and name "
                "that one.",
                file=path.name,
                column=unread,
            )
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


def nested_columns(table: pd.DataFrame) -> Sequence[str]:
    """Return the columns of a file that are not in its table, for their values are no cells."""
    names: Sequence[str] = table.attrs.get(NESTED, ())
    return names


def guess_columns(
    table: pd.DataFrame, text: str | None, label: str | None, known: Collection[str] | None = None
) -> tuple[str | None, str | None]:
    """Return the columns of the texts and of the classes: each as given, else the one with a usual name, else a guess.

    Guessed are the longest cells that hold words, and few different values: words before numbers, fewer first. If
    classes are `known`, it is instead a column that holds some of them: rows to be judged may have no labels at all.
    Where none does, an export of ours has them in `truth`.
    """
    columns = own(table.columns)  # the columns of an export that we have added hold no label
    single = [name for name in columns if columns.count(name) == 1 and match_key(name) not in SPLIT_COLUMNS]
    text = text or usual_column([name for name in columns if name != label], TEXT_COLUMNS)
    label = label or usual_column([name for name in columns if name != text], LABEL_COLUMNS)
    if known is not None:
        keys = set(map(match_key, known))
        label = label or _fewest(
            table, [n for n in single if n != text and keys & set(map(match_key, table[n].unique()))]
        )
        label = label or (TRUTH if has_truth(table.columns) else None)
    text = text or _longest(table, [name for name in single if name != label])
    if known is None:
        most = min(MAX_CLASSES, max(2, len(table) // 2))
        label = label or _fewest(table, [n for n in single if n != text and 2 <= table[n].nunique() <= most])
    return text, label


def _longest(table: pd.DataFrame, among: Sequence[str]) -> str | None:
    lengths = {name: table[name].str.len().mean() for name in among}
    return next((name for name in sorted(lengths, key=lengths.__getitem__, reverse=True) if _wordy(table[name])), None)


def _fewest(table: pd.DataFrame, among: Sequence[str]) -> str | None:
    return min(among, key=lambda name: (not _wordy(table[name]), table[name].nunique()), default=None)


def _wordy(cells: pd.Series[str]) -> bool:
    """Whether most cells hold a letter."""
    return bool(cells.str.contains(_LETTER).mean() > 0.5)
