"""The least of a few runs."""

from __future__ import annotations

import pytest

from attnviz.analysis.own_time import least


def test_it_is_the_least_of_a_few_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    ticks = iter([0, 3, 10, 11, 20, 22])
    monkeypatch.setattr("attnviz.analysis.own_time.clock", lambda: next(ticks))
    assert least(lambda: "done", 3) == (1, "done")
