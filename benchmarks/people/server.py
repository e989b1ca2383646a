"""The server that is measured: started on a copy of the experiments, and looked at from outside."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil

from benchmarks.servers import APP, own_folders, started, wait_until_healthy


@dataclass(frozen=True)
class Footprint:
    """What processes hold at a moment, all of them together."""

    memory_mb: float
    files: int
    threads: int
    processor_s: float  # that they have used since they started

    @classmethod
    def of(cls, processes: list[psutil.Process]) -> Footprint:
        """Look at processes, those not counted that they started."""
        times = [process.cpu_times() for process in processes]
        return cls(
            round(sum(process.memory_info().rss for process in processes) / 1e6, 1),
            sum(process.num_fds() for process in processes),
            sum(process.num_threads() for process in processes),
            round(sum(one.user + one.system for one in times), 2),
        )


@contextmanager
def served(folder: Path, kept: int) -> Iterator[tuple[str, psutil.Process]]:
    """Serve the app of this checkout with its experiments; a session that is left is kept for so many seconds."""
    log = folder / "log"
    left = f"--server.disconnectedSessionTTL={kept}"
    with started(APP, left, environment=own_folders(folder), log=log) as (place, server):
        wait_until_healthy(f"http://{place}", server, log)
        yield f"http://{place}", psutil.Process(server.pid)
