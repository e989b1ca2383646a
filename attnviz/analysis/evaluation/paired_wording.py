"""What two experiments on the same rows come to, in sentences for terminal, screen and report."""

from __future__ import annotations

from collections.abc import Iterator

from attnviz.analysis.evaluation.paired import Paired
from attnviz.analysis.evaluation.slices import LEAST
from attnviz.errors import enumerate_values
from attnviz.heatmap.display import Translate
from attnviz.model.agreement import Agreement
from attnviz.model.experiment import Experiment

_MOVES = 3  # from which answer to which, the most frequent ones


def difference(found: Agreement, names: tuple[str, str], translate: Translate) -> str:
    """Say whether two classifiers differ by more than luck."""
    _ = translate
    said = (
        _("{a} and {b} are right equally often.")
        if found.right_a == found.right_b
        else _("{a} and {b} hardly differ, and so little may be chance (McNemar's exact test, p = {p}).")
        if found.hardly_differ
        else _("{a} and {b} differ by more than chance explains (McNemar's exact test, p = {p}).")
        if not found.may_be_luck
        else _("That {a} and {b} differ may be chance (McNemar's exact test, p = {p}).")
    )
    return said.format(a=names[0], b=names[1], p=f"{found.p:.2g}")


def results(paired: Paired, translate: Translate) -> Iterator[str]:
    """Yield who is better, who alone is right how often, and which answers changed."""
    _, (one, other) = translate, paired.names
    if found := paired.agreement:
        if found.may_be_luck or found.right_a == found.right_b:
            yield difference(found, paired.names, _)
        else:
            better, worse = (one, other) if found.right_a > found.right_b else (other, one)
            said = _("{better} is right more often than {worse}, by more than chance explains (McNemar, p = {p}).")
            yield said.format(better=better, worse=worse, p=f"{found.p:.2g}")
        said = _("Right alone: {a} ({only_a}), {b} ({only_b}); both right {both}, both wrong {none}.")
        yield said.format(
            a=one,
            only_a=f"{found.only_a:,}",
            b=other,
            only_b=f"{found.only_b:,}",
            both=f"{found.both_right:,}",
            none=f"{found.both_wrong:,}",
        )
    said = _("Answers that changed from {a} to {b}: {count} of {total}.")
    told = said.format(a=one, b=other, count=f"{int(paired.changed.sum()):,}", total=f"{len(paired):,}")
    if moves := [f"{_(move.first)} → {_(move.second)} {move.count:,}" for move in paired.moves[:_MOVES]]:
        told += " " + _("Most often: {moves}.").format(moves=", ".join(moves))
    yield told


def holm_note(translate: Translate) -> str:
    """Say how the slices in which one is better were found."""
    _ = translate
    return _(
        "Every word and property under which at least {least} rows are right in one alone was tried by McNemar's exact "
        "test; p is adjusted for looking at so many (Holm)."
    ).format(least=LEAST)


def limits(paired: Paired, first: Experiment, second: Experiment, translate: Translate) -> Iterator[str]:
    """Yield what cannot be compared and why, and what flatters the second experiment."""
    _, (one, other), classes = translate, paired.names, paired.classes
    if classes.renamed:
        pairs = enumerate_values(f"{_(its)} = {_(name)}" for its, name in classes.renamed)
        yield _("Taken for the same class: {pairs}.").format(pairs=pairs)
    if lost := paired.not_compared:
        said = _("Rows whose class {b} does not know are not compared: {count} ({classes}).")
        yield said.format(b=other, count=f"{sum(lost.values()):,}", classes=enumerate_values(map(_, lost)))
    elif classes.only_first:
        said = _("Classes that {b} does not know: {classes}.")
        yield said.format(b=other, classes=enumerate_values(map(_, classes.only_first)))
    if classes.only_second:
        said = _("Classes that only {b} can answer: {classes}. No row compared has them, so they are wrong here.")
        yield said.format(b=other, classes=enumerate_values(map(_, classes.only_second)))
    if first.about.units != second.about.units:
        said = _("{a} and {b} cut texts differently, each as it was trained: the words of slices are those of {a}.")
        yield said.format(a=one, b=other)
    if first.name != second.name:
        yield from learned_from(paired, translate)


def learned_from(paired: Paired, translate: Translate) -> Iterator[str]:
    """Yield that figures flatter the second experiment where it learned from some of the rows."""
    _, count = translate, paired.second.origin.learned_from
    if count:
        said = _("{experiment} learned from {count} of these rows, so its figures here flatter it.")
        yield said.format(experiment=paired.second.experiment, count=f"{count:,}")
