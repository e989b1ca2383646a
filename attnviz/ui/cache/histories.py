"""How attention grew on an experiment's probe sentences, made ready once for all sessions."""

from __future__ import annotations

from attnviz.analysis.attention_history import AttentionHistory, attention_histories
from attnviz.ui.cache import experiments
from attnviz.ui.cache.per_experiment import per_experiment


@per_experiment(16)
def histories(name: str) -> tuple[AttentionHistory, ...]:
    """Return the probe sentences of an experiment whose history is whole, in order."""
    return attention_histories(experiments.opened(name))


def history(name: str, text: str) -> AttentionHistory | None:
    """Return how attention on a text grew, if it is a probe sentence."""
    return next((one for one in histories(name) if one.text == text), None)
