"""Trains tiny experiments without anything random but the batches, as one of torchrun's processes or alone."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

from attnviz.data.datasets import Dataset, load_dataset
from attnviz.data.streaming import StreamedDataset
from attnviz.training.distributed import joined
from attnviz.training.train import train
from tests.conftest import TINY

DETERMINED = replace(
    TINY,
    dropout=0.0,
    language_model_epochs=1,
    second_seed=False,
    variants=("frozen", "fine-tuned"),
    epochs=2,
    batch_size=15,
)


def opened(rows: Path) -> Dataset | StreamedDataset:
    """Return the rows of a file, those of a Parquet streamed in several windows."""
    if rows.suffix != ".parquet":
        return load_dataset(rows)
    streamed = StreamedDataset.open(rows)
    return replace(streamed, train=replace(streamed.train, shuffled=100))


if __name__ == "__main__":
    out, *files = map(Path, sys.argv[1:])
    with joined() as ranks:
        for rows in files:
            for _ in train(opened(rows), rows.suffix[1:], DETERMINED, out, ranks=ranks):
                pass
