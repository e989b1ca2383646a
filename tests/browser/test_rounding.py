"""The one rounding, which JavaScript does too where it recomputes: both come to the same."""

from __future__ import annotations

import numpy as np
from playwright.sync_api import Page

from attnviz.heatmap.rounding import apportion
from attnviz.ui.components import base


def test_both_implementations_round_alike(page: Page) -> None:
    chance, vectors = np.random.default_rng(0), list[tuple[list[float], float | None]]()
    for at in range(2_000):
        values = chance.dirichlet(np.full(chance.integers(1, 60), chance.choice([0.05, 1, 50])))
        if at % 4 == 1:
            values = np.full(len(values), 1 / len(values))
        elif at % 4 == 2:
            values = chance.normal(0, 3, len(values))
        elif at % 4 == 3:
            values = np.round(values, 4)
        vectors.append((values.tolist(), None if at % 4 == 2 else 1.0))
    source = base.script("lesson", "lesson")
    alike = "return vectors.map(([values, total]) => apportion(values, total ?? undefined));"
    found = page.evaluate(f"(vectors) => {{ {source}\n {alike} }}", vectors)
    assert found == [apportion(values, total).tolist() for values, total in vectors]
