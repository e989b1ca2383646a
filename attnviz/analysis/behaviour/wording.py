"""What came of behaviour tests, in sentences."""

from __future__ import annotations

from collections.abc import Mapping

from attnviz.analysis.behaviour.trial import TOLERANCE
from attnviz.analysis.behaviour.twins import Comparison
from attnviz.heatmap.display import Translate
from attnviz.model.variants import display_name


def tolerated(translate: Translate = str) -> str:
    """Say what counts as a failure."""
    _ = translate
    told = _("A case fails if the answer does what it may not, and its probability moves by more than {points} points.")
    return told.format(points=round(100 * TOLERANCE))


def verdict(comparison: Comparison, titles: Mapping[str, str], translate: Translate = str) -> str:
    """Say whether one of two variants is more brittle than the other, with its p, over all tests and test by test."""
    _ = translate
    a, b = display_name(comparison.a, _), display_name(comparison.b, _)
    worse, better = (a, b) if comparison.more_a > comparison.more_b else (b, a)
    if comparison.sure:
        told = _("More brittle is {worse}: it fails more tests than {better} on {more} rows, fewer on {fewer} (p {p}).")
    else:
        told = _(
            "Neither is surely more brittle: {worse} fails more tests on {more} rows, {better} on {fewer} (p {p})."
        )
    counts = comparison.more_a, comparison.more_b
    said = [
        told.format(
            worse=worse,
            better=better,
            more=f"{max(counts):,}",
            fewer=f"{min(counts):,}",
            p=p_value(comparison.p),
        )
    ]
    for worse, sure in (
        (a, [one for one in comparison.tests if one.sure and one.only_a > one.only_b]),
        (b, [one for one in comparison.tests if one.sure and one.only_b > one.only_a]),
    ):
        if sure:
            listed = ", ".join(f"{titles[one.name]} (p {p_value(one.p)})" for one in sure)
            said.append(_("Surely more often failed by {worse}: {tests}.").format(worse=worse, tests=listed))
    if len(said) == 1:
        said.append(_("In no single test is the difference sure, the number of tests allowed for."))
    return " ".join(said)


def p_value(p: float) -> str:
    """Return what a p-value is, with two digits that count."""
    return "< 0.0001" if p < 0.0001 else f"= {p:.2g}" if p < 0.1 else f"= {p:.2f}"
