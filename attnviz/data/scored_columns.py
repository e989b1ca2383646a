"""The columns that we write beside somebody's own when their rows are scored, and an export of ours read back.

`row` is a row's number in the file it comes from, `truth` the class that its label means, `answer:frozen` what a
variant said, `p:frozen:positive` how probable it found a class. A table that has `row` and an `answer:` is an export of
ours: its rows keep their numbers, its other columns are the file's own, and those of ours are written anew.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from attnviz.data.csv_export import plain

if TYPE_CHECKING:
    import pandas as pd

ROW, TRUTH, TOKENS, UNKNOWN = "row", "truth", "tokens", "unknown"
_ANSWER = "answer:"
_STARTS = (_ANSWER, "p:", "loss:", "weights:", "contributions:")
_THEIRS = ":file"  # what is put behind the name of a file's own column that is called like one of ours


def answer(variant: str) -> str:
    """Return the name of the column of a variant's answers."""
    return f"{_ANSWER}{variant}"


def probability(variant: str, label: str) -> str:
    """Return the name of the column of the probabilities that a variant gives a class."""
    return f"p:{variant}:{label}"


def loss(variant: str) -> str:
    """Return the name of the column of a variant's losses."""
    return f"loss:{variant}"


def weights(variant: str) -> str:
    """Return the name of the column of the weights of a variant's tokens."""
    return f"weights:{variant}"


def contributions(variant: str, label: str) -> str:
    """Return the name of the column of what each token adds to the logit of a class."""
    return f"contributions:{variant}:{label}"


def is_export(columns: Iterable[object]) -> bool:
    """Whether a table with these columns was written by us."""
    names = list(map(str, columns))
    return ROW in names and any(name.startswith(_ANSWER) for name in names)


def has_truth(columns: Iterable[object]) -> bool:
    """Whether a table with these columns was written by us with the class that each label means."""
    names = list(map(str, columns))
    return is_export(names) and names.count(TRUTH) == 1 and any(name.startswith("p:") for name in names)


def own(columns: Iterable[object]) -> list[str]:
    """Return the columns of a file that are its own: all of them, unless it is an export of ours."""
    names = list(map(str, columns))
    if not is_export(names):
        return names
    return [name for name in names if not _is_ours(name)]


def _is_ours(name: str) -> bool:
    named = name in (ROW, TRUTH, TOKENS, UNKNOWN) or name.startswith(_STARTS)
    return named and not name.endswith(_THEIRS)


def kept_names(theirs: Iterable[str], ours: Iterable[str]) -> list[str]:
    """Return what a file's own columns are called beside ours: none is lost because another one has its name.

    Nor because it is called like one that we write elsewhere: `own` would take it for ours when it is read again.
    """
    taken, names = set(ours), list[str]()
    ours_there = bool(taken)
    for name in map(str, theirs):
        while name in taken or (ours_there and _is_ours(name)):
            name += _THEIRS  # noqa: PLW2901
        taken.add(name)
        names.append(name)
    return names


def beside(theirs: pd.DataFrame, ours: Mapping[str, Any]) -> pd.DataFrame:
    """Return a file's own columns, then ours."""
    import pandas as pd

    named = theirs.set_axis(kept_names(theirs.columns, ours), axis=1).reset_index(drop=True)
    return pd.concat([named, pd.DataFrame(dict(ours))], axis=1)


def restored(table: pd.DataFrame, guarded: bool) -> pd.DataFrame:
    """Return an export of ours under the row numbers it tells, any other table as it is.

    Where it may have been a CSV, its cells are `guarded` against being taken for formulas: those come back as they
    were.
    """
    import pandas as pd

    if not is_export(table.columns):
        return table
    if guarded:
        table = table.map(plain)
        table.columns = [plain(name) for name in table.columns]
    told = table[ROW] if list(table.columns).count(ROW) == 1 else None
    if told is not None and told.str.fullmatch("[1-9][0-9]{0,8}").all() and told.is_unique:
        table = table.set_axis(pd.Index(told.astype("int64"), name=None), axis=0)
    return table
