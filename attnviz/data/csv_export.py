"""Tables for spreadsheets: no cell of theirs runs when they are opened, and every cell can be read back.

A text that begins like a formula (`=cmd|…`) would be one to a spreadsheet, so an apostrophe is put before it, after
OWASP's advice on CSV injection; before apostrophes that stand in front of such a text, too, so that `plain` knows
which of them is ours.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from attnviz.data.cells import encodable

if TYPE_CHECKING:
    import pandas as pd

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_BOM = "\ufeff"


def inert(cell: Any) -> Any:
    """Return a cell that no spreadsheet takes for a formula; a single sign is none, and numbers stay numbers."""
    if not isinstance(cell, str) or len(cell) < 2:
        return cell
    return f"'{cell}" if cell.lstrip("'").startswith(_FORMULA) else cell


def plain(cell: Any) -> Any:
    """Return the cell that `inert` made this one of."""
    if isinstance(cell, str) and cell.startswith("'") and inert(cell[1:]) == cell:
        return cell[1:]
    return cell


def csv(rows: pd.DataFrame, header: bool = True) -> bytes:
    """Return a table as a file that spreadsheets read, Korean and all; without `header` as what goes on with one.

    Lines end in CR LF, so that a lone CR in a text is quoted. Half a surrogate pair becomes �.
    """
    safe = rows.rename(columns=inert)
    texts = safe.select_dtypes(exclude=["number", "bool"]).columns
    safe = safe.assign(**{name: safe[name].map(inert) for name in texts})
    text = safe.to_csv(index=False, header=header, lineterminator="\r\n")
    return ((_BOM if header else "") + encodable(text)).encode()
