from __future__ import annotations

import numpy as np
import pytest

from attnviz import comparison
from attnviz.heatmap.text_width import width
from attnviz.model.experiment import Experiment
from attnviz.ui.charts.pairs import slopes
from attnviz.ui.i18n import catalogue


def test_slopes_have_a_line_a_pair_and_labels_that_keep_apart(tiny: Experiment) -> None:
    pairs = comparison.pairs(tiny, [("good", "bad"), ("good", "awful"), ("great", "terrible")])
    figure = slopes(pairs)
    assert [list(line.y) for line in figure.data[:-1]] == [[pair.frozen, pair.fine_tuned] for pair in pairs]
    heights = sorted(note.y for note in figure.layout.annotations if note.xanchor == "left")
    assert min(np.diff(heights)) > 0.002
    assert [figure.data[-1].y[i] for i in (0, 3, 6)] == [pair.frozen for pair in pairs]  # lines from dots to labels
    assert len(slopes([]).data) == 0


def test_the_pairs_of_the_chosen_word_stand_out(tiny: Experiment) -> None:
    pairs = comparison.pairs(tiny, [("good", "bad"), ("great", "terrible")])
    lines = slopes(pairs, chosen="bad").data
    assert [line.opacity for line in lines[:2]] == [1.0, 0.4] and lines[0].line.width > lines[1].line.width
    assert {line.opacity for line in slopes(pairs, chosen="film").data[:2]} == {1.0}
    assert slopes(pairs).layout.xaxis.side == "top"


@pytest.mark.parametrize(
    ("locale", "ends"),
    [("en", ("before<br>(frozen)", "after<br>(fine-tuned)")), ("ko", ("파인튜닝 전<br>(동결)", "파인튜닝 후"))],
)
def test_the_ends_are_named_in_short_lines_for_a_narrow_screen(
    tiny: Experiment, locale: str, ends: tuple[str, str]
) -> None:
    figure = slopes(comparison.pairs(tiny, [("good", "bad")]), translate=catalogue(locale).gettext)
    assert figure.layout.xaxis.ticktext == ends


@pytest.mark.parametrize(
    "words", [("good", "bad"), ("researchers", "authorities"), ("terrifically", "disappointingly")]
)
def test_on_a_phone_there_is_room_for_the_longest_name(words: tuple[str, str]) -> None:
    pair = comparison.Pair(words, (True, True), 0.5, 0.4)
    figure = slopes([pair])
    left, right = figure.layout.xaxis.range
    pixels = 330 / (right - left)  # of a unit
    font = figure.layout.annotations[1].font.size
    assert (right - 1.07) * pixels >= font * width("−0.00  " + " – ".join(words)) - 1
    assert -left * pixels >= 16 * width("−0.00") and pixels >= 70 and font >= 12  # for numbers, lines and the eye
