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
    maps: Annotated[
        bool, typer.Option("--maps", help="With --json, of a variant with self-attention: whom every word asks.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Show what the variants make of a text, and how much of their attention each word got.

    Without `--variant`, the twins `frozen` and `fine-tuned` answer. Of texts from standard input, `--json` is one line
    each.

        python -m attnviz explain "this movie was not amazing"

        python -m attnviz explain "it was amaaazing" --variant fine-tuned --unknown unk --json

        python -m attnviz explain "this movie was not amazing" --variant transformer --maps --json

        python -m attnviz explain - --json < texts.txt
    """
    from attnviz.analysis.self_attention import asking
    from attnviz.cli import terminal
    from attnviz.errors import AttnvizError
    from attnviz.model.experiment import load
    from attnviz.model.variants import TWINS

    if maps and (masked or not as_json):
        raise AttnvizError(
            "--maps gives a matrix of numbers a head, for programs, of classifiers that read no padding: "
            "say --json with it, and leave out --masked."
        )
    opened = load(experiment)
    chosen = dict.fromkeys(variant or [name for name in TWINS if name in opened.variants] or opened.variants)
    console = open_console()
    for number, given in enumerate(given_texts(text)):
        if maps:
            asked = [asking(opened, given, name, unknown) for name in chosen]
            explanations = [one.explanation for one in asked]
            added = [{"maps": one.weights.tolist()} for one in asked]
        else:
            explanations = [opened.explain(given, name, unknown, masked=masked) for name in chosen]
            added = [{} for _ in explanations]
        if as_json:
            print_json(
                {
                    "experiment": opened.name,
                    "text": given,
                    "labels": opened.labels,
                    "truncated": explanations[0].truncated,
                    "variants": [one.to_dict() | more for one, more in zip(explanations, added, strict=True)],
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
