"""A check of labels: how well each label fits what others say of its row, and so which rows are suspect.

cleanlab ranks the rows (confident learning; Northcutt, Jiang and Chuang 2021, https://arxiv.org/abs/1911.00068) by
probabilities of what has not seen them. It proposes, a person decides: of what such a check suspected on IMDb people
upheld 55 % (Northcutt, Athalye and Mueller 2021, https://arxiv.org/abs/2103.14749).
"""

from __future__ import annotations

import warnings
from collections.abc import Generator, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from attnviz.analysis.evaluation.predictions import from_table, predict_rows
from attnviz.analysis.evaluation.rows import EvaluationRows, key_of_rows
from attnviz.analysis.labels.probabilities import mixed, out_of_sample
from attnviz.data.splits import key, text_hashes
from attnviz.data.steps import told
from attnviz.errors import AttnvizError
from attnviz.model.experiment import Experiment
from attnviz.model.learned import SPLIT_OF, UNSEEN
from attnviz.model.variants import TWINS

FEWEST_ROWS = 20
UPHELD = 0.55  # of suspects, by people on IMDb


@dataclass(frozen=True)
class Suspect:
    """A row whose label may be wrong, and its duplicates that are labelled otherwise."""

    row: int
    number: int
    split: str | None  # as which the experiment knows the row, None where nobody does
    text: str
    label: str
    likely: str
    probability: float  # of the label, by what has not seen the row
    likely_probability: float
    answered: bool  # the experiment's own classifiers, which never saw it, had a say
    contradicted_by: tuple[int, ...]  # the numbers of those duplicates


@dataclass(frozen=True, eq=False)
class LabelCheck:
    """N rows with labels, K classes, and what those say of each row that have not seen it."""

    rows: EvaluationRows = field(repr=False)
    labels: tuple[str, ...]
    probabilities: np.ndarray = field(repr=False)  # [N, K]
    quality: np.ndarray = field(repr=False)  # [N], from 0: how well the label fits
    answered: np.ndarray = field(repr=False)  # [N] bool: the experiment's own classifiers have a say, they never saw it
    variants: tuple[str, ...]  # which those are
    shares: dict[str, float]  # of what is said of a row: by "means" and "terms", of those that are answered "variants"
    estimated: int  # how many labels cleanlab takes for wrong

    @cached_property
    def truth(self) -> np.ndarray:
        """The class that each row's label means, [N]."""
        return np.asarray(self.rows.truth, dtype=np.int64)

    @cached_property
    def present(self) -> tuple[str, ...]:
        """The classes that rows have, of the experiment's in their order."""
        return tuple(self.labels[k] for k in np.unique(self.truth))

    @cached_property
    def suspects(self) -> np.ndarray:
        """The places of the rows of which another class is likelier than their label, the worst first."""
        doubted = self.probabilities.argmax(axis=1) != self.truth
        order = np.argsort(self.quality, kind="stable")
        return np.asarray(order[doubted[order]])

    @cached_property
    def contradictions(self) -> dict[int, tuple[int, ...]]:
        """For each row that has duplicates with another label, their places."""
        hashes = text_hashes(self.rows.texts)
        order = np.argsort(hashes, kind="stable")
        runs = np.split(order, np.flatnonzero(np.diff(hashes[order])) + 1)
        found: dict[int, tuple[int, ...]] = {}
        for run in runs:
            if len(run) < 2:
                continue
            alike: dict[str, list[int]] = {}
            for row in run.tolist():
                alike.setdefault(key(self.rows.texts[row]), []).append(row)
            for same in alike.values():
                for row in same:
                    if others := tuple(one for one in same if self.truth[one] != self.truth[row]):
                        found[row] = others
        return found

    def suspect(self, row: int) -> Suspect:
        """Return what is known of the row at a place."""
        origin, likely = self.rows.origin, int(self.probabilities[row].argmax())
        return Suspect(
            row,
            origin.number(row),
            None if origin.seen is None else SPLIT_OF[origin.seen[row]],
            self.rows.texts[row],
            self.labels[self.truth[row]],
            self.labels[likely],
            float(self.probabilities[row, self.truth[row]]),
            float(self.probabilities[row, likely]),
            bool(self.answered[row]),
            tuple(map(origin.number, self.contradictions.get(row, ()))),
        )


