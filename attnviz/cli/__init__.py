"""The command line, one file a command: `python -m attnviz`, or `attnviz` where it is installed."""

from __future__ import annotations

from attnviz.cli.main import main

__all__ = ["main"]
