"""A text and what people marked in it, and the rows of a file that cannot be used."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from attnviz.errors import AttnvizError, enumerate_values

Span = tuple[int, int]  # of characters: the first one, and the one behind the last


@dataclass(frozen=True)
class Rationale:
    """What each of some people marked in a text."""

    row: int  # where the text stands first: a line, or a row as a spreadsheet counts them
    text: str
    marks: tuple[tuple[Span, ...], ...]  # a person's each; somebody may have marked nothing
    label: str = ""  # the class that it is marked for; "" if nobody says


@dataclass(frozen=True)
class Marked:
    """One row: what one person marked in a text."""

    row: int
    text: str
    spans: tuple[Span, ...]
    label: str = ""
    question: str = ""  # that the marks answer, where a file asks several of one text


@dataclass
class LeftOut:
    """Rows that cannot be used, by what is wrong with them: each fault is said once, of the first that has it."""

    rows: int = 0
    _faults: dict[str, list[AttnvizError]] = field(default_factory=dict)

    def add(self, fault: AttnvizError) -> None:
        """Keep what is wrong with a row, a sentence about `rows`, `count` of them."""
        self.rows += 1
        self._faults.setdefault(fault.template, []).append(fault)

    def remarks(self) -> Iterator[AttnvizError]:
        """Yield the faults, each with the rows that have it."""
        for template, found in self._faults.items():
            rows = enumerate_values(fault.values["rows"] for fault in found)
            yield AttnvizError(template, **{**found[0].values, "rows": rows, "count": len(found)})


@dataclass(frozen=True)
class Rationales:
    """A file of them, in the order in which their texts come up."""

    rationales: tuple[Rationale, ...]
    rows: int  # of the file
    left_out: int  # rows that could not be used
    remarks: tuple[AttnvizError, ...]  # on how the file was read, and what is wrong with those


def of_texts(marked: list[Marked]) -> Iterator[Rationale]:
    """Yield the texts: rows with the same text, label and question are of several people."""
    people: dict[tuple[str, str, str], list[Marked]] = {}
    for one in marked:
        people.setdefault((one.text, one.label, one.question), []).append(one)
    for (text, label, _), found in people.items():
        yield Rationale(found[0].row, text, tuple(one.spans for one in found), label)
