from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from attnviz.heatmap import palette
from attnviz.model.batches import Unknown
from attnviz.model.experiment import Experiment
from attnviz.ui.components.heatmap.heatmap import Ablation, digest, payload


def judged(tiny: Experiment, text: str, without: tuple[int, ...] = (), unknown: Unknown = "subword") -> list[Ablation]:
    return [
        Ablation(
            tiny.explain(text, variant, unknown=unknown),
            tiny.explain(text, variant, unknown=unknown, without=without) if without else None,
        )
        for variant in ("frozen", "fine-tuned")
    ]


def test_a_panel_holds_the_numbers_of_its_variant(tiny: Experiment) -> None:
    whole = tiny.explain("it was not good", "fine-tuned")
    data = payload(judged(tiny, "it was not good"), "attention", str)
    panel = data["panels"][1]
    assert [word["text"] for word in data["words"]] == ["it", "was", "not", "good"]
    assert panel["weights"] == pytest.approx(whole.weights, abs=1e-4)
    assert panel["levels"] == palette.attention_levels(whole.weights)
    assert [one["probability"] for one in panel["classes"]] == pytest.approx(whole.probabilities, abs=1e-4)
    assert panel["numbers"] == [word.number for word in whole.heatmap().words]


def test_shading_by_a_class_takes_its_contributions(tiny: Experiment) -> None:
    whole = tiny.explain("it was not good", "fine-tuned")
    data = payload(judged(tiny, "it was not good"), "positive", str)
    panel = data["panels"][1]
    assert panel["numbers"] == [word.number for word in whole.heatmap("positive").words]
    assert panel["levels"] == palette.contribution_levels(whole.contributions[:, 1])
    assert {scale for level, scale in zip(panel["levels"], panel["scales"], strict=True) if level < 0} <= {"against"}


def test_struck_words_keep_their_place_and_the_others_their_numbers(tiny: Experiment) -> None:
    without = tiny.explain("it was not good", "fine-tuned", without=[2])
    data = payload(judged(tiny, "it was not good", (2,)), "attention", str)
    panel = data["panels"][1]
    assert [word["struck"] for word in data["words"]] == [False, False, True, False]
    assert panel["weights"][2] == 0
    assert [panel["weights"][i] for i in (0, 1, 3)] == pytest.approx(without.weights, abs=1e-4)
    assert all(one["was"] is not None for one in panel["classes"])


def test_with_every_word_struck_the_bias_answers(tiny: Experiment) -> None:
    data = payload(judged(tiny, "not good", (0, 1)), "attention", str)
    assert all(word["struck"] for word in data["words"])
    assert data["panels"][0]["weights"] == [0, 0]


def test_unseen_words_say_where_their_vector_comes_from(tiny: Experiment) -> None:
    word = payload(judged(tiny, "an amaaazing film"), "attention", str)["words"][1]
    assert not word["known"] and "<am" in word["ngrams"] and "n-grams" in word["origin"]
    word = payload(judged(tiny, "an amaaazing film", unknown="unk"), "attention", str)["words"][1]
    assert "<unk>" in word["origin"]


def test_endless_words_and_their_ngrams_are_cut(tiny: Experiment) -> None:
    data = payload(judged(tiny, "x" * 5_000), "attention", str)
    assert len(data["words"][0]["text"]) < 61
    total = len(tiny.vectors.ngrams("x" * 5_000))
    assert len(data["words"][0]["ngrams"]) == 30 and data["words"][0]["more"] == f"and {total - 30:,} more"
    assert len(json.dumps(data)) < 10_000


@settings(max_examples=40)
@given(st.text(max_size=50))
def test_any_text_can_be_sent_to_the_browser(tiny: Experiment, text: str) -> None:
    json.dumps(payload(judged(tiny, text), "attention", str)).encode()


def test_digests_tell_texts_apart() -> None:
    assert digest("a") != digest("b")
    assert digest("\ud800")
