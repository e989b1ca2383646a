"""A transformer beside the twins: trained after them, over the word vectors that fine-tuned learned."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

from attnviz.data.datasets import Dataset
from attnviz.errors import AttnvizError
from attnviz.model.experiment import Experiment, load
from attnviz.training.config import TrainingConfig
from attnviz.training.train import train
from tests.conftest import TINY

_BOTH = replace(TINY, variants=("fine-tuned", "transformer"), epochs=2, second_seed=False)


def test_it_reads_the_vectors_of_fine_tuned_and_keeps_none_of_its_own(
    with_transformer: Experiment, transformer_models: Path
) -> None:
    tuned, other = (with_transformer.model(variant) for variant in ("fine-tuned", "transformer"))
    assert other.encoder == "transformer" and torch.equal(other.embedding.weight, tuned.embedding.weight)
    assert not torch.equal(other.embedding.weight, with_transformer.model("frozen").embedding.weight)
    kept = load_file(transformer_models / "tiny-both" / "transformer.safetensors")
    assert "embedding.weight" not in kept and "transformer.project.weight" in kept
    assert with_transformer.variants == ("frozen", "fine-tuned", "uniform", "transformer")


def test_it_learns_and_its_answer_adds_up(with_transformer: Experiment) -> None:
    assert with_transformer.figures["transformer"]["all"].accuracy >= 0.9
    assert "self-attention, 16 units" in with_transformer.card and "those of fine-tuned" in with_transformer.card
    found = with_transformer.explain("the film was not good", "transformer")
    assert found.prediction == "negative"
    assert found.contributions.sum(axis=0) + found.bias == pytest.approx(found.logits, abs=1e-4)
    assert found.weights.sum() == pytest.approx(1, abs=1e-6)


def test_its_epochs_stand_beside_those_of_the_others(with_transformer: Experiment) -> None:
    history = with_transformer.history
    assert all(set(epoch) == set(with_transformer.variants) for epoch in history.epochs)
    assert history.kept("transformer") >= 1


def test_nothing_of_the_others_is_changed_by_it(tiny_data: Dataset, tmp_path: Path) -> None:
    for name, variants in (("alone", ("fine-tuned",)), ("both", ("fine-tuned", "transformer"))):
        for _ in train(tiny_data, name, replace(_BOTH, variants=variants), out=tmp_path):
            pass
    alone, both = (load(tmp_path / name).model("fine-tuned").state_dict() for name in ("alone", "both"))
    assert all(torch.equal(alone[name], both[name]) for name in alone)


def test_a_run_that_was_stopped_in_its_midst_goes_on_as_if_it_had_not_been(tiny_data: Dataset, tmp_path: Path) -> None:
    for _ in train(tiny_data, "whole", _BOTH, out=tmp_path):
        pass
    stopped = train(tiny_data, "stopped", _BOTH, out=tmp_path)
    next(event for event in stopped if event.stage == "transformer" and event.epoch == 1 and event.accuracy)
    stopped.close()
    resumed = list(train(tiny_data, "stopped", _BOTH, out=tmp_path, resume=True))
    assert [(event.stage, event.epoch) for event in resumed if event.accuracy] == [("transformer", 2)]
    whole, again = (load(tmp_path / name).model("transformer").state_dict() for name in ("whole", "stopped"))
    assert all(torch.equal(whole[name], again[name]) for name in whole)


def test_one_that_is_told_to_end_early_is_kept_as_far_as_it_came(tiny_data: Dataset, tmp_path: Path) -> None:
    ended: list[str] = []
    config = replace(_BOTH, epochs=4)
    for event in train(tiny_data, "early", config, out=tmp_path, should_stop=lambda: bool(ended)):
        if event.stage == "training" and event.epoch == 2 and event.accuracy:
            ended.append("now")
    found = load(tmp_path / "early")
    assert [sorted(epoch) for epoch in found.history.epochs] == [["fine-tuned", "transformer"]] * 2 + [["fine-tuned"]]
    assert (found.history.kept("fine-tuned"), found.history.kept("transformer")) == (2, 1)
    assert found.explain("the film was good", "transformer").probabilities.sum() == pytest.approx(1)


def test_it_is_not_trained_without_vectors_to_read() -> None:
    with pytest.raises(AttnvizError, match="fine-tuned"):
        TrainingConfig(variants=("frozen", "transformer"))


@pytest.mark.parametrize("lender", ["frozen-additive", "transformer"])
def test_a_folder_that_names_no_vectors_to_read_says_so(
    with_transformer: Experiment, tmp_path: Path, lender: str
) -> None:
    folder = with_transformer.save(tmp_path)
    stored = json.loads((folder / "experiment.json").read_text(encoding="utf-8"))
    stored["about"]["variants"]["transformer"]["embedding_of"] = lender
    (folder / "experiment.json").write_text(json.dumps(stored), encoding="utf-8")
    with pytest.raises(AttnvizError, match=r"experiment\.json: transformer reads the word vectors of"):
        load(folder)
