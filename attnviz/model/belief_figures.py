"""How far an experiment's heat-maps may be believed, over its own test rows: `belief.json`, as values.

`benchmarks/belief.py` measures it, or the Errors page where somebody lets it examine these rows. What each question
asks is in `analysis/belief/over_rows.py`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Literal

from pydantic import ConfigDict, Field, TypeAdapter, ValidationError

from attnviz.errors import AttnvizError
from attnviz.model.about import to_json
from attnviz.model.storage import misshapen, read_json, write_json

SCHEMA = 1
QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)
Kind = Literal["carried", "no_more", "rises", "none"]
_Count = Annotated[int, Field(ge=0)]
_Some = Annotated[int, Field(ge=1)]
_Share = Annotated[float, Field(ge=0, le=1)]
_Number = Annotated[float, Field(allow_inf_nan=False)]


@dataclass(frozen=True)
class Distribution:
    """What one question came to: of the sentences that have an answer, the mean and `QUANTILES`."""

    n: _Some
    mean: _Number
    quantiles: Annotated[tuple[_Number, ...], Field(min_length=len(QUANTILES), max_length=len(QUANTILES))]


@dataclass(frozen=True)
class SeedSpread:
    """How far the weights of classifiers that differ in their seed are from each other: means over the sentences."""

    seeds: Annotated[int, Field(ge=2)]
    divergence: _Share  # Jensen–Shannon, in nats
    ratio: _Number  # of it to the divergence from equal weights
    tau: Annotated[float, Field(ge=-1, le=1)]
    same_top: _Share  # how often the word looked at most is the same


@dataclass(frozen=True)
class VariantFigures:
    """What came of the heat-maps of one variant."""

    variant: str
    verdicts: dict[Kind, _Count]
    questions: dict[str, Distribution]  # those that any sentence has an answer to
    shuffled_carried: _Share | None = None  # how often a heat-map is called carried whose weights are dealt out anew
    accuracy: _Share | None = None  # on all test rows
    accuracy_with_equal_weights: _Share | None = None  # of the same classifier, hidden states and all
    spread: SeedSpread | None = None  # None: other seeds have not been measured

    @property
    def sentences(self) -> int:
        """How many heat-maps there are, with those that got no verdict."""
        return sum(self.verdicts.values())

    def share(self, kind: Kind) -> float:
        """Return how often a verdict was given, among the sentences that got one."""
        given = self.sentences - self.verdicts.get("none", 0)
        return self.verdicts.get(kind, 0) / given if given else 0.0


@dataclass(frozen=True)
class BeliefFigures:
    """What came of a sample of an experiment's own test rows."""

    __pydantic_config__ = ConfigDict(extra="forbid")

    schema: int
    method: _Some  # which way of asking; another number is not to be compared
    measured: date
    data: str  # the name of the rows
    rows: _Some  # test rows
    drawn: _Some  # of which so many were drawn, with seed 0
    variants: Annotated[tuple[VariantFigures, ...], Field(min_length=1)]

    def save(self, path: Path) -> None:
        """Write them."""
        write_json(path, to_json(self))


def read_belief_figures(path: Path) -> BeliefFigures | None:
    """Read them; None if nobody has measured any. Damaged ones raise `AttnvizError`."""
    if not path.exists():
        return None
    try:
        found = TypeAdapter(BeliefFigures).validate_python(read_json(path))
    except ValidationError as error:
        raise misshapen(path, error) from error
    names = [one.variant for one in found.variants]
    falling = any(
        low > high
        for one in found.variants
        for question in one.questions.values()
        for low, high in pairwise(question.quantiles)
    )
    if found.schema != SCHEMA or len(set(names)) < len(names) or found.drawn > found.rows or falling:
        raise AttnvizError(
            "{path}: it holds no figures of a sample of test rows, each variant once and quantiles in their order. "
            "Restore or rebuild the experiment.",
            path=path,
        )
    return found
