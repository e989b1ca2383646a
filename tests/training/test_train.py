from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from gensim.test.utils import datapath

from attnviz import comparison
from attnviz.data.datasets import Dataset, load_dataset
from attnviz.errors import AttnvizError
from attnviz.model.batches import Batch
from attnviz.model.classifier import AttentionClassifier
from attnviz.model.experiment import Experiment, cosine_distance, load, starting_rows
from attnviz.text import Vocabulary, words
from attnviz.training.config import Schedule, TrainingConfig
from attnviz.training.loaders import TokenizedRows
from attnviz.training.progress import Progress
from attnviz.training.train import train
from attnviz.training.trainer import Trainer
from attnviz.training.vectors import Corpus
from attnviz.vectors.fasttext import FastTextVectors
from tests.conftest import TINY

QUICK = replace(TINY, schedule=replace(TINY.schedule, epochs=2), second_seed=False)


def run(data: Dataset, folder: Path, config: TrainingConfig = QUICK, **options: object) -> list[Progress]:
    return list(train(data, "quick", config, out=folder, **options))  # type: ignore[arg-type]


def weights(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted((folder / "quick").glob("*.safetensors"))}


def test_the_fine_tuned_twin_learns_what_the_frozen_vectors_cannot_tell(tiny: Experiment) -> None:
    assert tiny.figures["fine-tuned"]["all"].accuracy > 0.9
    assert tiny.figures["fine-tuned"]["all"].n > 50


def test_progress_tells_stage_step_losses_accuracy_and_time_left(tiny_data: Dataset, tmp_path: Path) -> None:
    events = run(tiny_data, tmp_path)
    stages = list(dict.fromkeys(event.stage for event in events))
    assert stages == ["vectors", "training", "testing", "done"]
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
    run(tiny_data, tmp_path / "c", replace(QUICK, schedule=replace(QUICK.schedule, seed=1)))
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


def test_a_bin_lends_what_unseen_words_need_and_is_not_needed_afterwards(tiny_data: Dataset, tmp_path: Path) -> None:
    path = Path(shutil.copy2(datapath("lee_fasttext.bin"), tmp_path))
    lender = FastTextVectors.open(path)
    config = replace(QUICK, vocab_size=25, ngrams=300, probes=())
    run(tiny_data, tmp_path, config, vectors=lender)
    full = lender.matrix(["wonderfulllly", "film"])
    for file in tmp_path.glob("lee_fasttext*"):
        file.unlink()
    experiment = load(tmp_path / "quick")
    about = experiment.about
    assert (about.embedding_dim, about.vectors["from"], about.vectors["ngrams"]) == (10, "lee_fasttext.bin", 300)
    assert 0.5 < about.vectors["cosine_of_words_outside_the_vocabulary"] <= 1
    assert experiment.vectors["film"] == pytest.approx(full[1], abs=2e-3)
    explanation = experiment.explain("a wonderfulllly film")
    assert list(explanation.known) == [True, False, True] and explanation.ngrams[1]
    kept = experiment.vectors["wonderfulllly"]
    assert kept @ full[0] / np.linalg.norm(kept) / np.linalg.norm(full[0]) > 0.5


def test_a_run_with_a_bin_goes_on_with_the_rows_it_took(tiny_data: Dataset, tmp_path: Path) -> None:
    lender = FastTextVectors.open(shutil.copy2(datapath("lee_fasttext.bin"), tmp_path))
    config = replace(QUICK, vocab_size=25, ngrams=300)
    run(tiny_data, tmp_path / "whole", config, vectors=lender)
    stopped = train(tiny_data, "quick", config, tmp_path / "stopped", lender)
    next(event for event in stopped if event.epoch == 2 and event.step == 3)
    stopped.close()
    run(tiny_data, tmp_path / "stopped", config, vectors=lender, resume=True)
    assert weights(tmp_path / "whole") == weights(tmp_path / "stopped")


@pytest.mark.parametrize(("dim", "hidden_dim"), [(300, 128), (100, 128), (300, 1024)])
def test_what_is_taken_of_a_bin_stays_within_the_budget(dim: int, hidden_dim: int) -> None:
    config = TrainingConfig(hidden_dim=hidden_dim)
    words = config.words_within_budget(dim, classes=4)
    ngrams = config.ngrams_within_budget(dim, 4, words)
    model = AttentionClassifier(2, dim, hidden_dim, 4)
    rest = sum(value.numel() for name, value in model.named_parameters() if name != "embedding.weight")
    size = 2 * dim * (2 * words + ngrams) + 4 * ngrams + 2 * 3 * rest
    if hidden_dim < 1000:
        assert 14.3e6 < size < 14.6e6
        assert words >= 4_500 and ngrams >= 9_000
    else:
        assert (words, ngrams) == (1_000, 5_000)


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
    for other in (replace(QUICK, schedule=replace(QUICK.schedule, learning_rate=1e-4)), replace(QUICK, probes=())):
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


