"""How an experiment's variants behaved when texts were changed: `behaviour.json`, as values.

The command `behaviour --keep` measures it.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

from pydantic import ConfigDict, Field, TypeAdapter, ValidationError

from attnviz.errors import AttnvizError
from attnviz.model.about import to_json
from attnviz.model.metrics import wilson
from attnviz.model.storage import misshapen, read_json, write_json

SCHEMA = 1
_Name = Annotated[str, Field(min_length=1, max_length=200)]
_Count = Annotated[int, Field(ge=0)]
_P = Annotated[float, Field(ge=0, le=1)]


@dataclass(frozen=True)
class BehaviourFigures:
    """One test: how many cases there were, how many each variant failed, and the twins' adjusted p."""

    name: _Name
    kind: Literal["invariance", "direction"]
    expects: Literal["same", "turns", "not_surer", "no_less_sure"]
    cases: Annotated[int, Field(ge=1)]
    failed: dict[_Name, _Count]
    p: _P | None = None

    def rate(self, variant: str) -> float:
        """Return the share of cases that a variant failed."""
        return self.failed[variant] / self.cases

    def interval(self, variant: str) -> tuple[float, float]:
        """Return the 95 % interval of that share (Wilson 1927)."""
        return wilson(self.failed[variant], self.cases)


@dataclass(frozen=True)
class TwinFigures:
    """Rows on which one of two variants fails more tests than the other, and the p of a sign test."""

    a: _Name
    b: _Name
    more_a: _Count
    more_b: _Count
    p: _P


@dataclass(frozen=True)
class Behaviour:
    """Tests of some rows, all by the same variants."""

    __pydantic_config__ = ConfigDict(extra="forbid")

    schema: int
    dataset: _Name
    rows: Annotated[int, Field(ge=1)]
    tests: Annotated[tuple[BehaviourFigures, ...], Field(min_length=1)]
    twins: TwinFigures | None = None

    @property
    def variants(self) -> tuple[str, ...]:
        """The names of the variants."""
        return tuple(self.tests[0].failed)

    def save(self, path: Path) -> None:
        """Write it."""
        write_json(path, to_json(self))


def read_behaviour(path: Path) -> Behaviour | None:
    """Read it; None if nobody has measured it. A damaged file raises `AttnvizError`."""
    if not path.exists():
        return None
    stored = read_json(path)
    try:
        found = TypeAdapter(Behaviour).validate_python(stored)
    except ValidationError as error:
        raise misshapen(path, error) from error
    names = [one.name for one in found.tests]
    ill = found.schema != SCHEMA or len(set(names)) < len(names)
    if ill or any(set(one.failed) != set(found.variants) for one in found.tests) or not found.variants:
        raise AttnvizError(
            "{path}: it holds no table of tests by the same variants. Restore or rebuild the experiment.", path=path
        )
    if any(count > one.cases for one in found.tests for count in one.failed.values()):
        raise AttnvizError("{path}: a test has more failures than cases. Restore or rebuild the experiment.", path=path)
    return found
