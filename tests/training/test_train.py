from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors import safe_open
from safetensors.torch import load_file, save_file

from attnviz import comparison
from attnviz.data.datasets import Dataset
from attnviz.errors import AttnvizError
from attnviz.model.experiment import Experiment, cosine_distance, load, starting_rows
from attnviz.text import words
from attnviz.training.train import train
from tests.training.runs import QUICK, run, weights


def test_the_fine_tuned_twin_learns_what_the_frozen_vectors_cannot_tell(tiny: Experiment) -> None:
    assert tiny.figures["fine-tuned"]["all"].accuracy > 0.9
    assert tiny.figures["fine-tuned"]["all"].n > 50


def test_progress_tells_stage_step_losses_accuracy_and_time_left(tiny_data: Dataset, tmp_path: Path) -> None:
    events = run(tiny_data, tmp_path)
    stages = list(dict.fromkeys(event.stage for event in events))
    assert stages == ["vectors", "training", "baseline", "testing", "done"]
    before, *training = [event for event in events if event.stage == "training"]
    assert (before.epoch, set(before.accuracy)) == (0, {"frozen", "fine-tuned", "uniform"})
    assert [(event.epoch, event.step) for event in training] == [
        (epoch, step) for epoch in (1, 2) for step in range(1, training[0].steps + 1)
    ]
    assert set(training[0].losses) == {"frozen", "fine-tuned", "uniform"}
    assert [event.epoch for event in training if event.accuracy] == [1, 2]
    assert training[0].seconds_left is not None and training[0].seconds_left > 0
    assert training[-1].seconds_left == 0
    assert not list(tmp_path.glob(".*"))


def test_the_same_seed_gives_the_same_experiment(tiny_data: Dataset, tmp_path: Path) -> None:
    run(tiny_data, tmp_path / "a")
    run(tiny_data, tmp_path / "b")
    assert weights(tmp_path / "a") == weights(tmp_path / "b")
    run(tiny_data, tmp_path / "c", replace(QUICK, seed=1))
    assert weights(tmp_path / "a")["fine-tuned.safetensors"] != weights(tmp_path / "c")["fine-tuned.safetensors"]


def test_a_stopped_run_goes_on_as_if_it_had_not_been_stopped(tiny_data: Dataset, tmp_path: Path) -> None:
    run(tiny_data, tmp_path / "whole")
    stopped = train(tiny_data, "quick", QUICK, out=tmp_path / "stopped")
    for progress in stopped:
        if progress.epoch == 2 and progress.step == 3:
            stopped.close()
            break
    assert not (tmp_path / "stopped" / "quick").exists()
    resumed = run(tiny_data, tmp_path / "stopped", resume=True)
    assert [event.epoch for event in resumed if event.accuracy] == [2]
    assert weights(tmp_path / "whole") == weights(tmp_path / "stopped")
    moved, unbroken = (load(tmp_path / name / "quick").word_history for name in ("stopped", "whole"))
    assert moved and unbroken and moved.epochs == unbroken.epochs == 2
    assert (moved.differences() == unbroken.differences()).all() and moved.differences()[1:].any(axis=2).any()


def test_a_run_whose_checkpoint_is_older_than_the_history_of_words_goes_on_without(
    tiny_data: Dataset, tmp_path: Path
) -> None:
    stopped = train(tiny_data, "quick", QUICK, out=tmp_path)
    next(event for event in stopped if event.epoch == 2)
    stopped.close()
    path = tmp_path / ".quick.training" / "checkpoint.safetensors"
    with safe_open(path, "pt") as file:
        state = file.metadata()
    tensors = load_file(path)
    older = {name: values for name, values in tensors.items() if not name.startswith("word-history/")}
    assert len(older) < len(tensors)
    save_file(older, path, metadata=state)
    run(tiny_data, tmp_path, resume=True)
    experiment = load(tmp_path / "quick")
    assert len(experiment.history.epochs) == 3 and experiment.word_history is None


def test_a_run_that_is_ended_early_keeps_the_words_of_the_epochs_it_had(tiny_data: Dataset, tmp_path: Path) -> None:
    run(tiny_data, tmp_path, should_stop=lambda: True)
    experiment = load(tmp_path / "quick")
    assert experiment.word_history and experiment.word_history.epochs == len(experiment.history.epochs) - 1 == 1


def test_a_run_stopped_before_its_first_epoch_keeps_its_vectors(tiny_data: Dataset, tmp_path: Path) -> None:
    stopped = train(tiny_data, "quick", QUICK, out=tmp_path)
    next(event for event in stopped if event.stage == "training")
    stopped.close()
    (tmp_path / ".quick.training" / "checkpoint.safetensors").unlink()
    other = replace(QUICK, buckets=QUICK.buckets + 1)
    with pytest.raises(AttnvizError, match="other settings"):
        run(tiny_data, tmp_path, other, resume=True)
    assert "vectors" not in {event.stage for event in run(tiny_data, tmp_path, resume=True)}


