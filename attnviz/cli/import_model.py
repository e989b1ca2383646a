"""The command that makes an experiment of a model from elsewhere: `python -m attnviz import`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from attnviz.cli.options import JsonOption, experiment_as_json, open_console, print_json

if TYPE_CHECKING:
    from attnviz.model.about import About

# What is heavy is imported where it is used, so that `--help` answers at once.

app = typer.Typer()


@app.command("import")
def import_model(
    model: Annotated[
        Path,
        typer.Argument(
            metavar="MODEL",
            help='What `torch.save(model.state_dict(), "model.pt")` wrote, or safetensors.',
            show_default=False,
        ),
    ],
    vocabulary: Annotated[
        Path,
        typer.Option(
            metavar="FILE",
            help="Its words: a line each, in the order of the ids (a tab and the id or a count may follow), or JSON, "
            "a list or word → id.",
            show_default=False,
        ),
    ],
    labels: Annotated[
        str, typer.Option(metavar="LABEL,…", help="Its classes, in the order of fc.", show_default=False)
    ],
    name: Annotated[str, typer.Option(metavar="NAME", help="What the experiment is to be called.")] = "mine",
    fine_tuned: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="The second twin: its word vectors were fine-tuned, and those of MODEL stayed frozen.",
        ),
    ] = None,
    vectors: Annotated[
        str | None,
        typer.Option(
            metavar="FILE|EXPERIMENT",
            help="FastText vectors that the model started from: words outside the vocabulary get theirs by n-grams. "
            "Without them they are <unk>.",
        ),
    ] = None,
    max_len: Annotated[int, typer.Option(help="Tokens of a text that are read, and to which it is filled up.")] = 200,
    masked: Annotated[
        bool, typer.Option("--masked", help="The model was trained with a mask: padding takes no part.")
    ] = False,
    lower: Annotated[
        bool | None,
        typer.Option("--lower/--no-lower", help="Whether it reads lower case.  [default: what the vocabulary holds]"),
    ] = None,
    cut: Annotated[
        Literal["words", "letters", "spaces"] | None,
        typer.Option(
            help="How its texts were cut: `spaces` as `.split()` does, `letters` into runs of letters and digits, "
            "`words` into words and marks.  [default: what fits the vocabulary]"
        ),
    ] = None,
    language: Annotated[
        str | None, typer.Option(metavar="CODE", help="Of its texts.  [default: ko where words are Hangul, else en]")
    ] = None,
    padding: Annotated[
        str | None,
        typer.Option(metavar="WORD|ID", help="The entry for padding, if it has no usual name such as <pad>."),
    ] = None,
    unknown: Annotated[
        str | None,
        typer.Option(metavar="WORD|ID", help="The entry for unknown words, if it has no usual name such as <unk>."),
    ] = None,
    out: Annotated[Path | None, typer.Option(metavar="FOLDER", help="Where the experiment goes.")] = None,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace the experiment of that name.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Make an experiment of a model that was trained elsewhere, by the course's class.

    Its modules are `embedding`, `lstm`, `attention` and `fc`. It answers as it does there: if it was trained without a
    mask, padding is read like words, up to `--max-len`. Nothing in the file is run.

        python -m attnviz import model.pt --vocabulary words.json --labels world,sports,business,science --name mine

        python -m attnviz import frozen.pt --fine-tuned tuned.pt --vocabulary words.txt --labels bad,good --name twins
    """
    from attnviz.model.adoption.adopt import Reads, adoption
    from attnviz.model.experiment import MODELS
    from attnviz.training.train import check_place

    out = out or MODELS
    check_place(out, name, overwrite=overwrite)
    made = adoption(
        model,
        vocabulary,
        labels.split(","),
        name=name,
        fine_tuned=fine_tuned,
        vectors=vectors,
        reads=Reads(max_len, masked, cut, lower, language, padding, unknown),
    )
    folder = made.experiment.save(out)
    for remark in made.remarks:
        print(remark, file=sys.stderr)
    if as_json:
        print_json(experiment_as_json(made.experiment))
        return
    console = open_console()
    console.print(f"{name} is in {folder}: {', '.join(made.experiment.variants)}.", soft_wrap=True)
    console.print(_how_it_reads(made.experiment.about), soft_wrap=True)
    console.print(f'Look at a sentence: python -m attnviz explain "…" --experiment {name}', soft_wrap=True)


def _how_it_reads(about: About) -> str:
    """Say what was told or found out of how the model reads."""
    adopted, padded_to = about.adopted, about.padded_to
    assert adopted
    case = "in lower case" if adopted.lower else "as they are written"
    padding = "padding takes no part" if padded_to is None else f"each is filled up to {padded_to:,}, padding is read"
    return f"It reads {adopted.cut}, {case}, the first {about.max_tokens:,} of a text; {padding}."
