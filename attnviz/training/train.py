"""A data set -> an experiment: vocabulary, vectors, the variants side by side, and what they reach.

python -m attnviz train movie-reviews --name reviews-en
"""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass, fields, replace
from pathlib import Path

import numpy as np
from filelock import FileLock, Timeout
from torch import Tensor

from attnviz.data.datasets import Dataset
from attnviz.data.splits import SPLITS, text_hashes
from attnviz.data.streaming import StreamedDataset, StreamedRows
from attnviz.errors import AttnvizError
from attnviz.model.about import About, DataInfo, History, TrainingInfo, VectorsInfo
from attnviz.model.classifier import AttentionClassifier
from attnviz.model.experiment import MODELS, Experiment, check_name, cosine_distance, unfinished_work
from attnviz.model.learned import Learned
from attnviz.model.metrics import Metrics
from attnviz.model.model_card import card
from attnviz.model.standing import standings
from attnviz.model.variants import BASELINE
from attnviz.model.word_history import WordHistory
from attnviz.morphemes import WORDS, Segmenter, TextUnits
from attnviz.text import Vocabulary
from attnviz.training import suited_vectors
from attnviz.training.baseline import fitted
from attnviz.training.config import TrainingConfig, for_self_attention
from attnviz.training.distributed import ALONE, Ranks
from attnviz.training.kept_words import kept_words
from attnviz.training.language_model import pretrained_lstm
from attnviz.training.loaders import TokenizedRows
from attnviz.training.morphemes import MOST_ROWS, check_installed, counted
from attnviz.training.progress import Progress
from attnviz.training.targets import targets
from attnviz.training.trainer import Trainer
from attnviz.training.vectors import Corpus, pruned_vectors, trained_vectors
from attnviz.vectors.fasttext import FastTextVectors

_MORPHEMES = "morphemes.txt"


def train(
    dataset: Dataset | StreamedDataset,
    name: str,
    config: TrainingConfig,
    out: Path = MODELS,
    vectors: Experiment | FastTextVectors | Sequence[Experiment] | None = None,
    resume: bool = False,
    overwrite: bool = False,
    should_stop: Callable[[], bool] = lambda: False,
    ranks: Ranks = ALONE,
    more: Dataset | None = None,
) -> Generator[Progress, None, Experiment]:
    """Train the variants of `config` on `dataset`, yield progress at every step, write and return `out/<name>`.

    Beside them the plain baseline is fitted, and all are compared on the test rows.

    FastText vectors are trained on the training rows, and on those of `more`, unless an experiment lends its own, or a
    `.bin`: of that, the rows of the vocabulary are taken, and n-grams for other words. Of several experiments, where
    rows are few, it is found out whose vectors suit them, as they are or trained on. A language model of the same rows
    can be what the LSTM of every variant starts from. Closing the generator stops the run between steps; with
    `resume` it goes on from its last checkpoint. Once `should_stop` says so, what the ended epochs reached is taken for
    the end. An experiment or a stopped run of that name is replaced with `overwrite` only. Of several `ranks`, which
    share a disk, the first alone writes. Raises `AttnvizError` for a bad or taken name, a data set without rows to
    learn from or to measure on, and a checkpoint of another run.
    """
    check_place(out, name, resume, overwrite)
    check_lender(config, vectors)
    kept = unfinished_work(out, name) / _MORPHEMES
    if config.units == "morphemes":
        check_installed(kept if resume else None)
    scratch, held = _scratch(unfinished_work(out, name), resume, ranks)
    segmenter = yield from _segmenter(dataset, config, scratch, ranks)
    rows = _Rows.of(dataset, config, more, segmenter)
    config = config.for_rows(rows.counts["train"])
    own, source = yield from _vectors(rows, config, vectors, scratch / "vectors.safetensors", ranks)
    about = _about(dataset, rows, config, own.dim, source)
    lstm = None
    if config.language_model_epochs:
        kept = scratch / "lstm.safetensors"
        lstm = yield from ranks.in_turn(
            lambda: pretrained_lstm([*rows.texts, *rows.others], rows.vocabulary, own, config, about, kept)
        )

    def trainer(about: About, config: TrainingConfig, checkpoint: str, lent: Tensor | None = None) -> Trainer:
        words, place = rows.vocabulary, scratch / checkpoint
        made = Trainer(about, config, words, own, place, lstm=lstm, lent=lent, ranks=ranks, segmenter=segmenter)
        made.restore()
        return made

    if config.distillation:
        yield Progress("baseline", 0.0)
    rows = rows.with_targets(config)
    reached = yield from _fitted(trainer, about, config, rows, should_stop)
    about = replace(about, training=reached.training)
    experiment = Experiment(
        name,
        about,
        rows.vocabulary,
        own,
        reached.models,
        history=reached.history,
        spread=reached.spread,
        learned=_learned(dataset),
        segmenter=segmenter,
    )
    if not ranks.first:
        return experiment
    experiment.word_history = kept_words(experiment, reached.words) if reached.words else None
    experiment.baseline, plain = yield from fitted(_of_words(rows, dataset, config.units), rows.classes, config.seed)
    experiment.about = replace(about, baseline=plain)
    yield from _measure(experiment, dataset.split("test"))
    experiment.card = card(experiment)
    experiment.save(out)
    held.release()
    shutil.rmtree(scratch)
    yield Progress("done", 1.0)
    return experiment


