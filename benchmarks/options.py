"""What several benchmarks ask for alike."""

from __future__ import annotations

import argparse
from pathlib import Path


def parser(doc: str | None) -> argparse.ArgumentParser:
    """Return a parser with the option that every benchmark has."""
    found = argparse.ArgumentParser(description=doc, formatter_class=argparse.RawDescriptionHelpFormatter)
    found.add_argument("--json", type=Path, metavar="FILE", help="write what is found there too")
    return found


def on_rows(doc: str | None, experiment: str = "a name or a folder") -> argparse.ArgumentParser:
    """Return a parser for an experiment and the rows that it was trained on."""
    found = parser(doc)
    found.add_argument("experiment", help=experiment)
    found.add_argument("rows", metavar="DATA", help="the rows it was trained on: a data set's name, or a file")
    found.add_argument("--test", metavar="FILE", help="the test rows, if they are a file of their own")
    return found


def anew(doc: str | None) -> argparse.ArgumentParser:
    """Return a parser for what an experiment's variants are trained anew with: its name and its data."""
    found = on_rows(doc, experiment="whose vectors and settings to train with")
    found.add_argument("--more-text", metavar="DATA", help="what its language model read beside its own rows")
    return found
