from __future__ import annotations

from attnviz.cli import terminal
from attnviz.model.experiment import Experiment


def test_a_drawing_has_the_answer_the_words_and_their_shares_in_the_colours_of_the_heatmap(tiny: Experiment) -> None:
    explanation = tiny.explain("it was not good")
    heatmap = explanation.heatmap()
    drawn = terminal.draw(heatmap, 80)
    answer, words, shares = drawn.plain.split("\n")
    assert answer.startswith(f"fine-tuned  {explanation.prediction} {explanation.probabilities.max():.1%} · ")
    assert words.split() == ["it", "was", "not", "good"]
    assert shares.split() == [f"{weight:.1%}" for weight in explanation.rounded.weights]
    painted = [str(span.style) for span in drawn.spans if " on " in str(span.style)]
    assert painted == [f"{text} on {back}" for back, text in (word.colours("dark") for word in heatmap.words)]


def test_a_drawing_is_no_wider_than_the_terminal(tiny: Experiment) -> None:
    drawn = terminal.draw(tiny.explain("good film " * 20 + "endless" * 20 + " 글" * 30).heatmap(), 40)
    assert max(line.cell_len for line in drawn.split("\n")[1:]) <= 40


def test_a_text_without_a_word_has_an_answer(tiny: Experiment) -> None:
    assert "\n" not in terminal.draw(tiny.explain(" ").heatmap(), 40).plain
