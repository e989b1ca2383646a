"""How far the heat-maps of many sentences may be believed: one figure a sentence and question."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_args

import numpy as np

from attnviz.analysis.belief.correlation import tau_b
from attnviz.analysis.belief.examination import ATTENTION, Belief, examine_together
from attnviz.analysis.belief.subject import Subject
from attnviz.analysis.reweighting import reweight
from attnviz.data.files import cache_folder, written_whole
from attnviz.data.steps import told
from attnviz.model.belief_figures import QUANTILES, Distribution, Kind, VariantFigures
from attnviz.model.experiment import Experiment
from attnviz.model.explanation import Explanation

METHOD = 1  # counts up with every change of what a figure means: kept ones are of one method
KINDS: tuple[Kind, ...] = get_args(Kind)
_AT_ONCE = 400  # tokens of the sentences that are read together: with more, little is gained


def _tau(view: str) -> Callable[[Belief], float]:
    def of(belief: Belief) -> float:
        named = belief.views.by_name()
        return tau_b(named[ATTENTION], np.abs(named[view]))

    return of


def _cost(what: str, random: str) -> Callable[[Belief], float]:
    def of(belief: Belief) -> float:
        found = belief.deletion
        return getattr(found.costs[ATTENTION], what) - getattr(found, random).mean if found else np.nan

    return of


def _uniform_agrees(belief: Belief) -> float:
    said = belief.explanation
    return float(reweight(said, np.full(len(said.tokens), 1 / len(said.tokens))).prediction == said.logits.argmax())


def _radius(belief: Belief) -> float:
    return np.nan if belief.weights.flip_radius is None else belief.weights.flip_radius


# What is asked of every sentence; nan where a sentence has no answer.
QUESTIONS: dict[str, Callable[[Belief], float]] = {
    "tokens": lambda belief: len(belief.explanation.tokens),
    "tau_contribution": _tau("contribution"),
    "tau_gradient": _tau("gradient"),
    "tau_integrated_gradients": _tau("integrated_gradients"),
    "tau_leave_one_out": _tau("leave_one_out"),
    "comprehensiveness_over_random": _cost("comprehensiveness", "random_comprehensiveness"),
    "sufficiency_over_random": _cost("sufficiency", "random_sufficiency"),
    "flip_radius": _radius,
    "entropy_share": lambda belief: belief.weights.entropy / belief.weights.most_entropy,
    "on_marks_over_share": lambda belief: belief.weights.on_marks - belief.weights.marks,
    "violates": lambda belief: float(belief.violates),
    "uniform_agrees": _uniform_agrees,
    "completeness_error": lambda belief: belief.views.completeness_error,
}


@dataclass(frozen=True)
class VariantBelief:
    """What came of N sentences by one variant; those of fewer than two tokens are left out."""

    variant: str
    verdicts: tuple[Kind, ...]  # [N]
    answers: dict[str, np.ndarray]  # by question [N], nan where there is none

    def __len__(self) -> int:
        return len(self.verdicts)

    def figures(self) -> VariantFigures:
        """Sum them up, to four digits: how many of each verdict, and how the answers to each question spread."""
        counts, questions = Counter(self.verdicts), {}
        for name, values in self.answers.items():
            there = values[np.isfinite(values)]
            if len(there):
                mean, *quantiles = (float(f"{one:.4g}") for one in (there.mean(), *np.quantile(there, QUANTILES)))
                questions[name] = Distribution(len(there), mean, tuple(quantiles))
        return VariantFigures(self.variant, {kind: counts[kind] for kind in KINDS}, questions)

    def to_dict(self) -> dict[str, Any]:
        """Return plain numbers for JSON: how many of each verdict, and of each question the mean and quantiles."""
        counts = Counter(self.verdicts)
        return {
            "variant": self.variant,
            "sentences": len(self),
            "verdicts": {kind: counts[kind] for kind in KINDS},
            "questions": {name: _summary(values) for name, values in self.answers.items()},
        }


def drawn(rows: int, sample: int) -> np.ndarray:
    """Return the places of a sample of so many rows, or of all, in order: the same ones whenever it is asked."""
    return np.sort(np.random.default_rng(0).permutation(rows)[:sample])


def place(weights: str, sentences: str, variants: Sequence[str]) -> Path:
    """Return where an examination is kept: in the cache folder, by the fingerprints of weights and sentences."""
    assert re.fullmatch("[0-9a-f]{64}", sentences), "no path comes from outside"
    return cache_folder() / "beliefs" / f"{sentences[:32]}-{weights[:16]}-{'+'.join(variants)}-{METHOD}.json"


def keep(found: Sequence[VariantBelief], path: Path) -> None:
    """Keep an examination, figures alone; where the folder cannot be written, it is not kept."""
    told = [
        {
            "variant": one.variant,
            "verdicts": one.verdicts,
            "answers": {
                name: [float(value) if np.isfinite(value) else None for value in values]
                for name, values in one.answers.items()
            },
        }
        for one in found
    ]
    with suppress(OSError):
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with written_whole(path) as new:
            new.write_text(json.dumps(told), encoding="utf-8")


def kept(path: Path) -> tuple[VariantBelief, ...] | None:
    """Return a kept examination, None if there is none that answers all of today's questions."""
    try:
        told = json.loads(path.read_text(encoding="utf-8"))
        found = tuple(
            VariantBelief(
                one["variant"],
                tuple(one["verdicts"]),
                {name: np.array(one["answers"][name], dtype=np.float64) for name in QUESTIONS},
            )
            for one in told
        )
    except (OSError, ValueError, TypeError, KeyError):
        return None
    return found if found and all(len(values) == len(one) for one in found for values in one.answers.values()) else None


def examine_rows(experiment: Experiment, texts: Sequence[str], variant: str) -> Generator[float, None, VariantBelief]:
    """Examine the heat-map of every text; yields how many are done."""
    verdicts: list[Kind] = []
    answers: dict[str, list[float]] = {name: [] for name in QUESTIONS}
    done = 0
    for count, explanations in together(experiment, texts, variant):

        def reached(share: float, before: int = done, count: int = count) -> float:
            return before + share * count

        subjects = Subject.together(experiment, explanations)
        for belief in (yield from told(examine_together(subjects), reached)):
            verdicts.append(belief.verdict.kind)
            for name, ask in QUESTIONS.items():
                answers[name].append(float(ask(belief)))
        done += count
        yield done
    return VariantBelief(variant, tuple(verdicts), {name: np.array(values) for name, values in answers.items()})


def together(experiment: Experiment, texts: Sequence[str], variant: str) -> Iterator[tuple[int, list[Explanation]]]:
    """Yield how many texts are read at once, and the explanations of those among them with two tokens or more."""
    count, tokens, found = 0, 0, list[Explanation]()
    for text in texts:
        explanation = experiment.explain(text, variant)
        count, tokens = count + 1, tokens + len(explanation.tokens)
        if len(explanation.tokens) > 1:
            found.append(explanation)
        if found and tokens >= _AT_ONCE:
            yield count, found
            count, tokens, found = 0, 0, []
    if found:
        yield count, found


def _summary(values: np.ndarray) -> dict[str, Any]:
    there = values[np.isfinite(values)]
    if not len(there):
        return {"n": 0, "mean": None, "quantiles": None}
    quantiles = dict(zip(map(str, QUANTILES), np.quantile(there, QUANTILES).tolist(), strict=True))
    return {"n": len(there), "mean": float(there.mean()), "quantiles": quantiles}
