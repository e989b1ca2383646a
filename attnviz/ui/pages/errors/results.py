"""Predictions and what a page asks of it, each worked out when it is first asked for and then kept."""

from __future__ import annotations

from functools import cached_property

import numpy as np

from attnviz.analysis.evaluation import slices
from attnviz.analysis.evaluation.evaluate import Evaluation, assess
from attnviz.analysis.evaluation.mean_attention import MeanAttention
from attnviz.analysis.evaluation.predictions import Predictions
from attnviz.analysis.evaluation.slices import Slice
from attnviz.analysis.evaluation.token_index import TokenIndex
from attnviz.model.learned import UNSEEN
from attnviz.morphemes import WORDS, Segmenter

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

    @cached_property
    def unseen(self) -> Results:
        """The same of the rows alone that the experiment has neither learned from nor been chosen by, if it has any."""
        seen = self.predictions.origin.seen
        rows = np.flatnonzero(seen == UNSEEN) if seen is not None else np.zeros(0, dtype=np.int64)
        if len(rows) in (0, len(self.predictions)):
            return self
        kept = self.predictions.subset(rows)
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
