from __future__ import annotations

import pytest

from attnviz.model.about import EpochResult, History, kept_epoch


@pytest.mark.parametrize(
    ("reached", "rows", "kept"),
    [
        ([0.5, 0.8, 0.79, 0.7], 100, 2),  # a standard error is 4 points
        ([0.5, 0.8, 0.79, 0.7], 10_000, 1),
        ([0.5, 0.8, 0.8, 0.7], 1_000_000, 2),
        ([0.5, 0.8, 0.8, 0.7], None, 1),  # as older versions kept it
        ([1.0, 0.9], 10, 0),
        ([0.3], 10, 0),
    ],
)
def test_the_epoch_that_is_kept_is_the_last_that_is_not_clearly_worse(
    reached: list[float], rows: int | None, kept: int
) -> None:
    assert kept_epoch(reached, rows) == kept
    epochs = tuple({"frozen": EpochResult(0.1, share, ())} for share in (0.0, *reached))
    assert History(epochs=epochs, checked=rows).kept("frozen") == kept + 1
