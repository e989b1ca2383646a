"""The command that trains: `python -m attnviz train`."""

from __future__ import annotations

import sys
from contextlib import closing, nullcontext
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from attnviz.cli.options import (
    INTERRUPTED,
    DataArgument,
    JsonOption,
    LabelColumn,
    TextColumn,
    experiment_as_json,
    open_console,
    print_json,
)
from attnviz.cli.vectors import open_vectors
from attnviz.errors import AttnvizError

if TYPE_CHECKING:
    from attnviz.data.datasets import Dataset
    from attnviz.data.streaming import StreamedDataset
    from attnviz.model.experiment import Experiment
    from attnviz.vectors.fasttext import FastTextVectors

# What is heavy is imported where it is used, so that `--help` answers at once.

app = typer.Typer()


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
    from attnviz.cli import terminal
    from attnviz.data.datasets import load_dataset
    from attnviz.data.streaming import StreamedDataset
    from attnviz.model.experiment import MODELS, load
    from attnviz.training.config import BUDGET, Schedule, TrainingConfig
    from attnviz.training.distributed import joined
    from attnviz.training.estimate import measure
    from attnviz.training.progress import ProgressWriter
    from attnviz.training.train import check_place
    from attnviz.training.train import train as train_experiment
    from attnviz.vectors.fasttext import FastTextVectors

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
    out = out or MODELS
    if not estimate:
        check_place(out, name, resume, overwrite)  # before anybody waits for data or vectors
    lender = None if vectors == "train" else _pretrained(vectors)
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
    stage = "the start"

    def enough() -> bool:
        return until is not None and until.exists()

    try:
        with (
            terminal.training_bar() if not events else nullcontext(ProgressWriter(sys.stdout).show) as show,
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
        print_json(experiment_as_json(trained))
        return
    size = sum(file.stat().st_size for file in (out / name).iterdir())
    console = open_console()
    console.print(f"{trained.name} is in {out / name}, {size / 1e6:.1f} MB. On its test rows:\n", soft_wrap=True)
    console.print(terminal.figures_table(trained.figures))
    if size > BUDGET:
        console.print(f"\nTo be shipped it must not be over {BUDGET / 1e6:.0f} MB: take fewer words by --vocab-size.")


def _to_train_on(
    context: typer.Context,
    data: str,
    test: str | None,
    stream: bool,
    text_column: str | None,
    label_column: str | None,
) -> Dataset | StreamedDataset:
    """Read the rows to train on, or open the file that they are read from as they are needed."""
    from attnviz.cli import terminal
    from attnviz.data.datasets import load_dataset
    from attnviz.data.streaming import StreamedDataset

    if stream:
        for name in ("test", "estimate"):
            if _given(context, name):
                raise AttnvizError("--stream reads one file, and only to train: leave out --{option}.", option=name)
        with terminal.fraction_bar("reading") as show:
            dataset: Dataset | StreamedDataset = StreamedDataset.open(
                Path(data),
                text_column=text_column,
                label_column=label_column,
                guess=True,
                on_progress=show,
            )
    else:
        with terminal.fraction_bar("downloading") as show:
            dataset = load_dataset(
                data,
                test=test,
                text_column=text_column,
                label_column=label_column,
                guess=True,
                on_progress=show,
            )
    columns = dataset.kept.columns if isinstance(dataset, StreamedDataset) else dataset.columns
    for line in terminal.guessed(columns, (text_column, label_column)):
        print(line, file=sys.stderr)
    return dataset


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


def _pretrained(vectors: str) -> Experiment | FastTextVectors:
    """Open what lends its vectors: a `.bin` or an experiment."""
    from attnviz.model.experiment import load

    if not (Path(vectors).is_file() or Path(vectors).suffix == ".bin"):
        return load(vectors)
    opened = open_vectors(vectors)
    if not opened.source:
        raise AttnvizError("{path} is a part of an experiment: name the experiment instead.", path=vectors)
    return opened