def test_a_second_seed_needs_something_to_fine_tune() -> None:
    with pytest.raises(AttnvizError, match="fine-tuned"):
        replace(TINY, variants=("frozen",))


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


def test_the_longest_ngram_is_no_shorter_than_the_shortest() -> None:
    with pytest.raises(AttnvizError, match="max_n is 2"):
        replace(TINY, min_n=5, max_n=2)


def test_frozen_rows_stay_and_only_rows_seen_in_training_move(tiny: Experiment, tiny_data: Dataset) -> None:
    start = starting_rows(tiny.vocabulary, tiny.vectors)
    for variant in ("frozen", "uniform"):
        assert torch.equal(tiny.model(variant).embedding.weight, start)
    tuned = tiny.model("fine-tuned").embedding.weight
    seen = {word for text in tiny_data.split("train").texts for word in words(text)}
    moved = (tuned != start).any(1)
    assert [bool(flag) for flag in moved] == [False, False, *(word in seen for word in tiny.vocabulary.words)]


def test_steps_leave_a_frozen_embedding_bit_for_bit(tiny: Experiment) -> None:
    twins = Trainer(tiny.about, Schedule(), tiny.vocabulary, tiny.vectors, Path("unused"))
    twin = twins.twins["frozen"]
    before = twin.model.embedding.weight.detach().clone(), twin.model.fc.weight.detach().clone()
    sentences = tiny.encode(["the movie was good", "the movie was bad"])
    batch = Batch.of(sentences.ids, sentences, torch.device("cpu"))
    for _ in range(3):
        twin.step(batch, torch.tensor([1, 0]), 1.0, False)
    assert torch.equal(twin.model.embedding.weight, before[0])
    assert not torch.equal(twin.model.fc.weight, before[1])


@pytest.mark.parametrize("first", ["uniform", "frozen"])
def test_bfloat16_is_measured_for_any_variant_and_trains(
    tiny: Experiment, tiny_data: Dataset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, first: str
) -> None:
    monkeypatch.setattr(torch.backends.cpu, "get_cpu_capability", lambda: "AVX512")
    monkeypatch.setattr("attnviz.training.trainer._BFLOAT16_MUST_GAIN", 0.0)  # as if it paid
    run(tiny_data, tmp_path, replace(QUICK, variants=(first, "fine-tuned")))
    experiment = load(tmp_path / "quick")
    assert experiment.about.training["bfloat16"] is True
    assert (
        experiment.history["epochs"][-1]["fine-tuned"]["loss"] < experiment.history["epochs"][1]["fine-tuned"]["loss"]
    )


def test_rows_outside_the_batches_never_move(tiny: Experiment) -> None:
    """A vocabulary may hold words that training never shows; those must stay where they are."""
    schedule = Schedule(epochs=3, batch_size=4, seed=0)
    twins = Trainer(tiny.about, schedule, tiny.vocabulary, tiny.vectors, Path("unused"))
    twin = twins.twins["fine-tuned"]
    before = twin.model.embedding.weight.detach().clone()
    sentences = tiny.encode(["the movie was good", "the movie was bad"])
    batch = Batch.of(sentences.ids, sentences, torch.device("cpu"))
    for _ in range(3):
        twin.step(batch, torch.tensor([1, 0]), 1.0, False)
    moved = (twin.model.embedding.weight != before).any(1).nonzero().flatten().tolist()
    assert set(moved) == {tiny.vocabulary.id(word) for word in ("the", "movie", "was", "good", "bad")}


def test_twins_start_from_the_same_weights_and_see_the_same_dropout(tiny: Experiment) -> None:
    twins = Trainer(tiny.about, Schedule(), tiny.vocabulary, tiny.vectors, Path("unused"))
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


