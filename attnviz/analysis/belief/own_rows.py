"""What came of the heat-maps of an experiment's own test rows, made ready to be kept beside it."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from attnviz.analysis.belief.over_rows import METHOD, VariantBelief, together
from attnviz.analysis.belief.seeds import spread
from attnviz.analysis.belief.subject import Subject, read_together
from attnviz.analysis.belief.verdict import changed, conclusion
from attnviz.data.files import written_whole
from attnviz.data.steps import finished, told
from attnviz.model.batches import read_all
from attnviz.model.belief_figures import SCHEMA, BeliefFigures, SeedSpread
from attnviz.model.experiment import BELIEF, Experiment
from attnviz.model.model_card import card

_SHUFFLED = 0.3  # of the time


def measured(
    experiment: Experiment,
    found: Sequence[VariantBelief],
    sample: Sequence[str],
    texts: Sequence[str],
    truth: np.ndarray,
    seeds: Sequence[Experiment] = (),
) -> Generator[float, None, BeliefFigures]:
    """Return the figures of a sample of test rows that were examined, and of all of them `texts` with the classes [N].

    `seeds` are experiments that differ from this one in their seed only. Yields the share done.
    """
    figures, share = [], 1 / len(found)
    for at, one in enumerate(found):

        def first(done: float, at: int = at) -> float:
            return share * (at + _SHUFFLED * done)

        def second(done: float, at: int = at) -> float:
            return share * (at + _SHUFFLED + (1 - _SHUFFLED) * done)

        shuffled = yield from told(shuffled_carried(experiment, sample, one.variant), first)
        right, equal = yield from told(accuracies(experiment, texts, truth, one.variant), second)
        figures.append(
            replace(
                one.figures(),
                shuffled_carried=_short(shuffled),
                accuracy=_short(right),
                accuracy_with_equal_weights=_short(equal),
            )
        )
    today, name = datetime.now(UTC).date(), experiment.about.data.name
    found_so_far = BeliefFigures(SCHEMA, METHOD, today, name, len(texts), len(sample), tuple(figures))
    return with_seeds(experiment, found_so_far, sample, seeds)


def with_seeds(
    experiment: Experiment, figures: BeliefFigures, sample: Sequence[str], seeds: Sequence[Experiment]
) -> BeliefFigures:
    """Add how far the weights of other seeds are from the experiment's, over the same sample."""
    spreads = (replace(one, spread=_spread(experiment, seeds, sample, one.variant)) for one in figures.variants)
    return replace(figures, variants=tuple(spreads))


def keep(experiment: Experiment, figures: BeliefFigures, folder: Path) -> None:
    """Write figures into an experiment's folder, and its card that tells them."""
    with written_whole(folder / BELIEF) as new:
        figures.save(new)
    with written_whole(folder / "README.md") as new:
        new.write_text(card(replace(experiment, belief_figures=figures)), encoding="utf-8")


def shuffled_carried(experiment: Experiment, texts: Sequence[str], variant: str) -> Generator[float, None, float]:
    """Return how often a heat-map is called carried whose weights are dealt to other words: nothing is behind those."""
    random, kinds, done = np.random.default_rng(1), list[str](), 0.0
    for count, explanations in together(experiment, texts, variant):
        dealt = [replace(said, weights=random.permutation(said.weights)) for said in explanations]
        subjects = Subject.together(experiment, dealt)
        logits = finished(read_together(subjects, [*map(changed, subjects)]))
        kinds += [conclusion(*one).kind for one in zip(subjects, logits, strict=True)]
        done += count / len(texts)
        yield done
    return kinds.count("carried") / max(sum(kind != "none" for kind in kinds), 1)


def accuracies(
    experiment: Experiment, texts: Sequence[str], truth: np.ndarray, variant: str
) -> Generator[float, None, tuple[float, float]]:
    """Return how many texts a classifier gets right, and how many if its hidden states are weighed alike."""
    model, sentences = experiment.model(variant), experiment.encode(texts)
    right = np.zeros((2, len(texts)), dtype=bool)
    done = 0
    for rows, reading in read_all(model, sentences):
        lengths = np.maximum(sentences.lengths[rows], 1)
        mean = reading.hidden.sum(dim=1) / reading.hidden.new_tensor(lengths)[:, None]  # padding is 0
        for at, logits in enumerate((reading.logits, model.fc(mean))):
            right[at, rows] = logits.argmax(dim=1).cpu().numpy() == truth[rows]
        done += len(rows)
        yield done / len(texts)
    own, equal = right.mean(axis=1).tolist()
    return own, equal


def _spread(
    experiment: Experiment, seeds: Sequence[Experiment], texts: Sequence[str], variant: str
) -> SeedSpread | None:
    same = [experiment, *(one for one in seeds if variant in one.variants)]
    if len(same) < 2:
        return None
    found = spread(same, texts, variant)
    figures = found.divergence, found.ratio, found.tau, found.same_top
    return SeedSpread(len(same), *map(_short, figures)) if np.isfinite(figures).all() else None


def _short(value: float) -> float:
    return float(f"{value:.4g}")
