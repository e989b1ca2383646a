"""Tables for spreadsheets: no cell of theirs runs when they are opened.

A text that begins like a formula (`=cmd|…`) would be one to a spreadsheet, so an apostrophe is put before it, after
OWASP's advice on CSV injection.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def inert(cell: Any) -> Any:
    """Return a cell that no spreadsheet takes for a formula; a single sign is none, and numbers stay numbers."""
    return f"'{cell}" if isinstance(cell, str) and len(cell) > 1 and cell.startswith(_FORMULA) else cell


def csv(rows: pd.DataFrame) -> bytes:
    """Return a table as a file that spreadsheets read, Korean and all."""
    safe = rows.rename(columns=inert)
    texts = safe.select_dtypes(exclude=["number", "bool"]).columns
    safe = safe.assign(**{name: safe[name].map(inert) for name in texts})
    return bytes(safe.to_csv(index=False).encode("utf-8-sig", "replace"))
