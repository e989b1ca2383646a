"""How much of a file is read, and what is said of one that holds more."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from attnviz.errors import AttnvizError

MAX_COLUMNS = 1_000


@dataclass(frozen=True)
class Limits:
    """The most rows of a file, and the most bytes of it, unpacked."""

    rows: int = 1_000_000
    bytes: int = 500_000_000

    def check_rows(self, rows: int, path: Path) -> None:
        """Raise `AttnvizError` for more rows."""
        if rows > self.rows:
            raise AttnvizError(
                "{file} has more than {limit} rows. Give fewer, or raise the limit.", file=path.name, limit=self.rows
            )

    def check_bytes(self, size: int, path: Path) -> None:
        """Raise `AttnvizError` for more bytes."""
        if size > self.bytes:
            raise AttnvizError(
                "{file} has more than {limit} bytes. Give fewer rows, or raise the limit.",
                file=path.name,
                limit=self.bytes,
            )


def check_width(columns: int, path: Path) -> None:
    """Raise `AttnvizError` for more columns than are taken."""
    if columns > MAX_COLUMNS:
        raise AttnvizError(
            "{file} has {count} columns, more than {limit}. Keep those with the texts, the labels and the split.",
            file=path.name,
            count=columns,
            limit=MAX_COLUMNS,
        )
