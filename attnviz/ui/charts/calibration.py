"""Whether classifiers are as sure as they are right."""

from __future__ import annotations

import plotly.graph_objects as go

from attnviz.heatmap import palette
from attnviz.heatmap.display import Translate
from attnviz.model.calibration import Calibration
from attnviz.model.variants import display_name
from attnviz.ui.charts.style import MIDDLE


def reliability(calibrations: dict[str, Calibration], theme: palette.Theme, translate: Translate) -> go.Figure:
    """Draw how often each classifier is right against how sure it is; on the dashed line the two are the same."""
    _ = translate
    figure = go.Figure()
    line = {"dash": "dash", "width": 2, "color": MIDDLE}
    figure.add_scatter(x=[0, 1], y=[0, 1], mode="lines", line=line, name=_("as sure as right"), hoverinfo="skip")
    styles = ("circle", "solid"), ("diamond", "dash"), ("square", "dot"), ("x", "dashdot"), ("triangle-up", "longdash")
    for at, (variant, calibration) in enumerate(calibrations.items()):
        colour = palette.CLASSES[(5, 4, 1, 0, 6)[at % 5]]
        symbol, dash = styles[at % 5]
        bins = [one for one in calibration.bins if one.n]
        most = max(one.n for one in bins)
        figure.add_scatter(
            name=f"{display_name(variant, _)} ({calibration.error:.3f})",
            x=[one.confidence for one in bins],
            y=[one.accuracy for one in bins],
            customdata=[[one.n] for one in bins],
            mode="lines+markers",
            line={"color": colour, "dash": dash, "width": 2},
            marker={"symbol": symbol, "size": [7 + 13 * (one.n / most) ** 0.5 for one in bins], "color": colour},
            hovertemplate=_("sure {confidence}, right {accuracy}, rows: {count}").format(
                confidence="%{x:.1%}", accuracy="%{y:.1%}", count="%{customdata[0]:,}"
            ),
        )
    least = min((one.low for c in calibrations.values() for one in c.bins if one.n), default=0.0)
    ink = {"size": 14, "color": palette.INK[theme]}
    figure.update_layout(
        height=460,
        margin={"l": 10, "r": 10, "t": 60, "b": 30},
        legend={"orientation": "h", "yanchor": "bottom", "y": 1.01, "x": 0, "font": ink},
        xaxis={
            "title": {"text": _("how sure it is: probability of its answer")},
            "tickformat": ".0%",
            "range": [least - 0.02, 1.02],
            "fixedrange": True,
        },
        yaxis={
            "title": {"text": _("how often it is right")},
            "tickformat": ".0%",
            "range": [-0.02, 1.04],
            "fixedrange": True,
        },
        dragmode=False,
    )
    return figure
