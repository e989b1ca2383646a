"""Every setting of a training run: the page's form, the command line and Python all fill in this one."""

from __future__ import annotations

from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from attnviz.errors import AttnvizError, check_range
from attnviz.model.variants import TRANSFORMER, TWINS, Scorer, VariantConfig
from attnviz.morphemes import TextUnits
from attnviz.vectors.ngrams import Units

if TYPE_CHECKING:
    import numpy as np

    from attnviz.model.about import About, DataInfo, TrainingInfo, VectorsInfo

# Nothing here needs torch or numpy before a run begins: `train --help` shows the defaults, and answers at once.

VARIANTS = {
    "frozen": VariantConfig(freeze_embeddings=True),
    "fine-tuned": VariantConfig(freeze_embeddings=False),
    "uniform": VariantConfig(freeze_embeddings=True, pooling="mean"),
    "frozen-additive": VariantConfig(freeze_embeddings=True, scorer="additive"),
    "fine-tuned-additive": VariantConfig(freeze_embeddings=False, scorer="additive"),
    TRANSFORMER: VariantConfig(freeze_embeddings=True, encoder="transformer", embedding_of=TWINS[1]),
}
BUDGET = 15_000_000  # bytes of an experiment that is shipped

_WARM_UP = 0.1  # of all steps
_STEPS = 600  # with a thousand rows; with four times as many twice that
_FEWEST_EPOCHS, _MOST_EPOCHS = 6, 60
_NGRAM_SIZES = {"ko": (1, 4)}  # by language: a syllable is a character there, and a word has few
_USUAL_NGRAM_SIZES = (3, 6)
_TEXTS = 1_600_000  # bytes of the budget for vocabulary, history, card and the terms of the baseline
_FEWEST_WORDS, _FEWEST_NGRAMS = 1_000, 5_000  # however little room there is


def _number(default: Any, low: float, high: float, offered: tuple[float, float] | None = None) -> Any:
    """Return a field for a number from `low` to `high`; of these the page offers those that suit a class."""
    return field(default=default, metadata={"range": (low, high), "offered": offered})


