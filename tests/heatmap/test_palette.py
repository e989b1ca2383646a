from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from attnviz.heatmap import palette

_SCALES: tuple[palette.Scale, ...] = (*palette.SCALES, "class")


@pytest.mark.parametrize(("scale", "theme"), list(itertools.product(_SCALES, palette.THEMES)))
def test_text_stands_out_on_every_level(scale: palette.Scale, theme: palette.Theme) -> None:
    for level in range(palette.LEVELS + 1):
        background, text = palette.colour(level, scale, theme)
        assert palette.contrast(background, text) >= 4.5


@pytest.mark.parametrize(("scale", "theme"), list(itertools.product(_SCALES, palette.THEMES)))
def test_more_is_always_further_from_the_paper(scale: palette.Scale, theme: palette.Theme) -> None:
    away = [
        palette.contrast(palette.colour(level, scale, theme).background, palette.PAPER[theme])
        for level in range(palette.LEVELS + 1)
    ]
    assert away[0] == 1
    assert all(near < far for near, far in itertools.pairwise(away))


@pytest.mark.parametrize("theme", palette.THEMES)
def test_words_and_marks_stand_out_on_the_paper(theme: palette.Theme) -> None:
    for colour in (palette.INK[theme], palette.MUTED[theme], palette.ACCENT[theme]):
        assert palette.contrast(colour, palette.PAPER[theme]) >= 4.5


def test_contrast_is_that_of_wcag() -> None:
    assert palette.contrast("#000000", "#ffffff") == pytest.approx(21)
    assert palette.contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.01)
    assert palette.contrast("#ffffff", "#767676") == palette.contrast("#767676", "#ffffff")


@given(st.lists(st.floats(0, 1), min_size=1, max_size=30))
def test_a_weight_has_its_level_whatever_stands_beside_it(weights: list[float]) -> None:
    together = palette.attention_levels(weights)
    alone = [palette.attention_levels([weight])[0] for weight in weights]
    assert together == alone
    assert all(0 <= level <= palette.LEVELS for level in together)


@given(st.floats(-1e6, 1e6))
def test_contributions_mirror_each_other(value: float) -> None:
    one, other = palette.contribution_intensity([value, -value])
    assert one == -other
    assert -1 <= one <= 1
    assert np.sign(one) == np.sign(value) or abs(value) < 1e-300


def test_a_scale_shows_its_ticks_apart() -> None:
    for ticks in (
        palette.attention_intensity(palette.ATTENTION_TICKS),
        palette.contribution_intensity(palette.CONTRIBUTION_TICKS),
    ):
        assert np.all(np.diff(ticks) > 0.05)


def test_classes_have_colours_however_many() -> None:
    count = len(palette.CLASSES)
    colours = palette.class_colours([f"class {n}" for n in range(count + 1)])
    assert sorted(colours[:count]) == sorted(set(palette.CLASSES)) and colours[0] == colours[count]


def test_blame_and_praise_have_their_colours_wherever_they_stand_and_no_two_others_are_taken_for_them() -> None:
    blame, praise, *_rest = palette.CLASSES
    assert palette.class_colours(("negative", "positive")) == [blame, praise] == palette.class_colours(("부정", "긍정"))
    assert palette.class_colours(("Positive", "Negative")) == [praise, blame]
    first, middle, last = palette.class_colours(("negative", "neutral", "positive"))
    assert (first, last) == (blame, praise) and middle not in (blame, praise)
    assert not {blame, praise} & set(palette.class_colours(("기쁨", "슬픔")))


def test_a_legend_begins_and_ends_at_the_ends_of_its_scale() -> None:
    assert palette.scale_steps("attention")[0] == (0, "attention")
    assert palette.scale_steps("positive")[0] == (-palette.LEVELS, "against")
    assert palette.scale_steps("attention")[-1] == (palette.LEVELS, "attention")
    assert palette.scale_steps("positive")[-1] == (palette.LEVELS, "for")


def test_css_follows_the_theme() -> None:
    light, dark = (palette.colour(7, "for", theme) for theme in palette.THEMES)
    assert palette.both_themes(7, "for").text == f"light-dark({light.text}, {dark.text})"
    assert len(palette.rules("for")) == palette.LEVELS + 1
    assert palette.rules("for")[7].startswith(f".for7 {{ background: light-dark({light.background}, ")
