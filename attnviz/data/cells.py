"""Values of any type -> the text of a cell: the same from Parquet, JSON and spreadsheets as pandas puts into a CSV."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta


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
