"""The command that changes texts and looks what becomes of the answers: `python -m attnviz behaviour`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from attnviz.cli.options import (
    DataArgument,
    ExperimentOption,
    JsonOption,
    SplitOption,
    TextColumn,
    VariantOption,
    number_column,
    open_console,
    plain_table,
    print_json,
)

if TYPE_CHECKING:
    from attnviz.analysis.behaviour.trial import Trial
    from attnviz.analysis.behaviour.twins import Comparison
    from attnviz.model.behaviour import Behaviour
    from attnviz.model.experiment import Experiment

# What is heavy is imported where it is used, so that `--help` answers at once.

app = typer.Typer()


@app.command()
def behaviour(
    data: DataArgument,
    experiment: ExperimentOption = "reviews-en",
    variant: VariantOption = None,
    sample: Annotated[
        int | None, typer.Option(min=1, metavar="N", help="Of the rows, how many to change: drawn with seed 0.")
    ] = None,
    cases: Annotated[int, typer.Option(min=1, metavar="N", help="How many cases a test may have.")] = 500,
    tests: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Tests of your own, a TOML file; they come beside the others.")
    ] = None,
    split: SplitOption = "test",
    text_column: TextColumn = None,
    as_json: JsonOption = False,
    out: Annotated[Path | None, typer.Option(metavar="FILE", help="Write every failed case as `.csv`.")] = None,
    keep: Annotated[
        bool, typer.Option("--keep", help="Keep the figures beside the experiment, and tell them in its card.")
    ] = False,
) -> None:
    """Change texts so that the answer may not change, or only one way, and count how often it does what it may not.

    No labels are needed. Misspellings, marks, names, places and sentences that say nothing may not change an answer;
    a negation, “very”, a clause after “but” move it one way. Without `--variant`, the twins answer, and it is said
    whether one of them is more brittle.

        python -m attnviz behaviour movie-reviews --sample 400

        python -m attnviz behaviour mine.csv --tests mine.toml --out failures.csv
    """
    from attnviz.analysis.behaviour import failure_list, own_tests, trial, twins
    from attnviz.analysis.behaviour.battery import battery_of, setting_of
    from attnviz.analysis.belief.over_rows import drawn
    from attnviz.cli import terminal
    from attnviz.data.csv_export import csv
    from attnviz.data.files import written_whole
    from attnviz.data.steps import finished
    from attnviz.errors import AttnvizError
    from attnviz.model.experiment import load
    from attnviz.model.variants import TWINS

    opened = load(experiment)
    chosen = tuple(dict.fromkeys(variant or [name for name in TWINS if name in opened.variants] or opened.variants))
    for name in chosen:
        opened.model(name)
    if out and out.suffix.lower() != ".csv":
        raise AttnvizError("{path}: failed cases are written as .csv. Give a name that ends so.", path=out)
    own = own_tests.read_file(tests, opened.labels) if tests else ()
    battery: list[trial.AnyTest] = [*battery_of(setting_of(opened)), *own]
    rows, _upload = terminal.read_rows(data, opened, text_column, None, split, None)
    places = drawn(len(rows), sample or len(rows))
    texts = [rows.texts[int(at)] for at in places]
    with terminal.fraction_bar("trying") as show:
        found = finished(trial.try_tests(opened, texts, chosen, battery, cases), show)
    compared = twins.compare(found, *TWINS) if set(TWINS) <= set(chosen) and found.outcomes else None
    if out:
        numbers = [rows.origin.number(int(at)) for at in places]
        with written_whole(out) as new:
            new.write_bytes(csv(failure_list.table(found, opened.labels, numbers)))
    if keep:
        _keep(opened, experiment, failure_list.figures(found, rows.name, compared) if found.outcomes else None)
    if as_json:
        print_json(_as_json(opened.name, rows.name, found, compared))
    else:
        _print(f"{opened.name} on {rows.name}: {found.rows:,} of {len(rows):,} rows", found, compared)


def _as_json(experiment: str, dataset: str, found: Trial, compared: Comparison | None) -> dict[str, Any]:
    from attnviz.analysis.behaviour.trial import TOLERANCE

    told = {"experiment": experiment, "dataset": dataset, "rows": found.rows, "tolerance": TOLERANCE}
    told |= {"tests": [one.to_dict() for one in found.outcomes], "without_cases": list(found.without_cases)}
    return told | {"twins": compared.to_dict() if compared else None}


def _print(heading: str, found: Trial, compared: Comparison | None) -> None:
    from attnviz.analysis.behaviour.wording import tolerated, verdict

    console = open_console()
    console.print(f"{heading}\n", soft_wrap=True)
    adjusted = {one.name: one.p for one in compared.tests} if compared else {}
    columns = [number_column(name) for name in ("cases", *found.variants, *(["p"] if compared else []))]
    table = plain_table("test", "kind", *columns)
    for one in found.outcomes:
        figures = one.to_dict()["variants"].values()
        cells = [f"{its['rate']:.1%} ({its['interval'][0]:.1%} – {its['interval'][1]:.1%})" for its in figures]
        p = [f"{adjusted[one.name]:.2g}"] if compared else []
        table.add_row(one.name, one.kind, f"{len(one.cases):,}", *cells, *p)
    console.print(table)
    console.print(f"\nFailed, with the 95 % interval. {tolerated()}", soft_wrap=True)
    if compared:
        console.print(verdict(compared, {one.name: one.name for one in found.outcomes}), soft_wrap=True)
        console.print("p is McNemar’s between the twins, adjusted for the number of tests.", soft_wrap=True)
    if found.without_cases:
        console.print(f"Nothing to change for: {', '.join(found.without_cases)}.", soft_wrap=True)


def _keep(experiment: Experiment, named: str, figures: Behaviour | None) -> None:
    """Write the figures beside an experiment, and its card anew."""
    from attnviz.data.files import written_whole
    from attnviz.errors import AttnvizError
    from attnviz.model.experiment import folder_of
    from attnviz.model.model_card import card

    folder = Path(named) if Path(named).is_dir() else folder_of(experiment.name)
    if figures is None or not folder.is_dir():
        raise AttnvizError(
            "There is nothing to keep beside {experiment}: no test had a case, or it is not among the models.",
            experiment=experiment.name,
        )
    with written_whole(folder / "behaviour.json") as new:
        figures.save(new)
    experiment.behaviour = figures
    with written_whole(folder / "README.md") as new:
        new.write_text(card(experiment), encoding="utf-8")
