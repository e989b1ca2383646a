"""The command that scores labelled rows: `python -m attnviz evaluate`."""

from __future__ import annotations

import typer

from attnviz.cli.options import (
    DataArgument,
    ExperimentOption,
    JsonOption,
    LabelColumn,
    MapOption,
    SplitOption,
    TextColumn,
    VariantOption,
    open_console,
    print_json,
)

# What is heavy is imported where it is used, so that `--help` answers at once.

app = typer.Typer()


@app.command()
def evaluate(
    data: DataArgument,
    experiment: ExperimentOption = "reviews-en",
    variant: VariantOption = None,
    split: SplitOption = "test",
    text_column: TextColumn = None,
    label_column: LabelColumn = None,
    label_map: MapOption = None,
    as_json: JsonOption = False,
) -> None:
    """Score the variants on labelled rows: accuracy with its 95% interval, macro F1, log loss, confusion.

    Without `--variant`, all variants of the experiment are scored. Rows whose label the experiment does not know are
    named and left out.

        python -m attnviz evaluate movie-reviews

        python -m attnviz evaluate mine.csv --text-column review --label-column stars --json
    """
    from attnviz.analysis.evaluation.evaluate import evaluate as score
    from attnviz.cli import terminal
    from attnviz.model.experiment import load
    from attnviz.model.remarks import remarks

    opened = load(experiment)
    rows, upload = terminal.read_rows(data, opened, text_column, label_column, split, label_map)
    with terminal.fraction_bar("scoring") as show:
        result = score(opened, rows, variant or None, show)
    if as_json:
        told = {"left_out": upload.left_out if upload else {}, "learned_from": rows.origin.learned_from}
        print_json(result.to_dict() | told)
        return
    console = open_console()
    which = upload.split if upload else split
    console.print(f"{result.experiment} on {result.dataset}, rows: {result.rows:,} ({which})\n")
    for line in terminal.left_out(rows, upload, opened, (text_column, label_column)):
        console.print(line, style="yellow", soft_wrap=True)
    console.print(terminal.evaluation_tables(result))
    console.print()
    for remark in remarks(result.standings, baseline=opened.about.baseline):
        console.print(remark.text, style="yellow" if remark.serious else None, soft_wrap=True)
