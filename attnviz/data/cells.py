"""Values of any type -> the text of a cell: the same from Parquet, JSON and spreadsheets as pandas puts into a CSV."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta

NESTED = "nested"  # of the attributes of a table: the names of the columns that hold no cells
_SURROGATE = re.compile("[\ud800-\udfff]")  # in a text they stand alone: a pair is one character


def encodable(text: str) -> str:
    """Return a text with � for each half of a surrogate pair, which has no UTF-8."""
    return text if text.isascii() else _SURROGATE.sub("\ufffd", text)


def cell_text(value: object) -> str:
    """Return a value as text, "" where there is nothing; a time of day that is midnight is left off a date."""
    import pandas as pd

    if isinstance(value, str):
        return value
    if value is None or value is pd.NaT or value is pd.NA or value != value:
        return ""
    if isinstance(value, datetime):
        midnight = value.tzinfo is None and value == pd.Timestamp(value).normalize()
        return value.date().isoformat() if midnight else value.isoformat(" ")
    if isinstance(value, date | time):
        return value.isoformat()
    return str(pd.Timedelta(value)) if isinstance(value, timedelta) else str(value)
