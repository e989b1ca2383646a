"""What a training run tells other programs: a JSON line an event, written by one process and read by another."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field
from errno import EDQUOT, ENOSPC
from pathlib import Path
from typing import Any, TextIO

import psutil
from safetensors import SafetensorError

from attnviz.errors import AttnvizError
from attnviz.model.about import ProbeReading, kept_epoch
from attnviz.model.variants import TRANSFORMER

_SOON, _LATE = 0.25, 2.0  # seconds: no two steps are told closer together, no longer is nothing told
_STRIDE = 1 / 2000  # of a stage
_FULL = ("no space left on device", "disk quota exceeded", "file too large")


class ProgressWriter:
    """What writes the progress of a run to `out`, not every step of it."""

    def __init__(self, out: TextIO) -> None:
        self._out = out
        self._last: Progress | None = None
        self._when = 0.0

    def show(self, progress: Progress) -> None:
        """Write an event, unless one of the same stage was written a moment ago; ends of epochs are never left out."""
        now, last = time.monotonic(), self._last
        if last and progress.stage == last.stage and not progress.accuracy:
            ago, further = now - self._when, progress.fraction - last.fraction
            if ago < _SOON or (ago < _LATE and further < _STRIDE):
                return
        self._last, self._when = progress, now
        _write(self._out, {name: value for name, value in asdict(progress).items() if value not in ({}, None)})


@contextmanager
def reporting_failures(out: TextIO) -> Iterator[None]:
    """Write which process begins, and why it ends if it fails, which is then raised on as a sentence for people."""
    try:
        _write(out, {"stage": "started", "pid": os.getpid(), "born": psutil.Process().create_time()})
        yield
    except Exception as error:
        known = as_user_error(error)
        with suppress(OSError):  # a disk that is full says so by the word that is missing
            _write(out, {"stage": "failed", "template": known.template, "values": _plain(known.values)})
        raise known from error


def _write(out: TextIO, event: dict[str, Any]) -> None:
    out.write(json.dumps({**event, "at": round(time.time(), 3)}, ensure_ascii=False, allow_nan=False) + "\n")
    out.flush()


def _plain(values: dict[str, object]) -> dict[str, object]:
    return {name: value if isinstance(value, int | float | str) else str(value) for name, value in values.items()}


def as_user_error(error: Exception) -> AttnvizError:
    """Return what went wrong as a sentence for people."""
    if isinstance(error, AttnvizError):
        return error
    full = isinstance(error, OSError) and error.errno in (ENOSPC, EDQUOT)
    if full or (isinstance(error, OSError | SafetensorError) and any(word in str(error).lower() for word in _FULL)):
        return AttnvizError(
            "There is no room left on the disk. What the ended epochs reached is kept: make room, then go on."
        )
    return AttnvizError("The run broke off: {kind}: {fault}.", kind=type(error).__name__, fault=str(error).rstrip("."))


@dataclass(frozen=True)
class RunStatus:
    """What the events of a run tell so far; curves are (epochs done, value) by variant."""

    stage: str = ""
    fraction: float = 0.0  # of the stage
    epoch: int = 0
    epochs: int = 0
    seconds_left: float | None = None  # of the stage
    losses: dict[str, list[tuple[float, float]]] = field(default_factory=dict)
    accuracy: dict[str, list[tuple[float, float]]] = field(default_factory=dict)
    probes: list[dict[str, Any]] = field(default_factory=list)  # by epoch from 0, as in the history
    tokens: list[list[str]] = field(default_factory=list)  # of the probes
    checked: int = 0  # validation rows
    began: float = 0.0  # seconds since 1970, of the last start
    heard: float = 0.0
    process: tuple[int, float] | None = None  # its number and when it was born
    failure: AttnvizError | None = None

    @property
    def best(self) -> dict[str, tuple[int, float]]:
        """The epoch of each variant whose weights are kept so far, and its accuracy; empty before one has ended."""
        after = {variant: [(int(e), share) for e, share in curve if e > 0] for variant, curve in self.accuracy.items()}
        return {
            variant: curve[kept_epoch([share for _, share in curve], self.checked)]
            for variant, curve in after.items()
            if curve
        }


def read(path: Path) -> RunStatus:
    """Return what the events in a file tell; lines that a dying process left unfinished count for nothing."""
    try:
        lines = path.read_bytes().split(b"\n")
    except OSError:
        return RunStatus()
    values: dict[str, Any] = {"losses": {}, "accuracy": {}, "probes": []}
    for line in lines:
        try:
            event = json.loads(line)
            _tell(values, event)
        except (ValueError, KeyError, TypeError, AttributeError):
            continue
    return RunStatus(**values)


def _tell(values: dict[str, Any], event: dict[str, Any]) -> None:
    """Add an event to the fields of a `RunStatus`."""
    stage = str(event["stage"])
    at = float(event["at"])
    if stage == "started":
        values |= {"process": (int(event["pid"]), float(event["born"])), "began": at, "failure": None}
    elif stage == "failed":
        template = event["template"]
        values["failure"] = AttnvizError(template, **event["values"])
    else:
        values |= {"fraction": float(event["fraction"]), "seconds_left": event.get("seconds_left")}
    values |= {"stage": stage, "heard": at}
    if stage not in ("training", TRANSFORMER):
        return
    epoch, steps = int(event["epoch"]), int(event["steps"])
    values |= {"epoch": epoch, "epochs": int(event["epochs"]), "checked": int(event.get("checked", 0))}
    place = epoch - 1 + event["step"] / steps if steps else 0.0
    for name in ("losses", "accuracy"):
        for variant, value in event.get(name, {}).items():
            curve = values[name].setdefault(variant, [])
            while curve and curve[-1][0] >= place:  # a run that goes on tells the steps after its checkpoint again
                curve.pop()
            curve.append((place, float(value)))
    if event.get("accuracy"):
        probes, told = values["probes"], event.get("probes", {})
        if stage == TRANSFORMER and epoch < len(probes):  # which stands beside what the others reached before
            probes[epoch] = probes[epoch] | told
        else:
            probes[epoch:] = [told]
        values["tokens"] = event.get("tokens") or []


@dataclass(frozen=True)
class Progress:
    """How far a run is."""

    # "morphemes", "vectors", "language model", "training", "transformer", "second seed", "baseline", "testing", "done"
    stage: str
    fraction: float  # of the stage
    epoch: int = 0  # from 1; 0 is the classifiers before training
    epochs: int = 0
    step: int = 0  # of the epoch, from 1
    steps: int = 0
    losses: dict[str, float] = field(default_factory=dict)  # by variant, the running mean of the epoch, nats
    accuracy: dict[str, float] = field(default_factory=dict)  # by variant, on the validation rows after an epoch
    checked: int = 0  # validation rows, after an epoch
    probes: dict[str, tuple[ProbeReading, ...]] = field(default_factory=dict)  # as in the history, after an epoch
    tokens: tuple[tuple[str, ...], ...] | None = None  # of the probes, after an epoch
    seconds_left: float | None = None  # of the stage
