"""Predictions and what a page asks of them, each worked out when it is first asked for and then kept."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property

import numpy as np

from attnviz.analysis.evaluation import paired_slices, slices
from attnviz.analysis.evaluation.evaluate import Evaluation, VariantMetrics, assess
from attnviz.analysis.evaluation.mean_attention import MeanAttention
from attnviz.analysis.evaluation.paired import Paired
from attnviz.analysis.evaluation.paired_slices import PairedSlice
from attnviz.analysis.evaluation.predictions import Predictions
from attnviz.analysis.evaluation.slices import Slice
from attnviz.analysis.evaluation.token_index import TokenIndex
from attnviz.model.learned import UNSEEN
from attnviz.morphemes import WORDS, Segmenter
from attnviz.ui.cache.background import Background

_PAIRS = 6  # kept of one experiment's rows
MORE = 5  # slices that may be luck are shown beside the sure ones


class Results:
    """Everything the Errors page shows of some rows.

    They are those read so far where there are to be `total` of them; else all, the experiment's `own` test rows if it
    has been found that they are.
    """

    def __init__(
        self,
        predictions: Predictions,
        max_tokens: int,
        language: str,
        segmenter: Segmenter = WORDS,
        *,
        total: int | None = None,
        own: bool = False,
    ) -> None:
        self.predictions, self._max_tokens, self._language = predictions, max_tokens, language
        self._segmenter = segmenter
        self.total, self.own = total, own
        self.seconds: dict[str, Background[float, Predictions]] = {}  # of other experiments, by their fingerprints
        self._pairs: dict[tuple[object, ...], Pair] = {}

    def pair(self, key: tuple[object, ...], made: Callable[[], Pair | None]) -> Pair | None:
        """Return what is kept under a key of a second experiment beside this one, or what is `made`, which is kept."""
        if key not in self._pairs:
            found = made()
            if found is None:
                return None
            self._pairs[key] = found
            while len(self._pairs) > _PAIRS:
                del self._pairs[next(iter(self._pairs))]
        return self._pairs[key]

    @cached_property
    def unseen_rows(self) -> np.ndarray:
        """The places of the rows that the experiment has neither learned from nor been chosen by."""
        seen = self.predictions.origin.seen
        return np.flatnonzero(seen == UNSEEN) if seen is not None else np.zeros(0, dtype=np.int64)

    @cached_property
    def unseen(self) -> Results:
        """The same of the rows alone that the experiment has neither learned from nor been chosen by, if it has any."""
        if len(self.unseen_rows) in (0, len(self.predictions)):
            return self
        kept = self.predictions.subset(self.unseen_rows)
        return Results(kept, self._max_tokens, self._language, self._segmenter, total=self.total, own=self.own)

    @cached_property
    def wordings(self) -> TokenIndex:
        """The words of the texts."""
        return TokenIndex.of(self.predictions.texts, self._max_tokens, self._segmenter)

    @cached_property
    def evaluation(self) -> Evaluation:
        """The figures, without slices; there must be labels."""
        return assess(self.predictions)

    @cached_property
    def slices(self) -> tuple[Slice, ...]:
        """The slices that are sure, and a few that are not; there must be labels."""
        return slices.find(self.predictions, self.wordings, self._language, MORE)

    @cached_property
    def properties(self) -> dict[str, np.ndarray]:
        """Which rows have each property, [N] bool."""
        return slices.properties(self.predictions, self.wordings, self._language)

    @cached_property
    def mean_attention(self) -> MeanAttention:
        """What the classifiers look at in general."""
        return MeanAttention.of(self.predictions, self.wordings)

    @property
    def language(self) -> str:
        """The language of the texts."""
        return self._language


class Pair:
    """Everything the Errors page shows of a second experiment, by its `name`, beside the `results` of the first."""

    def __init__(self, paired: Paired, results: Results, name: str) -> None:
        self.paired, self.name, self._results = paired, name, results

    @cached_property
    def slices(self) -> tuple[PairedSlice, ...]:
        """Where one of the two is surely better, and a few slices of each that may be luck."""
        results = self._results
        return paired_slices.find(self.paired, results.wordings, results.language, MORE)

    @cached_property
    def score(self) -> VariantMetrics | None:
        """What the second took for what, over the rows that are compared; None if there are none."""
        return self.paired.second_score