def some_rows(rows: EvaluationRows, most: int) -> EvaluationRows:
    """Return at most so many of labelled rows: those that were never learned from, and of the others some by chance.

    The same ones whenever it is asked, in their order.
    """
    assert rows.truth is not None, "rows with labels"
    kept = np.arange(len(rows))
    if len(rows) > most:
        seen = rows.origin.seen
        known = np.zeros(len(rows), dtype=bool) if seen is None else seen != UNSEEN
        drawn = np.random.default_rng(0).permutation(len(rows))
        kept = np.sort(drawn[np.argsort(known[drawn], kind="stable")][:most])
    places = kept.tolist()
    texts, truth = [rows.texts[row] for row in places], [rows.truth[row] for row in places]
    key = key_of_rows(texts, truth, ())
    return EvaluationRows(rows.origin.at(kept), texts, truth, None, key)


def check_labels(experiment: Experiment, rows: EvaluationRows) -> Generator[float, None, LabelCheck]:
    """Check the labels of rows; yields the fraction done. Too few rows, or one class alone, raise `AttnvizError`."""
    truth = _checkable(rows, experiment)
    seen = rows.origin.seen
    unseen = np.flatnonzero(seen == UNSEEN) if seen is not None else np.zeros(0, dtype=np.int64)
    variants = tuple(name for name in TWINS if name in experiment.variants) or experiment.variants[:1]
    parts = 3 if len(unseen) else 2
    means = yield from told(out_of_sample(rows.texts, truth, experiment, "means"), lambda done: done / parts)
    terms = yield from told(out_of_sample(rows.texts, truth, experiment, "terms"), lambda done: (1 + done) / parts)
    probabilities, share = mixed(means, terms, truth)
    shares = {"means": 1 - share, "terms": share}
    if len(unseen):
        answers = _own_answers(experiment, rows, unseen, variants)
        own = yield from told(answers, lambda done: (2 + done) / parts)
        probabilities[unseen], shares["variants"] = mixed(probabilities[unseen], own, truth[unseen])
    answered = np.zeros(len(rows), dtype=bool)
    answered[unseen] = True
    quality, estimated = ranked(truth, probabilities)
    return LabelCheck(rows, experiment.labels, probabilities, quality, answered, variants, shares, estimated)


def ranked(truth: np.ndarray, probabilities: np.ndarray) -> tuple[np.ndarray, int]:
    """Return how well each label [N] fits probabilities [N, K], and how many labels are estimated to be wrong.

    A label fits as well as it is probable (cleanlab's self-confidence). Probabilities relative to what is usual for
    each class (its `adjust_pred_probs`) found no more labels that were turned, and of news fewer (docs/figures.md).
    """
    from cleanlab.filter import find_label_issues  # half a second, for who checks labels alone
    from cleanlab.rank import get_label_quality_scores

    there = np.unique(truth)  # of a class without rows nothing is known
    labels, given = np.searchsorted(there, truth), probabilities[:, there]
    given = np.clip(given, 1e-12, None)
    given /= given.sum(axis=1, keepdims=True)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # on classes with few rows, which are said here otherwise
        found = find_label_issues(labels, given, n_jobs=1)
        quality = get_label_quality_scores(labels, given)
    return np.asarray(quality), int(found.sum())


def _checkable(rows: EvaluationRows, experiment: Experiment) -> np.ndarray:
    if rows.truth is None:
        raise AttnvizError("{data} has no labels to check: give rows with labels.", data=rows.name)
    truth = np.asarray(rows.truth, dtype=np.int64)
    if len(truth) < FEWEST_ROWS or len(np.unique(truth)) < 2:
        raise AttnvizError(
            "Labels are checked against those of other rows: it takes at least {limit} rows of two classes, and {data} "
            "has {count} of {classes}. Give more, or all splits.",
            limit=FEWEST_ROWS,
            data=rows.name,
            count=len(truth),
            classes=", ".join(experiment.labels[k] for k in np.unique(truth)),
        )
    return truth


def _own_answers(
    experiment: Experiment, rows: EvaluationRows, among: np.ndarray, variants: Sequence[str]
) -> Generator[float, None, np.ndarray]:
    """Return the mean of what variants say of rows that they never learned from, [M, K]."""
    import pyarrow as pa

    texts = [rows.texts[row] for row in among.tolist()]
    some = EvaluationRows(rows.origin.at(among), texts, None, None, key_of_rows(texts, None, experiment.labels))
    parts = []
    for step in predict_rows(experiment, some, variants):
        if step.part is not None:
            parts.append(step.part)
        yield step.fraction
    said = from_table(pa.concat_tables(parts), experiment.name, some.origin).probabilities
    return np.asarray(np.mean([said[variant] for variant in variants], axis=0))
