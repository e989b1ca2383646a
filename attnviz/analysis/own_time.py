"""How long something takes, without the time it waits for others."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from typing import TypeVar

Result = TypeVar("Result")

# The thread's own time, without waiting: thirty laptops that ask at once would stretch the wall clock's, and most of
# all that of long sentences. On Windows this clock ticks every 16 ms only.
clock = time.perf_counter if sys.platform == "win32" else time.thread_time


def least(work: Callable[[], Result], times: int = 5) -> tuple[float, Result]:
    """Return the least seconds that a few runs of some work took, and what it gave."""
    taken = []
    for _ in range(times):
        began = clock()
        found = work()
        taken.append(clock() - began)
    return min(taken), found
