"""A data set -> an experiment: vocabulary, vectors, the variants side by side, and what they reach.

python -m attnviz train movie-reviews --name reviews-en
"""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Callable, Generator, Sequence
from contextlib import closing
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout
from safetensors import safe_open
from safetensors.torch import save_file
from torch import Tensor

from attnviz.data.datasets import Dataset
from attnviz.data.files import written_whole
from attnviz.data.splits import SPLITS
from attnviz.data.streaming import StreamedDataset
from attnviz.errors import AttnvizError
from attnviz.model.experiment import (
    MODELS,
    About,
    Experiment,
    check_name,
    cosine_distance,
    starting_rows,
    unfinished_work,
)
from attnviz.model.metrics import Metrics
from attnviz.model.model_card import card
from attnviz.text import Vocabulary
from attnviz.training import language_model
from attnviz.training.config import TrainingConfig, other_run
from attnviz.training.distributed import ALONE, Ranks
from attnviz.training.loaders import RowSource, StreamedSource, TokenizedRows
from attnviz.training.progress import Progress
from attnviz.training.trainer import Trainer, usual_device
from attnviz.training.vectors import Corpus, pruned_vectors, trained_vectors
from attnviz.vectors.fasttext import FastTextVectors


def train(
    dataset: Dataset | StreamedDataset,
    name: str,
    config: TrainingConfig,
    out: Path = MODELS,
    vectors: Experiment | FastTextVectors | None = None,
    resume: bool = False,
    overwrite: bool = False,
    should_stop: Callable[[], bool] = lambda: False,
    ranks: Ranks = ALONE,
    more: Dataset | None = None,
) -> Generator[Progress, None, Experiment]:
    """Train the variants of `config` on `dataset`, yield progress at every step, write and return `out/<name>`.

    FastText vectors are trained on the training rows, and on those of `more`, unless an experiment lends its own, or a
    `.bin`: of that, the rows of the vocabulary are taken, and n-grams for other words. A language model of the same
    rows can be what the LSTM of every variant starts from. Closing the generator stops the run between steps; with
    `resume` it goes on from its last checkpoint. Once `enough` says so, what the ended epochs reached is taken for the
    end. An experiment or a stopped run of that name is replaced with `overwrite` only. Of several `ranks`, which share
    a disk, the first alone writes. Raises `AttnvizError` for a bad or taken name, a data set without rows to learn from
    or to measure on, and a checkpoint of another run.
    """
    check_place(out, name, resume, overwrite)
    learning: RowSource
    texts: Sequence[Sequence[str]]
    if isinstance(dataset, StreamedDataset):
        learning, texts, rows = StreamedSource(dataset.train), dataset.train.sample(), dataset.rows
        vocabulary = Vocabulary.of_counts(dataset.counts, config.vocab_size)
    else:
        learning = own_rows = TokenizedRows.of(dataset.split("train"))
        texts, rows = own_rows.words, {split: len(dataset.split(split)) for split in SPLITS}
        vocabulary = Vocabulary.build(texts, config.vocab_size)
    checking, test = TokenizedRows.of(dataset.split("validation")), dataset.split("test")
    scratch, held = _scratch(unfinished_work(out, name), resume, ranks)
    checkpoint, kept = scratch / "checkpoint.safetensors", scratch / "vectors.safetensors"
    others = TokenizedRows.of(more.split("train")).words if more else ()
    source: dict[str, Any]
    if isinstance(vectors, Experiment):
        own = vectors.vectors.with_words(vocabulary.words)
        source = {**vectors.about.vectors, "from": vectors.name}
    elif vectors:
        classes = len(dataset.label_names)
        lender, words = vectors, (texts, checking.words)
        own, source = yield from ranks.in_turn(
            lambda: pruned_vectors(*words, vocabulary, lender, config, classes, kept)
        )
    else:
        corpus = Corpus.of(texts, vocabulary, config, others)
        own = yield from ranks.in_turn(lambda: trained_vectors(corpus, vocabulary, config, kept))
        source = {
            "from": "gensim FastText (skip-gram) on the training rows" + (f" and those of {more.name}" if more else ""),
            "epochs": corpus.epochs,
            **({"repeats_of_the_own_rows": corpus.repeats} if more else {}),
            "min_n": config.min_n,
            "max_n": config.max_n,
            "buckets": config.buckets,
        }
    about = About(
        language=config.language,
        labels=dataset.label_names,
        data={
            "name": dataset.name,
            "rows": rows,
            "digest": dataset.digest,
            "split_rule": dataset.split_rule,
            "source": dataset.source,
            "licence": dataset.licence,
        },
        vectors=source,
        training=asdict(config.schedule)
        | {name: getattr(config, name) for name in ("dropout", "vocab_size", "language_model_epochs")},
        embedding_dim=own.dim,
        hidden_dim=config.hidden_dim,
        max_tokens=config.max_tokens,
        variants={variant: config.built(variant) for variant in config.variants},
    )
    lstm = None
    if config.language_model_epochs:
        lstm = yield from ranks.in_turn(
            lambda: _pretrained_lstm([*texts, *others], vocabulary, own, config, about, scratch / "lstm.safetensors")
        )
    twins = Trainer(
        about,
        config.schedule,
        vocabulary,
        own,
        checkpoint,
        probes=config.probes,
        dropout=config.dropout,
        lstm=lstm,
        ranks=ranks,
    )
    twins.restore()
    yield from twins.fit(learning, checking, should_stop)
    models = twins.models()
    spread = None
    if config.second_seed:
        again = Trainer(
            replace(about, variants={"fine-tuned": about.variants["fine-tuned"]}),
            replace(config.schedule, seed=config.schedule.seed + 1),
            vocabulary,
            own,
            scratch / "second-seed.safetensors",
            dropout=config.dropout,
            lstm=lstm,
            ranks=ranks,
        )
        again.restore()
        for progress in again.fit(learning, checking, should_stop):
            yield replace(progress, stage="second seed")
        pair = models["fine-tuned"], again.models()["fine-tuned"]
        spread = cosine_distance(*(model.embedding.weight.detach() for model in pair))
    ended: dict[str, Any] = {"bfloat16": bool(twins.bfloat16)}
    if (last := len(twins.history["epochs"]) - 1) < config.schedule.epochs:
        ended["stopped_after_epoch"] = last
    about = replace(about, training=about.training | ended)
    experiment = Experiment(name, about, vocabulary, own, models, history=twins.history, spread=spread)
    if not ranks.first:
        return experiment
    experiment.figures = yield from _measured(experiment, test)
    experiment.card = card(experiment)
    experiment.save(out)
    held.release()
    shutil.rmtree(scratch)
    yield Progress("done", 1.0)
    return experiment


