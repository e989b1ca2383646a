from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import torch

from attnviz.data.datasets import Dataset
from attnviz.model.about import Probe
from attnviz.model.batches import Batch
from attnviz.model.experiment import Experiment, load, starting_rows
from attnviz.text import words
from attnviz.training.config import TrainingConfig
from attnviz.training.trainer import Trainer
from tests.conftest import EPOCHS
from tests.training.runs import QUICK, run


def test_twins_start_from_the_same_weights_and_see_the_same_dropout(tiny: Experiment) -> None:
    twins = Trainer(tiny.about, TrainingConfig(), tiny.vocabulary, tiny.vectors, Path("unused"))
    frozen, tuned = (twins.twins[variant].model for variant in ("frozen", "fine-tuned"))
    for (name, one), (_, other) in zip(frozen.named_parameters(), tuned.named_parameters(), strict=True):
        assert torch.equal(one, other), name
    sentences = tiny.encode(["the movie was good"])
    batch = Batch.of(sentences.ids, sentences, torch.device("cpu"))
    losses = []
    for variant in ("frozen", "fine-tuned"):
        torch.manual_seed(5)
        losses.append(float(twins.twins[variant].loss(batch, torch.tensor([1]), False).detach()))
    assert losses[0] == losses[1]


def test_steps_leave_a_frozen_embedding_bit_for_bit(tiny: Experiment) -> None:
    twins = Trainer(tiny.about, TrainingConfig(), tiny.vocabulary, tiny.vectors, Path("unused"))
    twin = twins.twins["frozen"]
    before = twin.model.embedding.weight.detach().clone(), twin.model.fc.weight.detach().clone()
    sentences = tiny.encode(["the movie was good", "the movie was bad"])
    batch = Batch.of(sentences.ids, sentences, torch.device("cpu"))
    for _ in range(3):
        twin.step(batch, torch.tensor([1, 0]), 1.0, False)
    assert torch.equal(twin.model.embedding.weight, before[0])
    assert not torch.equal(twin.model.fc.weight, before[1])


def test_rows_outside_the_batches_never_move(tiny: Experiment) -> None:
    """A vocabulary may hold words that training never shows; those must stay where they are."""
    config = TrainingConfig(epochs=3, batch_size=4)
    twins = Trainer(tiny.about, config, tiny.vocabulary, tiny.vectors, Path("unused"))
    twin = twins.twins["fine-tuned"]
    before = twin.model.embedding.weight.detach().clone()
    sentences = tiny.encode(["the movie was good", "the movie was bad"])
    batch = Batch.of(sentences.ids, sentences, torch.device("cpu"))
    for _ in range(3):
        twin.step(batch, torch.tensor([1, 0]), 1.0, False)
    moved = (twin.model.embedding.weight != before).any(1).nonzero().flatten().tolist()
    assert set(moved) == {tiny.vocabulary.id(word) for word in ("the", "movie", "was", "good", "bad")}


def test_frozen_rows_stay_and_only_rows_seen_in_training_move(tiny: Experiment, tiny_data: Dataset) -> None:
    start = starting_rows(tiny.vocabulary, tiny.vectors)
    for variant in ("frozen", "uniform"):
        assert torch.equal(tiny.model(variant).embedding.weight, start)
    tuned = tiny.model("fine-tuned").embedding.weight
    seen = {word for text in tiny_data.split("train").texts for word in words(text)}
    moved = (tuned != start).any(1)
    assert [bool(flag) for flag in moved] == [False, False, *(word in seen for word in tiny.vocabulary.words)]


def test_history_holds_probes_before_the_first_epoch_and_after_each(tiny: Experiment) -> None:
    history = tiny.history
    assert history.probes == (Probe("the movie was not good", ("the", "movie", "was", "not", "good")),)
    assert len(history.epochs) == EPOCHS + 1
    for epoch in history.epochs:
        for variant in tiny.variants:
            (probe,) = epoch[variant].probes
            assert sum(probe.weights) == pytest.approx(1, abs=1e-4)
    assert history.epochs[0]["frozen"].loss is None
    first, last = history.epochs[0]["fine-tuned"], history.epochs[-1]["fine-tuned"]
    assert first.probes != last.probes and last.validation_accuracy > first.validation_accuracy


@pytest.mark.parametrize("first", ["uniform", "frozen"])
def test_bfloat16_is_measured_for_any_variant_and_trains(
    tiny: Experiment, tiny_data: Dataset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, first: str
) -> None:
    monkeypatch.setattr(torch.backends.cpu, "get_cpu_capability", lambda: "AVX512")
    monkeypatch.setattr("attnviz.training.trainer._BFLOAT16_MUST_GAIN", 0.0)  # as if it paid
    run(tiny_data, tmp_path, replace(QUICK, variants=(first, "fine-tuned"), bfloat16=None))
    experiment = load(tmp_path / "quick")
    assert experiment.about.training.bfloat16 is True
    losses = [epoch["fine-tuned"].loss or 0.0 for epoch in experiment.history.epochs]
    assert losses[-1] < losses[1]


def test_what_is_kept_is_the_average_of_the_last_steps(tiny: Experiment) -> None:
    twin = Trainer(tiny.about, TrainingConfig(), tiny.vocabulary, tiny.vectors, Path("unused")).twins["frozen"]
    sentences = tiny.encode(["the movie was good", "the movie was bad"])
    batch = Batch.of(sentences.ids, sentences, torch.device("cpu"))
    wanted, reached = twin.model.fc.weight.detach().clone(), []
    for kept in (0.0, 0.5, 0.75):
        twin.step(batch, torch.tensor([1, 0]), 1.0, False, kept=kept)
        reached.append(twin.model.fc.weight.detach().clone())
        wanted = kept * wanted + (1 - kept) * reached[-1]
    with twin.averaged():
        assert torch.allclose(twin.model.fc.weight, wanted, atol=1e-6)
    assert torch.equal(twin.model.fc.weight, reached[-1])
