"""Servers of our own: started on a free port, waited for, and ended."""

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
from pathlib import Path

ROOT = Path(__file__).parent.parent
APP = ROOT / "app.py"
LOOKS = 0.05  # seconds between two looks whether a server answers


def free_port() -> int:
    """Return a port that nobody listens at."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
    return port


@contextmanager
def started(
    script: Path,
    *options: str,
    first: str = "",
    environment: dict[str, str] | None = None,
    log: Path | None = None,
    port: int | None = None,
) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """Run a Streamlit script on a port, a free one unless it is given; yield at once host and port, and the process.

    Python code given as `first` is run in the process before the server starts. What it says goes to `log`.
    """
    port = port or free_port()
    python = ["-c", f"{first}\nfrom streamlit.web.cli import main\nmain()"] if first else ["-m", "streamlit"]
    command = [sys.executable, *python, "run", str(script), f"--server.port={port}", "--server.headless=true", *options]
    with Path(log or os.devnull).open("w") as out:
        server = subprocess.Popen(
            command, cwd=ROOT, env={**os.environ, **(environment or {})}, stdout=out, stderr=subprocess.STDOUT
        )
    try:
        yield f"127.0.0.1:{port}", server
    finally:
        server.terminate()
        try:
            server.wait(10)
        except subprocess.TimeoutExpired:
            server.kill()


def wait_until_healthy(address: str, server: subprocess.Popen[bytes], log: Path | None = None) -> None:
    """Wait until a server answers.

    Raises:
        RuntimeError: It has ended before; the message is what it wrote to `log`.

    """
    while True:
        try:
            urllib.request.urlopen(f"{address}/_stcore/health", timeout=5)
            return
        except OSError:
            if server.poll() is not None:
                raise RuntimeError(log.read_text() if log else f"the server of {address} has ended") from None
            time.sleep(LOOKS)


def own_folders(folder: Path) -> dict[str, str]:
    """Copy the shipped experiments into a folder; return the settings of a server that works on the copy."""
    models = folder / "models"
    shutil.copytree(ROOT / "models", models, ignore=shutil.ignore_patterns(".*"))
    return {"ATTNVIZ_MODELS": str(models), "ATTNVIZ_CACHE": str(folder / "cache")}
