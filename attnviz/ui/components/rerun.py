"""Long work in slices: a run does one of them, and the browser asks for the next once it has painted.

A fragment's run is not interrupted by another one, so work of seconds would hold up every click meanwhile.
"""

from __future__ import annotations

import streamlit as st


def rerun_until_done(turn: int, wait: int, key: str) -> None:
    """Run the fragment that draws this once more, after `wait` ms; `turn` is a number that it has not had yet."""
    _mount(key=key, data={"turn": turn, "wait": wait}, on_turn_change=lambda: None)


def rerun_asked(key: str) -> int:
    """Return the turn that the browser asked for last, 0 before it has."""
    return getattr(st.session_state.get(key), "turn", None) or 0


_mount = st.components.v2.component(
    "attnviz_again",
    html="<span>\n</span>",
    js="""export default function ({data, parentElement, setStateValue}) {
  const ask = () => {
    setStateValue("turn", data.turn);
    parentElement.timer = setTimeout(ask, 1000); // a request may be lost, if the whole page is drawn meanwhile
  };
  clearTimeout(parentElement.timer); // with new data this is called again, without what the last call returned
  parentElement.timer = setTimeout(ask, data.wait);
  return () => clearTimeout(parentElement.timer);
}""",
)
