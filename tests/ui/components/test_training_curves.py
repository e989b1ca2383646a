from __future__ import annotations

import pytest

from attnviz.training.progress import RunStatus
from attnviz.ui.components.training_curves.training_curves import payload


def test_a_long_curve_is_thinned_and_keeps_its_last_point() -> None:
    points = [(i / 1000, 1 / (i + 1)) for i in range(5_000)]
    story = RunStatus(epochs=5, losses={"frozen": points, "fine-tuned": points[:1]})
    loss, accuracy = payload(story, [], ["negative", "positive"], str)["charts"]
    frozen, tuned = (curve["points"] for curve in loss["curves"])
    assert len(frozen) <= 450 and frozen[-1][0] == pytest.approx(points[-1][0], abs=1e-4)
    assert len(tuned) == 1 and accuracy["curves"] == []


def test_watched_sentences_show_what_has_attention_and_say_when() -> None:
    read = {"weights": [0.25, 0.75], "probabilities": [0.1, 0.9]}
    story = RunStatus(epochs=2, probes=[{"frozen": [read], "uniform": [read]}], tokens=[["not", "good"]])
    data = payload(story, ["not good"], ["negative", "positive"], str)
    assert "before training" in data["heading"]
    [panel] = data["probes"][0]["panels"]
    assert panel["answer"] == "positive 90%"
    assert [(word["text"], word["weight"]) for word in panel["words"]] == [("not", "25%"), ("good", "75%")]
