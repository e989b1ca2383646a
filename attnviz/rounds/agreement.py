"""How far the words that a class marked are those that the variants look at, beside a random order of the words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from attnviz.analysis.belief.marks import Agreement
from attnviz.rounds.round import Results

if TYPE_CHECKING:
    from attnviz.model.explanation import Explanation


@dataclass(frozen=True)
class ClassAgreement:
    """A class beside the variants. The overlap of a variant is the `f1` of its agreement."""

    marked: tuple[int, ...]  # places of the class's words
    half: bool  # they were marked by half of the devices at least; else they are those that most marked
    variants: tuple[tuple[str, Agreement], ...]
    random: Agreement


def agreement(results: Results, explanations: Sequence[Explanation]) -> ClassAgreement | None:
    """Compare what a class marked with the attention of variants; None where every word is marked, or none.

    The class's words are those that at least half of the devices marked; where there is none, those that most did.
    """
    share = np.array(results.share)
    if not results.devices or not share.any():
        return None
    half = bool((share >= 0.5).any())
    marked = share >= 0.5 if half else share == share.max()
    random = Agreement.at_random(marked)
    found = [
        (one.variant, Agreement.of(one.weights, marked)) for one in explanations if len(one.weights) == len(marked)
    ]
    if random is None:
        return None
    told = tuple((variant, one) for variant, one in found if one is not None)
    return ClassAgreement(tuple(np.flatnonzero(marked).tolist()), half, told, random)
