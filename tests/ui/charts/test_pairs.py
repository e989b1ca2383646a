from __future__ import annotations

import numpy as np

from attnviz import comparison
from attnviz.model.experiment import Experiment
from attnviz.ui.charts.pairs import slopes


def test_slopes_have_a_line_a_pair_and_labels_that_keep_apart(tiny: Experiment) -> None:
    pairs = comparison.pairs(tiny, [("good", "bad"), ("good", "awful"), ("great", "terrible")])
    figure = slopes(pairs)
    assert [list(line.y) for line in figure.data[:-1]] == [[pair.frozen, pair.fine_tuned] for pair in pairs]
    heights = sorted(note.y for note in figure.layout.annotations if note.xanchor == "left")
    assert min(np.diff(heights)) > 0.002
    assert [figure.data[-1].y[i] for i in (0, 3, 6)] == [pair.frozen for pair in pairs]  # lines from dots to labels
    assert len(slopes([]).data) == 0
