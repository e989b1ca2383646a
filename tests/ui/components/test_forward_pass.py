from __future__ import annotations

import base64
import json
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from attnviz.analysis.activations import activations
from attnviz.model.experiment import Experiment
from attnviz.ui.components.forward_pass.forward_pass import payload

TEXT = "the movie was not amaaazing"


def drawn(experiment: Experiment, *variants: str, **given: Any) -> dict[str, Any]:
    readings = [activations(experiment, TEXT, variant) for variant in variants]
    told: dict[str, Any] = json.loads(json.dumps(payload(readings, step=1, digest="d", translate=str, **given)))
    return told


@pytest.mark.parametrize("variant", ["frozen", "fine-tuned"])
def test_its_numbers_are_those_of_explain_and_add_up_as_they_are_shown(tiny: Experiment, variant: str) -> None:
    data = drawn(tiny, variant)
    [reader] = data["readers"]
    found = tiny.explain(TEXT, variant)
    assert [word["name"] for word in data["words"]] == [token.text for token in found.tokens]
    assert [word["known"] for word in data["words"]] == found.known.tolist()
    for shown, true in (("scores", found.scores), ("weights", found.weights), ("shares", found.weights),
                        ("contributions", found.contributions), ("bias", found.bias), ("logits", found.logits),
                        ("probabilities", found.probabilities)):  # fmt: skip
        np.testing.assert_allclose(reader[shown], true, atol=1.01e-3)
    assert round(sum(reader["shares"]), 3) == round(sum(reader["probabilities"]), 3) == 1
    assert np.round(np.sum(reader["contributions"], axis=0) + reader["bias"], 3).tolist() == reader["logits"]
    assert sum(reader["powers"]) == pytest.approx(reader["powerSum"])
    np.testing.assert_allclose(np.exp(found.scores) / np.exp(found.scores).sum(), reader["weights"], atol=1e-6)
    assert reader["answer"] == int(found.probabilities.argmax())


def test_a_strip_has_every_number_of_its_vector(tiny: Experiment) -> None:
    [reader] = drawn(tiny, "fine-tuned")["readers"]
    reading = activations(tiny, TEXT, "fine-tuned")
    for packed, matrix in (("rows", reading.rows), ("hidden", reading.hidden)):
        numbers = np.frombuffer(base64.b64decode(reader[packed]), dtype=np.int8).reshape(matrix.shape)
        assert (np.sign(numbers) * np.sign(matrix) >= 0).all() and np.abs(numbers).max() > 0
    np.testing.assert_allclose(reader["leads"]["b"], reading.hidden[:, reader["half"] :][:, :3], atol=5.01e-4)


def test_both_twins_read_the_same_words(tiny: Experiment) -> None:
    data = drawn(tiny, "fine-tuned", "frozen", both=True)
    assert [reader["id"] for reader in data["readers"]] == ["fine-tuned", "frozen"]
    assert data["both"] and len(data["words"]) == 5


def test_what_is_to_be_predicted_is_not_even_sent(tiny: Experiment) -> None:
    data = drawn(tiny, "fine-tuned", hidden=True)
    [reader] = data["readers"]
    assert data["spot"] == -1
    assert not {"scores", "powers", "weights", "shares", "levels", "context", "contributions", "answer"} & set(reader)


def test_a_score_beyond_every_power_is_still_drawn(tiny: Experiment) -> None:
    reading = activations(tiny, TEXT, "fine-tuned")
    steep = replace(reading.explanation, scores=reading.explanation.scores + 50)
    data = payload([replace(reading, explanation=steep)], step=1, digest="d", translate=str)
    [reader] = data["readers"]
    assert reader["powerSum"] == pytest.approx(sum(reader["powers"])) and np.isfinite(reader["powerSum"])
