"""Figures of an experiment's own test rows, kept beside it."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from attnviz.analysis.belief.over_rows import METHOD, examine_rows
from attnviz.analysis.belief.own_rows import accuracies, keep, measured, shuffled_carried
from attnviz.analysis.belief.subject import Subject
from attnviz.analysis.belief.verdict import verdict
from attnviz.analysis.reweighting import reweight
from attnviz.data.steps import finished
from attnviz.model.experiment import Experiment, load
from attnviz.model.model_card import card

TEXTS = ["the film was good and the music was not bad", "", "film", "a dull movie with a great ending", "such scene"]
TRUTH = np.array([1, 0, 1, 0, 1])


@pytest.mark.parametrize("variant", ["frozen", "fine-tuned", "uniform", "transformer"])
def test_a_classifier_is_counted_with_its_own_weights_and_with_equal_ones(
    with_transformer: Experiment, variant: str
) -> None:
    own, equal = finished(accuracies(with_transformer, TEXTS, TRUTH, variant))
    said = [with_transformer.explain(text, variant) for text in TEXTS]
    alike = [reweight(one, np.full(len(one.tokens), 1 / max(len(one.tokens), 1))).prediction for one in said]
    assert own == np.mean([one.logits.argmax() == label for one, label in zip(said, TRUTH, strict=True)])
    assert equal == np.mean(np.array(alike) == TRUTH)


def test_shuffled_heat_maps_are_judged_as_any(tiny: Experiment) -> None:
    steps: list[float] = []
    found = finished(shuffled_carried(tiny, TEXTS, "fine-tuned"), steps.append)
    random, kinds = np.random.default_rng(1), []
    for said in map(tiny.explain, TEXTS):
        if len(said.tokens) > 1:
            dealt = replace(said, weights=random.permutation(said.weights))
            kinds.append(verdict(Subject.of(tiny, dealt)).kind)
    assert found == np.mean([kind == "carried" for kind in kinds]) and len(kinds) == 3
    assert steps == sorted(steps) and steps[-1] <= 1
    assert finished(shuffled_carried(tiny, [""], "fine-tuned")) == 0


def test_what_is_measured_is_kept_beside_the_experiment_with_its_card(tiny_models: Path, tmp_path: Path) -> None:
    folder = tmp_path / "tiny-en"
    shutil.copytree(tiny_models / "tiny-en", folder)
    experiment = load(folder)
    found = [finished(examine_rows(experiment, TEXTS, variant)) for variant in ("frozen", "fine-tuned")]
    other = replace(experiment, models={"fine-tuned": experiment.models["frozen"]})
    steps: list[float] = []
    figures = finished(
        measured(experiment, found, TEXTS, [*TEXTS, "good"], np.array([*TRUTH, 1]), [other]), steps.append
    )
    assert steps == sorted(steps) and steps[0] > 0 and steps[-1] <= 1
    assert (figures.method, figures.rows, figures.drawn) == (METHOD, 6, 5)
    frozen, tuned = figures.variants
    assert frozen.spread is None and tuned.spread and tuned.spread.seeds == 2
    assert frozen.verdicts == found[0].figures().verdicts and frozen.sentences == 3
    assert tuned.accuracy is not None and frozen.shuffled_carried is not None
    keep(experiment, figures, folder)
    again = load(folder)
    assert again.belief_figures == figures and again.card == card(again)