@dataclass(frozen=True)
class _Rows:
    """What a run reads of its data: rows to learn from and to choose by, and texts for vocabulary and vectors."""

    learning: TokenizedRows | StreamedRows
    checking: TokenizedRows
    texts: Sequence[Sequence[str]]
    counts: dict[str, int]  # of rows, by split
    classes: int
    vocabulary: Vocabulary
    others: Sequence[Sequence[str]]  # texts of another data set
    more: str  # its name

    @classmethod
    def of(
        cls, dataset: Dataset | StreamedDataset, config: TrainingConfig, more: Dataset | None, segmenter: Segmenter
    ) -> _Rows:
        """Tokenize what is read whole; a stream gives a sample of its texts."""
        learning: TokenizedRows | StreamedRows
        texts: Sequence[Sequence[str]]
        if isinstance(dataset, StreamedDataset):
            learning, counts = replace(dataset.train, segmenter=segmenter), dataset.rows
            texts, tally = learning.sample(), Counter[str]()
            for word, count in dataset.counts.items():
                for piece in segmenter.cut(word):
                    tally[piece] += count
            vocabulary = Vocabulary.of_counts(tally, config.vocab_size)
        else:
            learning = own = TokenizedRows.of(dataset.split("train"), segmenter)
            texts, counts = own.words, {split: len(dataset.split(split)) for split in SPLITS}
            vocabulary = Vocabulary.build(texts, config.vocab_size)
        checking = TokenizedRows.of(dataset.split("validation"), segmenter)
        others = TokenizedRows.of(more.split("train"), segmenter).words if more else ()
        classes = len(dataset.label_names)
        return cls(learning, checking, texts, counts, classes, vocabulary, others, more.name if more else "")

    def with_targets(self, config: TrainingConfig) -> _Rows:
        """Return the same with what each row teaches; a row of a stream teaches its class."""
        if not isinstance(self.learning, TokenizedRows):
            return self
        return replace(self, learning=replace(self.learning, targets=targets(self.learning, self.classes, config)))


def check_lender(config: TrainingConfig, vectors: Experiment | FastTextVectors | Sequence[Experiment] | None) -> None:
    """Raise `AttnvizError` if an experiment that is to lend its vectors has them of other units than are to be read."""
    if isinstance(vectors, Experiment) and vectors.about.units != config.units:
        raise AttnvizError(
            "{name} has vectors of {units}, and this run reads {wanted}: read the same, or train vectors.",
            name=vectors.name,
            units=vectors.about.units,
            wanted=config.units,
        )


def _segmenter(
    dataset: Dataset | StreamedDataset, config: TrainingConfig, scratch: Path, ranks: Ranks
) -> Generator[Progress, None, Segmenter]:
    """Return how texts are cut: for morphemes the training rows are gone through, or as many as say enough."""
    if config.units == "words":
        return WORDS
    texts = dataset.train.texts(MOST_ROWS) if isinstance(dataset, StreamedDataset) else dataset.split("train").texts
    return (yield from ranks.in_turn(lambda: counted(texts, scratch / _MORPHEMES)))


def take_morphemes(lent: Segmenter, work: Path) -> None:
    """Let the run that has its unfinished `work` there cut texts as another experiment does: it counts none itself."""
    if lent.morphemes is not None and not work.is_dir():
        work.mkdir(parents=True)
        lent.morphemes.save(work / _MORPHEMES)


def _of_words(rows: _Rows, dataset: Dataset | StreamedDataset, units: TextUnits) -> TokenizedRows | StreamedRows:
    """Return the training rows as the baseline reads them: by words, whatever the variants read."""
    if isinstance(dataset, StreamedDataset):
        return dataset.train
    return rows.learning if units == "words" else TokenizedRows.of(dataset.split("train"))


