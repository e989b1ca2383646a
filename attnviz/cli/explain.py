"""The command that explains one text: `python -m attnviz explain`."""

from __future__ import annotations

from typing import Annotated, Literal

import typer

from attnviz.cli.options import (
    ExperimentOption,
    JsonOption,
    TextArgument,
    TextCommand,
    VariantOption,
    given_texts,
    open_console,
    print_json,
)

# What is heavy is imported where it is used, so that `--help` answers at once.

app = typer.Typer()


@app.command(cls=TextCommand)
def explain(
    text: TextArgument,
    experiment: ExperimentOption = "reviews-en",
    variant: VariantOption = None,
    unknown: Annotated[
        Literal["subword", "unk"],
        typer.Option(help="How to read words outside the vocabulary: by n-grams, or all as `unk`."),
    ] = "subword",
    masked: Annotated[
        bool, typer.Option("--masked", help="Of an imported model that reads padding: what it says without any.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Show what the variants make of a text, and how much of their attention each word got.

    Without `--variant`, the twins `frozen` and `fine-tuned` answer. Of texts from standard input, `--json` is one line
    each.

        python -m attnviz explain "this movie was not amazing"

        python -m attnviz explain "it was amaaazing" --variant fine-tuned --unknown unk --json

        python -m attnviz explain - --json < texts.txt
    """
    from attnviz.cli import terminal
    from attnviz.model.experiment import load
    from attnviz.model.variants import TWINS

    opened = load(experiment)
    chosen = dict.fromkeys(variant or [name for name in TWINS if name in opened.variants] or opened.variants)
    console = open_console()
    for number, one in enumerate(given_texts(text)):
        explanations = [opened.explain(one, name, unknown, masked=masked) for name in chosen]
        if as_json:
            print_json(
                {
                    "experiment": opened.name,
                    "text": one,
                    "labels": opened.labels,
                    "truncated": explanations[0].truncated,
                    "variants": [explanation.to_dict() for explanation in explanations],
                }
            )
            continue
        if number:
            console.print()
        for explanation in explanations:
            console.print(terminal.draw(explanation.heatmap(), console.width), soft_wrap=True)
            if said := explanation.on_padding():
                console.print(said, style="dim")
            console.print()
        for remark in terminal.remarks(explanations[0]):
            console.print(remark, style="dim")
