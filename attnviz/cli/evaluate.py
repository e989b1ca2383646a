"""The command that scores labelled rows: `python -m attnviz evaluate`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import typer

from attnviz.cli.options import (
    DataArgument,
    ExperimentsOption,
    JsonOption,
    LabelColumn,
    MapOption,
    SplitOption,
    TextColumn,
    VariantOption,
    experiments_in,
    open_console,
    print_json,
)
from attnviz.errors import AttnvizError

if TYPE_CHECKING:
    from attnviz.analysis.evaluation.evaluate import Evaluation
    from attnviz.analysis.evaluation.rows import EvaluationRows
    from attnviz.analysis.evaluation.uploads import Upload
    from attnviz.model.experiment import Experiment

# What is heavy is imported where it is used, so that `--help` answers at once.

app = typer.Typer()


@app.command()
def evaluate(
    data: DataArgument,
    experiment: ExperimentsOption = None,
    variant: VariantOption = None,
    split: SplitOption = "test",
    text_column: TextColumn = None,
    label_column: LabelColumn = None,
    label_map: MapOption = None,
    as_json: JsonOption = False,
) -> None:
    """Score the variants on labelled rows: accuracy with its 95% interval, macro F1, log loss, confusion.

    Without `--variant`, all variants of the experiment are scored. Rows whose label the experiment does not know are
    named and left out. Several experiments are scored one after the other, each on the rows as it reads them.

        python -m attnviz evaluate movie-reviews

        python -m attnviz evaluate mine.csv --text-column review --label-column stars --json

        python -m attnviz evaluate movie-reviews -e version-1 -e version-2
    """
    names = experiments_in(experiment or ["reviews-en"])

    def read(name: str) -> _Scored:
        return _scored(data, name, variant, split, (text_column, label_column), label_map)

    if len(names) == 1:
        found = read(names[0])
        if as_json:
            print_json(found.to_dict())
        else:
            _draw(found, split)
        return
    results, faults = list[_Scored](), dict[str, AttnvizError]()
    for name in names:
        try:
            results.append(read(name))
        except AttnvizError as fault:
            faults[name] = fault
    if not results:
        raise next(iter(faults.values()))
    if as_json:
        failed = [{"experiment": name, "error": str(fault)} for name, fault in faults.items()]
        print_json({"experiments": [*(one.to_dict() for one in results), *failed]})
        return
    _draw_several(results, faults)


@dataclass(frozen=True)
class _Scored:
    """What an experiment reached on the rows as it reads them."""

    experiment: Experiment
    result: Evaluation
    rows: EvaluationRows
    upload: Upload | None
    columns: tuple[str | None, str | None]  # of texts and labels, as they were given

    def to_dict(self) -> dict[str, Any]:
        """Return plain values for JSON."""
        left_out = self.upload.left_out if self.upload else {}
        return self.result.to_dict() | {"left_out": left_out, "learned_from": self.rows.origin.learned_from}

    def remarks(self) -> Iterator[str]:
        """Yield how the rows were read, and which were left out."""
        from attnviz.cli import terminal

        yield from terminal.left_out(self.rows, self.upload, self.experiment, self.columns)


def _scored(
    data: str,
    name: str,
    variants: Sequence[str] | None,
    split: str,
    columns: tuple[str | None, str | None],
    label_map: Sequence[str] | None,
) -> _Scored:
    from attnviz.analysis.evaluation.evaluate import evaluate as score
    from attnviz.cli import terminal
    from attnviz.model.experiment import load

    opened = load(name)
    rows, upload = terminal.read_rows(data, opened, *columns, split, label_map)
    with terminal.fraction_bar(f"scoring {opened.name}") as show:
        return _Scored(opened, score(opened, rows, variants or None, show), rows, upload, columns)


def _draw(found: _Scored, split: str) -> None:
    from attnviz.cli import terminal
    from attnviz.model.remarks import remarks

    console, result = open_console(), found.result
    which = found.upload.split if found.upload else split
    console.print(f"{result.experiment} on {result.dataset}, rows: {result.rows:,} ({which})\n")
    for line in found.remarks():
        console.print(line, style="yellow", soft_wrap=True)
    console.print(terminal.evaluation_tables(result))
    console.print()
    for remark in remarks(result.standings, baseline=found.experiment.about.baseline):
        console.print(remark.text, style="yellow" if remark.serious else None, soft_wrap=True)


def _draw_several(results: Sequence[_Scored], faults: Mapping[str, AttnvizError]) -> None:
    """Print a table of all classifiers, then what is to be known of each experiment's rows."""
    from attnviz.cli import terminal

    console = open_console()
    console.print(f"{results[0].result.dataset}\n")
    console.print(terminal.experiments_table([one.result for one in results]))
    console.print()
    for one in results:
        for line in one.remarks():
            console.print(f"{one.result.experiment}: {line}", style="yellow", soft_wrap=True)
    for name, fault in faults.items():
        console.print(f"{name} is not scored. {fault}", style="yellow", soft_wrap=True)
