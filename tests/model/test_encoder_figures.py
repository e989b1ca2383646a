"""The figures of encoders that are kept beside an experiment."""

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
from attnviz.model.encoder_figures import (
    HABITS,
    SCHEMA,
    EncoderFigures,
    EpochTimes,
    Habit,
    read_encoder_figures,
)
from attnviz.model.experiment import load
from tests.model.test_rates import _ANYTHING

HABIT = Habit((0, 1), dict.fromkeys(HABITS, 0.25), dict.fromkeys(HABITS, 0.125))


def figures() -> EncoderFigures:
    return EncoderFigures(
        SCHEMA,
        date(2026, 11, 30),
        "tiny",
        40,
        (HABIT, replace(HABIT, head=(0, 2))),
        {
            "fine-tuned": {"as it is": 0.9, "shuffled": 0.7},
            "transformer": {"as it is": 0.875, "shuffled": 0.75, "no positions": 0.8},
        },
        {"transformer": (0.875, 0.9, 0.85), "fine-tuned": (0.9,)},
        EpochTimes(1000, (16, 32), {"transformer": (1.5, 2.5), "fine-tuned": (2.0, 4.0)}),
    )


def test_they_are_written_and_read(tmp_path: Path) -> None:
    for told in (figures(), replace(figures(), epoch=None)):
        told.save(tmp_path / "encoders.json")
        assert read_encoder_figures(tmp_path / "encoders.json") == told
    assert read_encoder_figures(tmp_path / "none") is None


@pytest.mark.parametrize(
    "wrong",
    [
        replace(figures(), schema=2),
        replace(figures(), rows=0),
        replace(figures(), habits=(HABIT, HABIT)),
        replace(figures(), habits=(replace(HABIT, head=(0, -1)),)),
        replace(figures(), habits=(replace(HABIT, shares={"itself": 0.5}),)),
        replace(figures(), habits=(replace(HABIT, shares=HABIT.shares | {"itself": 1.5}),)),
        replace(figures(), order={"transformer": {"as it is": -0.1}}),
        replace(figures(), order={"transformer": {"turned": 0.1}}),  # type: ignore[dict-item]
        replace(figures(), seeds={"transformer": ()}),
        replace(figures(), epoch=EpochTimes(10, (16, 32), {"transformer": (1.0,)})),
        replace(figures(), epoch=EpochTimes(10, (32, 16), {"transformer": (1.0, 2.0)})),
        replace(figures(), epoch=EpochTimes(10, (16,), {"transformer": (0.0,)})),
    ],
)
def test_figures_that_make_no_sense_are_named(wrong: EncoderFigures, tmp_path: Path) -> None:
    wrong.save(tmp_path / "encoders.json")
    with pytest.raises(AttnvizError, match=r"encoders\.json"):
        read_encoder_figures(tmp_path / "encoders.json")


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(field=st.sampled_from(sorted(to_json(figures()))), value=_ANYTHING)
def test_damaged_ones_are_named(field: str, value: Any, tmp_path: Path) -> None:
    (tmp_path / "encoders.json").write_text(json.dumps(to_json(figures()) | {field: value}), encoding="utf-8")
    try:
        read_encoder_figures(tmp_path / "encoders.json")
    except AttnvizError as error:
        assert "encoders.json" in str(error)


def test_an_experiment_carries_them_through_saving_and_a_zip(tiny_models: Path, tmp_path: Path) -> None:
    folder = replace(load(tiny_models / "tiny-en"), encoder_figures=figures()).save(tmp_path / "saved")
    assert load(folder).encoder_figures == figures()
    assert from_zip(tmp_path, to_zip(tmp_path / "saved", "tiny-en"), "again").encoder_figures == figures()
    (folder / "encoders.json").write_text("{")
    with pytest.raises(AttnvizError, match=r"encoders\.json"):
        load(folder)
