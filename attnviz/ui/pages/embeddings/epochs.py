"""A word epoch by epoch: how it walked away from its opposite, and who was near it on the way."""

from __future__ import annotations

from attnviz.model.experiment import Experiment
from attnviz.model.opposites import opposites
from attnviz.ui import session
from attnviz.ui.cache import comparisons
from attnviz.ui.components.word_epochs.word_epochs import word_epochs_view
from attnviz.ui.views import EmbeddingsView


def epochs(shown: EmbeddingsView, experiment: Experiment, chosen: str) -> None:
    """Draw the slider and what it moves; nothing for a word of which the run kept no epochs."""
    couples = (*shown.pairs, *opposites(experiment.about))
    found = comparisons.word_epochs(experiment.name, chosen, couples)
    if not found:
        return
    last = len(found.neighbours) - 2
    word_epochs_view(
        found,
        shown.epoch,
        key="word_epochs",
        translate=session.translation(),
        on_epoch=lambda at: session.update_view(EmbeddingsView, epoch=at if at <= last else None),
        on_choose=lambda word: session.update_view(EmbeddingsView, word=word),
    )
