from __future__ import annotations

from collections.abc import Generator

import pytest
from streamlit.testing.v1 import AppTest

from attnviz.ui.components.sliced_work.sliced_work import SlicedWork


def counted(fails: list[bool]) -> Generator[int, None, str]:
    yield 1
    if fails.pop():
        raise ValueError("it broke")
    yield 2
    return "both"


def test_a_slice_does_a_step_at_least_and_the_last_one_has_the_result() -> None:
    work = SlicedWork(lambda: counted([False]), 0)
    seen = []
    while not work.done:
        seen.append((work.turn, work.progress, work.result))
        work.advance(0)
    assert seen == [(1, 0, None), (2, 1, None), (3, 2, None)] and work.result == "both"
    work.advance(0)
    assert work.result == "both"


def test_work_that_failed_is_begun_anew() -> None:
    fails = [False, True]
    work = SlicedWork(lambda: counted(fails), 0)
    with pytest.raises(ValueError, match="broke"):
        work.advance(60)
    work.advance(60)
    assert work.result == "both"


def test_a_slice_is_done_for_the_turn_that_the_browser_asks_for() -> None:
    def script() -> None:
        import streamlit as st

        from attnviz.ui.components.sliced_work.sliced_work import SlicedWork

        work = st.session_state.setdefault("work", SlicedWork(lambda: (i for i in range(9)), -1))
        if work.asked("turns"):
            work.advance(0)
        st.text(work.progress)
        work.ask("turns", 30)

    app = AppTest.from_function(script).run()
    for turn, progress in ((1, "0"), (1, "0"), (2, "1")):
        app.session_state["turns"] = {"turn": turn}
        assert app.run().text[0].value == progress
