from __future__ import annotations

import pytest

from attnviz.heatmap.display import number, shorten, signed, visible


def test_endless_words_lose_their_middle() -> None:
    assert shorten("good") == "good"
    assert len(shorten("x" * 10_000)) < 61
    assert "…" in shorten("x" * 61)


def test_control_characters_become_pictures() -> None:
    assert visible("a\x00b\x1bc\x7f\td\n") == "a␀b␛c␡\td\n"
    assert visible("\ud800\ufffe\x85") == "���"
    assert visible("\u202eabc\u2067d\u200f") == "�abc�d\u200f"  # a mark turns nothing but itself


def test_numbers_carry_a_true_minus() -> None:
    assert signed(-0.5) == "−0.50"
    assert signed(0.5) == "+0.50"


def test_what_rounds_to_nothing_has_no_sign() -> None:
    assert {signed(value) for value in (0.0, -0.0, 0.004, -0.004)} == {"0.00"}
    assert (signed(-0.0049, 3), signed(0.0051)) == ("−0.005", "+0.01")


@pytest.mark.parametrize(("value", "written"), [(0.5, "0.50"), (-0.5, "−0.50"), (-0.004, "0.00")])
def test_a_cosine_has_a_true_minus_and_no_plus(value: float, written: str) -> None:
    assert number(value) == written
