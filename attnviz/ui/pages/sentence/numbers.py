"""The numbers behind a heat-map: a chart, a table, and files to take away."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import numpy as np
import streamlit as st

from attnviz.data.csv_export import csv
from attnviz.heatmap import html, svg
from attnviz.heatmap.heatmap import ATTENTION, Heatmap
from attnviz.heatmap.rounding import apportion
from attnviz.model.explanation import Explanation
from attnviz.ui import session
from attnviz.ui.downloads import save
from attnviz.ui.markdown import escape_markdown
from attnviz.ui.session import _
from attnviz.ui.views import SentenceView

if TYPE_CHECKING:
    import pandas as pd


def numbers(
    shown: SentenceView, explanations: Sequence[Explanation], every: Callable[[], Sequence[Explanation]]
) -> None:
    """Draw an expander that makes what it holds only when it is open.

    The pictures are of the `explanations` on the page, the charts and the table of `every` variant, a chart an
    experiment.
    """
    label = _("Numbers to look at and to take away: chart, table, CSV, HTML, SVG")
    with st.expander(label, icon=":material/bar_chart:", **session.widget_args(shown, "numbers")) as expander:
        if not expander.open:
            return
        from attnviz.ui.charts.attention import weights  # plotly, like pandas: nobody waits for it who does not look

        translate, variants = session.translation(), every()

        def heatmaps() -> list[Heatmap]:
            known = ((one, shown.shade if shown.shade in one.labels else ATTENTION) for one in explanations)
            return [explanation.heatmap(shade, translate) for explanation, shade in known]

        with st.container(horizontal=True):
            save("CSV", lambda: csv(table(variants)), "text/csv")
            save("HTML", lambda: html.page(heatmaps()), "text/html")
            save("SVG", lambda: svg.sheet(heatmaps()), "image/svg+xml")
        by_experiment = {
            one.experiment: [other for other in variants if other.experiment == one.experiment] for one in variants
        }
        alt = _("Bars: the attention weight of each word")
        for name, its in by_experiment.items():
            if len(by_experiment) > 1:
                st.markdown(f"**{escape_markdown(name)}**")
            st.plotly_chart(weights(its, translate), width="stretch", key=f"weights {name}", alt=alt)
        st.space("small")  # a finger cannot hover: the table's buttons are always there, above it
        rows = table(variants).replace({"variant": {one.variant: _(one.variant) for one in variants}})
        if len(by_experiment) == 1:
            rows = rows.drop(columns="experiment")
        numbers = rows.select_dtypes("float")
        rows[numbers.columns] = numbers.round(4) + 0.0  # as many places as are shown, and no -0
        rows["weight"] = np.concatenate([apportion(one.weights, places=4) for one in variants])
        st.dataframe(rows, hide_index=True, width="stretch", column_config=headings(variants))


def table(explanations: Sequence[Explanation]) -> pd.DataFrame:
    """Return the tables of all variants, one below the other; a class that an experiment lacks has empty cells."""
    import pandas as pd

    frames = {(one.experiment, one.variant): one.to_frame() for one in explanations}
    joined = pd.concat(frames, names=["experiment", "variant", None], sort=False)
    return joined.reset_index(level=["experiment", "variant"]).reset_index(drop=True)


def headings(explanations: Sequence[Explanation]) -> dict[str, str]:
    """Return the translated heads of the table's columns."""
    heads = {
        "experiment": _("experiment"),
        "variant": _("classifier"),
        "token": _("word"),
        "start": _("from"),
        "end": _("to"),
        "known": _("in the vocabulary"),
        "score": _("score e"),
        "weight": _("attention weight α"),
    }
    for label in dict.fromkeys(label for one in explanations for label in one.labels):
        heads[f"vote {label}"] = _("vote: {label}").format(label=_(label))
        heads[f"contribution {label}"] = _("contribution: {label}").format(label=_(label))
    return heads
