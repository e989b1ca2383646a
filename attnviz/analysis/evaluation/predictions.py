"""The one table behind every look at errors: all rows of a data set, as every variant of an experiment answered them.

`predict_rows` yields it part by part, so that whoever asks can show progress, stop, or write a million rows without
holding them. It is kept as Parquet in the cache folder, under a name made of the texts, the labels and the weights.
"""

from __future__ import annotations

import json
from collections.abc import Generator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from hashlib import sha256
from typing import TYPE_CHECKING, Any, cast

import numpy as np
import torch

from attnviz.analysis.evaluation.rows import EvaluationRows, Origin
from attnviz.data.cells import encodable
from attnviz.model.batches import Batch, by_tokens
from attnviz.model.experiment import Experiment
from attnviz.model.variants import TWINS
from attnviz.text import UNKNOWN

if TYPE_CHECKING:  # pyarrow is imported where a table is made or read
    import pyarrow as pa

AT_A_TIME = 2_048  # rows sorted by length and held at once
_TOKENS = 16_384  # of a batch at most, padding and all
_ABOUT = b"attnviz"
_BASELINE = "probabilities of the baseline"
_SCHEMA = 2


@dataclass(frozen=True)
class Predictions:
    """N rows and what every variant made of them; M tokens in all, K classes."""

    experiment: str
    origin: Origin
    labels: tuple[str, ...]
    texts: Sequence[str] = field(repr=False)
    truth: np.ndarray | None = field(repr=False)  # [N], None without labels
    groups: np.ndarray | None = field(repr=False)  # [N]
    tokens: np.ndarray = field(repr=False)  # [N], as many as were read
    oov: np.ndarray = field(repr=False)  # [N], how many of those are not in the vocabulary
    probabilities: dict[str, np.ndarray] = field(repr=False)  # by variant [N, K]
    weights: dict[str, np.ndarray] = field(repr=False)  # by variant [M], row after row
    baseline: np.ndarray | None = field(default=None, repr=False)  # [N, K], None for an experiment that has none

    def __len__(self) -> int:
        return len(self.tokens)

    @property
    def dataset(self) -> str:
        """The name of the data set or the file."""
        return self.origin.name

    @property
    def variants(self) -> tuple[str, ...]:
        """The names of the classifiers."""
        return tuple(self.probabilities)

    @cached_property
    def answers(self) -> dict[str, np.ndarray]:
        """The class each variant gave each row, [N]."""
        return {variant: given.argmax(axis=1) for variant, given in self.probabilities.items()}

    @cached_property
    def right(self) -> dict[str, np.ndarray]:
        """Whether each variant's answer is the row's label, [N]; there must be labels."""
        assert self.truth is not None
        return {variant: given == self.truth for variant, given in self.answers.items()}

    @cached_property
    def losses(self) -> dict[str, np.ndarray]:
        """The surprise (nats) of each variant at each row's label, [N]; there must be labels."""
        assert self.truth is not None
        at = np.arange(len(self))
        tiny = np.finfo(np.float64).tiny
        return {v: -np.log(np.maximum(given[at, self.truth], tiny)) for v, given in self.probabilities.items()}

    @cached_property
    def starts(self) -> np.ndarray:
        """Where each row's weights begin, [N + 1]."""
        return np.concatenate(([0], np.cumsum(self.tokens)))

    @property
    def twins(self) -> tuple[str, str] | None:
        """The two variants to set against each other: the twins, failing those the first two."""
        if set(TWINS) <= set(self.variants):
            return TWINS
        return cast(tuple[str, str], self.variants[:2]) if len(self.variants) > 1 else None

    def subset(self, rows: np.ndarray) -> Predictions:
        """Return those of some rows, given by their places."""
        words = np.concatenate([np.arange(self.starts[row], self.starts[row + 1]) for row in rows] or [rows])
        return Predictions(
            self.experiment,
            self.origin.at(rows),
            self.labels,
            [self.texts[row] for row in rows],
            None if self.truth is None else self.truth[rows],
            None if self.groups is None else self.groups[rows],
            self.tokens[rows],
            self.oov[rows],
            {variant: given[rows] for variant, given in self.probabilities.items()},
            {variant: given[words] for variant, given in self.weights.items()},
            None if self.baseline is None else self.baseline[rows],
        )

    def twins_and(self, variant: str) -> tuple[str, ...]:
        """Return the two to set against each other, and a third where `variant` is neither."""
        return tuple(dict.fromkeys((*(self.twins or ()), variant)))


@dataclass(frozen=True)
class Step:
    """How far scoring has come, and the next part of the table once it is whole."""

    fraction: float
    part: pa.Table | None


