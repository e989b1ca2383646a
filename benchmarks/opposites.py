"""Whether fine-tuning drives opposites apart by more than chance does.

    python -m benchmarks.opposites reviews-en movie-reviews

FastText puts opposites close together, since they stand in the same places. From an experiment's own vectors its
fine-tuned variant is trained anew from other seeds. A pair counts if its cosine falls, on average, by more than the
fall differs between the seeds (from the smallest to the largest).
"""

from __future__ import annotations

import numpy as np

from attnviz.comparison import pairs
from attnviz.data.datasets import load_dataset
from attnviz.model.experiment import load
from attnviz.model.opposites import opposites
from benchmarks.accuracy import settings, trained
from benchmarks.options import anew


def main() -> None:
    """Print one table."""
    parser = anew(__doc__)
    parser.add_argument("--seeds", type=int, default=3, help="how many, the experiment's own among them")
    chosen = parser.parse_args()

    experiment, dataset = load(chosen.experiment), load_dataset(chosen.rows, test=chosen.test)
    runs = [pairs(experiment, opposites(experiment.about))]
    for seed in range(1, chosen.seeds):
        config = settings(experiment.about, (experiment.about.training.seed or 0) + seed)
        again = trained(dataset, config, experiment)
        runs.append(pairs(again, opposites(experiment.about)))
    print(f"{experiment.name}, {len(runs)} seeds\n")
    print("| pair | frozen | fine-tuned | fall | between seeds | more than chance |")
    print("| --- | --- | --- | --- | --- | --- |")
    falls = np.array([[pair.apart for pair in run] for run in runs])  # [seeds, pairs]
    driven = falls.mean(axis=0) > np.ptp(falls, axis=0)
    for at, pair in enumerate(runs[0]):
        fall = falls[:, at].mean()
        print(
            f"| {' – '.join(pair.words)} | {pair.frozen:.3f} | {pair.frozen - fall:.3f} | {fall:+.3f} "
            f"| {np.ptp(falls[:, at]):.3f} | {'yes' if driven[at] else 'no'} |"
        )
    print(f"\n{driven.sum()} of {len(driven)} pairs")


if __name__ == "__main__":
    main()
