"""A data set -> an experiment: vocabulary, vectors, the variants side by side, and what they reach.

python -m attnviz train movie-reviews --name reviews-en
"""

from __future__ import annotations

import json
import random
import shutil
import time
from collections import Counter
from collections.abc import Callable, Generator, Sequence
from contextlib import closing
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout
from safetensors import safe_open
from safetensors.torch import save_file
from torch import Tensor

from attnviz.data.datasets import Dataset
from attnviz.data.splits import SPLITS
from attnviz.data.streaming import StreamedDataset
from attnviz.errors import AttnvizError, check_range
from attnviz.model.classifier import AttentionClassifier, Scorer
from attnviz.model.experiment import (
    MODELS,
    About,
    Experiment,
    VariantConfig,
    check_name,
    cosine_distance,
    starting_rows,
    unfinished_work,
)
from attnviz.model.metrics import Figures
from attnviz.model.model_card import card
from attnviz.text import Vocabulary
from attnviz.training import language_model
from attnviz.training.distributed import ALONE, Ranks
from attnviz.training.loaders import Rows, Stock, StreamedSource
from attnviz.training.trainer import Progress, Schedule, Twins, other_run, usual_device
from attnviz.vectors.fasttext import FastTextVectors
from attnviz.vectors.pruning import borrow, fidelity

VARIANTS = {
    "frozen": VariantConfig(freeze_embeddings=True),
    "fine-tuned": VariantConfig(freeze_embeddings=False),
    "uniform": VariantConfig(freeze_embeddings=True, pooling="mean"),
    "frozen-additive": VariantConfig(freeze_embeddings=True, scorer="additive"),
    "fine-tuned-additive": VariantConfig(freeze_embeddings=False, scorer="additive"),
}
USUAL = ("frozen", "fine-tuned", "uniform")  # what a run trains unless it is told more
BUDGET = 15_000_000  # bytes of an experiment that is shipped
_TEXTS = 500_000  # of them for vocabulary, history and card
_FEWEST_WORDS, _FEWEST_NGRAMS = 1_000, 5_000  # however little room there is
_STRANGERS = 5_000  # words on which the cost of a selection is measured, at most
_OFTEN = 5  # times that a word outside the vocabulary must be in other texts, for FastText to learn it too
_WORDS_TO_READ = 8_000_000  # a small corpus gives better vectors the more often FastText reads it


