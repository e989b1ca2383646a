"""The command that explains one text: `python -m attnviz explain`."""

from __future__ import annotations

from typing import Annotated, Literal

import typer

from attnviz.cli.options import (
    ExperimentOption,
    JsonOption,
    TextArgument,
    VariantOption,
    open_console,
    print_json,
    typed,
)

# What is heavy is imported where it is used, so that `--help` answers at once.

app = typer.Typer()


@app.command()
def explain(
    text: TextArgument,
    experiment: ExperimentOption = "reviews-en",
    variant: VariantOption = None,
    unknown: Annotated[
        Literal["subword", "unk"],
        typer.Option(help="How to read words outside the vocabulary: by n-grams, or all as `unk`."),
    ] = "subword",
    as_json: JsonOption = False,
) -> None:
    """Show what the variants make of a text, and how much of their attention each word got.

    Without `--variant`, the twins `frozen` and `fine-tuned` answer.

        python -m attnviz explain "this movie was not amazing"

        python -m attnviz explain "it was amaaazing" --variant fine-tuned --unknown unk --json
    """
    from attnviz.cli import terminal
    from attnviz.model.experiment import load
    from attnviz.model.variants import TWINS

    text, opened = typed(text), load(experiment)
    chosen = dict.fromkeys(variant or [name for name in TWINS if name in opened.variants] or opened.variants)
    explanations = [opened.explain(text, name, unknown) for name in chosen]
    if as_json:
        print_json(
            {
                "experiment": opened.name,
                "text": text,
                "labels": opened.labels,
                "truncated": explanations[0].truncated,
                "variants": [explanation.to_dict() for explanation in explanations],
            }
        )
        return
    console = open_console()
    for explanation in explanations:
        console.print(terminal.draw(explanation.heatmap(), console.width), soft_wrap=True)
        console.print()
    for remark in terminal.remarks(explanations[0]):
        console.print(remark, style="dim")
