"""Long work of parts of the Errors page: begun by a click, in sight with a way to stop, a few results kept."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Generator, Hashable
from typing import Generic, TypeVar

import streamlit as st

from attnviz.ui.cache.background import EVERY, Background
from attnviz.ui.session import _

_MOST = 4  # works kept or under way; the one begun longest ago is dropped
Key = TypeVar("Key", bound=Hashable)
Result = TypeVar("Result")


class LongWork(Generic[Key, Result]):
    """The works of one part for all sessions, by what they are about; its `name` tells its widgets from others'."""

    def __init__(self, name: str) -> None:
        self._name = name
        self.works: OrderedDict[Key, Background[float, Result]] = OrderedDict()

    def begin(self, key: Key, steps: Callable[[], Generator[float, None, Result]]) -> None:
        """Begin a work that yields the fraction done, unless another tab was quicker."""
        if key not in self.works:
            self.works[key] = Background.of(steps, 0.0)
        while len(self.works) > _MOST:
            self.works.popitem(last=False)[1].stop()

    def result(self, key: Key, told: str) -> Result | None:
        """Return what came of a work; while it goes on, draw how far it is under the words `told` and return None.

        What broke it is raised, and the work can be begun again.
        """
        work = self.works[key]
        work.look()
        if not work.done:
            st.fragment(self._watch, run_every=EVERY)(key, told)
            return None
        if work.error:
            del self.works[key]
            raise work.error
        return work.result

    def _watch(self, key: Key, told: str) -> None:
        work = self.works.get(key)
        if work is None or work.done:
            st.rerun()
        work.look()
        with st.container(horizontal=True, vertical_alignment="center", key=self._name):
            st.progress(min(work.step, 1.0), told)
            if st.button(_("Stop"), icon=":material/stop:", key=f"stop_{self._name}"):
                work.stop()
                self.works.pop(key, None)
                st.rerun()
