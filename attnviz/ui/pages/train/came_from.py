"""Which experiment another one came from: it has its rows, be they corrected since, or its vectors."""

from __future__ import annotations

import re
from contextlib import suppress

import numpy as np

from attnviz.errors import AttnvizError
from attnviz.model.experiment import folder_of
from attnviz.model.learned import read_learned
from attnviz.ui.cache import experiments
from attnviz.ui.cache.per_experiment import per_experiment

_SAME = 0.5  # share of the training texts of the smaller one that both learned from


@per_experiment(64)
def came_from(name: str) -> str:
    """Return the experiment that this one came from, "" if there is none that it could be compared with.

    One that is called like it with a lower number comes first; then what has the same rows, the same texts, data of
    the same name, and last what has lent its vectors.
    """
    about, _figures = experiments.described(name)
    stem, number = _numbered(name)
    ranked: list[tuple[bool, int, int, str]] = []
    for other in experiments.names():
        with suppress(AttnvizError):  # a damaged one is named at the top of the page
            theirs, _figures = experiments.described(other)
            if other == name or set(theirs.labels) != set(about.labels):
                continue
            alike = (
                bool(about.data.digest) and theirs.data.digest == about.data.digest,
                _same_texts(name, other),
                bool(about.data.name) and theirs.data.name == about.data.name,
                about.vectors.source == other or about.vectors.source.startswith(f"{other}, "),
            )
            if any(alike):
                its_stem, its_number = _numbered(other)
                before = its_stem == stem and its_number < number
                ranked.append((not before, alike.index(True), -its_number, other))
    return min(ranked)[-1] if ranked else ""


def _numbered(name: str) -> tuple[str, int]:
    found = re.fullmatch("(.+)-([1-9][0-9]{0,8})", name)
    return (found[1], int(found[2])) if found else (name, 1)


def _same_texts(name: str, other: str) -> bool:
    one, two = _texts(name), _texts(other)
    least = min(len(one), len(two))
    return bool(least) and len(np.intersect1d(one, two, assume_unique=True)) >= _SAME * least


@per_experiment(64)
def _texts(name: str) -> np.ndarray:
    """Return the hashes of the texts that an experiment learned from, none where it has kept none."""
    learned = read_learned(folder_of(name) / "learned.safetensors")
    return np.zeros(0, np.uint32) if learned is None else learned.train
