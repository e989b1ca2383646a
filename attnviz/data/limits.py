"""How much of a file is read, and what is said of one that holds more."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from rich.filesize import decimal

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
                "{file} has more than {limit} rows. Give fewer; the commands predict, and train with --stream and a "
                "Parquet file, take any number.",
                file=path.name,
                limit=f"{self.rows:,}",
            )

    def check_bytes(self, size: int, path: Path) -> None:
        """Raise `AttnvizError` for more bytes."""
        if size > self.bytes:
            raise AttnvizError(
                "{file} holds {size}, more than {limit}. Give fewer rows; the commands predict, and train with "
                "--stream and a Parquet file, take any number.",
                **self._sizes(size, path),
            )

    def check_unpacked(self, size: int, path: Path) -> None:
        """Raise `AttnvizError` for a packed file of more bytes, which nothing reads in parts."""
        if size > self.bytes:
            raise AttnvizError(
                "{file} holds {size} once it is unpacked, more than {limit}. Delete what is not needed, or save its "
                "rows as a CSV.",
                **self._sizes(size, path),
            )

    def _sizes(self, size: int, path: Path) -> dict[str, object]:
        return {"file": path.name, "size": decimal(size), "limit": decimal(self.bytes)}


def check_width(columns: int, path: Path) -> None:
    """Raise `AttnvizError` for more columns than are taken."""
    if columns > MAX_COLUMNS:
        raise AttnvizError(
            "{file} has {count} columns, more than {limit}. Keep those with the texts, the labels and the split.",
            file=path.name,
            count=columns,
            limit=MAX_COLUMNS,
        )
