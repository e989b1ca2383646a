"""A chart of words, each of which can be clicked."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import streamlit as st

from attnviz.ui.components.base import component_event

if TYPE_CHECKING:
    from plotly.graph_objects import Figure


def word_chart(figure: Figure, key: str, words: Sequence[str], alt: str, on_choose: Callable[[str], None]) -> None:
    """Draw a chart whose points start their `customdata` with a place in `words`; a click calls `on_choose(word)`."""

    def take() -> None:
        told = component_event(key, "selection")
        for point in told.points[:1] if told else ():
            numbers = figure.data[point["curve_number"]].customdata
            if numbers is not None:
                on_choose(words[int(numbers[point["point_index"]][0])])

    st.plotly_chart(
        figure,
        width="stretch",
        key=key,
        alt=alt,
        on_select=take,
        selection_mode="points",
        config={"scrollZoom": True, "displaylogo": False},
    )
