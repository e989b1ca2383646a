"""Rows of `sentences`, with some labels turned: what a check has to find."""

from __future__ import annotations

import csv
from pathlib import Path

from attnviz.analysis.evaluation.rows import EvaluationRows
from attnviz.analysis.evaluation.uploads import read_upload
from attnviz.model.experiment import Experiment

OTHER = {"positive": "negative", "negative": "positive"}


def flipped_file(path: Path, rows: list[tuple[str, str]], every: int = 20) -> list[int]:
    """Write rows with a column before and one behind, each label at `every` place turned; return the rows' numbers."""
    flipped = list(range(every // 2, len(rows), every))
    with path.open("w", newline="", encoding="utf-8") as file:
        written = csv.writer(file)
        written.writerow(("id", "text", "label", "note"))
        for at, (text, label) in enumerate(rows):
            written.writerow((f"a{at}", text, OTHER[label] if at in flipped else label, f"={at}"))
    return [at + 2 for at in flipped]  # a header is row 1


def all_rows(path: Path, experiment: Experiment) -> EvaluationRows:
    return read_upload(path, experiment, split="all").rows
