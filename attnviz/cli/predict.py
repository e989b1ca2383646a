"""The command that answers every row of a file: `python -m attnviz predict`."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from attnviz.cli.options import ExperimentOption, TextColumn, VariantOption
from attnviz.errors import AttnvizError

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

    from attnviz.data.chunks import Chunk
    from attnviz.data.row_writers import RowWriter
    from attnviz.model.experiment import Experiment

# What is heavy is imported where it is used, so that `--help` answers at once.

app = typer.Typer()
_STDIN = "-"


@app.command()
def predict(
    file: Annotated[
        str,
        typer.Argument(
            metavar="FILE",
            help="A file of rows, of any length, with labels or without; - for texts on standard input, one a line.",
            show_default=False,
        ),
    ],
    out: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="Where to write, as `.csv`, `.parquet` or `.jsonl`.  [default: JSON lines on standard output]",
        ),
    ] = None,
    experiment: ExperimentOption = "reviews-en",
    variant: VariantOption = None,
    split: Annotated[
        Literal["train", "validation", "test", "all"],
        typer.Option(help="Which rows: a column `split` says it, else the experiment knows which it learned from."),
    ] = "all",
    tokens: Annotated[
        bool, typer.Option("--tokens", help="Each row's tokens too, with weights and contributions (not in a CSV).")
    ] = False,
    text_column: TextColumn = None,
) -> None:
    """Write every row of a file with its own columns, its number, and each variant's answer and probabilities.

    A text without a word gets no answer. Labels are neither needed nor looked at. What is written can be given to
    `errors`, `evaluate`, `train` and `predict` as the same rows.

        python -m attnviz predict mine.csv --out answers.csv

        python -m attnviz predict - --experiment reviews-en --variant fine-tuned
    """
    from attnviz.cli import terminal
    from attnviz.data.chunks import read_chunks, read_lines
    from attnviz.model.experiment import load

    _check_place(file, out, tokens)
    opened = load(experiment)
    variants = tuple(dict.fromkeys(variant or opened.variants))
    for name in variants:
        opened.model(name)
    text_column = "text" if file == _STDIN else text_column
    work = _Work(Path(file), opened, variants, split, tokens, text_column)
    with _written(out) as writer, terminal.fraction_bar("predicting") as show:
        chunks = read_lines(sys.stdin.buffer) if file == _STDIN else read_chunks(Path(file), work.remark)
        work.run(chunks, writer, show)
        if not work.written:
            raise AttnvizError("{file} has no rows in the split {split}: choose another one.", file=file, split=split)
    for line in work.said(out):
        print(line, file=sys.stderr)


def _check_place(file: str, out: Path | None, tokens: bool) -> None:
    """Raise `AttnvizError` for what cannot be written, before anybody waits."""
    from attnviz.data.row_writers import KINDS

    if out is None:
        return
    kind = out.suffix.lower()
    if kind not in KINDS:
        raise AttnvizError(
            "{path} is of no kind that is written here: end its name in {known}.", path=out, known=", ".join(KINDS)
        )
    if tokens and kind == ".csv":
        raise AttnvizError(
            "A CSV has no room for the tokens of a row: write .jsonl or .parquet, or leave out --tokens."
        )
    if not out.absolute().parent.is_dir():
        raise AttnvizError("{path}: its folder does not exist. Make it first, or name another one.", path=out)
    if file != _STDIN and out.exists() and Path(file).exists() and out.samefile(file):
        raise AttnvizError("{path} is the file that is read: write to another one.", path=out)


@contextmanager
def _written(out: Path | None) -> Iterator[RowWriter]:
    """Give what writes to a file, which is there whole or not at all, or JSON lines to standard output."""
    from attnviz.data.files import written_whole
    from attnviz.data.row_writers import JsonLines, opened

    if out is None:
        yield JsonLines(sys.stdout.buffer)
        return
    with written_whole(out.absolute()) as new, ExitStack() as stack:
        yield opened(new, out.suffix.lower(), stack)


@dataclass
class _Work:
    """What is asked for, and what was met on the way."""

    path: Path
    experiment: Experiment
    variants: tuple[str, ...]
    split: str
    tokens: bool
    text_column: str | None
    remarks: list[str] = field(default_factory=list)
    written: int = 0
    left_out: int = 0
    silent: int = 0  # rows without a word
    learned_from: int = 0

    def remark(self, remark: AttnvizError) -> None:
        """Take down what is worth knowing of how the file was read."""
        self.remarks.append(str(remark))

    def run(self, chunks: Iterable[Chunk], writer: RowWriter, show: Callable[[float], None]) -> None:
        """Answer all rows, and write them as they come."""
        from attnviz.analysis.evaluation.answers import answered
        from attnviz.data.scored_columns import TRUTH, has_truth

        for chunk in chunks:
            texts = list(chunk.cells[self._text_of(chunk.cells)])
            taken = self._taken(chunk, texts)
            some = chunk if len(taken) == len(texts) else chunk.take(taken)
            if len(taken):
                read = [texts[row] for row in taken]
                ours = answered(self.experiment, some.numbers, read, self.variants, self.tokens)
                self.silent += ours.column(1).null_count
                if has_truth(some.cells.columns):  # what labels mean is not lost with the answers that are given anew
                    ours = ours.append_column(TRUTH, [some.cells[TRUTH].to_list()])
                writer.write(some, ours)
                self.written += len(taken)
            show(chunk.done)

    def _text_of(self, cells: pd.DataFrame) -> str:
        """Return the column of the texts: the same in all chunks."""
        from attnviz.cli import terminal
        from attnviz.data.columns import TEXT_COLUMNS, choose_column, guess_columns, nested_columns

        columns = list(map(str, cells.columns))
        if self.text_column not in columns:
            found, _ = guess_columns(cells, self.text_column, None, self.experiment.labels)
            self.remarks += terminal.guessed((found or "", None), (self.text_column, None)) if found else ()
            self.text_column = choose_column(columns, found, TEXT_COLUMNS, self.path, nested_columns(cells))
        return self.text_column

    def _taken(self, chunk: Chunk, texts: list[str]) -> np.ndarray:
        """Return the places of the rows in the split that is asked for, and count those that were learned from."""
        import numpy as np

        from attnviz.data.columns import SPLIT_COLUMNS, usual_column
        from attnviz.data.splits import given_splits
        from attnviz.model.learned import SPLIT_OF, TRAIN

        known = self.experiment.learned
        seen = known.seen(texts) if known else None
        column = usual_column(list(map(str, chunk.cells.columns)), SPLIT_COLUMNS)
        if self.split == "all":
            taken = np.arange(len(texts))
        elif column:
            taken = np.flatnonzero(np.array(given_splits(chunk.cells[column], self.path)) == self.split)
        elif seen is not None:
            taken = np.flatnonzero(seen == SPLIT_OF.index(self.split))
        else:
            raise AttnvizError(
                "No column split, and {experiment} has not kept which rows it learned from: leave --split out.",
                experiment=self.experiment.name,
            )
        self.left_out += len(texts) - len(taken)
        self.learned_from += 0 if seen is None else int((seen[taken] == TRAIN).sum())
        return taken

    def said(self, out: Path | None) -> Iterator[str]:
        """Yield what people should know."""
        from attnviz.cli import terminal

        yield from dict.fromkeys(self.remarks)
        if self.left_out:
            yield f"Left out, of other splits: {self.left_out:,}."
        if self.silent:
            yield f"Without a word to read, so without an answer: {self.silent:,}."
        yield from terminal.flattering(self.learned_from, self.experiment)
        if out:
            yield f"Rows written to {out}: {self.written:,}."
