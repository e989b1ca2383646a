"""Results as a terminal shows them: heat-maps and tables, in colour where there is one."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import islice
from typing import TYPE_CHECKING

from rich.console import Console, Group, RenderableType
from rich.progress import BarColumn, TaskID, TaskProgressColumn, TextColumn
from rich.progress import Progress as Bar
from rich.table import Column, Table
from rich.text import Text

from attnviz.cli.options import number_column, plain_table
from attnviz.data.columns import LABEL_COLUMNS, TEXT_COLUMNS
from attnviz.data.labels import numbered, parse_mapping
from attnviz.data.names import match_key
from attnviz.errors import enumerate_values
from attnviz.heatmap.display import shorten
from attnviz.heatmap.heatmap import Heatmap

if TYPE_CHECKING:
    from attnviz.analysis.evaluation.evaluate import Evaluation
    from attnviz.analysis.evaluation.rows import EvaluationRows
    from attnviz.analysis.evaluation.uploads import Upload
    from attnviz.model.experiment import Experiment
    from attnviz.model.explanation import Explanation
    from attnviz.model.metrics import Metrics
    from attnviz.training.progress import Progress

_MOST_CLASSES = 12  # a confusion table with more columns than that is wider than a terminal
NUMBERS = ("n", "accuracy", "95% interval", "macro F1", "log loss", "calibration")
_MOST_OOV, _MOST_NGRAMS = 8, 6


def draw(heatmap: Heatmap, width: int) -> Text:
    """Draw a variant's answer, then its words on as many lines as they take, each with its attention in % below it."""
    ranked = sorted(heatmap.classes, key=lambda one: (one.probability, one.label), reverse=True)
    answer = " · ".join(f"{one.label} {one.percent}" for one in ranked)
    lines = [Text.assemble((heatmap.variant, "bold"), "  ", answer)]
    above, below = Text(), Text()
    for read in heatmap.words:
        word = Text(read.text)
        word.truncate(width - 3, overflow="ellipsis")
        cell = max(word.cell_len, len(read.number)) + 2
        if above.cell_len + cell > width:
            lines += [above, below]
            above, below = Text(), Text()
        shade = read.colours("dark")
        word.pad_left((cell - word.cell_len) // 2)
        word.pad_right(cell - word.cell_len)
        word.stylize(f"{shade.text} on {shade.background}")
        above.append_text(word)
        below.append(read.number.center(cell), "dim")
    return Text("\n").join([*lines, above, below] if above else lines)


def remarks(explanation: Explanation) -> Iterator[str]:
    """Yield what a reader of the heat-map must know: what was cut off, what is not in the vocabulary, 1/T."""
    from attnviz.model.explanation import note_on_spaces

    if explanation.truncated:
        first, total = explanation.max_tokens, explanation.total_tokens
        yield f"Only the first {first:,} of the {total:,} words and marks were read."
    if explanation.unspaced:
        yield note_on_spaces()
    oov = {
        token.text: ngrams
        for token, known, ngrams in zip(explanation.tokens, explanation.known, explanation.ngrams, strict=True)
        if not known
    }
    for word, ngrams in islice(oov.items(), _MOST_OOV):
        if explanation.unknown == "unk":
            source = "read as <unk>"
        elif ngrams:
            more = ", …" if len(ngrams) > _MOST_NGRAMS else ""
            source = f"read from {', '.join(ngrams[:_MOST_NGRAMS])}{more}"
        else:
            source = "too short for an n-gram, so read as zeros"
        yield f"“{shorten(word)}” is not in the vocabulary: {source}."
    if len(oov) > _MOST_OOV:
        yield f"Other words of which that is true: {len(oov) - _MOST_OOV:,}."
    count = len(explanation.tokens)
    if count:
        even = f"{explanation.uniform:.1%}"
        yield f"Below each word: its share of the attention. If attention did nothing, each had {even}."
    elif not explanation.padding:
        yield "There is no word in this text, so the answer is the classifiers' bias alone."


def evaluation_tables(evaluation: Evaluation) -> Group:
    """Draw the figures of each variant, then what it took for what."""
    figures = {
        score.variant: {"all": score.overall.figures, **{group: part.figures for group, part in score.groups.items()}}
        for score in evaluation.classifiers
    }
    tables: list[RenderableType] = [figures_table(figures)]
    if len(evaluation.labels) <= _MOST_CLASSES:
        for score in evaluation.classifiers:
            tables += ["", _confusion_table(score.variant, evaluation.labels, score.overall.confusion)]
    return Group(*tables)


def experiments_table(evaluations: Sequence[Evaluation]) -> Table:
    """Draw the figures of several experiments on the same data, a line a classifier."""
    named = (Column(name, no_wrap=True) for name in ("experiment", "variant"))
    table = plain_table(*named, *map(number_column, NUMBERS))
    for evaluation in evaluations:
        for at, score in enumerate(evaluation.classifiers):
            table.add_row("" if at else evaluation.experiment, score.variant, *numbers(score.overall.figures))
    return table


def numbers(reached: Metrics) -> tuple[str, ...]:
    """Return figures as `NUMBERS` heads them."""
    low, high = reached.interval
    return (
        f"{reached.n:,}",
        f"{reached.accuracy:.1%}",
        f"{low:.1%} – {high:.1%}",
        f"{reached.macro_f1:.3f}",
        f"{reached.log_loss:.3f}",
        "–" if reached.ece is None else f"{reached.ece:.3f}",
    )


def figures_table(figures: Mapping[str, Mapping[str, Metrics]]) -> Table:
    """Draw figures by variant, then by group of the rows, one line each."""
    named = (Column(name, no_wrap=True) for name in ("variant", "rows"))
    table = plain_table(*named, *map(number_column, NUMBERS))
    for variant, groups in figures.items():
        for at, (group, reached) in enumerate(groups.items()):
            table.add_row("" if at else variant, group, *numbers(reached))
    return table


@contextmanager
def fraction_bar(name: str) -> Iterator[Callable[[float], None]]:
    """Draw a bar on standard error once there is a fraction to show, give what takes it, and wipe the bar away."""
    with _bar(transient=True) as bar:

        def show(fraction: float) -> None:
            task = bar.task_ids[0] if bar.task_ids else bar.add_task(name, total=1.0, note="")
            bar.update(task, completed=fraction)

        yield show


def read_rows(
    data: str,
    experiment: Experiment,
    text_column: str | None,
    label_column: str | None,
    split: str,
    label_map: Sequence[str] | None = None,
) -> tuple[EvaluationRows, Upload | None]:
    """Read the rows that an experiment is to judge, as `load_rows` does, with a bar for what is downloaded."""
    from attnviz.analysis.evaluation.uploads import load_rows

    with fraction_bar("downloading") as show:
        return load_rows(
            data,
            experiment,
            text_column=text_column,
            label_column=label_column,
            label_map=parse_mapping(label_map or ()),
            split=split,
            on_progress=show,
        )


@contextmanager
def training_bar() -> Iterator[Callable[[Progress], None]]:
    """Draw a bar a stage on standard error, and a line an epoch above them; give what takes the events."""
    with _bar(transient=False) as bar:
        tasks: dict[str, TaskID] = {}

        def show(progress: Progress) -> None:
            if progress.stage == "done":
                return
            if progress.stage not in tasks:
                tasks[progress.stage] = bar.add_task(progress.stage, total=1.0, note="")
            notes = [f"epoch {progress.epoch}/{progress.epochs}"] if progress.epochs else []
            if progress.seconds_left is not None:
                minutes, seconds = divmod(round(progress.seconds_left), 60)
                notes.append(f"{minutes}:{seconds:02d} min left")
            notes += [f"{variant} {loss:.3f}" for variant, loss in progress.losses.items()]
            bar.update(tasks[progress.stage], completed=progress.fraction, note=" · ".join(notes))
            if progress.accuracy:
                reached = " · ".join(f"{variant} {share:.1%}" for variant, share in progress.accuracy.items())
                bar.console.print(f"epoch {progress.epoch}: right on validation rows: {reached}")

        yield show


def _bar(transient: bool) -> Bar:
    console = Console(stderr=True, markup=False, highlight=False, emoji=False)
    return Bar(
        TextColumn("{task.description}"),
        BarColumn(bar_width=24),
        TaskProgressColumn(),
        TextColumn("{task.fields[note]}", style="dim", markup=False),
        console=console,
        transient=transient,
        disable=not console.is_terminal,  # in a log, bars are noise
    )


def _confusion_table(variant: str, labels: Sequence[str], confusion: Sequence[Sequence[int]]) -> Table:
    answers = (Column(label, justify="right") for label in labels)
    table = plain_table(Column(f"{variant}: it is ↓, said →", no_wrap=True), *answers)
    for label, row in zip(labels, confusion, strict=True):
        table.add_row(label, *(f"{count:,}" for count in row))
    return table


def guessed(found: tuple[str, str | None], given: tuple[str | None, str | None]) -> list[str]:
    """Say which columns of texts and labels were taken that nobody named and that have no usual name."""
    kinds = zip(("Texts", "Labels"), (TEXT_COLUMNS, LABEL_COLUMNS), found, given, strict=True)
    return [
        f"{what} are taken from the column “{column}”."
        for what, usual, column, named in kinds
        if column and not named and match_key(column) not in usual
    ]


def left_out(
    rows: EvaluationRows, upload: Upload | None, experiment: Experiment, given: tuple[str | None, str | None]
) -> Iterator[str]:
    """Say how a file was read, its columns guessed where none is given, and which of its rows were not scored.

    And of any rows, how many were learned from.
    """
    if upload:
        yield from map(str, upload.remarks)
        yield from guessed((upload.text_column, upload.label_column), given)
        if upload.numbered and rows.truth is not None:
            yield f"The labels are numbers: {numbered(experiment.labels)}."
        if upload.strange:
            fate = "they are left out" if rows.truth is not None else "no label is known, so none is used"
            yield (
                f"Rows with labels that are not the experiment's ({enumerate_values(upload.strange)}): "
                f"{_counted(upload.strange_rows)}; {fate}. It knows: {enumerate_values(experiment.labels)}. "
                f"Say what they mean: --map {shorten(next(iter(upload.strange)))}={experiment.labels[0]}"
            )
        if upload.unlabelled and rows.truth is not None:
            yield f"Left out, without a label: {_counted(upload.unlabelled_rows)}."
        if upload.blank_rows:
            yield f"Left out, with nothing to read: {_counted(upload.blank_rows)}."
        if upload.unusable:
            yield f"Left out, without text or label, as in training: {upload.unusable:,}."
        if others := upload.other_split - upload.unusable:
            yield f"Left out, of other splits: {others:,}; --split all takes them."
    yield from flattering(rows.origin.learned_from or 0, experiment)


def flattering(learned_from: int, experiment: Experiment) -> Iterator[str]:
    """Say that some rows were learned from, if any were."""
    if learned_from:
        yield f"{experiment.name} learned from {learned_from:,} of these rows, so they flatter it."


def _counted(rows: Sequence[int]) -> str:
    """Say how many rows, and which, by their numbers in the file."""
    return f"{len(rows):,} (row {enumerate_values(rows)})"
