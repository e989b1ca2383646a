"""Experiments made of the tiny one by changing what it answers: other labels, more of them, other mistakes."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import replace

import numpy as np
import torch
from torch import nn

from attnviz.model.experiment import Experiment
from tests.conftest import sentences


def relabelled(experiment: Experiment, name: str, labels: dict[str, str | None]) -> Experiment:
    """Return an experiment that answers like another one under other labels, in their order.

    `labels` says for each which class of the other one it is; None is a class that it never gives.
    """
    models = {}
    for variant, model in experiment.models.items():
        copied = deepcopy(model)
        copied.fc = nn.Linear(model.fc.in_features, len(labels))
        with torch.no_grad():
            for k, of in enumerate(labels.values()):
                copied.fc.weight[k] = 0 if of is None else model.fc.weight[experiment.labels.index(of)]
                copied.fc.bias[k] = -1e4 if of is None else model.fc.bias[experiment.labels.index(of)]
        models[variant] = copied
    about = replace(experiment.about, labels=tuple(labels), baseline=None)
    learned = experiment.learned
    return Experiment(
        name, about, experiment.vocabulary, experiment.vectors, models, learned=learned, segmenter=experiment.segmenter
    )


def worse(experiment: Experiment, name: str) -> Experiment:
    """Return an experiment with the same labels that takes a third of what is of the second class for the first."""
    found = relabelled(experiment, name, {label: label for label in experiment.labels})
    for variant, model in found.models.items():
        given = experiment.predict([text for text, _label in sentences()], variant)
        odds = np.log(given[:, 1] / given[:, 0])
        with torch.no_grad():
            model.fc.bias[0] += float(np.quantile(odds[odds > 0], 1 / 3)) if (odds > 0).any() else 0.0
    return found
