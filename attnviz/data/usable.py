"""Which rows can be trained on: those with a text and a label; a few others are left out, and counted."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import regex

from attnviz.data.splits import unbroken
from attnviz.errors import AttnvizError, enumerate_values

MOST_LEFT_OUT = 0.05  # of the rows: more are no slip of the pen, but another column or a broken file
_SEEN = regex.compile(r"[^\s\p{C}]")  # what a token needs
_NAMED = 9  # rows


def is_blank(text: str) -> bool:
    """Return whether a text has nothing that can be read."""
    return not _SEEN.search(unbroken(text))


class UsableRows:
    """The rows of a file that can be used, and what is to be said of the others, however many pieces it is read in."""

    def __init__(self, path: Path, text_column: str, label_column: str) -> None:
        self.path, self.total = path, 0
        self._columns = (text_column, label_column)
        self._blank: list[int] = []  # row numbers
        self._unlabelled: list[int] = []

    def kept(self, texts: Sequence[str], labels: Sequence[str], rows: Sequence[int]) -> list[bool]:
        """Return which of these rows have a text and a label, and count the others; `rows` are their numbers."""
        self.total += len(texts)
        blank = list(map(is_blank, texts))
        self._blank += [row for row, missing in zip(rows, blank, strict=True) if missing]
        self._unlabelled += [row for row, label in zip(rows, labels, strict=True) if not label]
        return [bool(label) and not missing for label, missing in zip(labels, blank, strict=True)]

    @property
    def left_out(self) -> int:
        """How many rows lack something."""
        return len({*self._blank, *self._unlabelled})

    def problems(self) -> Iterator[AttnvizError]:
        """Yield what is wrong with each column of which more cells are blank than are left out."""
        few, (text_column, label_column) = MOST_LEFT_OUT * self.total, self._columns
        if len(self._blank) > few:
            yield AttnvizError(
                "{file}: the column {column} has no text in row {rows} (rows in all: {count}), and no more than "
                "{limit} of the rows are left out. Fill or delete them.",
                **self._about(text_column, self._blank),
            )
        if len(self._unlabelled) > few:
            yield AttnvizError(
                "{file}: the column {column} has no label in row {rows} (rows in all: {count}), and no more than "
                "{limit} of the rows are left out. Fill or delete them.",
                **self._about(label_column, self._unlabelled),
            )

    def remarks(self) -> Iterator[AttnvizError]:
        """Yield how many rows are left out, and which; `AttnvizError` is raised if they are too many."""
        for problem in self.problems():
            raise problem
        text_column, label_column = self._columns
        if self._blank:
            yield AttnvizError(
                "{file}: left out, without a text in the column {column}: {count} (row {rows}).",
                **self._about(text_column, self._blank),
            )
        if self._unlabelled:
            yield AttnvizError(
                "{file}: left out, without a label in the column {column}: {count} (row {rows}).",
                **self._about(label_column, self._unlabelled),
            )

    def _about(self, column: str, rows: Sequence[int]) -> dict[str, object]:
        return {
            "file": self.path.name,
            "column": column,
            "count": len(rows),
            "rows": enumerate_values(rows[:_NAMED]),
            "limit": f"{MOST_LEFT_OUT:.0%}",
        }
