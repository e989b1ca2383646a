"""What must be said of classifiers in plain words: that one has learned nothing, that the plain one is better."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from attnviz.heatmap.display import Translate
from attnviz.model.about import BaselineInfo
from attnviz.model.agreement import Agreement
from attnviz.model.standing import Standing
from attnviz.model.variants import BASELINE, display_name


@dataclass(frozen=True)
class Remark:
    """A sentence, and whether it must not be overlooked."""

    text: str
    serious: bool


def remarks(
    standings: Mapping[str, Standing],
    translate: Translate = str,
    baseline: BaselineInfo | None = None,
    after_training: bool = False,
) -> Iterator[Remark]:
    """Say which of some classifiers are no better than one answer to everything, and how the baseline compares.

    Or why there is none, if `baseline` says so. What to do is said `after_training`: of rows from elsewhere, as many
    more of those that were learned from may not help.
    """
    _ = translate
    for variant, standing in standings.items():
        remedy = advice(variant, _) if after_training else ""
        if standing.is_constant:
            yield Remark(_constant(variant, standing, _) + remedy, serious=True)
        elif standing.is_no_better:
            yield Remark(_no_better(variant, standing.same, _) + remedy, serious=True)
    if baseline and baseline.skipped:
        missing = _("There is no plain baseline ({baseline}) to compare with: {reason}.")
        yield Remark(missing.format(baseline=display_name(BASELINE, _), reason=_(baseline.skipped)), serious=False)
    yield from _beside_the_baseline([one.baseline for one in standings.values() if one.baseline], _)


def advice(variant: str, translate: Translate) -> str:
    """Return what to do about a classifier that has not learned enough."""
    _ = translate
    if variant == BASELINE:
        return " " + _("Give it more rows to learn from.")
    return " " + _("Give it more rows to learn from, or more epochs.")


def _constant(variant: str, standing: Standing, translate: Translate) -> str:
    _ = translate
    return _(
        "{variant} answers “{label}” for {answered} of the rows: it has learned nothing that tells them apart; {share} "
        "is the share of the largest class."
    ).format(
        variant=display_name(variant, _),
        label=_(standing.answer),
        answered=f"{standing.answered / standing.same.n:.1%}",
        share=f"{standing.same.right_b / standing.same.n:.1%}",
    )


def _no_better(variant: str, same: Agreement, translate: Translate) -> str:
    _ = translate
    if same.only_a > same.only_b and same.hardly_differ:
        said = _(
            "{variant} is right for {right} of the rows, always answering “{label}” for {share}: it is no better than "
            "the largest class (McNemar's exact test, p = {p})."
        )
    elif same.only_a > same.only_b:
        said = _(
            "{variant} is right for {right} of the rows, always answering “{label}” for {share}: luck may explain the "
            "difference (McNemar's exact test, p = {p})."
        )
    else:
        said = _(
            "{variant} is right for {right} of the rows, always answering “{label}” for {share}: it does not beat the "
            "largest class."
        )
    return said.format(
        variant=display_name(variant, _),
        right=f"{same.right_a / same.n:.1%}",
        label=_(same.b),
        share=f"{same.right_b / same.n:.1%}",
        p=f"{same.p:.2g}",
    )


def _beside_the_baseline(pairs: Sequence[Agreement], translate: Translate) -> Iterator[Remark]:
    """Yield a sentence for the variants that the baseline beats, equals or may equal, and for those that beat it."""
    _ = translate
    better = _(
        "On these rows the plain baseline ({baseline}) is right more often than {variants}: {plain} against {rights} "
        "(McNemar's exact test, p = {p})."
    )
    luck = _(
        "On these rows luck may explain the difference between the plain baseline ({baseline}) and {variants}: {plain} "
        "against {rights} (McNemar's exact test, p = {p})."
    )
    worse = _(
        "On these rows the plain baseline ({baseline}) is right less often than {variants}: {plain} against {rights} "
        "(McNemar's exact test, p = {p})."
    )
    alike = _(
        "On these rows the plain baseline ({baseline}) and {variants} hardly differ: {plain} against {rights} "
        "(McNemar's exact test, p = {p})."
    )
    even = _("On these rows the plain baseline ({baseline}) and {variants} are right equally often: {plain}.")
    same = _("On these rows the plain baseline ({baseline}) and {variants} are right for the same ones: {plain}.")

    def sentence_for(pair: Agreement) -> str:
        if not pair.only_a and not pair.only_b:
            return same
        if pair.right_a == pair.right_b:
            return even
        if pair.hardly_differ:
            return alike
        return luck if pair.may_be_luck else better if pair.only_b > pair.only_a else worse

    said = list(map(sentence_for, pairs))
    for sentence in (better, luck, alike, even, same, worse):
        if among := [pair for pair, one in zip(pairs, said, strict=True) if one == sentence]:
            text = sentence.format(
                baseline=display_name(BASELINE, _),
                variants=", ".join(display_name(pair.a, _) for pair in among),
                plain=f"{among[0].right_b / among[0].n:.1%}",
                rights=", ".join(f"{pair.right_a / pair.n:.1%}" for pair in among),
                p=", ".join(f"{pair.p:.2g}" for pair in among),
            )
            yield Remark(text, serious=sentence == better)
