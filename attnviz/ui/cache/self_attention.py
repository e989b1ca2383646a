"""What the Self-attention page asks of an experiment, worked out once for all sessions."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from typing import Any, TypeVar, cast

import attnviz.analysis.self_attention
from attnviz.analysis import encoder_times, far_words, word_order
from attnviz.analysis.encoder_times import EncoderTimes
from attnviz.analysis.far_words import Reach
from attnviz.analysis.self_attention import Asking
from attnviz.analysis.word_order import Shuffled
from attnviz.model.explanation import Explanation
from attnviz.model.transformer import Head
from attnviz.ui.cache import experiments
from attnviz.ui.cache.background import Background
from attnviz.ui.cache.per_experiment import per_experiment, stamp

T = TypeVar("T")
_AT_ONCE = 0.1  # seconds: what was measured before, or is quick, need not be waited for
_MOST = 16  # measurements kept
_works: OrderedDict[tuple[object, ...], Background[None, Any]] = OrderedDict()


@per_experiment(16)  # of 512 words one takes 9 MB
def asking(name: str, text: str, variant: str, off: tuple[Head, ...] = ()) -> Asking:
    """Return whom every word of a text asks, with some heads off."""
    return attnviz.analysis.self_attention.asking(experiments.opened(name), text, variant, off=off)


@per_experiment(64)
def without_heads(name: str, text: str, variant: str) -> dict[Head, Explanation]:
    """Return what a variant makes of a text with each of its heads off in turn."""
    return attnviz.analysis.self_attention.without_heads(experiments.opened(name), text, variant)


@per_experiment(64)
def shuffles(name: str, text: str, variants: tuple[str, ...], ordered: bool = True) -> tuple[Shuffled, ...]:
    """Return what variants say of a text in other orders; unless it is `ordered`, no word knows its place."""
    return word_order.shuffles(experiments.opened(name), text, variants, ordered=ordered)


def reach(name: str, variants: tuple[str, ...]) -> Reach | None:
    """Return how much a first word counts by length, None while that is being measured."""
    return _measured(("reach", name, variants), lambda: far_words.reach(experiments.opened(name), variants))


def times(name: str, variants: tuple[str, ...]) -> EncoderTimes | None:
    """Return how long variants take by length on this machine, None while that is being measured."""
    return _measured(("times", name, variants), lambda: encoder_times.encoder_times(experiments.opened(name), variants))


def _measured(key: tuple[Any, ...], measure: Callable[[], T]) -> T | None:
    """Return what was measured for these files, in a thread of its own: it takes seconds, and is the same for all."""
    key = (*key, stamp(key[1]))
    if key not in _works:
        _works[key] = Background(lambda _work: measure(), None, rests=False)
        while len(_works) > _MOST:
            _works.popitem(last=False)
    work = _works[key]
    if not work.wait(_AT_ONCE):
        return None
    if work.error:
        _works.pop(key, None)
        raise work.error
    return cast(T, work.result)
