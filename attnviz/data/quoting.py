"""Double quotes in delimited text: those that enclose a cell, and those that are letters of a text.

A quote at the start of a cell encloses it if another one closes it: before a delimiter or the end of a line, the ones
inside doubled. Any other is a letter. Readers that take each for an opening one swallow all lines up to the next.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import regex

from attnviz.data.labels import MAX_CLASSES

_MANY_LINES = 50
_LINE_END = re.compile("[\r\n]")


@dataclass(frozen=True)
class Quoting:
    """A text in which each quote at the start of a cell encloses it, and what had to be done for that."""

    text: str
    letters: int = 0  # quotes at the start of a cell that are letters of it
    first: int = 0  # the row of the first of them
    doubtful: int = 0  # the row of a cell that may have swallowed others; 0 for none
    lines: int = 0  # in that cell


@dataclass(frozen=True)
class _Cell:
    """A quoted cell from its opening to behind its closing quote; `text` is what it should read, quotes and all."""

    start: int
    end: int
    text: str


def mended(text: str, delimiter: str) -> Quoting:
    """Return a text with its stray quotes doubled, within quotes, so that every reader of CSV finds the same cells."""
    if '"' not in text:
        return Quoting(text)
    cells, stray = _scanned(text, delimiter)
    broken, doubtful = _swallowing(text, delimiter, cells)
    if broken:  # what they hold is scanned anew, for it is rows of which some may be quoted
        cells, stray = _scanned(text, delimiter, frozenset(cell.start for cell in broken))
        _, doubtful = _swallowing(text, delimiter, cells)
    pieces, done = list[str](), 0
    cell_end = re.compile(rf"[{re.escape(delimiter)}\r\n]|\Z")
    ends = {at: found.start() for at in stray if (found := cell_end.search(text, at))}
    letters = [_Cell(at, end, _quoted(text[at:end])) for at, end in ends.items()]
    for cell in sorted([*letters, *(one for one in cells if one.text)], key=lambda one: one.start):
        pieces += [text[done : cell.start], cell.text]
        done = cell.end
    first = _row(text, stray[0], cells) if stray else 0
    return Quoting(
        "".join([*pieces, text[done:]]) if pieces else text,
        len(stray),
        first,
        _row(text, doubtful.start, cells) if doubtful else 0,
        _lines(text[doubtful.start : doubtful.end]) if doubtful else 0,
    )


def _scanned(text: str, delimiter: str, never: frozenset[int] = frozenset()) -> tuple[list[_Cell], list[int]]:
    """Return the quoted cells, and where quotes at the start of a cell are letters; those at `never` are."""
    mark = re.escape(delimiter)
    closed = re.compile(rf'"(?:[^"]++|"")*+"(?=[{mark}\r\n]|\Z)')
    backslashed = re.compile(rf'"(?:[^"\\]++|\\.|"")*+"(?=[{mark}\r\n]|\Z)', re.DOTALL)
    # one line, its quotes as they are, with a delimiter that would else end the cell, and none that begins another;
    # by regex, since re of Python 3.11.2 does not find it
    careless = regex.compile(
        rf'"(?=[^\r\n]*{mark})(?:[^"\r\n]++|(?<!{mark})"(?![{mark}\r\n]|\Z))*+"(?=[{mark}\r\n]|\Z)'
    )
    cells, stray, at = list[_Cell](), list[int](), text.find('"')
    while at >= 0:
        end = at + 1
        if at == 0 or text[at - 1] in f"{delimiter}\r\n":
            if at in never:
                stray.append(at)
            elif found := closed.match(text, at):
                cells.append(_Cell(at, end := found.end(), ""))
            elif (found := backslashed.match(text, at)) and '\\"' in found[0]:
                inside = re.sub(r'\\(["\\])', r"\1", found[0][1:-1].replace('""', '"'))
                cells.append(_Cell(at, end := found.end(), _quoted(inside)))
            elif (found := careless.match(text, at)) and delimiter in found[0]:
                cells.append(_Cell(at, end := found.end(), _quoted(found[0][1:-1])))
            else:
                stray.append(at)
        at = text.find('"', end)
    return cells, stray


def _swallowing(text: str, delimiter: str, cells: Iterable[_Cell]) -> tuple[list[_Cell], _Cell | None]:
    """Return the quoted cells that hold rows of the table, and the first of which that cannot be told.

    Their lines have as many cells as the header, and in one column the values are those of the other rows: in a text
    of several lines, however many commas it has, no class stands at the end of each.
    """
    long = [cell for cell in cells if _lines(text[cell.start : cell.end]) > 1]
    if not long:
        return [], None
    ends = [found.start() for found in _LINE_END.finditer(text)]  # of lines, those inside cells too
    width = len(text[: ends[0]].split(delimiter))
    broken, doubtful = list[_Cell](), list[_Cell]()
    suspects = [(cell, rows) for cell in long if width > 1 and (rows := _rows(text, cell, delimiter, width, ends))]
    if suspects:
        usual = _usual_values(text, delimiter, width, [_reach(cell, ends, len(text)) for cell, _ in suspects])
        for cell, rows in suspects:
            if any(all(row[at] in usual[at] for row in rows) for at in range(width)):
                broken.append(cell)
            elif not any(usual):  # no column of classes that could tell
                doubtful.append(cell)
    known = {cell.start for cell in broken}
    endless = (one for one in long if one.start not in known and _lines(text[one.start : one.end]) > _MANY_LINES)
    return broken, min([*doubtful, *endless], key=lambda cell: cell.start, default=None)


def _usual_values(text: str, delimiter: str, width: int, without: Iterable[tuple[int, int]]) -> list[set[str]]:
    """Return the values of each column outside of some places, none where they are more than there may be classes."""
    usual: list[set[str]] = [set() for _ in range(width)]
    many, start, header = set[int](), 0, True
    for stop, after in [*without, (len(text), 0)]:
        for line in _LINE_END.split(text[start:stop])[header:]:
            row = line.split(delimiter)
            for at in range(width) if len(row) == width else ():
                if at not in many and row[at].strip() and '"' not in row[at]:
                    usual[at].add(row[at])
                    many |= {at} if len(usual[at]) > MAX_CLASSES else set()
        start, header = after, False
    return [set() if at in many else values for at, values in enumerate(usual)]


def _rows(text: str, cell: _Cell, delimiter: str, width: int, ends: Sequence[int]) -> list[list[str]]:
    """Return the lines that a cell reaches into as rows, but for blank ones; none if one has not `width` cells."""
    start, end = _reach(cell, ends, len(text))
    rows = [line.split(delimiter) for line in _LINE_END.split(text[start:end]) if line.strip()]
    return rows if all(len(row) == width for row in rows) else []


def _reach(cell: _Cell, ends: Sequence[int], length: int) -> tuple[int, int]:
    """Return from where to where the lines are that a cell reaches into."""
    before, after = bisect_left(ends, cell.start), bisect_left(ends, cell.end)
    return ends[before - 1] + 1 if before else 0, ends[after] if after < len(ends) else length


def _quoted(cell: str) -> str:
    return '"{}"'.format(cell.replace('"', '""'))


def _lines(text: str) -> int:
    return 1 + text.count("\n") + text.count("\r") - text.count("\r\n")


def _row(text: str, at: int, cells: Iterable[_Cell]) -> int:
    """Return the row that a place in the text is in: lines, but those inside quoted cells."""
    inside = sum(_lines(text[cell.start : cell.end]) - 1 for cell in cells if cell.end <= at)
    return _lines(text[:at]) - inside
