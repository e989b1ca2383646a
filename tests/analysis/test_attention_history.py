from __future__ import annotations

import copy
import json
from dataclasses import asdict
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from attnviz.analysis.attention_history import VariantHistory, attention_histories, attention_history
from attnviz.heatmap import palette
from attnviz.heatmap.rounding import apportion
from attnviz.model.about import History
from attnviz.model.experiment import Experiment
from attnviz.ui.charts.attention import attention_history as draw_history
from tests.conftest import TINY

PROBE = TINY.probes[0]


def with_history(tiny: Experiment, history: dict[str, Any]) -> Experiment:
    changed = copy.copy(tiny)
    changed.history = History.of(history)
    return changed


def test_a_probe_has_every_variants_numbers_of_every_epoch(tiny: Experiment) -> None:
    found = attention_history(tiny, PROBE)
    assert found is not None and found.epochs == TINY.epochs
    assert found.tokens == ("the", "movie", "was", "not", "good")
    assert set(found.variants) == set(tiny.variants)
    for variant, grown in found.variants.items():
        assert grown.weights.shape == (found.epochs + 1, 5)
        assert grown.kept == tiny.history.kept(variant) >= 1
        assert tiny.explain(PROBE, variant).weights == pytest.approx(grown.weights[grown.kept], abs=0.01)


def test_evenness_is_1_for_uniform_weights_and_0_for_a_single_word() -> None:
    weights = np.array([[0.25, 0.25, 0.25, 0.25], [0.5, 0.5, 0, 0], [0, 1, 0, 0]])
    assert VariantHistory(weights, weights, kept=1).evenness == pytest.approx([1, 0.5, 0])
    assert VariantHistory(weights[:, :1], weights, kept=1).evenness == pytest.approx([1, 1, 1])


def test_training_turns_even_weights_uneven(tiny: Experiment) -> None:
    found = attention_history(tiny, PROBE)
    assert found
    tuned = found.variants["fine-tuned"]
    assert tuned.evenness[0] > 0.99 > tuned.evenness[tuned.kept]
    assert found.variants["uniform"].evenness == pytest.approx([1.0] * (found.epochs + 1), abs=1e-4)


def test_another_text_has_none(tiny: Experiment) -> None:
    assert attention_history(tiny, "the movie was good") is None
    assert [one.text for one in attention_histories(tiny)] == [PROBE]


@pytest.mark.parametrize(
    "damage",
    [
        lambda history: history.clear(),
        lambda history: history.pop("probes"),
        lambda history: history.pop("epochs"),
        lambda history: history.update(epochs=history["epochs"][:1]),
        lambda history: history.update(probes={"text": PROBE}),
        lambda history: history["probes"][0].pop("tokens"),
        lambda history: history["probes"][0].update(tokens=["other", "words"]),
        lambda history: history["epochs"][2].pop("frozen"),
        lambda history: history["epochs"][2]["frozen"].pop("probes"),
        lambda history: history["epochs"][2]["frozen"].update(validation_accuracy=None),
        lambda history: history["epochs"][2]["frozen"]["probes"][0]["weights"].pop(),
        lambda history: history["epochs"][2]["frozen"]["probes"][0].update(weights=["a", "b", "c", "d", "e"]),
        lambda history: history["epochs"][2]["frozen"]["probes"][0].update(weights=[2, 0, 0, 0, 0]),
        lambda history: history["epochs"][2]["frozen"]["probes"][0].update(probabilities=[0.2, 0.3, 0.5]),
    ],
)
def test_a_history_that_lacks_the_numbers_is_passed_over(tiny: Experiment, damage: Any) -> None:
    history = json.loads(json.dumps(asdict(tiny.history)))
    damage(history)
    assert attention_histories(with_history(tiny, history)) == ()


@settings(max_examples=50)
@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=5),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
        max_leaves=8,
    )
)
def test_any_json_can_stand_in_a_history(tiny: Experiment, value: Any) -> None:
    for history in ({"probes": value, "epochs": value}, {**asdict(tiny.history), "epochs": [value, value]}):
        assert attention_histories(with_history(tiny, history)) == ()


def test_the_chart_has_the_fixed_colours_the_uniform_share_and_a_frame_round_the_kept_epoch(tiny: Experiment) -> None:
    found = attention_history(tiny, PROBE)
    assert found
    grown = found.variants["fine-tuned"]
    figure = draw_history(found, "fine-tuned")
    heat, *inks = figure.data
    written = {
        (epoch, place): (text, ink.textfont.color)
        for ink in inks
        for place, epoch, text in zip(ink.x, ink.y, ink.text, strict=True)
    }
    assert len(written) == grown.weights.size
    shown = np.array([apportion(row, 1, 2) for row in grown.weights])
    assert shown.sum(axis=1) == pytest.approx(1) and np.abs(shown - grown.weights).max() <= 0.01
    for cell, weight in np.ndenumerate(grown.weights):
        [level] = palette.attention_levels([weight])
        assert written[cell] == (f"{shown[cell]:.0%}", palette.colour(level, "attention").text)
    assert np.allclose(heat.z, palette.attention_intensity(grown.weights))
    assert (heat.zmin, heat.zmax) == (0, 1)
    assert heat.colorscale[-1][1] == palette.colour(palette.LEVELS, "attention").background
    ticks = dict(zip(heat.colorbar.ticktext, heat.colorbar.tickvals, strict=True))
    assert ticks["uniform 1/5"] == pytest.approx(np.sqrt(1 / 5))
    assert (figure.layout.shapes[0].y0 + figure.layout.shapes[0].y1) / 2 == grown.kept
    assert f"<b>▲ {grown.kept}</b>" in figure.layout.yaxis.ticktext
