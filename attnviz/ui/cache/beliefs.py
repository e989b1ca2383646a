"""How far heat-maps can be believed, worked out once for all sessions."""

from __future__ import annotations

from collections.abc import Generator

from attnviz.analysis.belief.subject import Subject
from attnviz.analysis.belief.verdict import DRAWS, Verdict, judged
from attnviz.ui.cache import experiments
from attnviz.ui.cache.per_experiment import per_experiment


def verdict(
    name: str, text: str, variant: str, unknown: str, without: tuple[int, ...] = (), *, masked: bool = False
) -> Generator[int, None, Verdict]:
    """Return what an answer is without the words it looked at most; yields while that is not known yet."""
    masked = masked and experiments.described(name)[0].padded_to is not None
    kept = _kept(name, text, variant, unknown, without, masked)
    if not kept:
        explanation = experiments.explain(name, text, variant, unknown, without, masked=masked)
        steps = judged(Subject.of(experiments.opened(name), explanation))
        while not kept:
            try:
                if (read := next(steps)) < 2 * DRAWS:  # with all of them read a pause would only cost time
                    yield read
            except StopIteration as end:
                kept[:] = [end.value]
    return kept[0]


@per_experiment(512)
def _kept(name: str, text: str, variant: str, unknown: str, without: tuple[int, ...], masked: bool) -> list[Verdict]:
    """Return where a verdict is kept: a list of one, empty until somebody has worked it out."""
    return []