def _vectors(
    rows: _Rows,
    config: TrainingConfig,
    pretrained: Experiment | FastTextVectors | Sequence[Experiment] | None,
    kept: Path,
    ranks: Ranks,
) -> Generator[Progress, None, tuple[FastTextVectors, VectorsInfo]]:
    """Return the vectors of a run, and where they come from: an experiment's, rows of a .bin, or trained ones."""
    if isinstance(pretrained, Experiment):
        lent = pretrained.vectors.with_words(rows.vocabulary.words)
        return lent, replace(pretrained.about.vectors, source=pretrained.name)
    if isinstance(pretrained, FastTextVectors):
        words, classes = (rows.texts, rows.checking.words), rows.classes
        return (
            yield from ranks.in_turn(lambda: pruned_vectors(*words, rows.vocabulary, pretrained, config, classes, kept))
        )
    own = rows.learning
    chosen = [one for one in pretrained or () if one.about.units == config.units]
    if chosen and isinstance(own, TokenizedRows) and not rows.more and len(own.words) <= suited_vectors.MOST_ROWS:
        return (
            yield from ranks.in_turn(lambda: suited_vectors.suited_vectors(own, rows.vocabulary, config, chosen, kept))
        )
    corpus = Corpus.of(rows.texts, rows.vocabulary, config, rows.others)
    return (yield from ranks.in_turn(lambda: trained_vectors(corpus, rows.vocabulary, config, kept, rows.more)))


def _about(
    dataset: Dataset | StreamedDataset, rows: _Rows, config: TrainingConfig, dim: int, vectors: VectorsInfo
) -> About:
    """Return what the experiment will say of itself."""
    settings = {one.name: getattr(config, one.name) for one in fields(TrainingInfo) if hasattr(config, one.name)}
    training = TrainingInfo(**settings | {"embedding_learning_rate": config.embedding_rate, "bfloat16": None})
    data = DataInfo(
        dataset.name,
        rows.counts,
        dataset.digest,
        dataset.split_rule,
        dataset.source,
        dataset.licence,
        dict(dataset.label_map) or None,
    )
    return config.about(dataset.label_names, dim, data, vectors, training)


def _learned(dataset: Dataset | StreamedDataset) -> Learned | None:
    """Return by what the experiment will know its training and validation rows again; None if they are too many."""
    if isinstance(dataset, StreamedDataset):
        return Learned.of(*dataset.hashes) if dataset.hashes else None
    return Learned.of(*(text_hashes(dataset.split(split).texts) for split in ("train", "validation")))


@dataclass(frozen=True)
class _Reached:
    """What came of all steps: the classifiers, and how they got there."""

    models: dict[str, AttentionClassifier]
    history: History
    words: WordHistory | None
    spread: np.ndarray | None
    training: TrainingInfo


def _fitted(
    trainer: Callable[..., Trainer],
    about: About,
    config: TrainingConfig,
    rows: _Rows,
    should_stop: Callable[[], bool],
) -> Generator[Progress, None, _Reached]:
    """Train the variants side by side, then those that read the word vectors of one of them, then a second seed."""
    later = {variant: own for variant, own in about.variants.items() if own.embedding_of}
    at_first = {variant: own for variant, own in about.variants.items() if variant not in later}
    first = trainer(replace(about, variants=at_first), config, "checkpoint.safetensors")
    yield from first.fit(rows.learning, rows.checking, should_stop)
    models, history, spread = first.models(), first.history, None
    config = replace(config, bfloat16=first.bfloat16)
    settings = for_self_attention(config)
    for variant, own in later.items():
        vectors = models[own.embedding_of or ""].embedding.weight.detach()
        after = trainer(replace(about, variants={variant: own}), settings, f"{variant}.safetensors", vectors)
        for progress in after.fit(rows.learning, rows.checking, should_stop):
            yield replace(progress, stage=variant)
        models |= after.models()
        history = history.beside(after.history)
    if config.second_seed:
        variants = {"fine-tuned": about.variants["fine-tuned"]}
        settings = replace(config, seed=config.seed + 1, probes=())
        second = trainer(replace(about, variants=variants), settings, "second-seed.safetensors")
        for progress in second.fit(rows.learning, rows.checking, should_stop):
            yield replace(progress, stage="second seed")
        pair = models["fine-tuned"], second.models()["fine-tuned"]
        spread = cosine_distance(*(model.embedding.weight.detach() for model in pair))
    last = len(first.history.epochs) - 1
    training = replace(
        about.training,
        bfloat16=bool(first.bfloat16),
        stopped_after_epoch=last if last < (config.epochs or 0) else None,
    )
    return _Reached({variant: models[variant] for variant in about.variants}, history, first.words, spread, training)


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


def _measure(experiment: Experiment, test: Dataset) -> Generator[Progress, None, None]:
    """Score the test rows with the baseline and every variant, all of them and each group of them, and compare."""
    probabilities: dict[str, np.ndarray] = {}
    for done, variant in enumerate(experiment.variants):
        yield Progress("testing", done / len(experiment.variants))
        probabilities[variant] = experiment.predict(test.texts, variant)
    if experiment.baseline:
        probabilities[BASELINE] = experiment.baseline.predict(test.texts)
    labels, rows = np.asarray(test.labels), {"all": list(range(len(test))), **test.group_rows}
    experiment.figures = {
        name: {group: Metrics.of(labels[members].tolist(), given[members]) for group, members in rows.items()}
        for name, given in probabilities.items()
    }
    experiment.standings = standings(labels, probabilities, experiment.labels)
