"""The server that is measured: started on a copy of the experiments, and looked at from outside."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil

from benchmarks.browser import ROOT


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
    models = folder / "models"
    shutil.copytree(ROOT / "models", models, ignore=shutil.ignore_patterns(".*"))
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "streamlit", "run", str(ROOT / "app.py"), f"--server.port={port}"]
    command += ["--server.headless=true", f"--server.disconnectedSessionTTL={kept}"]
    log = folder / "log"
    environment = {**os.environ, "ATTNVIZ_MODELS": str(models), "ATTNVIZ_CACHE": str(folder / "cache")}
    with log.open("w") as out:
        server = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=out, stderr=subprocess.STDOUT)
    try:
        address = f"http://127.0.0.1:{port}"
        for _ in range(1200):
            try:
                urllib.request.urlopen(f"{address}/_stcore/health", timeout=1)
                break
            except OSError:
                if server.poll() is not None:
                    raise RuntimeError(log.read_text()) from None
                time.sleep(0.05)
        yield address, psutil.Process(server.pid)
    finally:
        server.terminate()
        try:
            server.wait(10)
        except subprocess.TimeoutExpired:
            server.kill()
