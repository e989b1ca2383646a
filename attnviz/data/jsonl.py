"""JSON: an object a line, or an array of objects -> a table."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from attnviz.data.cells import NESTED, cell_text, encodable
from attnviz.data.limits import Limits, check_width
from attnviz.data.names import shown
from attnviz.errors import AttnvizError, enumerate_values

if TYPE_CHECKING:
    import pandas as pd

KINDS = (".jsonl", ".ndjson", ".json")
_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")  # as JSON writes it; two of them may be one character


class _Doubled(dict[str, Any]):
    """An object that has a key twice: the last value counts."""


def read_json(text: str, path: Path, limits: Limits, on_remark: Callable[[AttnvizError], object]) -> pd.DataFrame:
    """Return the records; the index is the line, or the place in the array, from 1.

    The columns are the keys in the order in which they come up. Those that hold lists or objects are left out, as of a
    Parquet file. `on_remark` hears of doubled keys and broken characters. Raises `AttnvizError`.
    """
    import pandas as pd

    records = read_records(text, path, on_remark)
    limits.check_rows(len(records), path)
    columns: dict[str, None] = {}
    for record in records.values():
        columns |= dict.fromkeys(record)
        check_width(len(columns), path)
    cells = {name: [record.get(name) for record in records.values()] for name in columns}
    flat = {
        name: list(map(cell_text, values))
        for name, values in cells.items()
        if not any(isinstance(value, dict | list) for value in values)
    }
    rows = pd.DataFrame(flat, index=list(records), dtype=str)
    rows.attrs[NESTED] = [shown(name) for name in columns if name not in flat]
    return rows


def read_records(text: str, path: Path, on_remark: Callable[[AttnvizError], object]) -> dict[int, dict[str, Any]]:
    """Return the objects, values and all, under their lines or places, as `read_json` has them."""
    records = _array(text, path) if text.lstrip()[:1] == "[" else _lines(text, path)
    for row, record in records.items():
        if not isinstance(record, dict):
            raise AttnvizError(
                '{file}: record {row} is not an object. Write each row as one, like {{"text": "…", "label": "…"}}.',
                file=path.name,
                row=row,
            )
    doubled, halves, whole = list[int](), _SURROGATE.search(text), dict[int, dict[str, Any]]()
    for row, record in records.items():
        try:
            doubled += [row] if _is_doubled(record) else []
            whole[row] = _encodable(record) if halves else record
        except RecursionError as error:  # the parser goes deeper
            raise _overfull(path, row) from error
    if doubled:
        on_remark(
            AttnvizError(
                "{file}: a key is there twice in one object, so its last value is taken: row {rows} ({count} in all). "
                "Give each key another name.",
                file=path.name,
                rows=enumerate_values(doubled),
                count=len(doubled),
            )
        )
    if halves and (broken := [row for row, record in records.items() if record != whole[row]]):
        on_remark(
            AttnvizError(
                "{file}: half a character, which JSON can write but no text can hold, is read as “�”: row {rows} "
                "({count} in all). Write it whole, or delete it.",
                file=path.name,
                rows=enumerate_values(broken),
                count=len(broken),
            )
        )
    return whole


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    record = dict(pairs)
    return record if len(record) == len(pairs) else _Doubled(record)


def _is_doubled(value: dict[str, Any] | list[Any]) -> bool:
    inside = value.values() if isinstance(value, dict) else value
    return isinstance(value, _Doubled) or any(_is_doubled(one) for one in inside if isinstance(one, dict | list))


def _encodable(value: Any) -> Any:
    if isinstance(value, dict):
        return {encodable(name): _encodable(one) for name, one in value.items()}
    if isinstance(value, list):
        return list(map(_encodable, value))
    return encodable(value) if isinstance(value, str) else value


def _array(text: str, path: Path) -> dict[int, Any]:
    return dict(enumerate(_value(text, path, 0), start=1))


def _lines(text: str, path: Path) -> dict[int, Any]:
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return {number: _value(line, path, number) for number, line in enumerate(lines, start=1) if line.strip()}


def _value(text: str, path: Path, line: int) -> Any:
    try:
        return json.loads(text, object_pairs_hook=_object)
    except json.JSONDecodeError as error:
        raise AttnvizError(
            "{file}: line {line} is not JSON ({reason}). Write one object a line, or one array of objects.",
            file=path.name,
            line=line or error.lineno,
            reason=error.msg,
        ) from error
    except (RecursionError, ValueError) as error:  # a number may have more digits than Python reads
        raise _overfull(path, line) from error


def _overfull(path: Path, line: int) -> AttnvizError:
    return AttnvizError(
        "{file}: line {line} holds more than can be read: too many brackets in one another, or too long a number. "
        "Keep the texts, the labels and the split.",
        file=path.name,
        line=line or 1,
    )
