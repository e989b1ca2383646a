"""What several benchmarks ask for alike."""

from __future__ import annotations

import argparse


def anew(doc: str | None, more_text: bool = False) -> argparse.ArgumentParser:
    """Return a parser for what an experiment's variants are trained anew with: its name and its data."""
    parser = argparse.ArgumentParser(description=doc, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("experiment", help="whose vectors and settings to train with")
    parser.add_argument("rows", metavar="TRAIN", help="the rows it was trained on: a data set's name, or a file")
    parser.add_argument("--test", metavar="FILE", help="the test rows, if they are a file of their own")
    if more_text:
        parser.add_argument("--more-text", metavar="DATA", help="what its language model read beside its own rows")
    return parser
