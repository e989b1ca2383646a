"""An experiment made by hand whose right views are known: every hidden state sees its own word and no other."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch

from attnviz.model.classifier import AttentionClassifier
from attnviz.model.experiment import Experiment
from attnviz.text import Vocabulary

PLANTED = "planted"


@pytest.fixture
def by_hand(tiny: Experiment) -> Experiment:
    """Return an experiment of 200 words that say nothing, and one that is looked at and speaks for “positive”."""
    words = [PLANTED, *(f"word{number}" for number in range(200))]
    vocabulary = Vocabulary(words, [1] * len(words))
    dim, hidden = tiny.vectors.dim, 16
    torch.manual_seed(0)
    rows = 0.02 * torch.randn(len(vocabulary), dim)
    rows[:, 0] = 0
    rows[0] = 0
    rows[vocabulary.id(PLANTED), 0] = 2
    model = AttentionClassifier(len(vocabulary), dim, hidden, 2, rows)
    with torch.no_grad():
        for direction in ("", "_reverse"):  # gates in, forget, cell, out: always in and out, nothing is remembered
            getattr(model.lstm, f"weight_hh_l0{direction}").zero_()
            inside = getattr(model.lstm, f"weight_ih_l0{direction}").zero_()
            inside[2 * hidden : 3 * hidden] = torch.eye(hidden)[:, :dim]
            biases = getattr(model.lstm, f"bias_ih_l0{direction}").zero_()
            biases[:hidden], biases[hidden : 2 * hidden], biases[3 * hidden :] = 20, -20, 20
            getattr(model.lstm, f"bias_hh_l0{direction}").zero_()
        attention, fc = model.attention, model.fc
        assert isinstance(attention, torch.nn.Linear)
        attention.weight.zero_()
        attention.weight[0, 0] = 8
        fc.weight.zero_()
        fc.weight[tiny.labels.index("positive"), 0] = 3
        fc.weight[tiny.labels.index("negative"), 0] = -3
        fc.bias.zero_()
    return replace(tiny, vocabulary=vocabulary, models={"fine-tuned": model})
