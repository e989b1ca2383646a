"""What an experiment's folder says of it: `experiment.json` and `history.json`, as values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import zip_longest
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import Field, TypeAdapter, ValidationError

from attnviz.model.variants import VariantConfig
from attnviz.morphemes import TextUnits
from attnviz.vectors.ngrams import Units

if TYPE_CHECKING:
    from torch import Tensor

    from attnviz.model.classifier import AttentionClassifier

Cut = Literal["words", "letters", "spaces"]  # as attnviz cuts; runs of letters and digits; what blanks part
MOST_POSITIONS = 10_000  # that every text may be filled up to
SLUG = "[a-z0-9]([a-z0-9-]{0,62}[a-z0-9])?"
# a control character could command a terminal
_Label = Annotated[str, Field(min_length=1, max_length=10_000, pattern=r"^\P{Cc}+$")]

# Where a default is None, the key is left out of the file: other vectors have no such number, or an older version
# wrote none.


@dataclass(frozen=True)
class DataInfo:
    """The rows an experiment was made of."""

    name: str = ""
    rows: dict[str, int] = field(default_factory=dict)  # by split
    digest: str = ""  # of texts, labels and splits
    split_rule: str = ""
    source: str = ""
    licence: str = ""
    label_map: dict[str, str] | None = None  # labels of the file, and the class that each meant


@dataclass(frozen=True)
class VectorsInfo:
    """Where the word vectors came from, and how they were trained."""

    source: Annotated[str, Field(alias="from")] = ""
    epochs: int | None = None
    repeats_of_the_own_rows: int | None = None  # among those of another data set
    min_n: int | None = None
    max_n: int | None = None
    ngram_units: Units | None = None
    buckets: int | None = None
    ngrams: int | None = None  # rows taken from a .bin
    cosine_of_words_outside_the_vocabulary: float | None = None  # to the vectors that the .bin has for them


@dataclass(frozen=True)
class TrainingInfo:
    """The settings of the run, as `TrainingConfig` names them, and how it ended."""

    epochs: int | None = None
    batch_size: int | None = None
    learning_rate: float | None = None
    embedding_learning_rate: float | None = None
    word_dropout: float | None = None
    input_dropout: float | None = None
    clip: float | None = None
    window: int | None = None
    seed: int | None = None
    dropout: float | None = None
    vocab_size: int | None = None
    language_model_epochs: int | None = None
    distillation: float | None = None
    balance_classes: bool | None = None
    bfloat16: bool | None = None
    stopped_after_epoch: int | None = None


@dataclass(frozen=True)
class BaselineInfo:
    """The TF-IDF with logistic regression beside the variants: what it was fitted on, or why there is none."""

    rows: int = 0
    terms: dict[str, int] = field(default_factory=dict)  # how many of each kind
    C: float | None = None
    skipped: str | None = None


@dataclass(frozen=True)
class AdoptedInfo:
    """How a model from elsewhere reads."""

    source: str  # the name of its file, as far as it has one
    cut: Cut
    lower: bool
    padded_to: Annotated[int, Field(ge=1, le=MOST_POSITIONS)] | None = None  # None: padding takes no part


@dataclass(frozen=True)
class About:
    """What `experiment.json` says of an experiment: enough to load it and to make it again."""

    language: str
    labels: Annotated[tuple[_Label, ...], Field(min_length=1, max_length=1000)]
    data: DataInfo
    vectors: VectorsInfo
    training: TrainingInfo
    embedding_dim: Annotated[int, Field(ge=1, le=4096)]
    hidden_dim: Annotated[int, Field(ge=1, le=4096)]
    max_tokens: Annotated[int, Field(ge=1, le=100_000)]
    variants: Annotated[dict[Annotated[str, Field(pattern=f"^{SLUG}$")], VariantConfig], Field(min_length=1)]
    baseline: BaselineInfo | None = None
    units: TextUnits = "words"  # morphemes: of Hangul, by the counts in morphemes.txt
    adopted: AdoptedInfo | None = None  # None: it was trained here

    @property
    def padded_to(self) -> int | None:
        """To how many tokens its classifiers see every text filled up; None: they see no padding."""
        return self.adopted.padded_to if self.adopted else None

    def build(self, variant: str, embeddings: Tensor, dropout: float = 0.5) -> AttentionClassifier:
        """Make the classifier of a variant, its embedding starting from `embeddings` [vocabulary, D]."""
        from attnviz.model.classifier import AttentionClassifier

        config = self.variants[variant]
        return AttentionClassifier(
            len(embeddings),
            self.embedding_dim,
            self.hidden_dim,
            len(self.labels),
            embeddings,
            freeze_embeddings=config.freeze_embeddings,
            pooling=config.pooling,
            scorer=config.scorer,
            encoder=config.encoder,
            dropout=dropout,
            padded_to=self.padded_to,
        )


def to_json(value: Any) -> Any:
    """Return one of these values as its file has it."""
    return TypeAdapter(type(value)).dump_python(value, mode="json", by_alias=True, exclude_none=True)


@dataclass(frozen=True)
class Probe:
    """A sentence whose attention is kept after every epoch."""

    text: str
    tokens: tuple[str, ...]


@dataclass(frozen=True)
class ProbeReading:
    """What a variant made of a probe: a weight a token, a probability a class."""

    weights: tuple[float, ...]
    probabilities: tuple[float, ...]


@dataclass(frozen=True)
class EpochResult:
    """Where a variant stood after an epoch."""

    loss: float | None  # nats, the mean of the epoch; None before training
    validation_accuracy: float
    probes: tuple[ProbeReading, ...]


def kept_epoch(reached: Sequence[float], rows: int | None) -> int:
    """Return the place of the epoch to keep, by what each reached (a share) on so many validation rows.

    It is the last that is not clearly worse than the best, that is by more than a standard error (Breiman et al.
    1984): on a hundred rows the best one is the luckiest. Without a number of rows it is the first of the best.
    """
    best = max(reached)
    if not rows:
        return reached.index(best)
    error = max(best * (1 - best) / rows, 0.0) ** 0.5
    return max(place for place, share in enumerate(reached) if share >= best - error)


@dataclass(frozen=True)
class History:
    """How a run went: epoch 0 is the classifiers before training."""

    probes: tuple[Probe, ...] = ()
    epochs: tuple[dict[str, EpochResult], ...] = ()  # by variant; one that was stopped early is not in the last
    checked: int | None = None  # validation rows; runs of older versions kept the first of the most accurate epochs

    def kept(self, variant: str) -> int:
        """Return the epoch whose weights are kept; one must have ended."""
        reached = [epoch[variant].validation_accuracy for epoch in self.epochs[1:] if variant in epoch]
        return 1 + kept_epoch(reached, self.checked)

    def beside(self, other: History) -> History:
        """Return it with the variants of another run over the same rows and probes."""
        nothing: dict[str, EpochResult] = {}
        pairs = zip_longest(self.epochs, other.epochs, fillvalue=nothing)
        return replace(self, epochs=tuple(own | later for own, later in pairs))

    @classmethod
    def of(cls, stored: Any) -> History:
        """Read what JSON gives back; an experiment whose history is damaged has none."""
        try:
            return TypeAdapter(History).validate_python(stored)
        except (ValidationError, RecursionError):
            return cls()