@dataclass(frozen=True)
class TrainingConfig:
    """Every setting of a run; what is not here is fixed."""

    variants: tuple[str, ...] = (*TWINS, "uniform")
    language: str = "en"
    units: TextUnits = "words"  # that are read; morphemes: of Korean, see attnviz/morphemes.py
    embedding_dim: int = _number(100, 1, 1000)
    hidden_dim: int = _number(128, 1, 2048, offered=(8, 512))
    vocab_size: int = _number(20_000, 3, 1_000_000, offered=(500, 100_000))
    min_n: int | None = _number(None, 1, 100)  # shortest and longest n-gram of a word; None: what suits the language
    max_n: int | None = _number(None, 1, 100)
    ngram_units: Units = "characters"  # or jamo: of the letters of Korean syllables too
    buckets: int = 20_000  # rows that the n-grams share
    ngrams: int | None = _number(None, 0, 10_000_000)  # rows to take from a .bin; None: what `BUDGET` has room for
    vector_epochs: int = _number(8, 1, 1000)  # at least: a small corpus is read more often
    language_model_epochs: int = _number(0, 0, 100, offered=(0, 20))  # of the LSTM, before it learns to judge
    scorer: Scorer = "linear"  # of the variants that have none in their name
    max_tokens: int = _number(512, 1, 10_000)  # a text is read up to there
    epochs: int | None = _number(None, 1, 1000, offered=(1, 100))  # None: what suits the number of rows
    batch_size: int = _number(64, 1, 100_000)
    learning_rate: float = _number(2e-3, 0, 1, offered=(0.0001, 0.05))
    embedding_learning_rate: float | None = _number(None, 0, 1, offered=(0.0, 0.05))  # None: half the other
    dropout: float = _number(0.5, 0, 0.95, offered=(0.0, 0.9))  # share of the context that a step leaves out
    word_dropout: float = _number(0.2, 0, 0.9)  # share of the tokens left out, drawn anew each epoch
    input_dropout: float = _number(0.3, 0, 0.9)  # share of a word vector that is blanked, drawn anew each step
    distillation: float = _number(0.5, 0, 1)  # share of what few rows teach that a plain classifier says of them
    balance_classes: bool = False  # let rows of rarer classes count for more
    clip: float = 1.0  # norm of the gradient
    window: int = _number(64, 1, 10_000)  # tokens at most of a longer text, see `excerpt`
    seed: int = _number(0, 0, 2**31 - 1, offered=(0, 1_000_000))
    bfloat16: bool | None = None  # None: if it is faster, measured at the first step
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
        if self.units == "morphemes" and self.language != "ko":
            raise AttnvizError(
                "Morphemes are for Korean, and the language of the texts is “{language}”: say ko, or read words.",
                language=self.language,
            )
        if self.second_seed and "fine-tuned" not in self.variants:
            raise AttnvizError("A second seed is for the variant fine-tuned: name it among the variants, or leave it.")
        if TRANSFORMER in self.variants and TWINS[1] not in self.variants:
            raise AttnvizError(
                "The variant transformer reads the word vectors of fine-tuned: name that one too, or leave it."
            )
        for one in fields(self):
            value = getattr(self, one.name)
            if "range" in one.metadata and value is not None:
                check_range(one.name, value, *one.metadata["range"])
        shortest, longest = self.ngram_sizes
        check_range("max_n", longest, shortest, 100)

    @property
    def ngram_sizes(self) -> tuple[int, int]:
        """The shortest and the longest n-gram of a word, in characters."""
        low, high = _NGRAM_SIZES.get(self.language, _USUAL_NGRAM_SIZES)
        return self.min_n or low, self.max_n or high

    @property
    def vector_sizes(self) -> dict[str, Any]:
        """The sizes of the vectors that a run trains, as `FastTextVectors` names them."""
        min_n, max_n = self.ngram_sizes
        sizes = {"min_n": min_n, "max_n": max_n, "ngram_units": self.ngram_units, "buckets": self.buckets}
        return {"dim": self.embedding_dim, **sizes}

    @property
    def embedding_rate(self) -> float:
        """The learning rate of the word vectors."""
        own = self.embedding_learning_rate
        return self.learning_rate / 2 if own is None else own

    def for_rows(self, count: int) -> TrainingConfig:
        """Return the settings for so many training rows, with the number of epochs that suits them unless it is given.

        What counts is how many steps are taken: few rows are read more often. The numbers were found on slices of 1,000
        to 20,000 rows, see docs/figures.md.
        """
        if self.epochs is not None:
            return self
        steps = _STEPS * (count / 1000) ** 0.5
        suited = round(steps * self.batch_size / max(count, 1))
        return replace(self, epochs=max(_FEWEST_EPOCHS, min(_MOST_EPOCHS, suited)))

    def rate(self, done: float) -> float:
        """Return the factor of the learning rates when a share of all steps is done: up in a line, down in a line."""
        return min(done / _WARM_UP, (1 - done) / (1 - _WARM_UP))

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

    def about(
        self, labels: tuple[str, ...], dim: int, data: DataInfo, vectors: VectorsInfo, training: TrainingInfo
    ) -> About:
        """Return what an experiment of this run says of itself."""
        from attnviz.model.about import About

        return About(
            language=self.language,
            labels=labels,
            data=data,
            vectors=vectors,
            training=training,
            embedding_dim=dim,
            hidden_dim=self.hidden_dim,
            max_tokens=self.max_tokens,
            variants={variant: self.built(variant) for variant in self.variants},
            units=self.units,
        )

    def _bytes_a_word(self, dim: int) -> int:
        """Return what a word costs: a float16 row in the vectors and one in every variant that moves it."""
        return 2 * dim * (1 + sum(not VARIANTS[variant].freeze_embeddings for variant in self.variants))

    def _room(self, dim: int, classes: int) -> int:
        """Return the bytes that rows may take: what texts and the rest of the classifiers leave of the budget."""
        from attnviz.model.classifier import AttentionClassifier

        numbers = 0
        for variant in self.variants:
            own = self.built(variant)
            model = AttentionClassifier(1, dim, self.hidden_dim, classes, scorer=own.scorer, encoder=own.encoder)
            numbers += sum(value.numel() for name, value in model.named_parameters() if name != "embedding.weight")
        return BUDGET - _TEXTS - 2 * numbers


def for_self_attention(config: TrainingConfig) -> TrainingConfig:
    """Return the settings by which the transformer of a run learns.

    It reads all words at once, so it reads texts whole; what it has learned from cuts of 64 words does not carry over
    to 500. Half the learning rate of an LSTM suits it. What each is worth stands in docs/figures.md.
    """
    return replace(config, window=config.max_tokens, learning_rate=config.learning_rate / 2)


OFFERED = {one.name: one.metadata["offered"] for one in fields(TrainingConfig) if one.metadata.get("offered")}


def other_run(path: Path) -> AttnvizError:
    """Return the error of unfinished work that does not fit what is asked for now."""
    return AttnvizError(
        "{path}: this run was started with other settings or data. Give the same ones, or train without resuming.",
        path=path,
    )
