"""What is worked out once for all sessions, and anew once the files that it was worked out from are others.

Streamlit's own cache asks a function for its signature and hashes every argument at each call: ten calls of a run took
a sixth of it. Here arguments are keys of a dictionary.
"""

from __future__ import annotations

import inspect
import threading
from collections import OrderedDict
from collections.abc import Callable
from functools import partial, wraps
from itertools import compress
from typing import Any, Concatenate, Generic, NoReturn, ParamSpec, TypeVar

from attnviz.errors import AttnvizError
from attnviz.ui.cache.models_folder import snapshot

Source = TypeVar("Source")
P = ParamSpec("P")
T = TypeVar("T")
Function = Callable[Concatenate[Source, P], T]


def stamp(name: str) -> int:
    """Return a number that is another once any file of an experiment is."""
    return snapshot().experiments.get(name, 0)


class _Kept(Generic[T]):
    """What a function returned, or the fault that it raised; whoever comes while it is being worked out waits."""

    def __init__(self, stamp: int) -> None:
        self.stamp = stamp
        self._busy = threading.RLock()
        self._answer: Callable[[], T] | None = None

    def get(self, work: Callable[[], T]) -> T:
        with self._busy:
            if self._answer is None:
                try:
                    self._answer = partial(_returned, work())
                except AttnvizError as fault:
                    self._answer = partial(_raised, fault)
        return self._answer()


def _returned(value: T) -> T:
    return value


def _raised(fault: AttnvizError) -> NoReturn:
    raise fault.with_traceback(None)


def stamped(stamp: Callable[[Source], int], most: int) -> Callable[[Function[Source, P, T]], Function[Source, P, T]]:
    """Let a function keep what it returned for the last `most` arguments, until the `stamp` of the first is another.

    A fault is kept like a success, so that it is not looked for on every run. Parameters that begin with `_` come
    along with others that tell them.
    """

    def decorate(function: Function[Source, P, T]) -> Function[Source, P, T]:
        told = [not name.startswith("_") for name in inspect.signature(function).parameters]
        kept: OrderedDict[Any, _Kept[T]] = OrderedDict()  # the last asked for comes last
        looking = threading.Lock()

        @wraps(function)
        def call(source: Source, /, *args: P.args, **kwargs: P.kwargs) -> T:
            assert not kwargs  # the same argument by its name would be another entry
            key, now = tuple(compress((source, *args), told)), stamp(source)
            with looking:
                found = kept.get(key)
                if found is None or found.stamp != now:
                    found = kept[key] = _Kept(now)
                kept.move_to_end(key)
                if len(kept) > most:
                    kept.popitem(last=False)
            return found.get(lambda: function(source, *args, **kwargs))

        return call

    return decorate


def per_experiment(most: int) -> Callable[[Function[str, P, T]], Function[str, P, T]]:
    """Let a function of an experiment's name keep what it returned while the experiment's files are the same."""
    return stamped(stamp, most)
