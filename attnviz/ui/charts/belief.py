"""What came of many heat-maps put to the test: verdicts, and how attention agrees with other views."""

from __future__ import annotations

from collections.abc import Sequence

import plotly.graph_objects as go

from attnviz.analysis.belief.views import view_names
from attnviz.heatmap import palette
from attnviz.heatmap.display import Translate
from attnviz.model.belief_figures import Kind, VariantFigures
from attnviz.ui.charts.style import lying_bars
from attnviz.ui.i18n import msg

VERDICTS: dict[Kind, tuple[str, str, str]] = {  # what it says, its colour, that of a number on it
    "carried": (msg("the words it looked at carried it"), "#0072b2", "#ffffff"),
    "no_more": (msg("not surely more than other words"), "#999999", palette.INK["light"]),
    "rises": (msg("the answer is surer without them"), "#e69f00", palette.INK["light"]),
}


def verdicts(found: Sequence[VariantFigures], theme: palette.Theme, translate: Translate) -> go.Figure:
    """Draw a bar a variant, in parts of how often each verdict was given."""
    _ = translate
    figure = go.Figure()
    for kind, (name, colour, ink) in VERDICTS.items():
        shares = [one.share(kind) for one in found]
        figure.add_bar(
            name=_(name),
            y=[_(one.variant) for one in found],
            x=shares,
            orientation="h",
            marker_color=colour,
            text=[f"{share:.0%}" for share in shares],
            textposition="inside",
            insidetextanchor="middle",
            textfont={"size": 15, "color": ink},
            hovertemplate="%{y}: %{x:.1%}",
        )
    figure.update_layout(barmode="stack", height=110 + 46 * len(found), **lying_bars(theme))
    figure.update_xaxes(tickformat=".0%", range=[0, 1], fixedrange=True)
    return figure


def agreement(found: Sequence[VariantFigures], theme: palette.Theme, translate: Translate) -> go.Figure:
    """Draw a box a view and variant: Kendall's tau of attention with it, of half of the sentences, and of 90 %."""
    _ = translate
    figure = go.Figure()
    for at, one in enumerate(found):
        spreads = {
            name: one.questions[f"tau_{view}"] for view, name in view_names(_).items() if f"tau_{view}" in one.questions
        }
        edges = ("lowerfence", "q1", "median", "q3", "upperfence")
        figure.add_box(
            name=_(one.variant),
            y=list(spreads),
            orientation="h",
            marker_color=palette.CLASSES[(5, 4, 1, 0, 6)[at % 5]],
            **{edge: [spread.quantiles[at] for spread in spreads.values()] for at, edge in enumerate(edges)},
        )
    figure.update_layout(boxmode="group", height=130 + 60 * 4, **lying_bars(theme))
    figure.update_xaxes(title={"text": _("Kendall’s tau of attention with …")}, range=[-1.02, 1.02], fixedrange=True)
    return figure
