"""The examples of an experiment, with what each shows of it."""

from __future__ import annotations

from attnviz.analysis.claims import claims
from attnviz.model.experiment import Experiment
from attnviz.ui.cache.experiments import opened
from attnviz.ui.cache.per_experiment import per_experiment
from attnviz.ui.examples import Example, examples


@per_experiment(100)
def shown_examples(name: str) -> tuple[Example, ...]:
    """Return the examples for an experiment, each with the words that are true of it."""
    experiment = opened(name)
    return tuple(shown(one, experiment) for one in examples(experiment.language, experiment.labels))


def shown(example: Example, experiment: Experiment) -> Example:
    """Return an example with the words of its claim, if this experiment bears it out."""
    return example.shown() if example.claim in claims(experiment, example.text, example.truth) else example
