from __future__ import annotations

from attnviz import comparison
from attnviz.model.experiment import Experiment
from attnviz.ui.charts.drift import drift_by_count


def test_drift_is_drawn_against_the_count_with_the_chosen_word(tiny: Experiment) -> None:
    found = comparison.drift(tiny)
    figure = drift_by_count(found, chosen="good", marked=["bad"])
    [ring] = [trace for trace in figure.data if trace.name == "good"]
    [listed] = [trace for trace in figure.data if trace.name == "in the list"]
    assert ring.x[0] == found.counts[found.words.index("good")]
    assert listed.y[0] == found.drift[found.words.index("bad")]
    assert {trace.name for trace in figure.data} >= {"middle of the words", "seeds' spread"}
