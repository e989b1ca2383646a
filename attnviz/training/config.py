"""Every setting of a training run."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

from attnviz.errors import AttnvizError, check_range
from attnviz.model.classifier import AttentionClassifier, Scorer
from attnviz.model.experiment import (
    VariantConfig,
)

_WARM_UP = 0.1  # of all steps


@dataclass(frozen=True)
class Schedule:
    """The settings of the steps."""

    epochs: int = 12
    batch_size: int = 64
    learning_rate: float = 2e-3
    embedding_learning_rate: float = 5e-4
    word_dropout: float = 0.2  # share of the tokens left out, drawn anew each epoch
    input_dropout: float = 0.3  # share of the numbers of a word vector that are blanked, drawn anew each step
    clip: float = 1.0  # norm of the gradient
    window: int = 64  # tokens at most of a longer text, see `excerpt`
    seed: int = 0

    def __post_init__(self) -> None:
        for name, low, high in (
            ("epochs", 1, 1000),
            ("batch_size", 1, 100_000),
            ("learning_rate", 0, 1),
            ("embedding_learning_rate", 0, 1),
            ("word_dropout", 0, 0.9),
            ("input_dropout", 0, 0.9),
            ("window", 1, 10_000),
            ("seed", 0, 2**31 - 1),
        ):
            check_range(name, getattr(self, name), low, high)

    def excerpt(self, ids: np.ndarray, random: np.random.Generator) -> np.ndarray:
        """Take what an epoch reads of a row.

        Of a row longer than the window it is the start or the end, where verdicts stand, a quarter to the whole of the
        window long, so that batches of like length mix long texts with short ones. Some words are dropped from all.
        """
        if len(ids) > self.window:
            length = int(random.integers(max(1, self.window // 4), self.window + 1))
            ids = ids[:length] if random.random() < 0.5 else ids[-length:]
        if self.word_dropout:
            kept = ids[random.random(len(ids)) >= self.word_dropout]
            ids = kept if len(kept) else ids
        return ids

    def rate(self, done: float) -> float:
        """Return the factor of the learning rates when a share of all steps is done: up in a line, down in a line."""
        return min(done / _WARM_UP, (1 - done) / (1 - _WARM_UP))


def other_run(path: Path) -> AttnvizError:
    """Return the error of unfinished work that does not fit what is asked for now."""
    return AttnvizError(
        "{path}: this run was started with other settings or data. Give the same ones, or train without resuming.",
        path=path,
    )


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
