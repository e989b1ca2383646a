"""What `python -m attnviz belief --rationales` prints: views beside what people marked."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from attnviz.cli.options import number_column, open_console, plain_table, print_json

if TYPE_CHECKING:
    from rich.table import Table

    from attnviz.analysis.belief.rationales import WithPeople
    from attnviz.model.experiment import Experiment


def compare(experiment: Experiment, path: Path, variants: Sequence[str], sample: int, as_json: bool) -> None:
    """Read what people marked in some texts, and print how the views of each variant agree with it."""
    from attnviz.analysis.belief.over_rows import drawn
    from attnviz.analysis.belief.rationales import with_people
    from attnviz.cli import terminal
    from attnviz.data.rationales.reading import read_rationales
    from attnviz.data.steps import finished

    read = read_rationales(path)
    total = len(read.rationales)
    texts = [read.rationales[int(at)] for at in drawn(total, sample)]
    found = []
    for variant in variants:
        with terminal.fraction_bar(variant) as show:
            found.append(finished(with_people(experiment, variant, texts), lambda done: show(done / len(texts))))
    if as_json:
        print_json(
            {
                "experiment": experiment.name,
                "data": path.name,
                "rows": read.rows,
                "left_out": read.left_out,
                "remarks": list(map(str, read.remarks)),
                "texts": len(texts),
                "variants": [one.to_dict() for one in found],
            }
        )
        return
    console = open_console()
    console.print(f"{experiment.name} on {path.name}, what people marked in {len(texts):,} of {total:,} texts\n")
    for remark in read.remarks:
        console.print(str(remark), style="yellow", soft_wrap=True)
    console.print(_table(found))
    console.print()
    for one in found:
        for line in _said(one):
            console.print(line, style="dim", soft_wrap=True)


def _table(found: Sequence[WithPeople]) -> Table:
    columns = [f"{one.variant} {figure}" for one in found for figure in ("AUPRC", "F1")]
    table = plain_table("", *map(number_column, columns))
    for name in ("random", *dict.fromkeys(name for one in found for name in one.views)):
        row = []
        for one in found:
            agreement = one.random if name == "random" else one.views.get(name)
            if agreement:
                row.append(_cell(agreement.auprc, agreement.auprc_interval))
                row.append(_cell(agreement.f1, agreement.f1_interval))
            else:
                row += ["–", "–"]
        table.add_row(name, *row)
    return table


def _cell(mean: float, interval: tuple[float, float]) -> str:
    """Return a mean, and below it the interval."""
    return f"{mean:.3f}\n{interval[0]:.2f}–{interval[1]:.2f}"


def _said(one: WithPeople) -> Iterator[str]:
    """Yield what was compared, and what is to be known of it."""
    if one.sentences:
        yield f"{one.variant}: means, below them 95 % intervals by bootstrap over the texts."
    yield (
        f"{one.variant}: compared in {one.sentences:,} texts; left out {one.nothing_marked:,} of which most readers "
        f"marked nothing that is read, and {one.all_marked:,} of which all."
    )
    if one.truncated:
        yield f"{one.variant}: not read to the end, and marks behind it not counted: {one.truncated:,}."
    if one.other_class:
        yield (
            f"{one.variant}: answers {one.other_class:,} of them with another class than people marked for; there the "
            "signed views speak of its own answer."
        )
    if one.unknown_class:
        yield (
            f"{one.variant}: whether it answers as people marked is unknown of {one.unknown_class:,}: their label is "
            "no class of the experiment."
        )
