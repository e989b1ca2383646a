"""How well wrong labels are found: average precision and precision at 100 with one label in twenty turned at random.

    python -m benchmarks.labels news-en ag_news/test.csv --rows 3000

Rows are drawn with seed 0 and some of their labels turned with each of the seeds, to any other class alike. Every
method ranks the same rows: cleanlab's own default over TF-IDF and logistic regression as scikit-learn has them by
default, then the parts of our check and the check itself. If the experiment learned from none of these rows, its twins
have their say in a last line; their own labels were not turned. Labels that the data have wrong by themselves count as
right, for all methods.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterator

import numpy as np
from cleanlab.classification import CleanLearning
from cleanlab.rank import get_label_quality_scores
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import average_precision_score

from attnviz.analysis.labels.check import ranked
from attnviz.analysis.labels.probabilities import KINDS, mixed, out_of_sample
from attnviz.data.datasets import load_dataset
from attnviz.data.steps import finished
from attnviz.model.experiment import Experiment, load
from attnviz.model.learned import UNSEEN
from attnviz.model.variants import TWINS
from benchmarks.options import parser
from benchmarks.report import Report, Spread, run

DEFAULT, CHECK = "cleanlab's default", "both: the check"


def arguments() -> argparse.ArgumentParser:
    """Return what can be asked."""
    found = parser(__doc__)
    found.add_argument("experiment", help="whose word vectors to take")
    found.add_argument("data", help="the name of a data set, or a file")
    found.add_argument("--group", help="rows from one source alone, as in rotten_tomatoes")
    found.add_argument("--rows", type=int, default=3_000)
    found.add_argument("--share", type=float, default=0.05, help="of the labels that are turned")
    found.add_argument("--seeds", type=int, nargs="+", default=[0, 1, 2])
    return found


def main(chosen: argparse.Namespace, report: Report) -> None:
    """Turn labels with every seed, and tell how well each method finds them."""
    experiment = load(chosen.experiment)
    dataset = load_dataset(chosen.data, label_names=experiment.labels)
    among = np.arange(len(dataset)) if chosen.group is None else np.array(dataset.group_rows[chosen.group])
    drawn = np.random.default_rng(0).permutation(among)[: chosen.rows].tolist()
    texts, truth = [dataset.texts[row] for row in drawn], np.array([dataset.labels[row] for row in drawn])

    own = None
    if experiment.learned and (experiment.learned.seen(texts) == UNSEEN).all():
        own = np.mean([experiment.predict(texts, variant) for variant in TWINS], axis=0)
    reached: dict[str, list[tuple[float, float, float]]] = {}
    for seed in chosen.seeds:
        labels, turned = turn(truth, chosen.share, seed)
        for name, quality, seconds in ranked_by_all(texts, labels, experiment, own, report):
            first = turned[np.argsort(quality, kind="stable")[:100]].mean()
            found = (float(average_precision_score(turned, -quality)), float(first), seconds)
            reached.setdefault(name, []).append(found)
    title = f"{chosen.data}, rows: {len(texts):,}, classes: {len(experiment.labels)}, turned: {chosen.share:.0%}"
    figures = {"average precision": ".3f", "precision at 100": ".2f", "processor's seconds": ".0f"}
    table = report.table(title, {"method": ""} | figures)
    means = {}
    for name, seeds in reached.items():
        precision, first_hundred, took = map(Spread.of, zip(*seeds, strict=True))
        table.row(name, precision, first_hundred, took.middle)
        means[name] = precision.middle
    report.ratio(f"the check / {DEFAULT}, average precision", means[CHECK] / means[DEFAULT])


def ranked_by_all(
    texts: list[str], labels: np.ndarray, experiment: Experiment, own: np.ndarray | None, report: Report
) -> Iterator[tuple[str, np.ndarray, float]]:
    """Yield each method, how well it finds every label to fit, and how many seconds of a processor it took."""
    start = time.process_time()
    yield DEFAULT, default(texts, labels), time.process_time() - start
    said, took = list[np.ndarray](), list[float]()
    for kind in KINDS:
        start = time.process_time()
        said.append(finished(out_of_sample(texts, labels, experiment, kind)))
        took.append(time.process_time() - start)
        yield {"means": "mean vectors", "terms": "TF-IDF"}[kind], ranked(labels, said[-1])[0], took[-1]
    both, share = mixed(said[0], said[1], labels)
    yield "both, adjusted", get_label_quality_scores(labels, both, adjust_pred_probs=True), sum(took)
    yield CHECK, ranked(labels, both)[0], sum(took)
    if own is not None:
        yield "with the twins", ranked(labels, mixed(both, own, labels)[0])[0], sum(took)
    report.say(f"share of TF-IDF: {share:.0%}")


def turn(truth: np.ndarray, share: float, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the labels with a share of them turned to another class, and which those are."""
    random = np.random.default_rng(seed)
    classes = int(truth.max()) + 1
    turned = np.zeros(len(truth), dtype=bool)
    turned[random.permutation(len(truth))[: round(share * len(truth))]] = True
    labels = truth.copy()
    labels[turned] = (truth[turned] + random.integers(1, classes, turned.sum())) % classes
    return labels, turned


def default(texts: list[str], labels: np.ndarray) -> np.ndarray:
    """Rank by cleanlab as it comes, with TF-IDF and logistic regression as scikit-learn has them by default."""
    found = CleanLearning(LogisticRegression(max_iter=1000)).find_label_issues(
        TfidfVectorizer().fit_transform(texts), labels
    )
    return np.asarray(found["label_quality"])


if __name__ == "__main__":
    run(main, arguments())
