"""What a benchmark finds: tables, ratios and notes, printed as Markdown as they come and kept as JSON."""

from __future__ import annotations

import argparse
import json
import math
import resource
import statistics
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

TIMES = {"what": "", "median, ms": ",.0f", "slowest, ms": ",.0f"}


class LeftOut(Exception):
    """A benchmark cannot run here, and why."""


@dataclass(frozen=True)
class Spread:
    """A value with the lowest and the highest beside it: those of the seeds, or the ends of its interval."""

    middle: float
    low: float
    high: float

    @classmethod
    def of(cls, values: Sequence[float]) -> Spread:
        """Return the mean of some values and their range."""
        return cls(statistics.mean(values), min(values), max(values))

    def __format__(self, spec: str) -> str:
        """Write each of the three alike."""
        return f"{self.middle:{spec}} ({self.low:{spec}} – {self.high:{spec}})"


class Table:
    """A table that grows row by row."""

    def __init__(self, title: str, columns: Mapping[str, str], changed: Callable[[], None]) -> None:
        self.title, self.columns, self.rows, self._changed = title, dict(columns), list[list[Any]](), changed
        print(f"\n{title}\n" if title else "")
        print(_line(columns), "| --- " * len(columns) + "|", sep="\n", flush=True)

    def row(self, *cells: Any, spec: str | None = None) -> None:
        """Print a row in the columns' formats, or in its own, and keep its numbers as they are; None is “–”."""
        formats = self.columns.values() if spec is None else len(cells) * [spec]
        print(_line(_shown(cell, form) for cell, form in zip(cells, formats, strict=True)), flush=True)
        self.rows.append([_plain(cell) for cell in cells])
        self._changed()

    def timed(self, what: str, taken: Iterable[float]) -> None:
        """Print a row of a table of `TIMES`: the median and the slowest of some milliseconds."""
        taken = list(taken)
        self.row(what, statistics.median(taken), max(taken))


class Report:
    """What one run of a benchmark has found so far; with a file it is written there after every row."""

    def __init__(self, file: Path | None = None) -> None:
        self.file, self.tables, self.ratios, self.notes = file, list[Table](), dict[str, float](), list[str]()
        self.left_out: str | None = None

    def table(self, title: str, columns: Mapping[str, str]) -> Table:
        """Begin a table: its columns by name, each with the format of its cells."""
        self.tables.append(Table(title, columns, self.save))
        return self.tables[-1]

    def ratio(self, name: str, value: float) -> None:
        """Print a ratio; the first is the one that a summary tells."""
        print(f"\n{name}: {_shown(value, '.2f')}", flush=True)
        self.ratios[name] = _plain(value)
        self.save()

    def say(self, note: str) -> None:
        """Print a sentence that belongs to the figures."""
        print(f"\n{note}", flush=True)
        self.notes.append(note)
        self.save()

    def save(self) -> None:
        """Write what there is."""
        if self.file:
            self.file.write_text(json.dumps(self.to_json(), ensure_ascii=False, indent=2) + "\n", encoding="utf-8")

    def to_json(self) -> dict[str, Any]:
        """Return it as JSON has it."""
        tables = [{"title": one.title, "columns": [*one.columns], "rows": one.rows} for one in self.tables]
        told = {"tables": tables, "ratios": self.ratios, "notes": self.notes}
        return told | ({"left_out": self.left_out} if self.left_out else {})


def run(main: Callable[[argparse.Namespace, Report], None], parser: argparse.ArgumentParser) -> None:
    """Run a benchmark as the command line says."""
    chosen = parser.parse_args()
    report = Report(chosen.json)
    try:
        main(chosen, report)
    except LeftOut as why:
        report.left_out = str(why)
        parser.exit(1, f"left out: {why}\n")
    finally:
        report.save()


def processor_seconds() -> float:
    """Return what the processes that this one started, and that have ended, took of the processor's time."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _line(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _shown(cell: Any, spec: str) -> str:
    if cell is None or (isinstance(cell, float) and not math.isfinite(cell)):
        return "–"
    if isinstance(cell, str):
        return cell.replace("|", r"\|")
    if isinstance(cell, Sequence):
        return ", ".join(_shown(one, spec) for one in cell)
    return format(cell, spec)


def _plain(cell: Any) -> Any:
    if isinstance(cell, Spread):
        return {name: _plain(value) for name, value in asdict(cell).items()}
    if isinstance(cell, Sequence) and not isinstance(cell, str):
        return [_plain(one) for one in cell]
    value = cell.item() if hasattr(cell, "item") else cell  # NumPy's numbers
    return None if isinstance(value, float) and not math.isfinite(value) else value
