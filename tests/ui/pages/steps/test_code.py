"""The lines of PyTorch beside the formulas: run one after the other, they compute what the lesson shows."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn import functional as F

from attnviz.analysis.activations import activations
from attnviz.analysis.reweighting import distance, softmax
from attnviz.comparison import drift
from attnviz.data.datasets import Dataset
from attnviz.model.batches import Unknown
from attnviz.model.experiment import Experiment, load
from attnviz.text import PADDING, UNKNOWN
from attnviz.training.train import train
from attnviz.ui.pages.steps.contents import code
from attnviz.ui.pages.steps.lesson_sentence import LessonSentence
from attnviz.ui.pages.steps.texts import STEPS
from attnviz.ui.views import StepsView
from tests.conftest import TINY

TEXT, STRANGER = "the movie was not good", "runninggggg"


class Course(nn.Module):
    """The class that the lines are written in: a layer that one of them makes takes on what a classifier learned."""

    def __init__(self, learned: nn.Module) -> None:
        super().__init__()
        self.learned = [learned]  # in a list it is no layer of its own
        self.dropout = nn.Dropout(0.5)
        self.eval()

    def __setattr__(self, name: str, value: Any) -> None:
        if isinstance(value, nn.Module) and name in ("embedding", "lstm", "attention", "fc"):
            value.load_state_dict(getattr(self.learned[0], name).state_dict())  # refuses other names and sizes
        super().__setattr__(name, value)


@dataclass(frozen=True)
class Ran:
    """What the lines of some steps left: their names, and the values of lines that are an expression alone."""

    names: Mapping[str, Any]
    values: tuple[Any, ...]

    def __getitem__(self, name: str) -> np.ndarray:
        return np.asarray(self.names[name][0].detach())  # the one sentence of its batch


def run(experiment: Experiment, upto: int, tau: float = 1.0, padding: int = 0) -> Ran:
    """Run the lines of the steps, as the page shows them, on the sentence."""
    ids = [experiment.vocabulary.id(token.word) for token in experiment.explain(TEXT).tokens]
    names: dict[str, Any] = {
        "torch": torch,
        "nn": nn,
        "F": F,
        "tau": tau,
        "pad": PADDING,
        "unk": UNKNOWN,
        "x": torch.tensor([ids + [PADDING] * padding]),
        "seq_len": len(ids) + padding,
        "self": Course(experiment.model("fine-tuned")),
        "pretrained_embeddings": experiment.model("frozen").embedding.weight,
        "load_facebook_vectors": lambda _path: experiment.vectors,
    }
    values = []
    for step in range(1, upto + 1):
        written = code(LessonSentence(experiment, TEXT, StepsView(step=step, reader="fine-tuned"), "00000000"))
        for line in ast.parse(written).body:
            if isinstance(line, ast.Expr) and not isinstance(line.value, ast.Call):
                values.append(eval(ast.unparse(line), names))
            else:
                exec(ast.unparse(line), names)
    return Ran(names, tuple(values))


@pytest.fixture(scope="module")
def additive(tiny_data: Dataset, tmp_path_factory: pytest.TempPathFactory) -> Experiment:
    """Return a tiny experiment with the other scorer."""
    folder = tmp_path_factory.mktemp("additive")
    settings = replace(TINY, scorer="additive", epochs=1, second_seed=False)
    for _ in train(tiny_data, "tiny-additive", settings, out=folder):
        pass
    return load(folder / "tiny-additive")


@pytest.fixture(params=["tiny", "additive"])
def experiment(request: pytest.FixtureRequest) -> Experiment:
    """Return an experiment of either scorer; no word of the sentence is strange to it."""
    found: Experiment = request.getfixturevalue(request.param)
    assert found.explain(TEXT).known.all()
    return found


def test_the_lines_up_to_the_answer_give_the_numbers_of_their_steps(experiment: Experiment) -> None:
    ran, whole, shown = run(experiment, 6), experiment.explain(TEXT), activations(experiment, TEXT, "fine-tuned")
    for name, expected in {
        "embedded": shown.rows,
        "lstm_out": shown.hidden,
        "mean": shown.hidden.mean(axis=0),
        "attn_scores": whole.scores,
        "attn_weights": whole.weights,
        "context": shown.context,
        "logits": whole.logits,
    }.items():
        np.testing.assert_allclose(ran[name], expected, atol=1e-5, err_msg=name)


def test_the_temperature_is_the_slider_s_and_padding_gets_no_weight(tiny: Experiment) -> None:
    scores = tiny.explain(TEXT).scores
    np.testing.assert_allclose(run(tiny, 4, tau=0.5)["attn_weights"], softmax(scores, 0.5), atol=1e-5)
    assert not run(tiny, 4, padding=3)["attn_weights"][-3:].any()


def test_a_word_never_seen_gets_its_vector_of_n_grams_or_that_of_unk(tiny: Experiment) -> None:
    fasttext, unk = run(tiny, 7).values
    ways: tuple[tuple[Unknown, np.ndarray], ...] = (("subword", fasttext), ("unk", unk.detach().numpy()))
    for way, vector in ways:
        [row] = activations(tiny, STRANGER, "fine-tuned", unknown=way).rows
        np.testing.assert_allclose(vector, row, atol=1e-6)


def test_both_twins_start_from_the_same_vectors_and_the_drift_is_told_from_there(tiny: Experiment) -> None:
    learned, start = (run(tiny, upto).names["self"].embedding for upto in (7, 8))
    assert start.weight.requires_grad
    words = [token.word for token in tiny.explain(TEXT).tokens]
    rows = torch.tensor([tiny.vocabulary.id(word) for word in words])
    moved = 1 - F.cosine_similarity(start(rows), learned(rows)).detach().double()
    np.testing.assert_allclose(moved, drift(tiny, words).drift, atol=1e-5)


def test_other_weights_are_as_far_as_the_page_says_and_self_attention_asks_for_every_pair(tiny: Experiment) -> None:
    ran = run(tiny, len(STEPS))
    count = len(tiny.explain(TEXT).tokens)
    assert ran.names["far"].item() == pytest.approx(distance(tiny.explain(TEXT).weights, ran["other"]), abs=1e-6)
    assert ran["weights"].shape == (count, count)
