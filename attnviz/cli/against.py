"""A second experiment beside the one whose errors are listed: `python -m attnviz errors DATA --against NAME`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.table import Column, Table

from attnviz.cli.options import number_column, plain_table
from attnviz.errors import AttnvizError

if TYPE_CHECKING:
    import numpy as np
    from rich.console import Console

    from attnviz.analysis.evaluation.paired import Paired
    from attnviz.analysis.evaluation.paired_slices import PairedSlice
    from attnviz.analysis.evaluation.predictions import Predictions
    from attnviz.analysis.evaluation.report import Beside
    from attnviz.analysis.evaluation.rows import EvaluationRows
    from attnviz.analysis.evaluation.token_index import TokenIndex
    from attnviz.model.experiment import Experiment

AgainstOption = Annotated[
    str | None,
    typer.Option("--against", metavar="NAME", help="A second experiment, by name or folder: the two on the same rows."),
]
AgainstVariantOption = Annotated[
    str | None,
    typer.Option("--against-variant", metavar="NAME", help="Its variant.  [default: the same, or fine-tuned]"),
]
AgainstMapOption = Annotated[
    list[str] | None,
    typer.Option(
        "--against-map",
        metavar="CLASS=CLASS",
        help="Which of its classes means which of the first's, where they have other names; say it again for another.",
    ),
]
_ROWS = {  # as `--among` calls them
    "both-right": "both-right",
    "only-first": "only-first",
    "only-second": "only-second",
    "both-wrong": "both-wrong",
    "disagreements": "changed",
    "agreements": "unchanged",
}
SAID = {
    "disagreements": "whose answer changed",
    "agreements": "whose answer is the same",
    "both-right": "that both experiments get right",
    "only-first": "that only {first} gets right",
    "only-second": "that only {second} gets right",
    "both-wrong": "that both experiments get wrong",
}


@dataclass(frozen=True)
class Second:
    """Two experiments on the same rows, and where one of them is better."""

    first: Experiment
    second: Experiment
    paired: Paired
    slices: tuple[PairedSlice, ...]

    @classmethod
    def of(
        cls,
        first: Experiment,
        second: Experiment,
        variants: tuple[str, str],
        rows: EvaluationRows,
        predictions: Predictions,
        token_index: TokenIndex,
        label_map: Sequence[str],
        on_progress: Callable[[float], None],
    ) -> Second:
        """Let the second answer the rows that the first has answered, and look for slices."""
        from attnviz.analysis.evaluation.paired import compare
        from attnviz.analysis.evaluation.paired_slices import find
        from attnviz.data.labels import parse_mapping

        paired = compare(predictions, rows, first, second, variants, parse_mapping(label_map), on_progress)
        slices = find(paired, token_index, first.language) if paired.agreement else ()
        return cls(first, second, paired, slices)

    @property
    def beside(self) -> Beside:
        """The second experiment as a report tells of it."""
        from attnviz.analysis.evaluation.report import Beside

        return Beside(self.second, self.paired, self.slices)

    def rows(self, among: str) -> np.ndarray | None:
        """Return which rows `--among` means, [N] bool, None where it speaks of the first experiment alone."""
        which = _ROWS.get(among)
        if which is None:
            return None
        if which not in ("changed", "unchanged") and self.paired.agreement is None:
            raise AttnvizError(
                "{data} has no labels that both experiments know, so nothing says which answers are right: ask for all "
                "rows, or for disagreements.",
                data=self.paired.first.dataset,
            )
        return self.paired.rows(which)  # type: ignore[arg-type]

    def said(self, among: str) -> str:
        """Say which rows are listed."""
        one, other = self.paired.names
        return SAID[among].format(first=one, second=other)

    def to_dict(self) -> dict[str, Any]:
        """Return plain values for JSON."""
        return {**self.paired.to_dict(), "slices": [one.to_dict() for one in self.slices]}

    def answer(self, row: int) -> dict[str, Any]:
        """Return what the second made of a row, for JSON."""
        paired = self.paired
        given, variant = paired.second, paired.variants[1]
        place = given.answers[variant][row]
        told = {"answer": given.labels[place], "probabilities": given.probabilities[variant][row].tolist()}
        return told | ({"loss": float(paired.losses[row])} if paired.compared[row] else {})

    def draw(self, console: Console) -> None:
        """Print the figures side by side, what they come to, and the slices."""
        from attnviz.analysis.evaluation.paired_wording import limits, results

        if self.paired.agreement:
            console.print(self._figures())
            console.print()
        for line in results(self.paired, str):
            console.print(line, soft_wrap=True)
        for line in limits(self.paired, self.first, self.second, str):
            console.print(line, style="yellow", soft_wrap=True)
        if self.slices:
            console.print("\nWhere one is better (McNemar's exact test in each slice, p adjusted after Holm):")
            console.print(self._slices())
        elif self.paired.agreement:
            console.print("No word or property under which one is better by more than luck explains (Holm).")
        console.print()

    def _figures(self) -> Table:
        from attnviz.cli import terminal

        named = (Column(name, no_wrap=True) for name in ("experiment", "variant"))
        table = plain_table(*named, *map(number_column, terminal.NUMBERS))
        experiments = self.first.name, self.second.name
        for name, variant, reached in zip(experiments, self.paired.variants, self.paired.figures, strict=True):
            table.add_row(name, variant, *terminal.numbers(reached))
        return table

    def _slices(self) -> Table:
        one, other = self.paired.names
        heads = ("rows", f"{one} right", f"{other} right", f"only {one}", f"only {other}", "p")
        table = plain_table(
            Column("rows with", no_wrap=True), Column("better", no_wrap=True), *map(number_column, heads)
        )
        for found in self.slices:
            name = f"“{found.name}”" if found.kind == "word" else found.name
            table.add_row(
                name,
                one if found.better == "first" else other,
                f"{found.n:,}",
                f"{found.right_first / found.n:.1%}",
                f"{found.right_second / found.n:.1%}",
                f"{found.only_first:,}",
                f"{found.only_second:,}",
                f"{found.p:.2g}",
            )
        return table
