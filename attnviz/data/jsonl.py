"""JSON: an object a line, or an array of objects -> a table."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from attnviz.data.cells import cell_text
from attnviz.data.limits import Limits, check_width
from attnviz.errors import AttnvizError

if TYPE_CHECKING:
    import pandas as pd

KINDS = (".jsonl", ".ndjson", ".json")


def read_json(text: str, path: Path, limits: Limits) -> pd.DataFrame:
    """Return the records; the index is the line, or the place in the array, from 1.

    The columns are the keys in the order in which they come up. Those that hold lists or objects are left out, as of a
    Parquet file. Raises `AttnvizError`.
    """
    import pandas as pd

    records = _array(text, path) if text.lstrip()[:1] == "[" else _lines(text, path)
    limits.check_rows(len(records), path)
    columns: dict[str, None] = {}
    for row, record in records.items():
        if not isinstance(record, dict):
            raise AttnvizError(
                '{file}: record {row} is not an object. Write each row as one, like {{"text": "…", "label": "…"}}.',
                file=path.name,
                row=row,
            )
        columns |= dict.fromkeys(record)
        check_width(len(columns), path)
    cells = {name: [record.get(name) for record in records.values()] for name in columns}
    flat = {
        name: [cell_text(value).encode("utf-8", "replace").decode() for value in values]
        for name, values in cells.items()
        if not any(isinstance(value, dict | list) for value in values)
    }
    return pd.DataFrame(flat, index=list(records), dtype=str)


def _array(text: str, path: Path) -> dict[int, Any]:
    return dict(enumerate(_value(text, path, 0), start=1))


def _lines(text: str, path: Path) -> dict[int, Any]:
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return {number: _value(line, path, number) for number, line in enumerate(lines, start=1) if line.strip()}


def _value(text: str, path: Path, line: int) -> Any:
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        raise AttnvizError(
            "{file}: line {line} is not JSON ({reason}). Write one object a line, or one array of objects.",
            file=path.name,
            line=line or error.lineno,
            reason=error.msg,
        ) from error
    except (RecursionError, ValueError) as error:  # a number may have more digits than Python reads
        raise AttnvizError(
            "{file}: line {line} holds more than can be read: too many brackets in one another, or too long a number. "
            "Keep the texts, the labels and the split.",
            file=path.name,
            line=line or 1,
        ) from error
