"""Short runs that the tests of training make."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from attnviz.data.datasets import Dataset
from attnviz.training.config import TrainingConfig
from attnviz.training.progress import Progress
from attnviz.training.train import train
from tests.conftest import TINY

QUICK = replace(TINY, epochs=2, second_seed=False)


def run(data: Dataset, folder: Path, config: TrainingConfig = QUICK, **options: object) -> list[Progress]:
    """Train the experiment “quick” and return all its progress."""
    return list(train(data, "quick", config, out=folder, **options))  # type: ignore[arg-type]


def weights(folder: Path) -> dict[str, bytes]:
    """Return the files of tensors of the experiment “quick”."""
    return {path.name: path.read_bytes() for path in sorted((folder / "quick").glob("*.safetensors"))}