@dataclass(frozen=True)
class TrainingConfig:
    """Every setting of a run; what is not here is fixed."""

    variants: tuple[str, ...] = USUAL
    language: str = "en"
    embedding_dim: int = 100
    hidden_dim: int = 128
    vocab_size: int = 20_000
    min_n: int = 3  # shortest and longest n-gram of a word, in characters
    max_n: int = 6
    buckets: int = 20_000  # rows that the n-grams share
    ngrams: int | None = None  # rows to take from a .bin; None: what an experiment of 15 MB has room for
    vector_epochs: int = 8  # at least: a small corpus is read more often
    language_model_epochs: int = 0  # how often the LSTM reads the texts before it learns to judge; 0: it starts anyhow
    scorer: Scorer = "linear"  # of the variants that have none in their name
    max_tokens: int = 512  # a text is read up to there
    dropout: float = 0.5
    schedule: Schedule = field(default_factory=Schedule)
    probes: tuple[str, ...] = ()  # sentences whose attention is kept after every epoch
    second_seed: bool = False  # train fine-tuned once more, to see how far its vectors are the seed's doing

    def __post_init__(self) -> None:
        strange = [variant for variant in self.variants if variant not in VARIANTS]
        if strange or not self.variants:
            raise AttnvizError(
                "Variants can be {known}, not “{strange}”: name at least one of them.",
                known=", ".join(VARIANTS),
                strange=", ".join(strange),
            )
        if self.scorer == "additive" and (named := [v for v in self.variants if v.endswith("-additive")]):
            raise AttnvizError(
                "The scorer additive makes {named} the same as the variant without it: name the one or the other.",
                named=", ".join(named),
            )
        if self.second_seed and "fine-tuned" not in self.variants:
            raise AttnvizError("A second seed is for the variant fine-tuned: name it among the variants, or leave it.")
        for name, low, high in (
            ("embedding_dim", 1, 1000),
            ("hidden_dim", 1, 2048),
            ("vocab_size", 3, 1_000_000),
            ("max_tokens", 1, 10_000),
            ("min_n", 1, 100),
            ("vector_epochs", 1, 1000),
            ("language_model_epochs", 0, 100),
        ):
            check_range(name, getattr(self, name), low, high)
        check_range("dropout", self.dropout, 0, 0.95)
        check_range("max_n", self.max_n, self.min_n, 100)
        if self.ngrams is not None:
            check_range("ngrams", self.ngrams, 0, 10_000_000)

    def words_within_budget(self, dim: int, classes: int) -> int:
        """Return the vocabulary size for which a .bin's words take half the room of `BUDGET`, n-grams the other."""
        words = self._room(dim, classes) // 2 // self._bytes_a_word(dim)
        return min(self.vocab_size, max(words, _FEWEST_WORDS))

    def ngrams_within_budget(self, dim: int, classes: int, words: int) -> int:
        """Return how many n-gram rows have room beside that many words."""
        left = self._room(dim, classes) - words * self._bytes_a_word(dim)
        return max(left // (2 * dim + 4), _FEWEST_NGRAMS)

    def built(self, variant: str) -> VariantConfig:
        """Return what a variant of this run is: one without a scorer in its name has the run's."""
        own = VARIANTS[variant]
        return own if own.scorer == "additive" else replace(own, scorer=self.scorer)

    def _bytes_a_word(self, dim: int) -> int:
        """Return what a word costs: a float16 row in the vectors and one in every variant that moves it."""
        return 2 * dim * (1 + sum(not VARIANTS[variant].freeze_embeddings for variant in self.variants))

    def _room(self, dim: int, classes: int) -> int:
        """Return the bytes that rows may take: what texts and the rest of the classifiers leave of the budget."""
        numbers = 0
        for variant in self.variants:
            model = AttentionClassifier(1, dim, self.hidden_dim, classes, scorer=self.built(variant).scorer)
            numbers += sum(value.numel() for name, value in model.named_parameters() if name != "embedding.weight")
        return BUDGET - _TEXTS - 2 * numbers


def train(
    dataset: Dataset | StreamedDataset,
    name: str,
    config: TrainingConfig,
    out: Path = MODELS,
    vectors: Experiment | FastTextVectors | None = None,
    resume: bool = False,
    overwrite: bool = False,
    enough: Callable[[], bool] = lambda: False,
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
    learning: Stock
    texts: Sequence[Sequence[str]]
    if isinstance(dataset, StreamedDataset):
        learning, texts, rows = StreamedSource(dataset.train), dataset.train.sample(), dataset.rows
        vocabulary = Vocabulary.of_counts(dataset.counts, config.vocab_size)
    else:
        learning = own_rows = Rows.of(dataset.split("train"))
        texts, rows = own_rows.words, {split: len(dataset.split(split)) for split in SPLITS}
        vocabulary = Vocabulary.build(texts, config.vocab_size)
    checking, test = Rows.of(dataset.split("validation")), dataset.split("test")
    scratch, held = _scratch(unfinished_work(out, name), resume, ranks)
    checkpoint, kept = scratch / "checkpoint.safetensors", scratch / "vectors.safetensors"
    others = Rows.of(more.split("train")).words if more else ()
    source: dict[str, Any]
    if isinstance(vectors, Experiment):
        own = vectors.vectors.with_words(vocabulary.words)
        source = {**vectors.about.vectors, "from": vectors.name}
    elif vectors:
        classes = len(dataset.label_names)
        lender, words = vectors, (texts, checking.words)
        own, source = yield from ranks.in_turn(lambda: _borrowed(*words, vocabulary, lender, config, classes, kept))
    else:
        corpus = Corpus.of(texts, vocabulary, config, others)
        own = yield from ranks.in_turn(lambda: _trained(corpus, vocabulary, config, kept))
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
            lambda: _read_first([*texts, *others], vocabulary, own, config, about, scratch / "lstm.safetensors")
        )
    twins = Twins(
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
    yield from twins.fit(learning, checking, enough)
    models = twins.models()
    spread = None
    if config.second_seed:
        again = Twins(
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
        for progress in again.fit(learning, checking, enough):
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


@dataclass(frozen=True)
class Corpus:
    """What FastText reads: sentences, how often it meets each word that it learns (or in what proportion), epochs."""

    sentences: Sequence[Sequence[str]]
    counts: dict[str, int]
    epochs: int
    repeats: int  # of the own rows among others, so that they are read as often as they would be alone

    @classmethod
    def of(
        cls,
        sentences: Sequence[Sequence[str]],
        vocabulary: Vocabulary,
        config: TrainingConfig,
        others: Sequence[Sequence[str]] = (),
    ) -> Corpus:
        """Put the own sentences together, shuffled, with those of another data set."""
        counts = dict(zip(vocabulary.words, vocabulary.counts, strict=True))
        alone = _vector_epochs(config, sentences)
        if not others:
            return cls(sentences, counts, alone, 1)
        repeats = max(1, round(alone / _vector_epochs(config, [*sentences, *others])))
        counts = {word: count * repeats for word, count in counts.items()}
        for word, count in Counter(word for words in others for word in words).most_common():
            if word in counts or count >= _OFTEN:
                counts[word] = counts.get(word, 0) + count
        mixed = [*(list(sentences) * repeats), *others]
        random.Random(config.schedule.seed).shuffle(mixed)  # noqa: S311 - no secret
        return cls(mixed, counts, _vector_epochs(config, mixed), repeats)


def _trained(
    corpus: Corpus, vocabulary: Vocabulary, config: TrainingConfig, kept: Path
) -> Generator[Progress, None, FastTextVectors]:
    """Train vectors, or take the ones of the run that goes on; either way as float16 gives them back."""
    if not kept.exists():
        steps = FastTextVectors.training(
            corpus.sentences,
            corpus.counts,
            dim=config.embedding_dim,
            min_n=config.min_n,
            max_n=config.max_n,
            buckets=config.buckets,
            epochs=corpus.epochs,
            seed=config.schedule.seed,
        )
        with closing(steps):
            while True:
                try:
                    yield Progress("vectors", next(steps))
                except StopIteration as end:
                    unfinished = kept.with_suffix(".part")
                    end.value.with_words(vocabulary.words).save(unfinished)
                    unfinished.replace(kept)
                    break
    vectors = FastTextVectors.open(kept)
    found = (vectors.words, vectors.dim, vectors.min_n, vectors.max_n, vectors.buckets)
    if found != (vocabulary.words, config.embedding_dim, config.min_n, config.max_n, config.buckets):
        raise other_run(kept)
    return vectors


def _borrowed(
    sentences: Sequence[Sequence[str]],
    others: Sequence[Sequence[str]],
    vocabulary: Vocabulary,
    lender: FastTextVectors,
    config: TrainingConfig,
    classes: int,
    kept: Path,
) -> Generator[Progress, None, tuple[FastTextVectors, dict[str, Any]]]:
    """Take rows of a .bin along, as float16 gives them back; return them and what is said of them.

    What the selection costs is measured on the words of `others` that the vocabulary lacks: the mean cosine between the
    vector they are left with and the one that the .bin gives them.
    """
    yield Progress("vectors", 0.0)
    counts = dict(Counter(word for words in sentences for word in words).most_common())
    if config.ngrams is None:
        ngrams = config.ngrams_within_budget(lender.dim, classes, len(vocabulary.words))
    else:
        ngrams = config.ngrams
    if not kept.exists():
        unfinished = kept.with_suffix(".part")
        borrow(lender, counts, vocabulary.words, ngrams).save(unfinished)
        unfinished.replace(kept)
    own = FastTextVectors.open(kept)
    found = (own.words, own.dim, own.min_n, own.max_n, own.buckets)
    if found != (vocabulary.words, lender.dim, lender.min_n, lender.max_n, lender.buckets):
        raise other_run(kept)
    yield Progress("vectors", 0.8)
    strangers = list(dict.fromkeys(word for words in others for word in words if word not in vocabulary))[:_STRANGERS]
    source: dict[str, Any] = {
        "from": lender.source.name if lender.source else "a file",
        "min_n": own.min_n,
        "max_n": own.max_n,
        "buckets": own.buckets,
        "ngrams": own.kept_ngrams,
    }
    if strangers:
        cosine = float(fidelity(own, lender, strangers).mean())
        source["cosine_of_words_outside_the_vocabulary"] = round(cosine, 3)
    yield Progress("vectors", 1.0)
    return own, source


def _read_first(
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
        steps = language_model.read(
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
                    unfinished = kept.with_suffix(".part")
                    save_file(end.value, unfinished, metadata={"run": run})
                    unfinished.replace(kept)
                    break
    with safe_open(kept, framework="pt") as file:
        if file.metadata()["run"] != run:
            raise other_run(kept)
        return {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 - not a dictionary


def _vector_epochs(config: TrainingConfig, sentences: Sequence[Sequence[str]]) -> int:
    """Return how often FastText reads the corpus: a small one more often than asked for."""
    return max(config.vector_epochs, min(50, _WORDS_TO_READ // max(1, sum(map(len, sentences)))))


def _measured(experiment: Experiment, test: Dataset) -> Generator[Progress, None, dict[str, dict[str, Figures]]]:
    """Score the test rows with every variant: all of them, and each group of them."""
    figures: dict[str, dict[str, Figures]] = {}
    for done, variant in enumerate(experiment.variants):
        yield Progress("testing", done / len(experiment.variants))
        probabilities = experiment.predict(test.texts, variant)
        rows = {"all": list(range(len(test))), **test.group_rows}
        figures[variant] = {
            group: Figures.of([test.labels[row] for row in members], probabilities[members])
            for group, members in rows.items()
        }
    return figures
