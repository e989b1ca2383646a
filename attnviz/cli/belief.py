"""The command that asks how far heat-maps may be believed: `python -m attnviz belief`."""

from __future__ import annotations

from pathlib import Path
from textwrap import fill
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from attnviz.cli.options import (
    ExperimentOption,
    JsonOption,
    SplitOption,
    TextColumn,
    TextCommand,
    VariantOption,
    given_texts,
    number_column,
    open_console,
    plain_table,
    print_json,
    was_given,
)
from attnviz.errors import AttnvizError

if TYPE_CHECKING:
    from rich.console import Console

    from attnviz.analysis.belief.examination import Belief
    from attnviz.analysis.belief.over_rows import VariantBelief
    from attnviz.model.experiment import Experiment

# What is heavy is imported where it is used, so that `--help` answers at once.

app = typer.Typer()
_HEAD = 10  # characters of a line at most, so that the table has its place in a narrow terminal


@app.command(cls=TextCommand)
def belief(
    context: typer.Context,
    text: Annotated[
        str,
        typer.Argument(
            metavar="TEXT|DATA",
            help="A text, in quotes; - reads texts from standard input, one a line. Or rows: a file, or the name of "
            "a data set.",
            show_default=False,
        ),
    ],
    experiment: ExperimentOption = "reviews-en",
    variant: VariantOption = None,
    sample: Annotated[
        int, typer.Option(min=1, metavar="N", help="Of rows, how many to examine: drawn with seed 0.")
    ] = 400,
    split: SplitOption = "test",
    text_column: TextColumn = None,
    rationales: Annotated[
        bool,
        typer.Option("--rationales", help="The file tells what people marked: say how the views agree with them."),
    ] = False,
    baseline: Annotated[
        Literal["unk", "zero"],
        typer.Option(help="Of a text: where integrated gradients set out from, each word `<unk>` or its vector zero."),
    ] = "unk",
    as_json: JsonOption = False,
) -> None:
    """Ask how far a heat-map may be believed: what the answer is without the words it looked at, and other views.

    Without `--variant`, the twins `frozen` and `fine-tuned` answer. Of texts from standard input, `--json` is one line
    each. Of rows it says how often a heat-map is borne out, and how attention agrees with other views.

        python -m attnviz belief "a dull film, and I loved every minute of it"

        python -m attnviz belief movie-reviews --sample 100 --variant fine-tuned

        python -m attnviz belief marks.jsonl --rationales
    """
    from attnviz.analysis.belief.examination import examine
    from attnviz.analysis.belief.subject import Subject
    from attnviz.cli.rationales import compare
    from attnviz.data.registry import SOURCES
    from attnviz.data.steps import finished
    from attnviz.model.experiment import load
    from attnviz.model.variants import TWINS

    opened = load(experiment)
    chosen = tuple(dict.fromkeys(variant or [name for name in TWINS if name in opened.variants] or opened.variants))
    for name in chosen:
        opened.model(name)
    of_rows = text in SOURCES or (text != "-" and _is_file(text))
    if rationales:
        _refuse(context, "split", "text_column", "baseline", of="what people marked")
        compare(opened, Path(text), chosen, sample, as_json)
        return
    if of_rows:
        _refuse(context, "baseline", of="rows")
        _of_rows(opened, text, chosen, sample, split, text_column, as_json)
        return
    _refuse(context, "sample", "split", "text_column", of="a text")
    console = open_console()
    for number, one in enumerate(given_texts(text)):
        found = [finished(examine(Subject.of(opened, opened.explain(one, name)), baseline)) for name in chosen]
        if as_json:
            print_json({"experiment": opened.name, "text": one, "variants": [belief.to_dict() for belief in found]})
            continue
        if number:
            console.print()
        for belief in found:
            _draw(belief, console)


def _refuse(context: typer.Context, *names: str, of: str) -> None:
    """Raise `AttnvizError` if one of these options was given, which has no meaning there."""
    for name in names:
        if was_given(context, name):
            raise AttnvizError(
                "{option} says nothing of {kind}: leave it out. --help says what each option is of.",
                option=f"--{name.replace('_', '-')}",
                kind=of,
            )


def _is_file(text: str) -> bool:
    try:
        return Path(text).is_file()
    except (OSError, ValueError):  # a text too long for a path, or with a character that no path has
        return False


def _draw(belief: Belief, console: Console) -> None:
    """Print the heat-map, the line, and the views word by word."""
    from attnviz.analysis.belief.views import view_names
    from attnviz.analysis.belief.wording import said
    from attnviz.cli import terminal
    from attnviz.heatmap.display import shorten, signed, visible

    console.print(terminal.draw(belief.explanation.heatmap(), console.width), soft_wrap=True)
    console.print(said(belief.verdict, belief.explanation), soft_wrap=True)
    if not belief.explanation.tokens:
        return
    views = belief.views.by_name()
    called = view_names()
    table = plain_table("word", *(number_column(fill(called[name], _HEAD, break_long_words=False)) for name in views))
    for at, token in enumerate(belief.explanation.tokens):
        table.add_row(visible(shorten(token.text)), *(signed(float(view[at]), 3) for view in views.values()))
    console.print(table)
    console.print()


def _of_rows(
    experiment: Experiment,
    data: str,
    variants: tuple[str, ...],
    sample: int,
    split: str,
    text_column: str | None,
    as_json: bool,
) -> None:
    """Examine some rows and print what came of them."""
    from attnviz.analysis.belief.over_rows import drawn, examine_rows
    from attnviz.cli import terminal
    from attnviz.data.steps import finished

    rows, _ = terminal.read_rows(data, experiment, text_column, None, split, None)
    texts = [rows.texts[int(row)] for row in drawn(len(rows), sample)]
    found = []
    for variant in variants:
        with terminal.fraction_bar(variant) as show:
            found.append(finished(examine_rows(experiment, texts, variant), lambda done: show(done / len(texts))))
    if as_json:
        told: dict[str, Any] = {"experiment": experiment.name, "dataset": rows.name, "rows": len(texts)}
        print_json(told | {"variants": [one.to_dict() for one in found]})
        return
    console = open_console()
    console.print(f"{experiment.name} on {rows.name}: {len(texts):,} of {len(rows):,} rows\n")
    console.print(_table(found))


def _table(found: list[VariantBelief]) -> Any:
    from attnviz.analysis.belief.over_rows import KINDS, QUESTIONS

    table = plain_table("", *(number_column(one.variant) for one in found))
    for kind in KINDS:
        shares = [f"{one.figures().share(kind):.1%}" for one in found]
        table.add_row(kind, *(shares if kind != "none" else (str(one.verdicts.count(kind)) for one in found)))
    summaries = [one.to_dict()["questions"] for one in found]
    for name in QUESTIONS:
        means = [one[name]["mean"] for one in summaries]
        table.add_row(name, *("–" if mean is None else f"{mean:+.3f}" for mean in means))
    return table