def test_resuming_needs_a_checkpoint_of_the_same_run(tiny_data: Dataset, tmp_path: Path) -> None:
    with pytest.raises(AttnvizError, match="no stopped run"):
        run(tiny_data, tmp_path, resume=True)
    stopped = train(tiny_data, "quick", QUICK, out=tmp_path)
    next(event for event in stopped if event.epoch == 2)
    stopped.close()
    for other in (replace(QUICK, learning_rate=1e-4), replace(QUICK, probes=())):
        with pytest.raises(AttnvizError, match="other settings"):
            run(tiny_data, tmp_path, other, resume=True)


def test_a_second_seed_is_kept_as_the_distance_between_the_two(tiny: Experiment, tiny_data: Dataset) -> None:
    seen = {word for text in tiny_data.split("train").texts for word in words(text)}
    assert tiny.spread is not None and tiny.spread.shape == (len(tiny.vocabulary),)
    assert [bool(far > 0) for far in tiny.spread] == [False, False, *(word in seen for word in tiny.vocabulary.words)]


def test_a_run_stopped_in_its_second_seed_goes_on_there(tiny_data: Dataset, tmp_path: Path) -> None:
    config = replace(QUICK, second_seed=True)
    run(tiny_data, tmp_path / "whole", config)
    stopped = train(tiny_data, "quick", config, out=tmp_path / "stopped")
    next(event for event in stopped if event.stage == "second seed" and event.epoch == 2)
    stopped.close()
    resumed = run(tiny_data, tmp_path / "stopped", config, resume=True)
    assert [(event.stage, event.epoch) for event in resumed if event.accuracy] == [("second seed", 2)]
    assert weights(tmp_path / "whole") == weights(tmp_path / "stopped")
    assert "spread.safetensors" in weights(tmp_path / "whole")


def test_nothing_finished_is_lost_unasked(tiny_data: Dataset, tmp_path: Path) -> None:
    stopped = train(tiny_data, "quick", QUICK, out=tmp_path)
    next(event for event in stopped if event.stage == "training")
    stopped.close()
    with pytest.raises(AttnvizError, match="--resume"):
        run(tiny_data, tmp_path)
    run(tiny_data, tmp_path, overwrite=True)
    before = weights(tmp_path)
    with pytest.raises(AttnvizError, match="--overwrite"):
        run(tiny_data, tmp_path)
    assert weights(tmp_path) == before


def test_two_processes_do_not_train_one_name(tiny_data: Dataset, tmp_path: Path) -> None:
    first = train(tiny_data, "quick", QUICK, out=tmp_path)
    next(event for event in first if event.stage == "training")
    for resume in (True, False):
        with pytest.raises(AttnvizError, match="another process is at work"):
            run(tiny_data, tmp_path, resume=resume, overwrite=not resume)
    assert list(first)[-1].stage == "done"
    assert [path.name for path in tmp_path.iterdir()] == ["quick"]


def test_additive_scorer_trains_and_loads(tiny_data: Dataset, tmp_path: Path) -> None:
    run(tiny_data, tmp_path, replace(QUICK, scorer="additive", variants=("fine-tuned",)))
    experiment = load(tmp_path / "quick")
    assert experiment.variants == ("fine-tuned",) and experiment.word_history is None  # there is no frozen one
    assert isinstance(experiment.model("fine-tuned").attention, torch.nn.Sequential)


def test_an_experiment_can_hold_both_scorers(tiny_data: Dataset, tmp_path: Path) -> None:
    variants = ("frozen", "fine-tuned", "frozen-additive", "fine-tuned-additive")
    run(tiny_data, tmp_path, replace(QUICK, variants=variants))
    experiment = load(tmp_path / "quick")
    assert experiment.variants == variants
    start = starting_rows(experiment.vocabulary, experiment.vectors)
    for variant in variants:
        additive = variant.endswith("-additive")
        assert experiment.about.variants[variant].scorer == ("additive" if additive else "linear")
        assert isinstance(experiment.model(variant).attention, torch.nn.Sequential) == additive
        assert torch.equal(experiment.model(variant).embedding.weight, start) == variant.startswith("frozen")
        assert set(experiment.history.epochs[0]) == set(variants)
    linear = cosine_distance(start, experiment.model("fine-tuned").embedding.weight)
    assert np.allclose(comparison.drift(experiment, experiment.vocabulary.words).drift, linear[2:], atol=1e-6)


def test_a_name_that_is_no_slug_is_refused_before_anything_starts(tiny_data: Dataset, tmp_path: Path) -> None:
    with pytest.raises(AttnvizError, match="reviews-en"):
        next(train(tiny_data, "../escape", QUICK, out=tmp_path / "models"))
    assert not (tmp_path / "models").exists()
