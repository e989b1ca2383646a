"""What is worked out once for all sessions, and anew once the files that it was worked out from are others."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec, TypeVar, cast

import streamlit as st

from attnviz.errors import AttnvizError
from attnviz.ui.cache.models_folder import snapshot

Source = TypeVar("Source")
P = ParamSpec("P")
T = TypeVar("T")
Function = Callable[Concatenate[Source, P], T]


def stamp(name: str) -> int:
    """Return a number that is another once any file of an experiment is."""
    return snapshot().experiments.get(name, 0)


def stamped(stamp: Callable[[Source], int], most: int) -> Callable[[Function[Source, P, T]], Function[Source, P, T]]:
    """Let a function keep what it returned for the last `most` arguments, until the `stamp` of the first is another.

    A fault is kept like a success, so that it is not looked for on every run.
    """

    def decorate(function: Function[Source, P, T]) -> Function[Source, P, T]:
        work: Callable[..., T] = function

        @st.cache_resource(max_entries=most, show_spinner=False)
        @wraps(function)
        def cached(*args: Any, stamp: int) -> tuple[T, None] | tuple[None, AttnvizError]:
            try:
                return work(*args), None
            except AttnvizError as fault:
                return None, fault

        @wraps(function)
        def call(source: Source, /, *args: P.args, **kwargs: P.kwargs) -> T:
            assert not kwargs  # the same argument by its name would be another entry
            found, fault = cached(source, *args, stamp=stamp(source))
            if fault:
                raise fault.with_traceback(None)
            return cast(T, found)

        return call

    return decorate


def per_experiment(most: int) -> Callable[[Function[str, P, T]], Function[str, P, T]]:
    """Let a function of an experiment's name keep what it returned while the experiment's files are the same."""
    return stamped(stamp, most)
