"""The file behind rows that somebody brought: in the server's memory like its rows, for who wants all of it again."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import streamlit as st

from attnviz.analysis.evaluation.nearest_examples import TrainingExamples, fits
from attnviz.analysis.evaluation.rows import EvaluationRows
from attnviz.analysis.evaluation.uploads import read_upload
from attnviz.data.datasets import load_dataset
from attnviz.errors import AttnvizError
from attnviz.training.job_spec import file_name
from attnviz.ui.cache import experiments
from attnviz.ui.cache.per_experiment import per_experiment

LabelMap = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Brought:
    """A file, and how it was read: `label` is "" for no labels, both columns are None if they are known."""

    name: str
    data: bytes = field(repr=False)
    text: str | None
    label: str | None
    label_map: LabelMap

    @contextmanager
    def on_disk(self) -> Iterator[Path]:
        """Give a path at which it lies for a moment."""
        with tempfile.TemporaryDirectory() as scratch:
            path = Path(scratch, file_name(self.name))
            path.write_bytes(self.data)
            yield path


def keep(place: str, brought: Brought) -> None:
    """Keep a file for as long as its rows are kept at a place."""
    _places(place).clear()
    _places(place).append(brought)


def find(place: str) -> Brought | None:
    """Return the file behind the rows at a place, None if it is not here any more."""
    return next(iter(_places(place)), None)


@st.cache_resource(max_entries=6, show_spinner=False)
def _places(place: str) -> list[Brought]:
    return []


@per_experiment(4)
def all_rows(experiment_name: str, place: str, _brought: Brought) -> EvaluationRows:
    """Return the rows of all splits."""
    return read_upload(
        Path(_brought.name),
        experiments.opened(experiment_name),
        data=_brought.data,
        text_column=_brought.text,
        label_column=_brought.label or None,
        split="all",
        label_map=dict(_brought.label_map),
    ).rows


@per_experiment(2)
def examples(experiment_name: str, place: str, _brought: Brought) -> TrainingExamples | None:
    """Return the sentences that an experiment was trained on if they are those of this file."""
    experiment = experiments.opened(experiment_name)
    try:
        with _brought.on_disk() as path:
            dataset = load_dataset(
                path,
                text_column=_brought.text,
                label_column=_brought.label or None,
                label_names=experiment.labels,
                label_map=(experiment.about.data.label_map or {}) | dict(_brought.label_map),
                guess=True,
            )
    except AttnvizError:  # rows to look at need not be rows to train on
        return None
    return TrainingExamples.of(experiment, dataset) if fits(experiment, dataset) else None
