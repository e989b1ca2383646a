"""Whether attention agrees with gradients, by scorer: linear against additive (tanh), side by side.

    python -m benchmarks.scorers news-en ag_news/train.csv --test ag_news/test.csv

Of other data an experiment with twins of both kinds is trained first:

    python -m attnviz train movie-reviews --name scorers-en --vectors reviews-en --out /tmp/scorers \
        --variants frozen,fine-tuned,uniform,frozen-additive,fine-tuned-additive
    python -m benchmarks.scorers /tmp/scorers/scorers-en movie-reviews

Over test sentences of one experiment, Kendall's tau between the words' attention weights and how much the log-odds of
the answer against the rest change with their vectors x (a single logit would say nothing: the softmax does not see a
shift of all of them): `dot` is |x · gradient|, the importance of Jain and Wallace (2019), `norm` the length of the
gradient. They cut the graph at the attention, so that only the votes of the hidden states count; `whole` lets the
gradient go through the weights too. Gradients come from `torch.autograd.grad`: no classifier is changed.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence

import numpy as np
import torch
from scipy.stats import kendalltau
from torch import Tensor

from attnviz.analysis.belief.subject import Subject, odds_of
from attnviz.data.datasets import load_dataset
from attnviz.model.experiment import Experiment, load
from attnviz.model.metrics import wilson
from benchmarks.options import on_rows
from benchmarks.report import LeftOut, Report, Spread, run

MEASURES = ("dot, cut", "norm, cut", "dot, whole", "norm, whole")
FEWEST_WORDS = 3
DRAWS = 2000


def arguments() -> argparse.ArgumentParser:
    """Return what can be asked."""
    found = on_rows(__doc__, experiment="a name or a folder; it has a twin with the scorer additive")
    found.add_argument("--sentences", type=int, default=1000, help="at most; drawn by seed 0")
    return found


def main(chosen: argparse.Namespace, report: Report) -> None:
    """Tell each variant's agreement, and by how much the additive scorer's is above the linear one's."""
    experiment, dataset = load(chosen.experiment), load_dataset(chosen.rows, test=chosen.test).split("test")
    pairs = [(name.removesuffix("-additive"), name) for name in experiment.variants if name.endswith("-additive")]
    if missing := [name for pair in pairs for name in pair if name not in experiment.variants] or not pairs:
        lacking = missing if pairs else "variants with the scorer additive"
        raise LeftOut(f"{experiment.name} lacks {lacking}")
    drawn = np.random.default_rng(0).permutation(len(dataset))[: chosen.sentences]
    texts, labels = [dataset.texts[row] for row in drawn], np.array([dataset.labels[row] for row in drawn])
    found = {name: agreement(experiment, name, texts) for pair in pairs for name in pair}
    used = np.isfinite(np.concatenate(list(found.values()), axis=1)).all(axis=1)
    some = f"{used.sum():,} of {len(texts):,} test sentences (those of {FEWEST_WORDS} words or more)"
    taus = {f"tau: {measure}": "+.3f" for measure in MEASURES}
    table = report.table(f"{experiment.name}: {some}", {"variant": "", "accuracy": ".1%"} | taus)
    for name, reached in found.items():
        right = int((experiment.predict(texts, name).argmax(axis=1) == labels).sum())
        accuracy = Spread(right / len(texts), *wilson(right, len(texts)))
        table.row(name, accuracy, *(interval(column) for column in reached[used].T))
    table = report.table("By how much the additive scorer's is higher", {"beside": "", **taus})
    for linear, additive in pairs:
        table.row(linear, *(interval(column) for column in (found[additive] - found[linear])[used].T))
    linear, additive = (np.mean([found[pair[at]][used, 0] for pair in pairs]) for at in range(2))
    report.ratio(f"additive / linear, {MEASURES[0]}", additive / linear)


def agreement(experiment: Experiment, variant: str, texts: Sequence[str]) -> np.ndarray:
    """Return Kendall's tau of each text by each of `MEASURES` [N, 4]; a text too short, or all ties, has nan."""
    taus = np.full((len(texts), len(MEASURES)), np.nan)
    for row, text in enumerate(texts):
        weights, importances = importance(experiment, variant, text)
        if len(weights) >= FEWEST_WORDS:
            taus[row] = [kendalltau(weights, one).statistic for one in importances]
    return taus


def importance(experiment: Experiment, variant: str, text: str) -> tuple[np.ndarray, list[np.ndarray]]:
    """Return the weights [T] of a text, and the importance of its tokens [T] by each of `MEASURES`."""
    subject = Subject.of(experiment, experiment.explain(text, variant))
    model, count = subject.model, len(subject.ids)
    if not count:
        return np.zeros(0), []
    vectors = subject.rows(subject.ids).requires_grad_()
    reading = model.read(vectors, torch.arange(count)[None], torch.tensor([count]))
    cut = model.fc(torch.einsum("bt,bth->bh", reading.weights.detach(), reading.hidden))
    found: list[np.ndarray] = []
    for logits in (cut, reading.logits):
        gradient: Tensor = torch.autograd.grad(odds_of(logits, subject.answer).sum(), vectors, retain_graph=True)[0]
        found += [(gradient * vectors.detach()).sum(dim=1).abs().numpy(), gradient.norm(dim=1).numpy()]
    return reading.weights[0].detach().numpy(), found


def interval(values: np.ndarray) -> Spread:
    """Return the mean and its 95 % interval over the sentences, by bootstrap."""
    draws = np.random.default_rng(0).integers(len(values), size=(DRAWS, len(values)))
    low, high = np.quantile(values[draws].mean(axis=1), (0.025, 0.975))
    return Spread(float(values.mean()), float(low), float(high))


if __name__ == "__main__":
    run(main, arguments())
