"""A training run beside the people."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from attnviz.training import jobs
from attnviz.training.config import TrainingConfig
from attnviz.training.job_spec import JobSpec
from benchmarks.kills import some_rows

_CONFIG = TrainingConfig(variants=("frozen", "fine-tuned"), epochs=1000, hidden_dim=64)
_SPEC = JobSpec(
    "trained-meanwhile",
    file="rows.csv",
    text_column="text",
    label_column="label",
    config=_CONFIG,
    pretrained="reviews-en",
)


@contextmanager
def begun(models: Path) -> Iterator[None]:
    """Train in a process of its own, as the page Train does, until the others are done."""
    job = jobs.submit(models, _SPEC, some_rows(400))
    try:
        yield
    finally:
        for process in jobs.processes(jobs.find(models, job.name)):
            process.kill()
            process.wait(10)