def predict_rows(
    experiment: Experiment,
    rows: EvaluationRows,
    variants: Sequence[str] | None = None,
    contributions: bool = False,
) -> Generator[Step, None, None]:
    """Let variants, all of them if none are named, answer every row: a step a batch, of sentences of like length.

    With `contributions` the parts have those, too: K numbers a word, word after word. A misspelt variant raises
    `AttnvizError` before any work.
    """
    chosen = tuple(dict.fromkeys(experiment.variants if variants is None else variants))
    last = max(len(rows), 1)
    for start in range(0, last, AT_A_TIME):
        part = Part(experiment, rows, chosen, start, contributions)
        done = 0
        for among in part.batches:
            for variant in chosen:
                part.read(variant, among)
                done += len(among)
                yield Step((start + done / len(chosen)) / last, None)
        yield Step((start + len(part)) / last, part.table())


class Part:
    """Up to `AT_A_TIME` rows in a row, encoded, and what variants have made of those that were read so far."""

    def __init__(
        self, experiment: Experiment, rows: EvaluationRows, variants: Sequence[str], start: int, contributions: bool
    ) -> None:
        at, classes = slice(start, start + AT_A_TIME), len(experiment.labels)
        self.start = start
        self._experiment, self._about = experiment, _about(experiment.labels, rows, variants)
        self._models = {variant: experiment.model(variant) for variant in variants}
        self._texts = list(rows.texts[at])
        self._truth = None if rows.truth is None else np.asarray(rows.truth[at], dtype=np.int64)
        self._groups = None if rows.groups is None else list(rows.groups[at])
        self._sentences = experiment.encode(self._texts)
        self.lengths = self._sentences.lengths
        self._starts = np.concatenate(([0], np.cumsum(self.lengths)))
        self._given = {variant: np.zeros((len(self), classes)) for variant in variants}
        self._weights = {variant: np.zeros(self._starts[-1], dtype=np.float32) for variant in variants}
        self._added = {v: np.zeros((self._starts[-1], classes), np.float32) for v in variants if contributions}
        self.batches = by_tokens(self.lengths, _TOKENS)

    def __len__(self) -> int:
        return len(self._texts)

    def read(self, variant: str, among: np.ndarray) -> None:
        """Let a variant read one of the batches."""
        model, starts = self._models[variant], self._starts
        batch = Batch.of([self._sentences.ids[row] for row in among], self._sentences, model.fc.weight.device)
        there = np.arange(batch.places.shape[1]) < self.lengths[among, None]
        places = (starts[among, None] + np.arange(there.shape[1]))[there]
        with torch.inference_mode():
            reading = batch.read(model)
        self._given[variant][among] = reading.logits.double().softmax(dim=1).cpu().numpy()
        self._weights[variant][places] = reading.weights.cpu().numpy()[there]
        if self._added:
            votes = reading.hidden @ model.fc.weight.T  # [B, T, K]
            self._added[variant][places] = (reading.weights[:, :, None] * votes).cpu().numpy()[there]

    def table(self, rows: np.ndarray | None = None) -> pa.Table:
        """Return what is known of its rows, or of some of them in the order of their places."""
        import pyarrow as pa

        rows = np.arange(len(self)) if rows is None else rows
        there = np.zeros(len(self), dtype=bool)
        there[rows] = True
        words = np.repeat(there, self.lengths)
        texts, size = [self._texts[row] for row in rows], len(self._experiment.vocabulary)
        found = [self._sentences.ids[row] for row in rows]
        oov = np.array([((ids >= size) | (ids == UNKNOWN)).sum() for ids in found], dtype=np.int32)
        part = _part(
            texts,
            None if self._truth is None else self._truth[rows],
            None if self._groups is None else [self._groups[row] for row in rows],
            self.lengths[rows],
            oov,
            {variant: numbers[rows] for variant, numbers in self._given.items()},
            {variant: numbers[words] for variant, numbers in self._weights.items()},
            self._experiment.labels,
        )
        if self._experiment.baseline:
            part = part.append_column(_BASELINE, _lists(self._experiment.baseline.predict(texts)))
        classes, starts = len(self._experiment.labels), np.concatenate(([0], np.cumsum(self.lengths[rows])))
        for variant, numbers in self._added.items():
            lists = pa.LargeListArray.from_arrays(pa.array(starts * classes), pa.array(numbers[words].ravel()))
            part = part.append_column(f"{variant} contributions", lists)
        return part.replace_schema_metadata({_ABOUT: json.dumps(self._about).encode()})


