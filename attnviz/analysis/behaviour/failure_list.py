"""The failed cases of a trial as a table to take away, and its figures as they are kept beside an experiment."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from attnviz.analysis.behaviour.trial import Trial
from attnviz.analysis.behaviour.twins import Comparison
from attnviz.model.behaviour import SCHEMA, Behaviour, BehaviourFigures, TwinFigures

if TYPE_CHECKING:
    import pandas as pd


def table(trial: Trial, labels: Sequence[str], numbers: Sequence[int]) -> pd.DataFrame:
    """Return a line a failure; `numbers` are those of the rows, a pair of one's own has none."""
    import pandas as pd

    lines = []
    for outcome in trial.outcomes:
        for variant, failed in outcome.failed.items():
            for at in failed.nonzero()[0]:
                case, before, after = outcome.cases[at], outcome.before[variant][at], outcome.after[variant][at]
                watched = case.change.watched if case.change.watched is not None else int(before.argmax())
                lines.append(
                    {
                        "test": outcome.name,
                        "kind": outcome.kind,
                        "expects": outcome.test.expects,
                        "variant": variant,
                        "row": "" if case.row is None else str(numbers[case.row]),
                        "before": case.change.before,
                        "after": case.change.after,
                        "answer before": labels[before.argmax()],
                        "answer after": labels[after.argmax()],
                        "watched": labels[watched],
                        "probability before": float(before[watched]),
                        "probability after": float(after[watched]),
                    }
                )
    return pd.DataFrame(lines, columns=COLUMNS)


COLUMNS = (
    *("test", "kind", "expects", "variant", "row", "before", "after", "answer before", "answer after", "watched"),
    *("probability before", "probability after"),
)


def figures(trial: Trial, dataset: str, comparison: Comparison | None) -> Behaviour:
    """Return what is kept of a trial that has cases: counts, and what sets the twins apart."""
    adjusted = {one.name: one.p for one in comparison.tests} if comparison else {}
    tests = tuple(
        BehaviourFigures(
            one.name,
            one.kind,
            one.test.expects,
            len(one.cases),
            {variant: int(failed.sum()) for variant, failed in one.failed.items()},
            adjusted.get(one.name),
        )
        for one in trial.outcomes
    )
    twins = None
    if comparison:
        twins = TwinFigures(comparison.a, comparison.b, comparison.more_a, comparison.more_b, comparison.p)
    return Behaviour(SCHEMA, dataset, trial.rows, tests, twins)