def check_place(out: Path, name: str, resume: bool = False, overwrite: bool = False) -> None:
    """Raise `AttnvizError` for a name that is bad or taken, by an experiment or by the work of a stopped run.

    And if there is no such work to `resume`.
    """
    check_name(name)
    if not overwrite and (out / name).exists():
        raise AttnvizError(
            "There is an experiment {path} already. Choose another name, or replace it: --overwrite.", path=out / name
        )
    folder = unfinished_work(out, name)
    if resume and not folder.is_dir():
        raise AttnvizError("{path}: there is no stopped run to go on with. Train without resuming.", path=folder)
    if folder.is_dir() and not resume and not overwrite:
        raise AttnvizError(
            "{path} is what a stopped run had finished. Go on with it: --resume. Or start anew: --overwrite.",
            path=folder,
        )


def _scratch(folder: Path, resume: bool, ranks: Ranks) -> tuple[Path, FileLock]:
    """Return the folder of a run's unfinished work: empty, or with what the stopped run had finished.

    The lock in it says that a process is at work there, for as long as it is held, and no longer than that one lives.
    """
    ranks.wait()  # all have looked before the first changes anything
    held = FileLock(folder / "lock")
    if ranks.first:
        folder.mkdir(parents=True, exist_ok=True)
        try:
            held.acquire(timeout=0)
        except Timeout as error:
            raise AttnvizError(
                "{path}: another process is at work on that run. Wait until it has ended, or choose another name.",
                path=folder,
            ) from error
        for path in () if resume else set(folder.iterdir()) - {folder / "lock"}:
            path.unlink()
    ranks.wait()
    return folder, held


def _pretrained_lstm(
    sentences: Sequence[Sequence[str]],
    vocabulary: Vocabulary,
    vectors: FastTextVectors,
    config: TrainingConfig,
    about: About,
    kept: Path,
) -> Generator[Progress, None, dict[str, Tensor]]:
    """Let the LSTM read the texts, or take the one of the run that goes on."""
    run = json.dumps([about.data, about.vectors, config.language_model_epochs, config.hidden_dim, config.schedule.seed])
    if not kept.exists():
        steps = language_model.pretrain(
            [[vocabulary.id(word) for word in words[: config.max_tokens]] for words in sentences],
            starting_rows(vocabulary, vectors).to(usual_device()),
            config.hidden_dim,
            epochs=config.language_model_epochs,
            seed=config.schedule.seed,
        )
        began = time.monotonic()
        with closing(steps):
            while True:
                try:
                    done = next(steps)
                    left = (time.monotonic() - began) / done * (1 - done)
                    yield Progress("language model", done, seconds_left=left)
                except StopIteration as end:
                    with written_whole(kept) as new:
                        save_file(end.value, new, metadata={"run": run})
                    break
    with safe_open(kept, framework="pt") as file:
        if file.metadata()["run"] != run:
            raise other_run(kept)
        return {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 - not a dictionary


def _measured(experiment: Experiment, test: Dataset) -> Generator[Progress, None, dict[str, dict[str, Metrics]]]:
    """Score the test rows with every variant: all of them, and each group of them."""
    figures: dict[str, dict[str, Metrics]] = {}
    for done, variant in enumerate(experiment.variants):
        yield Progress("testing", done / len(experiment.variants))
        probabilities = experiment.predict(test.texts, variant)
        rows = {"all": list(range(len(test))), **test.group_rows}
        figures[variant] = {
            group: Metrics.of([test.labels[row] for row in members], probabilities[members])
            for group, members in rows.items()
        }
    return figures
