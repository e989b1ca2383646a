"""What a person decided about labels: a log in the cache folder, a line a decision, that only grows.

A line is on the disk before the next row is shown, undoing is a line too, and one that was cut short is passed over: no
reload, second tab or power cut loses a decision. It names rows by their places and classes by their names, no texts.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from threading import Lock
from typing import Any, Literal, get_args

import numpy as np

from attnviz.analysis.evaluation.rows import EvaluationRows
from attnviz.data.files import cache_folder
from attnviz.errors import AttnvizError

Action = Literal["keep", "relabel", "remove", "unsure"]
ACTIONS: tuple[Action, ...] = get_args(Action)
_KEY = "[0-9a-f]{32}"
_TAIL = 500  # bytes


@dataclass(frozen=True)
class Decision:
    """What is to become of a row; a relabelled one gets the class of that name."""

    action: Action
    label: str | None = None


def key_of_decisions(rows: EvaluationRows) -> str:
    """Return what tells these rows, under these numbers, from any others."""
    numbers = rows.origin.numbers
    told = b"" if numbers is None else np.asarray(numbers, dtype=np.int64).tobytes()
    return sha256(rows.key.encode() + told).hexdigest()[:32]


class _Known:
    """What a log comes to, as far as it was read: a file that only grows is read on from there, not anew."""

    def __init__(self) -> None:
        self.stack: list[tuple[int, Decision]] = []
        self._held: dict[int, Decision] | None = {}  # None where it has to be worked out from the stack
        self._end, self._tail = 0, b""  # up to which byte the file is read, and the last of them, by which it is known
        self._lock = Lock()

    def take(self, line: str) -> bool:
        """Go on by a line; return whether it says anything."""
        told = _told(line)
        if isinstance(told, tuple):
            row, decision = told
            self.stack.append(told)
            if self._held is not None:
                self._held.pop(row, None)  # the last one decided stands last
                self._held[row] = decision
        elif told and self.stack:
            self.stack.pop()
            self._held = None
        return bool(told)

    def held(self) -> dict[int, Decision]:
        """Return what holds for each row."""
        with self._lock:
            if self._held is None:
                self._held = {}
                for row, decision in self.stack:
                    self._held.pop(row, None)
                    self._held[row] = decision
            return dict(self._held)

    def read_on(self, path: Path) -> None:
        """Read what came since; from the beginning if it is another file, or none any more."""
        with self._lock:
            try:
                with path.open("rb") as file:
                    file.seek(self._end - len(self._tail))
                    if file.read(len(self._tail)) != self._tail:
                        self._forget()
                        file.seek(0)
                    came = file.read()
            except OSError:
                self._forget()
                return
            *lines, last = came.split(b"\n")
            for line in lines:
                self.take(line.decode("utf-8", "replace"))
            read = len(came) if self.take(last.decode("utf-8", "replace")) else len(came) - len(last)  # half written
            self._end += read
            self._tail = (self._tail + came[:read])[-_TAIL:]

    def _forget(self) -> None:
        self.stack.clear()
        self._held, self._end, self._tail = {}, 0, b""


@lru_cache(maxsize=8)
def _known_of(_path: Path) -> _Known:
    return _Known()


class DecisionLog:
    """The decisions on some rows, in the order in which they were made; without a key they are in memory alone."""

    def __init__(self, key: str | None = None) -> None:
        assert key is None or re.fullmatch(_KEY, key), "no path comes from outside"
        self.path = None if key is None else cache_folder() / "decisions" / f"{key}.jsonl"
        self._memory = _Known()

    def read(self) -> dict[int, Decision]:
        """Return what holds for each row that was decided, by its place; the last one decided stands last."""
        return self._known().held()

    def decide(self, row: int, decision: Decision) -> None:
        """Take down what is to become of a row."""
        self._append({"row": row, "action": decision.action, "label": decision.label})

    def undo(self) -> int | None:
        """Take back the last decision and return its row; what held for that row before holds again."""
        stack = self._known().stack
        if not stack:
            return None
        row = stack[-1][0]
        self._append({"undo": True})
        return row

    def _known(self) -> _Known:
        if self.path is None:
            return self._memory
        known = _known_of(self.path)
        known.read_on(self.path)
        return known

    def _append(self, told: Mapping[str, Any]) -> None:
        """Write a line; it begins with a line break, so that one that was cut short before it spoils no other."""
        line = json.dumps(told)
        if self.path is None:
            self._memory.take(line)
            return
        try:
            self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            with self.path.open("ab") as file:
                file.write(f"\n{line}".encode())
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            raise AttnvizError(
                "The decision cannot be kept: {path} cannot be written ({reason}). Make room, or name another folder "
                "by ATTNVIZ_CACHE.",
                path=self.path,
                reason=error.strerror or str(error),
            ) from error


def _told(line: str) -> tuple[int, Decision] | bool:
    """Return the decision of a line, True for one that undoes, False for one that says nothing."""
    try:
        told = json.loads(line)
        if told.get("undo") is True:
            return True
        row, action, label = told["row"], told["action"], told["label"]
    except (ValueError, AttributeError, KeyError, RecursionError):
        return False
    if type(row) is not int or action not in ACTIONS or (isinstance(label, str) != (action == "relabel")):
        return False
    return row, Decision(action, label)
