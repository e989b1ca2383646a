"""Experiments, opened once for all sessions, and what their classifiers make of texts."""

from __future__ import annotations

from typing import cast

import attnviz.model.experiment
from attnviz.errors import AttnvizError
from attnviz.model.about import About
from attnviz.model.batches import Unknown
from attnviz.model.experiment import Experiment
from attnviz.model.explanation import Explanation
from attnviz.model.mapping import share
from attnviz.model.storage import Figures, read_about
from attnviz.ui.cache.models_folder import snapshot
from attnviz.ui.cache.per_experiment import per_experiment

_MOST_OPEN = 4  # of about 50 MB each
_WORTH_KEEPING = 10_000  # characters: 128 explanations of texts so long take 17 MB, and 512 are kept


@per_experiment(_MOST_OPEN)
def opened(name: str) -> Experiment:
    """Return an experiment, opened once for all sessions; raise `AttnvizError` if it is damaged."""
    return share(attnviz.model.experiment.load(attnviz.model.experiment.folder_of(name)))


@per_experiment(1000)
def described(name: str) -> tuple[About, Figures]:
    """Return what an experiment says of itself and what it reached, without opening it."""
    about, figures, _standings = read_about(attnviz.model.experiment.folder_of(name) / "experiment.json")
    return about, figures


def explain(
    name: str, text: str, variant: str, unknown: str, without: tuple[int, ...] = (), *, masked: bool = False
) -> Explanation:
    """Return what a variant of an experiment makes of a text; the last short ones asked for are kept."""
    if len(text) > _WORTH_KEEPING:
        return opened(name).explain(text, variant, cast(Unknown, unknown), without, masked=masked)
    return _explained(name, text, variant, unknown, without, masked and described(name)[0].padded_to is not None)


def names() -> list[str]:
    """Return the names of all experiments, damaged ones too."""
    return list(snapshot().experiments)


@per_experiment(1000)
def fault(name: str) -> AttnvizError | None:
    """Look for what is wrong with an experiment once, and do not keep it open for that."""
    try:
        attnviz.model.experiment.load(attnviz.model.experiment.folder_of(name))
    except AttnvizError as error:
        return error
    return None


@per_experiment(512)
def _explained(name: str, text: str, variant: str, unknown: str, without: tuple[int, ...], masked: bool) -> Explanation:
    return opened(name).explain(text, variant, cast(Unknown, unknown), without, masked=masked)
