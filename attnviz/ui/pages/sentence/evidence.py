"""The examples of an experiment, with what each shows of it."""

from __future__ import annotations

from attnviz.analysis.claims import claims
from attnviz.ui.cache.experiments import opened
from attnviz.ui.cache.per_experiment import per_experiment
from attnviz.ui.examples import Example, examples


@per_experiment(100)
def shown_examples(name: str) -> tuple[Example, ...]:
    """Return the examples for an experiment; of a claim only where this experiment bears it out."""
    experiment = opened(name)
    offered = examples(experiment.language, experiment.labels)
    return tuple(one.shown() if one.claim in claims(experiment, one.text, one.truth) else one for one in offered)