def from_table(table: pa.Table, experiment: str, origin: Origin) -> Predictions:
    """Return the table that `predict_rows` yielded, its parts put together.

    It tells neither the name of the experiment nor whose rows these are: whoever asks does.
    """
    about = json.loads(table.schema.metadata[_ABOUT])
    labels, variants = tuple(about["labels"]), tuple(about["variants"])
    table = table.combine_chunks()

    def numbers(name: str) -> np.ndarray:
        return np.asarray(table.column(name).to_numpy())

    def flat(name: str) -> np.ndarray:
        return np.concatenate([np.asarray(one.flatten()) for one in table.column(name).chunks] or [np.zeros(0)])

    truth = None
    if about["labelled"]:
        place = {label: k for k, label in enumerate(labels)}
        truth = np.array([place[label] for label in table.column("label").to_pylist()], dtype=np.int64)
    return Predictions(
        experiment=experiment,
        origin=origin,
        labels=labels,
        texts=table.column("text").to_pylist(),
        truth=truth,
        groups=np.array(table.column("group").to_pylist()) if about["grouped"] else None,
        tokens=numbers("tokens").astype(np.int64),
        oov=numbers("unknown").astype(np.int64),
        probabilities={v: flat(f"{v} probabilities").reshape(-1, len(labels)) for v in variants},
        weights={v: flat(f"{v} weights") for v in variants},
        baseline=flat(_BASELINE).reshape(-1, len(labels)) if _BASELINE in table.column_names else None,
    )


def fingerprint(experiment: Experiment) -> str:
    """Return a name for everything that an experiment's answers depend on: words, vectors, weights, labels."""
    digest = sha256(repr((_SCHEMA, experiment.labels, experiment.max_tokens, experiment.vocabulary.words)).encode())
    if (morphemes := experiment.segmenter.morphemes) is not None:
        digest.update(repr((morphemes.words, morphemes.counts)).encode())
    if experiment.about.adopted:
        digest.update(repr(experiment.about.adopted).encode())
    digest.update(experiment.vectors.digest())
    for variant in experiment.variants:
        digest.update(variant.encode())
        for tensor in experiment.model(variant).state_dict().values():
            digest.update(np.ascontiguousarray(tensor.cpu().to(torch.float32).numpy()).tobytes())
    if experiment.baseline:
        digest.update(experiment.baseline.digest())
    return digest.hexdigest()[:32]


def _about(labels: Sequence[str], rows: EvaluationRows, variants: Sequence[str]) -> dict[str, Any]:
    return {
        "schema": _SCHEMA,
        "labels": labels,
        "variants": variants,
        "labelled": rows.truth is not None,
        "grouped": rows.groups is not None,
    }


def _part(
    texts: Sequence[str],
    truth: np.ndarray | None,
    groups: Sequence[str] | None,
    lengths: np.ndarray,
    oov: np.ndarray,
    given: dict[str, np.ndarray],
    weights: dict[str, np.ndarray],
    labels: Sequence[str],
) -> pa.Table:
    """Return some rows as a table that explains itself: labels and answers by name."""
    import pyarrow as pa

    count, nothing = len(texts), pa.nulls(len(texts), pa.string())
    columns = {
        "text": pa.array(list(map(encodable, texts)), pa.large_string()),
        "label": nothing if truth is None else pa.array([labels[k] for k in truth], pa.string()),
        "group": nothing if groups is None else pa.array(groups, pa.string()),
        "tokens": pa.array(lengths.astype(np.int32)),
        "unknown": pa.array(oov),
    }
    for variant, probabilities in given.items():
        words = pa.array(np.concatenate(([0], np.cumsum(lengths))))
        losses = pa.nulls(count, pa.float64())
        if truth is not None:
            chosen = probabilities[np.arange(count), truth]
            losses = pa.array(-np.log(np.maximum(chosen, np.finfo(np.float64).tiny)))
        columns[f"{variant} answer"] = pa.array([labels[k] for k in probabilities.argmax(axis=1)], pa.string())
        columns[f"{variant} probabilities"] = _lists(probabilities)
        columns[f"{variant} weights"] = pa.LargeListArray.from_arrays(words, pa.array(weights[variant]))
        columns[f"{variant} loss"] = losses
    return pa.table(columns)


def _lists(probabilities: np.ndarray) -> pa.LargeListArray:
    """Return probabilities [N, K] as a column of a list a row."""
    import pyarrow as pa

    count, classes = probabilities.shape
    return pa.LargeListArray.from_arrays(pa.array(np.arange(count + 1) * classes), pa.array(probabilities.ravel()))
