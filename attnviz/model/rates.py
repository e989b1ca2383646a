"""What becomes of an experiment's words at several learning rates of its word vectors: `rates.json`, as values.

A benchmark measures it (`benchmarks/embedding_rates.py`). Rate 0 is the frozen variant.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from pydantic import ConfigDict, Field, TypeAdapter, ValidationError

from attnviz.errors import AttnvizError
from attnviz.model.about import to_json
from attnviz.model.storage import misshapen, read_json, write_json

SCHEMA = 1
_Word = Annotated[str, Field(min_length=1, max_length=200)]
_Share = Annotated[float, Field(ge=0, le=1)]
_Cosine = Annotated[float, Field(ge=-1, le=1)]


@dataclass(frozen=True)
class Seeds:
    """A share or a cosine over several seeds."""

    mean: _Cosine
    least: _Cosine
    most: _Cosine


@dataclass(frozen=True)
class RatedPair:
    """Two words and the cosine between them."""

    words: tuple[_Word, _Word]
    cosine: Seeds


@dataclass(frozen=True)
class Rate:
    """What one learning rate of the word vectors made of them."""

    rate: Annotated[float, Field(ge=0, le=1)]
    accuracy: Seeds  # on the test rows
    drift: tuple[Annotated[float, Field(ge=0, le=2)], ...]  # 1 − cosine, at `Rates.quantiles` of the words, means
    pairs: tuple[RatedPair, ...]
    neighbours: dict[_Word, dict[_Word, _Cosine]]  # of some words, the nearest first, with the first seed


@dataclass(frozen=True)
class Rates:
    """Several rates, ascending, tried with the same rows, settings and seeds: the first is 0, the frozen variant."""

    __pydantic_config__ = ConfigDict(extra="forbid")

    schema: int
    rows: Annotated[int, Field(ge=1)]  # test rows
    seeds: tuple[int, ...]
    least: int  # a word counts for the drift if training read it so often
    quantiles: tuple[_Share, ...]
    rates: Annotated[tuple[Rate, ...], Field(min_length=2)]

    def save(self, path: Path) -> None:
        """Write them."""
        write_json(path, to_json(self))


def read_rates(path: Path) -> Rates | None:
    """Read them; None if nobody has measured any. Damaged ones raise `AttnvizError`."""
    if not path.exists():
        return None
    stored = read_json(path)
    try:
        found = TypeAdapter(Rates).validate_python(stored)
    except ValidationError as error:
        raise misshapen(path, error) from error
    rates = [one.rate for one in found.rates]
    couples = {tuple(pair.words for pair in one.pairs) for one in found.rates}
    ill = rates != sorted(set(rates)) or rates[0] != 0 or len(couples) > 1 or found.schema != SCHEMA
    if ill or any(len(one.drift) != len(found.quantiles) for one in found.rates):
        raise AttnvizError(
            "{path}: it holds no table of rates from 0 upwards over the same pairs. Restore or rebuild the experiment.",
            path=path,
        )
    return found
