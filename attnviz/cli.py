"""`python -m attnviz explain | evaluate | errors | train | list | vectors | drift | neighbours | trace`.

A thin skin. What is heavy is imported where it is used, so that `--help` answers at once.
"""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, TextIO

import typer

from attnviz import cli_comparison, cli_errors, cli_train, cli_vectors
from attnviz.console import (
    INTERRUPTED,
    DataArgument,
    ExperimentOption,
    JsonOption,
    LabelColumn,
    TextColumn,
    experiment_as_json,
    open_console,
    print_json,
    typed,
)
from attnviz.errors import AttnvizError

if TYPE_CHECKING:
    from attnviz.experiment import Experiment

MISTAKE, FAILURE = 2, 1  # exit codes: what was given is wrong, something broke
SHOW_TRACEBACK = "ATTNVIZ_TRACEBACK"
_TWINS = ("frozen", "fine-tuned")

app = typer.Typer(
    add_completion=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    rich_markup_mode="markdown",
    help="""See which words a text classifier looked at, and what fine-tuning its word vectors changes.

An *experiment* is a data set, FastText vectors and *variants*, classifiers that differ in one thing only: in `frozen`
the word vectors stay as they are, in `fine-tuned` they learn, and `uniform` looks at every word alike.

Start with `python -m attnviz explain "this movie was not amazing"`.""",
)
app.add_typer(cli_vectors.app, name="vectors")
app.add_typer(cli_comparison.app)
app.add_typer(cli_errors.app)
app.add_typer(cli_train.app)

VariantOption = Annotated[
    list[str] | None, typer.Option("--variant", "-v", metavar="NAME", help="A variant; say it again for another one.")
]


@app.command()
def explain(
    text: Annotated[str, typer.Argument(metavar="TEXT", help="The text, in quotes.", show_default=False)],
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
    from attnviz import terminal
    from attnviz.experiment import load

    text, opened = typed(text), load(experiment)
    chosen = dict.fromkeys(variant or [name for name in _TWINS if name in opened.variants] or opened.variants)
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
        console.print(terminal.heatmap(explanation, console.width), soft_wrap=True)
        console.print()
    for remark in terminal.remarks(explanations[0]):
        console.print(remark, style="dim")


@app.command()
def evaluate(
    data: DataArgument,
    experiment: ExperimentOption = "reviews-en",
    variant: VariantOption = None,
    split: Annotated[
        Literal["train", "validation", "test", "all"],
        typer.Option(help="Which rows. A file without a column `split` is scored whole."),
    ] = "test",
    text_column: TextColumn = None,
    label_column: LabelColumn = None,
    as_json: JsonOption = False,
) -> None:
    """Score the variants on labelled rows: accuracy with its 95% interval, macro F1, log loss, confusion.

    Without `--variant`, all variants of the experiment are scored. Rows whose label the experiment does not know are
    named and left out.

        python -m attnviz evaluate movie-reviews

        python -m attnviz evaluate mine.csv --text-column review --label-column stars --json
    """
    from attnviz import evaluation, terminal
    from attnviz.brought import rows_of
    from attnviz.experiment import load

    opened = load(experiment)
    with terminal.fraction_bar("downloading") as show:
        rows, brought = rows_of(
            data, opened, text_column=text_column, label_column=label_column, split=split, on_progress=show
        )
    with terminal.fraction_bar("scoring") as show:
        result = evaluation.evaluate(opened, rows, variant or None, show)
    if as_json:
        print_json(result.to_dict() | {"left_out": brought.left_out if brought else {}})
        return
    console = open_console()
    which = brought.split if brought else split
    console.print(f"{result.experiment} on {result.dataset}, {result.rows:,} rows ({which})\n")
    for line in terminal.left_out(brought, opened.labels):
        console.print(line, style="yellow", soft_wrap=True)
    if len(rows) == sum(opened.about.data["rows"].values()) and _learnt_from(opened, data, text_column, label_column):
        console.print("The experiment was trained on most of these rows, so they flatter it.\n", style="yellow")
    console.print(terminal.evaluation_tables(result))


@app.command("list")
def list_experiments(as_json: JsonOption = False) -> None:
    """Show the experiments there are, and what their variants reached on test rows.

    `python -m attnviz list`
    """
    from attnviz import terminal
    from attnviz.experiment import MODELS, load, names

    console = open_console()
    found: list[dict[str, Any]] = []
    for name in names():
        try:
            opened = load(MODELS / name)
        except AttnvizError as error:
            found.append({"name": name, "error": str(error)})
            if not as_json:
                console.print(f"{name} cannot be opened. {error}\n", soft_wrap=True)
            continue
        found.append(experiment_as_json(opened))
        if not as_json:
            console.print(f"{name} · {opened.language} · {', '.join(opened.labels)}", style="bold")
            console.print(terminal.figures_table(opened.figures))
            console.print()
    if as_json:
        print_json({"experiments": found})
    elif not found:
        console.print("There is none yet. Make one: python -m attnviz train movie-reviews --name reviews-en")


def _learnt_from(experiment: Experiment, data: str, text_column: str | None, label_column: str | None) -> bool:
    """Whether an experiment was made with these very rows."""
    from attnviz.datasets import load_dataset
    from attnviz.likeness import fits

    try:
        dataset = load_dataset(data, text_column=text_column, label_column=label_column, label_names=experiment.labels)
    except AttnvizError:  # rows to judge need not be rows to train on
        return False
    return fits(experiment, dataset)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit code; whatever goes wrong is one sentence on standard error."""
    arguments = sys.argv[1:] if arguments is None else arguments
    if os.environ.get("RANK", "0") != "0" and "WORLD_SIZE" in os.environ:  # of torchrun's processes the first speaks
        sys.stdout = sys.stderr = Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115 - until the end
    try:
        with _as_events() if "--events" in arguments else nullcontext():
            return int(app(list(arguments) or ["--help"], standalone_mode=False) or 0)
    except AttnvizError as error:
        if type(error).__name__ == "LostRank":  # torch is imported only where it is used
            return _say(str(error), FAILURE, sys.__stderr__)
        return _say(str(error), MISTAKE)
    except typer.TyperException as error:
        return _say(f"{error.format_message().rstrip('.')}. --help shows what there is.", MISTAKE)
    except (KeyboardInterrupt, typer.Abort):
        return _say("stopped.", INTERRUPTED)
    except BrokenPipeError:  # whoever read along has seen enough, as in `… | head -1`
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        return FAILURE
    except OSError as error:
        return _say(str(error), FAILURE)
    except Exception as error:
        if os.environ.get(SHOW_TRACEBACK):
            raise
        return _say(f"unexpected {type(error).__name__}: {error}. {SHOW_TRACEBACK}=1 shows where.", FAILURE)


def _as_events() -> AbstractContextManager[None]:
    """Return what tells programs how a run began and ended, as JSON lines on standard output."""
    from attnviz.events import told

    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(encoding="utf-8")
    return told(sys.stdout)


def _say(sentence: str, code: int, file: TextIO | None = None) -> int:
    print(f"error: {' '.join(sentence.split())}", file=file or sys.stderr)
    return code