def test_history_holds_probes_before_the_first_epoch_and_after_each(tiny: Experiment) -> None:
    history = tiny.history
    assert history["probes"] == [{"text": "the movie was not good", "tokens": ["the", "movie", "was", "not", "good"]}]
    assert len(history["epochs"]) == TINY.schedule.epochs + 1
    for epoch in history["epochs"]:
        for variant in tiny.variants:
            (probe,) = epoch[variant]["probes"]
            assert sum(probe["weights"]) == pytest.approx(1, abs=1e-4)
    assert history["epochs"][0]["frozen"]["loss"] is None
    first, last = history["epochs"][0]["fine-tuned"], history["epochs"][-1]["fine-tuned"]
    assert first["probes"] != last["probes"] and last["validation_accuracy"] > first["validation_accuracy"]


def test_vectors_can_be_borrowed(tiny: Experiment, tmp_path: Path) -> None:
    path = tmp_path / "other.csv"
    rows = [
        f"what a {word} day number {i},{label}" for i in range(60) for word, label in (("good", "up"), ("bad", "down"))
    ]
    path.write_text("\n".join(["text,label", *rows]))
    events = run(load_dataset(path), tmp_path, vectors=tiny)
    assert "vectors" not in {event.stage for event in events}
    borrowed = load(tmp_path / "quick")
    assert np.allclose(borrowed.vectors.vector("good"), tiny.vectors.vector("good"), atol=1e-3)
    assert np.allclose(borrowed.vectors.vector("day"), tiny.vectors.vector("day"), atol=1e-3)  # built from n-grams
    assert borrowed.about.vectors["from"] == "tiny-en"


def test_additive_scorer_trains_and_loads(tiny_data: Dataset, tmp_path: Path) -> None:
    run(tiny_data, tmp_path, replace(QUICK, scorer="additive", variants=("fine-tuned",)))
    experiment = load(tmp_path / "quick")
    assert experiment.variants == ("fine-tuned",)
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
        assert set(experiment.history["epochs"][0]) == set(variants)
    linear = cosine_distance(start, experiment.model("fine-tuned").embedding.weight)
    assert np.allclose(comparison.drift(experiment, experiment.vocabulary.words).drift, linear[2:], atol=1e-6)


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"scorer": "additive", "variants": ("frozen", "frozen-additive")}, "frozen-additive the same"),
        ({"variants": ("melted",)}, "melted"),
        ({"variants": ()}, "at least one"),
        ({"embedding_dim": 0}, "embedding_dim is 0"),
        ({"vocab_size": 2}, "vocab_size is 2"),
    ],
)
def test_settings_out_of_range_are_refused(settings: dict[str, object], said: str) -> None:
    with pytest.raises(AttnvizError, match=said):
        TrainingConfig(**settings)  # type: ignore[arg-type]


def test_a_schedule_out_of_range_is_refused() -> None:
    with pytest.raises(AttnvizError, match="epochs is 0"):
        Schedule(epochs=0)


def test_a_name_that_is_no_slug_is_refused_before_anything_starts(tiny_data: Dataset, tmp_path: Path) -> None:
    with pytest.raises(AttnvizError, match="reviews-en"):
        next(train(tiny_data, "../escape", QUICK, out=tmp_path / "models"))
    assert not (tmp_path / "models").exists()


def test_the_card_says_what_how_and_how_well(tiny: Experiment) -> None:
    figures = tiny.figures["fine-tuned"]["all"]
    assert f"| fine-tuned | all | {figures.n} | {figures.accuracy:.1%} |" in tiny.card
    assert tiny.about.data["split_rule"] in tiny.card
    assert json.dumps(tiny.about.data["rows"]["train"]) in tiny.card


def test_vectors_learn_from_more_text_too(tiny_data: Dataset, tmp_path: Path) -> None:
    texts = ["the sublime film was superb and tender"] * 30
    more = replace(tiny_data, name="more", texts=tuple(texts), labels=(0,) * 30, splits=("train",) * 30)
    rows = TokenizedRows.of(tiny_data.split("train"))
    vocabulary, others = Vocabulary.build(rows.words, TINY.vocab_size), TokenizedRows.of(more.split("train")).words
    alone, both = Corpus.of(rows.words, vocabulary, TINY), Corpus.of(rows.words, vocabulary, TINY, others)
    assert "sublime" in both.counts and "sublime" not in alone.counts
    assert len(both.sentences) == 30 + both.repeats * len(rows.words)
    assert sum(len(words) for words in both.sentences) == sum(both.counts.values())
    config = replace(TINY, schedule=replace(TINY.schedule, epochs=1), second_seed=False)
    for _ in train(tiny_data, "both", config, out=tmp_path, more=more):
        pass
    trained = load(tmp_path / "both")
    assert trained.vectors.words == vocabulary.words
    assert trained.about.vectors["from"].endswith("and those of more")
