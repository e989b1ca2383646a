"""Decisions on labels as files: a table of actions, and the person's own file with the labels corrected.

The table is read, too: whoever decides in a spreadsheet fills in its columns `action` and `new_label`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from attnviz.analysis.evaluation.rows import EvaluationRows
from attnviz.analysis.labels.decisions import ACTIONS, Decision
from attnviz.data.chunks import Chunk, read_chunks
from attnviz.data.datasets import load_dataset
from attnviz.data.files import written_whole
from attnviz.data.labels import place_of
from attnviz.data.names import shown
from attnviz.data.registry import SOURCES, recognise
from attnviz.data.row_writers import KINDS, opened
from attnviz.data.tables import read_table
from attnviz.errors import AttnvizError, enumerate_values

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

    from attnviz.analysis.labels.check import LabelCheck

ROW, ACTION, NEW_LABEL = "row", "action", "new_label"


@dataclass(frozen=True)
class Corrections:
    """What is done to a file: the cells that labels get, and which rows go, by their numbers."""

    label_column: str
    cells: Mapping[int, str]
    removed: frozenset[int]

    @classmethod
    def of(cls, rows: EvaluationRows, labels: Sequence[str], decisions: Mapping[int, Decision]) -> Corrections:
        """Turn decisions on rows with labels into corrections; a class is spelled as most of its rows have it."""
        assert rows.truth is not None, "there is nothing to correct in rows without labels"
        origin = rows.origin
        spelled = dict(zip(labels, labels, strict=True))
        if origin.cells is not None and origin.label_column:
            written = Counter(zip(rows.truth, origin.cells[origin.label_column], strict=True))
            spelled |= {labels[place]: cell for (place, cell), _count in reversed(written.most_common())}
        relabelled = {row: one.label for row, one in decisions.items() if one.action == "relabel" and one.label}
        return cls(
            origin.label_column or "label",
            {origin.number(row): spelled[label] for row, label in relabelled.items()},
            frozenset(origin.number(row) for row, one in decisions.items() if one.action == "remove"),
        )

    def apply(self, chunk: Chunk) -> Chunk:
        """Return rows of the file with the labels corrected, without those that are removed."""
        new = {place: self.cells[number] for place, number in enumerate(chunk.numbers) if number in self.cells}
        if new:
            chunk = _relabelled(chunk, self.label_column, new)
        left = [place for place, number in enumerate(chunk.numbers) if number not in self.removed]
        return chunk if len(left) == len(chunk.cells) else chunk.take(np.array(left, dtype=np.int64))


def write_corrected(chunks: Iterable[Chunk], corrections: Corrections, out: Path) -> int:
    """Write a file's rows as corrected, in their order and with all their columns, and return how many there are.

    The file, there whole or not at all, is of the kind that its suffix says, one of `KINDS`.
    """
    import pyarrow as pa

    written = 0
    nothing = pa.table({})  # of ours stands beside a person's columns
    with written_whole(out.absolute()) as new, ExitStack() as stack:
        writer = opened(new, out.suffix.lower(), stack)
        for chunk in chunks:
            corrected = corrections.apply(chunk)
            writer.write(corrected, nothing)
            written += len(corrected.cells)
    return written


def chunks_of(data: str | Path, rows: EvaluationRows, labels: Sequence[str]) -> Iterator[Chunk]:
    """Yield all rows of the file or of the named data set that `rows` are from, those that were left out, too."""
    import pandas as pd

    if data in SOURCES:
        dataset = load_dataset(data, label_names=labels)
        named = {"text": dataset.texts, "label": [labels[k] for k in dataset.labels], "split": dataset.splits}
        yield Chunk(pd.DataFrame(named, index=range(1, len(dataset) + 1)))
        return
    for at, chunk in enumerate(read_chunks(Path(data))):
        if not at and rows.origin.label_column not in chunk.cells.columns:
            found = recognise(read_table(Path(data)))  # an official file, whose columns have no names
            assert found, "the rows were read from this file"
            yield Chunk(found[1])
            return
        yield chunk


def check_place(out: Path, source: Path | None = None) -> None:
    """Raise `AttnvizError` for a file that cannot be written, before anybody waits."""
    if out.suffix.lower() not in KINDS:
        raise AttnvizError(
            "{path} is of no kind that is written here: end its name in {known}.", path=out, known=", ".join(KINDS)
        )
    if not out.absolute().parent.is_dir():
        raise AttnvizError("{path}: its folder does not exist. Make it first, or name another one.", path=out)
    if source is not None and out.exists() and source.exists() and out.samefile(source):
        raise AttnvizError("{path} is the file that is read: write to another one.", path=out)


def actions_table(check: LabelCheck, rows: Sequence[int], decisions: Mapping[int, Decision]) -> pd.DataFrame:
    """Return rows at some places as a table of actions: what is known of each, and what was decided, if anything."""
    import pandas as pd

    lines = []
    for row in rows:
        one, decided = check.suspect(row), decisions.get(row)
        lines.append(
            {
                ROW: one.number,
                ACTION: decided.action if decided else "",
                NEW_LABEL: (decided and decided.label) or "",
                "label": one.label,
                "likely": one.likely,
                "probability": one.probability,
                "likely_probability": one.likely_probability,
                "split": one.split or "",
                "contradicted_by": " ".join(map(str, one.contradicted_by)),
                "text": one.text,
            }
        )
    names = [ROW, ACTION, NEW_LABEL, "label", "likely", "probability", "likely_probability", "split"]
    return pd.DataFrame(lines, columns=[*names, "contradicted_by", "text"])


def read_actions(path: Path, rows: EvaluationRows, labels: Sequence[str]) -> dict[int, Decision]:
    """Return the decisions that a table of actions tells, by the places of their rows; those left open are none.

    Raises `AttnvizError` naming the row of the table for an action, a row or a class that there is not.
    """
    table = read_table(path)
    if missing := [name for name in (ROW, ACTION) if name not in table.columns]:
        raise AttnvizError(
            "{file} is no table of actions: it has no column {column}. Give what `labels --out` or the page wrote.",
            file=path.name,
            column=missing[0],
        )
    for column in (ROW, ACTION, NEW_LABEL):
        if list(table.columns).count(column) > 1:
            raise AttnvizError("{file} has several columns {column}: leave one of them.", file=path.name, column=column)
    place_by_number = {rows.origin.number(row): row for row in range(len(rows))}
    classes = place_of({shown(cell) for cell in table.get(NEW_LABEL, ())} - {""}, labels)
    found: dict[int, Decision] = {}
    for line, cells in table.to_dict("index").items():
        action = shown(cells[ACTION]).lower()
        if not action:
            continue
        number, label = cells[ROW], shown(cells.get(NEW_LABEL, ""))
        row = place_by_number.get(int(number)) if number.isdecimal() and len(number) < 19 else None
        if action not in ACTIONS or row is None or (action == "relabel" and classes.get(label) is None):
            raise AttnvizError(
                "{file}, row {line}: “{action}” of row “{row}” to “{label}” cannot be done. Actions are {actions}, "
                "rows those of {data}, and a class to relabel to is one of {labels}.",
                file=path.name,
                line=line,
                action=action,
                row=number,
                label=label,
                actions=enumerate_values(ACTIONS),
                data=rows.name,
                labels=enumerate_values(labels),
            )
        found[row] = Decision(action, labels[classes[label]] if action == "relabel" else None)
    return found


def _relabelled(chunk: Chunk, column: str, new: Mapping[int, str]) -> Chunk:
    """Return rows with new cells in the column of the labels, by place; values keep the kind that the column has."""
    cells = chunk.cells.copy()
    at = list(map(str, cells.columns)).index(column)
    for place, cell in new.items():
        cells.iat[place, at] = cell
    table, records = chunk.table, chunk.records
    if table is not None:
        there = [shown(name) for name in table.column_names].index(column)
        table = table.set_column(there, table.field(there), _values(table.column(there), new))
    if records is not None:
        written = [{shown(name): name for name in record}.get(column, column) for record in records]
        records = tuple(
            {**record, name: _like(record.get(name), new[place])} if place in new else record
            for place, (record, name) in enumerate(zip(records, written, strict=True))
        )
    return Chunk(cells, chunk.done, table, records)


def _values(column: pa.ChunkedArray, new: Mapping[int, str]) -> pa.Array:
    import pyarrow as pa

    kind = column.type.value_type if pa.types.is_dictionary(column.type) else column.type
    values = column.to_pylist()
    try:
        for place, cell in new.items():
            values[place] = pa.scalar(cell).cast(kind).as_py()
        return pa.array(values, kind)
    except (ValueError, pa.ArrowException) as error:
        raise AttnvizError(
            "The column of the labels holds values of the kind {kind}, and “{cell}” is none: save it as text first.",
            kind=kind,
            cell=cell,
        ) from error


def _like(value: Any, cell: str) -> Any:
    """Return a cell as a value of the kind that another one has."""
    if isinstance(value, bool):
        return {"true": True, "false": False}.get(cell.lower(), cell)
    try:
        return type(value)(cell) if isinstance(value, int | float) else cell
    except ValueError:
        return cell  # JSON holds both in one column
