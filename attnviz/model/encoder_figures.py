"""What was measured of an experiment's encoders over its own test rows: `encoders.json`, as values.

`benchmarks/encoders.py` measures it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Literal, get_args

from pydantic import ConfigDict, Field, TypeAdapter, ValidationError

from attnviz.errors import AttnvizError
from attnviz.model.about import to_json
from attnviz.model.storage import misshapen, read_json, write_json
from attnviz.model.transformer import Head

SCHEMA = 1
HabitName = Literal["itself", "previous", "next", "first", "last", "punctuation", "same word"]
HABITS: tuple[HabitName, ...] = get_args(HabitName)
Order = Literal["as it is", "shuffled", "no positions"]
_Some = Annotated[int, Field(ge=1)]
_Share = Annotated[float, Field(ge=0, le=1)]
_Seconds = Annotated[float, Field(gt=0, allow_inf_nan=False)]


@dataclass(frozen=True)
class Habit:
    """What a head does on many sentences: the mean share of a row's weight that falls on some kinds of words.

    The mean is over the rows that have such a word; both shares are 0 where no row has one.
    """

    head: Head
    shares: dict[HabitName, _Share]
    if_even: dict[HabitName, _Share]  # what the same rows would give if every word got as much as any other


@dataclass(frozen=True)
class EpochTimes:
    """What an epoch takes on the machine that measured: every sentence is of one length."""

    sentences: _Some
    lengths: Annotated[tuple[_Some, ...], Field(min_length=1)]
    seconds: dict[str, tuple[_Seconds, ...]]  # by variant


@dataclass(frozen=True)
class EncoderFigures:
    """What came of an experiment's own test rows."""

    __pydantic_config__ = ConfigDict(extra="forbid")

    schema: int
    measured: date
    data: str  # the name of the rows
    rows: _Some  # test rows
    habits: tuple[Habit, ...]  # of every head of the transformer
    order: dict[str, dict[Order, _Share]]  # by variant: how many rows it gets right; an LSTM has no positions to lose
    seeds: dict[str, Annotated[tuple[_Share, ...], Field(min_length=1)]]  # by variant, the experiment's own seed first
    epoch: EpochTimes | None = None

    def save(self, path: Path) -> None:
        """Write them."""
        write_json(path, to_json(self))


def read_encoder_figures(path: Path) -> EncoderFigures | None:
    """Read them; None if nobody has measured any. Damaged ones raise `AttnvizError`."""
    if not path.exists():
        return None
    try:
        found = TypeAdapter(EncoderFigures).validate_python(read_json(path))
    except ValidationError as error:
        raise misshapen(path, error) from error
    heads = [one.head for one in found.habits]
    whole = all(one.shares.keys() == one.if_even.keys() == set(HABITS) for one in found.habits)
    times = found.epoch
    even = times is None or (
        all(short < long for short, long in pairwise(times.lengths))
        and all(len(one) == len(times.lengths) for one in times.seconds.values())
    )
    if found.schema != SCHEMA or len(set(heads)) < len(heads) or min(map(min, heads), default=0) < 0:
        whole = False
    if not whole or not even:
        raise AttnvizError(
            "{path}: it holds no figures of encoders, each head once with all its habits and a time for every length. "
            "Restore or rebuild the experiment.",
            path=path,
        )
    return found
