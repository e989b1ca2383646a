"""What a person decided about labels: a log in the cache folder, a line a decision, that only grows.

A line is on the disk before the next row is shown, undoing is a line too, and one that was cut short is passed over: no
reload, second tab or power cut loses a decision. It names rows by their places and classes by their names, no texts.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Literal, get_args

import numpy as np

from attnviz.analysis.evaluation.rows import EvaluationRows
from attnviz.data.files import cache_folder
from attnviz.errors import AttnvizError

Action = Literal["keep", "relabel", "remove", "unsure"]
ACTIONS: tuple[Action, ...] = get_args(Action)
_KEY = "[0-9a-f]{32}"


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


class DecisionLog:
    """The decisions on some rows, in the order in which they were made; without a key they are in memory alone."""

    def __init__(self, key: str | None = None) -> None:
        assert key is None or re.fullmatch(_KEY, key), "no path comes from outside"
        self.path = None if key is None else cache_folder() / "decisions" / f"{key}.jsonl"
        self._lines: list[str] = []

    def read(self) -> dict[int, Decision]:
        """Return what holds for each row that was decided, by its place; the last one decided stands last."""
        held: dict[int, Decision] = {}
        for row, decision in self._stack():
            held.pop(row, None)
            held[row] = decision
        return held

    def decide(self, row: int, decision: Decision) -> None:
        """Take down what is to become of a row."""
        self._append({"row": row, "action": decision.action, "label": decision.label})

    def undo(self) -> int | None:
        """Take back the last decision and return its row; what held for that row before holds again."""
        stack = self._stack()
        if not stack:
            return None
        self._append({"undo": True})
        return stack[-1][0]

    def _stack(self) -> list[tuple[int, Decision]]:
        lines = self._lines
        if self.path:
            with suppress(OSError):
                lines = self.path.read_text(encoding="utf-8", errors="replace").split("\n")
        stack: list[tuple[int, Decision]] = []
        for line in lines:
            told = _told(line)
            if isinstance(told, tuple):
                stack.append(told)
            elif told and stack:
                stack.pop()
        return stack

    def _append(self, told: Mapping[str, Any]) -> None:
        """Write a line; it begins with a line break, so that one that was cut short before it spoils no other."""
        line = json.dumps(told)
        if not self.path:
            self._lines.append(line)
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
