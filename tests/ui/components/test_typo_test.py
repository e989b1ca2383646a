from __future__ import annotations

from attnviz.analysis.misspellings import KINDS
from attnviz.model.experiment import Experiment
from attnviz.ui.components.typo_test import typo_test
from attnviz.ui.examples import pairs


def test_every_language_has_pairs_and_others_have_the_english_ones(tiny: Experiment) -> None:
    assert pairs("fi") == pairs("en")
    assert any("재밌엇어요" in pair for pair in pairs("ko"))
    shown = typo_test.payload(tiny.vectors, pairs("en"), (0.1, 0.4), None, 9, str)
    assert [(row["word"], row["other"]) for row in shown["pairs"]["rows"]] == list(pairs("en"))


def test_every_kind_of_damage_has_a_name() -> None:
    assert set(typo_test.KINDS) == set(KINDS)
