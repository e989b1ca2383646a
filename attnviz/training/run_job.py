"""The process of a run: `python -m attnviz.training.run_job JOB MODELS`, which `jobs` begins.

It reads the job's folder, tells its progress as JSON lines on standard output, and ends early once a file `stop` lies
there. With `--estimate` it takes a few steps only, and prints how long the run would take.
"""

from __future__ import annotations

import argparse
import io
import json
import sys
from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING

from attnviz.training.config import TrainingConfig
from attnviz.training.job_spec import JobSpec, rows_file, working
from attnviz.training.progress import ProgressWriter, as_user_error, reporting_failures

if TYPE_CHECKING:
    from attnviz.data.datasets import Dataset
    from attnviz.model.experiment import Experiment
    from attnviz.vectors.fasttext import FastTextVectors

# What needs torch is imported where it is used: that the process has begun is told before.


def main() -> int:
    """Do what the job asks for; the exit code is 0 unless that fails, which is one sentence on standard error."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("job", type=Path, help="its folder")
    parser.add_argument("models", type=Path, help="where experiments and vectors are")
    parser.add_argument("--estimate", action="store_true")
    chosen = parser.parse_args()
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(encoding="utf-8")
    try:
        if chosen.estimate:
            estimate(chosen.job, chosen.models)
        else:
            with working(chosen.job), reporting_failures(sys.stdout):
                run(chosen.job, chosen.models)
    except Exception as error:
        print(f"error: {as_user_error(error)}", file=sys.stderr)  # noqa: T201 - it ends in the job's log
        return 1
    return 0


def run(job: Path, models: Path) -> None:
    """Train, and go on with what a run of that name left unfinished."""
    from attnviz.model.experiment import Experiment, unfinished_work
    from attnviz.training.train import take_morphemes, train

    spec = JobSpec.read(job)
    writer, work = ProgressWriter(sys.stdout), unfinished_work(models, spec.name)
    dataset, config, pretrained = _opened(spec, job, models)
    if spec.cut_alike and isinstance(pretrained, Experiment):
        take_morphemes(pretrained.segmenter, work)
    resume = work.is_dir()
    for progress in train(dataset, spec.name, config, models, pretrained, resume, should_stop=(job / "stop").exists):
        writer.show(progress)


def estimate(job: Path, models: Path) -> None:
    """Print how long the run would take."""
    from attnviz.training.estimate import measure

    print(json.dumps(asdict(measure(*_opened(JobSpec.read(job), job, models)))))  # noqa: T201 - it is the answer


def _opened(
    spec: JobSpec, job: Path, models: Path
) -> tuple[Dataset, TrainingConfig, Experiment | FastTextVectors | Sequence[Experiment] | None]:
    """Return the rows, the settings for them and the vectors that are lent."""
    from attnviz.data.datasets import load_dataset
    from attnviz.model.experiment import load
    from attnviz.training.suited_vectors import lenders
    from attnviz.vectors.fasttext import FastTextVectors

    rows = rows_file(job) or spec.data
    dataset = load_dataset(
        rows, text_column=spec.text_column, label_column=spec.label_column, label_map=dict(spec.label_map)
    )
    dataset = replace(dataset, source=spec.file or dataset.source)
    if spec.vectors_file:
        vectors = FastTextVectors.open(models / "vectors" / spec.vectors_file)
        fitting = spec.config.words_within_budget(vectors.dim, len(dataset.label_names))
        return dataset, replace(spec.config, vocab_size=fitting), vectors
    if spec.suited:
        return dataset, spec.config, lenders(spec.config.language, models)
    own = models / spec.pretrained  # a shipped one may lie elsewhere
    return dataset, spec.config, load(own if own.is_dir() else spec.pretrained) if spec.pretrained else None


if __name__ == "__main__":
    sys.exit(main())
