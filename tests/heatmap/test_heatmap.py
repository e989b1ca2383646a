from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from attnviz.errors import AttnvizError
from attnviz.heatmap import palette
from attnviz.heatmap.display import signed, visible
from attnviz.heatmap.heatmap import Heatmap, Passage
from attnviz.model.experiment import Experiment


def written(heatmap: Heatmap) -> str:
    """Return the sentence as it stands in a heat-map."""
    gaps = ["".join(passage.text for passage in gap) for gap in heatmap.gaps]
    words = [word.text for word in heatmap.words]
    return "".join(gap + word for gap, word in zip(gaps, [*words, ""], strict=True)) + heatmap.tail


@given(text=st.text(alphabet=st.characters(), max_size=40))
def test_pieces_and_words_make_up_the_text(tiny: Experiment, text: str) -> None:
    assert written(tiny.explain(text).heatmap()) == visible(text)


def test_the_part_that_is_not_read_stands_after_the_rest(tiny: Experiment) -> None:
    heatmap = tiny.explain("good " * (tiny.max_tokens + 5)).heatmap()
    assert heatmap.gaps[-1] == ()
    assert heatmap.tail == " good" * 5 + " "
    assert heatmap.legend[1] == "The classifier reads the first 60 of 65 words and marks."


@pytest.mark.parametrize("more", [0, 1])
def test_of_a_long_rest_the_beginning_is_shown(tiny: Experiment, more: int) -> None:
    heatmap = tiny.explain("good " * (tiny.max_tokens - 1) + "good" + "." * (600 + more)).heatmap()
    assert heatmap.tail == "." * 600 + " …" * more


def test_a_word_left_out_stands_between_the_others(tiny: Experiment) -> None:
    heatmap = tiny.explain("it was not good", without=[2]).heatmap()
    assert [word.text for word in heatmap.words] == ["it", "was", "good"]
    assert heatmap.gaps[2] == (Passage(" ", False), Passage("not", True), Passage(" ", False))


def test_attention_is_drawn_on_its_own_scale(tiny: Experiment) -> None:
    explanation = tiny.explain("it was not good")
    heatmap = explanation.heatmap()
    assert [word.level for word in heatmap.words] == palette.attention_levels(explanation.weights)
    assert {word.scale for word in heatmap.words} == {"attention"}
    assert [word.number for word in heatmap.words] == [f"{weight:.1%}" for weight in explanation.rounded.weights]
    assert [word.weight for word in heatmap.words] == explanation.weights.tolist()
    assert heatmap.ticks[0] == (0.0, "0%") and heatmap.ticks[-1] == (1.0, "100%")
    assert heatmap.uniform_share == 1 / 4 and "1/4 = 25.0%" in heatmap.legend[0]


def test_contributions_speak_for_a_class_or_against_it(tiny: Experiment) -> None:
    explanation = tiny.explain("it was not good")
    for k, label in enumerate(explanation.labels):
        heatmap = explanation.heatmap(label)
        assert [word.level for word in heatmap.words] == palette.contribution_levels(explanation.contributions[:, k])
        assert all(word.scale == ("against" if word.level < 0 else "for") for word in heatmap.words)
        assert label in heatmap.legend[0]
        assert heatmap.ticks[0][1] == "−3"


def test_the_answer_has_every_class_in_its_colour(tiny: Experiment) -> None:
    explanation = tiny.explain("a great film")
    heatmap = explanation.heatmap()
    assert heatmap.prediction == explanation.prediction
    assert [one.label for one in heatmap.classes] == list(explanation.labels)
    assert [one.colour for one in heatmap.classes] == palette.class_colours(explanation.labels)
    assert heatmap.classes[1].percent == f"{explanation.rounded.probabilities[1]:.1%}"


def test_an_unknown_word_shows_its_ngrams_and_the_legend_its_mark(tiny: Experiment) -> None:
    heatmap = tiny.explain("the amaaazing film").heatmap()
    assert [word.known for word in heatmap.words] == [True, False, True]
    assert "not in the vocabulary: <am" in heatmap.words[1].details
    assert "Dashed: not in the vocabulary." in heatmap.legend


def test_behind_a_word_are_its_numbers_line_by_line(tiny: Experiment) -> None:
    said, ngrams = tiny.explain("the qwertyuiopas"), tiny.vectors.ngrams("qwertyuiopas")
    for at, word in enumerate(said.heatmap().words):
        lines = word.details.split("\n")
        weight, score = f"{said.rounded.weights[at]:.3f}", signed(said.scores[at], 3)
        votes, contributions = said.votes[at], said.rounded.contributions[at]
        assert lines[:2] == [word.text, f"α = {weight}, e = {score}"]
        assert lines[2:4] == [
            f"{label}: vote {signed(votes[k], 3)}, contribution {signed(contributions[k], 3)}"
            for k, label in enumerate(said.labels)
        ]
        unknown = [f"not in the vocabulary: {' '.join(ngrams[:20])}", f"and {len(ngrams) - 20} more"]
        assert lines[4:] == ([] if word.known else unknown)


def test_a_text_without_a_word_says_so(tiny: Experiment) -> None:
    heatmap = tiny.explain(" ").heatmap()
    assert heatmap.legend == ("There is no word to read here.",)
    assert heatmap.uniform_share is None


def test_an_unknown_shade_names_the_choices(tiny: Experiment) -> None:
    with pytest.raises(AttnvizError, match="negative, positive"):
        tiny.explain("a great film").heatmap("joy")


def test_a_heatmap_is_in_the_language_it_is_asked_for(tiny: Experiment) -> None:
    heatmap = tiny.explain("a great film").heatmap("positive", lambda text: f"«{text}»")
    assert heatmap.title == "tiny-en · «fine-tuned»"
    assert heatmap.prediction == "«positive»" and heatmap.shade == "positive"
    assert "“«positive»”" in heatmap.legend[0]
