"""The figures of belief that are kept beside an experiment."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from attnviz.errors import AttnvizError
from attnviz.model.about import to_json
from attnviz.model.archive import from_zip, to_zip
from attnviz.model.belief_figures import (
    SCHEMA,
    BeliefFigures,
    Distribution,
    SeedSpread,
    VariantFigures,
    read_belief_figures,
)
from attnviz.model.experiment import load
from attnviz.model.model_card import card
from tests.model.test_rates import _ANYTHING

FROZEN = VariantFigures(
    "frozen",
    {"carried": 5, "no_more": 3, "rises": 1, "none": 1},
    {
        "tau_gradient": Distribution(9, 0.31, (-0.2, 0.1, 0.3, 0.5, 0.8)),
        "flip_radius": Distribution(4, 0.4, (0.1, 0.2, 0.35, 0.6, 0.9)),
        "uniform_agrees": Distribution(10, 0.9, (0, 1, 1, 1, 1)),
    },
    0.05,
    0.84,
    0.83,
    SeedSpread(3, 0.02, 0.4, 0.6, 0.7),
)


def figures() -> BeliefFigures:
    plain = VariantFigures("fine-tuned", {"none": 10}, {})
    return BeliefFigures(SCHEMA, 1, date(2026, 11, 29), "tiny", 40, 10, (FROZEN, plain))


def test_they_are_written_and_read(tmp_path: Path) -> None:
    figures().save(tmp_path / "belief.json")
    assert read_belief_figures(tmp_path / "belief.json") == figures()
    assert read_belief_figures(tmp_path / "none") is None


def test_shares_are_of_the_sentences_that_got_a_verdict() -> None:
    assert FROZEN.sentences == 10 and FROZEN.share("carried") == pytest.approx(5 / 9)
    assert figures().variants[1].share("carried") == 0


@pytest.mark.parametrize(
    "wrong",
    [
        replace(figures(), schema=2),
        replace(figures(), drawn=41),
        replace(figures(), variants=()),
        replace(figures(), variants=(FROZEN, FROZEN)),
        replace(figures(), variants=(replace(FROZEN, accuracy=1.5),)),
        replace(figures(), variants=(replace(FROZEN, verdicts={"carried": -1}),)),
        replace(
            figures(),
            variants=(replace(FROZEN, questions={"tokens": Distribution(1, 1, (0.3, 0.2, 0.4, 0.5, 0.6))}),),
        ),
    ],
)
def test_figures_that_make_no_sense_are_named(wrong: BeliefFigures, tmp_path: Path) -> None:
    wrong.save(tmp_path / "belief.json")
    with pytest.raises(AttnvizError, match=r"belief\.json"):
        read_belief_figures(tmp_path / "belief.json")


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(field=st.sampled_from(sorted(to_json(figures()))), value=_ANYTHING)
def test_damaged_ones_are_named(field: str, value: Any, tmp_path: Path) -> None:
    (tmp_path / "belief.json").write_text(json.dumps(to_json(figures()) | {field: value}), encoding="utf-8")
    try:
        read_belief_figures(tmp_path / "belief.json")
    except AttnvizError as error:
        assert "belief.json" in str(error)


def test_an_experiment_carries_them_through_saving_and_a_zip_and_its_card_tells_them(
    tiny_models: Path, tmp_path: Path
) -> None:
    experiment = replace(load(tiny_models / "tiny-en"), belief_figures=figures())
    folder = experiment.save(tmp_path / "saved")
    assert load(folder).belief_figures == figures()
    assert from_zip(tmp_path, to_zip(tmp_path / "saved", "tiny-en"), "again").belief_figures == figures()
    told = card(experiment)
    assert "10 of 40 test rows of tiny, measured on 2026-11-29" in told
    assert "| the words it looked at carried it | 56% | 0% | \n" in told
    assert "| attention that must move for another answer, median | 0.35 | – | \n" in told
    assert "| same top word | 70% | – |" in told and "heat-maps may be believed" not in experiment.card
    (folder / "belief.json").write_text("{")
    with pytest.raises(AttnvizError, match=r"belief\.json"):
        load(folder)
