"""The map of words: where fine-tuning put them, with arrows from where some were before."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product

import numpy as np
import plotly.graph_objects as go

from attnviz.comparison import Drift, Lean, Projection
from attnviz.heatmap import palette
from attnviz.heatmap.display import Translate
from attnviz.ui.charts.style import MIDDLE, PURPLE, chart_text

_SYMBOLS = ("diamond", "circle", "square", "triangle-up", "cross", "x", "star")
_CANVAS = np.array([1180.0, 470.0])  # pixels, on a projector; a phone writes words over one another before it zooms
_PHONE = np.array([0.3, 1.0])  # of it; nor there is a word cut at the edge, if there is another place for it
_HEAD = 13.0  # pixels of an arrow
_AWAY = (0.0, 24.0, 48.0, 72.0)  # pixels that a word may lie off its point, with a line that leads to it
_ROUND = np.linspace(0, 2 * np.pi, 16, endpoint=False)  # directions in which a place for a word is looked for
# Dots are SVG, not WebGL: Streamlit makes a chart anew whenever it changes, which takes WebGL five times as long.
_FAINT = {"light": 0.4, "dark": 0.6}  # of a dot, so that arrows and words stand out


def word_map(
    projection: Projection,
    drift: Drift,
    lean: Lean,
    cosines: np.ndarray,
    *,
    chosen: str,
    near: Sequence[str],
    far: Sequence[str],
    zoom: bool = False,
    theme: palette.Theme = "light",
    translate: Translate = str,
) -> go.Figure:
    """Draw N words where fine-tuning put them, with arrows from where some were before.

    `projection`, `drift` and `lean` are of the same words; `cosines` [N, 2] are theirs with the `chosen` one. Arrows
    start at the chosen word, those `near` it and those that went `far`; `zoom` shows no more than the first two. A
    click gives the word's number as the first `customdata`.
    """
    _ = translate
    words = projection.words
    place = {word: i for i, word in enumerate(words)}
    before, after = projection.frozen, projection.fine_tuned
    figure = go.Figure()
    _dots(figure, projection, drift, lean, cosines, chosen, theme, _)
    own = [place[word] for word in dict.fromkeys((chosen, *near)) if word in place]
    others = [place[word] for word in far if word in place and place[word] not in own]
    frame = _frame(np.concatenate((before[own], after[own])) if zoom and own else np.concatenate((before, after)))
    _arrows(figure, before[others], after[others], frame, MIDDLE, _("moved most: before → after"))
    name = _("{word} and its neighbours").format(word=chart_text(chosen))
    _arrows(figure, before[own], after[own], frame, PURPLE, name)
    if chosen in place:
        at = after[place[chosen]]
        ring = {"symbol": "circle-open", "size": 24, "color": PURPLE, "line": {"width": 3}}
        figure.add_scatter(x=at[:1], y=at[1:], mode="markers", marker=ring, showlegend=False, hoverinfo="skip")
    named = own if zoom else [*own, *others]
    shown = [i for i in named if (frame[0] <= after[i]).all() and (after[i] <= frame[1]).all()]
    bold = [i in own for i in shown]
    _names(figure, before[shown], after[shown], [words[i] for i in shown], bold, frame, theme)
    axis = {"visible": False, "zeroline": False}
    figure.update_layout(
        height=600,
        margin={"l": 4, "r": 4, "t": 36, "b": 66},
        legend={"orientation": "h", "yanchor": "bottom", "y": 1.01, "x": 0, "itemsizing": "constant"},
        xaxis={**axis, "range": [frame[0][0], frame[1][0]]},
        yaxis={
            **axis,
            "range": [frame[0][1], frame[1][1]],
        },
        hoverlabel={"font": {"size": 15, "color": palette.INK[theme]}, "bgcolor": palette.PAPER[theme]},
        dragmode="pan",
        clickmode="event+select",
        uirevision=f"{projection.method} {chosen if zoom else ''}",
        selectionrevision=chosen,
    )
    figure.add_annotation(
        text=_said_of(projection, _),
        xref="paper",
        yref="paper",
        x=0,
        y=0,
        yshift=-4,
        xanchor="left",
        yanchor="top",
        align="left",
        showarrow=False,
        font={"size": 14, "color": palette.MUTED[theme]},
    )
    return figure


def _dots(
    figure: go.Figure,
    projection: Projection,
    drift: Drift,
    lean: Lean,
    cosines: np.ndarray,
    chosen: str,
    theme: palette.Theme,
    translate: Translate,
) -> None:
    """Draw a dot a word where fine-tuning put it, in the colour and the shape of the class that it speaks for."""
    _ = translate
    words, after = projection.words, projection.fine_tuned
    numbers = np.column_stack(
        (
            np.arange(len(words)),
            drift.drift,
            drift.counts,
            lean.leads(lean.frozen),
            lean.leads(lean.fine_tuned),
            cosines,
        )
    )
    leans = [lean.frozen.argmax(axis=1), lean.fine_tuned.argmax(axis=1)]
    sizes, colours = _sizes(drift.counts), palette.class_colours(lean.labels)
    for k, label in enumerate(lean.labels):
        there = np.flatnonzero(leans[1] == k)
        figure.add_scatter(
            name=_("leans to {label}").format(label=chart_text(_(label))),
            x=after[there, 0],
            y=after[there, 1],
            text=[chart_text(words[i]) for i in there],
            customdata=numbers[there],
            hovertext=[chart_text(_(lean.labels[leans[0][i]])) for i in there],
            hovertemplate="<br>".join(
                (
                    "<b>%{text}</b>",
                    _("drift {drift}, {count} times in training").format(
                        drift="%{customdata[1]:.4f}", count="%{customdata[2]:,}"
                    ),
                    _("leans before: {label}, by {lead}").format(label="%{hovertext}", lead="%{customdata[3]:.2f}"),
                    _("after: {label}, by {lead}").format(label=chart_text(_(label)), lead="%{customdata[4]:.2f}"),
                    _("cosine with {word}: {before} → {after}").format(
                        word=chart_text(chosen), before="%{customdata[5]:.2f}", after="%{customdata[6]:.2f}"
                    ),
                    "<extra></extra>",
                )
            ),
            mode="markers",
            marker={
                "size": sizes[there],
                "color": colours[k],
                "symbol": _SYMBOLS[k % len(_SYMBOLS)],
                "line": {"width": 0.75, "color": MIDDLE},
                "opacity": _FAINT[theme],
            },
            selected={"marker": {"opacity": _FAINT[theme]}},
            unselected={"marker": {"opacity": _FAINT[theme]}},
        )


def _names(
    figure: go.Figure,
    before: np.ndarray,
    after: np.ndarray,
    words: Sequence[str],
    bold: Sequence[bool],
    frame: np.ndarray,
    theme: palette.Theme,
) -> None:
    """Write words beside their points `after`, as far as there is room."""
    fonts = [17 if heavy else 14 for heavy in bold]
    for word, at, heavy, font, spot in zip(
        words, after, bold, fonts, _labels(before, after, words, fonts, frame), strict=True
    ):
        if spot is not None:
            figure.add_annotation(
                x=at[0],
                y=at[1],
                ax=spot[0],
                ay=-spot[1],
                text=chart_text(word),
                font={"size": font, "weight": "bold" if heavy else "normal", "color": palette.INK[theme]},
                arrowhead=0,
                arrowwidth=1,
                arrowcolor=MIDDLE,
                standoff=4,
                borderpad=0,
            )


def _sizes(counts: np.ndarray) -> np.ndarray:
    """Return the diameters of dots in pixels, one step a tenfold count."""
    return np.asarray(4 + 1.8 * np.log10(np.maximum(counts, 1)))


def _frame(points: np.ndarray) -> np.ndarray:
    """Return the lower left and the upper right corner [2, 2] of what holds points [N, 2], with some room."""
    if not len(points):
        return np.array([[-1.0, -1.0], [1.0, 1.0]])
    low, high = points.min(axis=0), points.max(axis=0)
    room = np.maximum(0.08 * (high - low), 1e-3)
    return np.asarray([low - room, high + room])


def _arrows(
    figure: go.Figure, before: np.ndarray, after: np.ndarray, frame: np.ndarray, colour: str, name: str
) -> None:
    """Draw arrows from `before` to `after` [N, 2] as one line with gaps, however many they are."""
    if not len(before):
        return
    scale = _CANVAS / (frame[1] - frame[0])
    way = (after - before) * scale  # in pixels
    long = np.linalg.norm(way, axis=1, keepdims=True)
    back = way / np.maximum(long, 1e-9) * np.minimum(_HEAD, 0.6 * long)
    aside = 0.5 * np.stack((-back[:, 1], back[:, 0]), axis=1)
    barbs = [after - (back + sign * aside) / scale for sign in (1, -1)]
    lines = np.stack((before, after, barbs[0], after, barbs[1], np.full_like(way, np.nan)), axis=1).reshape(-1, 2)
    line = {"color": colour, "width": 2.5}
    figure.add_scatter(x=lines[:, 0], y=lines[:, 1], mode="lines", line=line, name=name, hoverinfo="skip")


def _labels(
    before: np.ndarray, after: np.ndarray, words: Sequence[str], fonts: Sequence[int], frame: np.ndarray
) -> list[tuple[float, float] | None]:
    """Say how far from its point `after` [N, 2] the middle of each word lies, in pixels to the right and upwards.

    None is cut, or lies over another one or over the end of an arrow, as long as the picture is as large as it is taken
    to be; places ahead of a word's own arrow come first. A word for which there is no room is not written, None.
    """
    scale = _CANVAS / (frame[1] - frame[0])
    points, ways = (after - frame[0]) * scale, (after - before) * scale
    taken = [(point - _HEAD / 2, point + _HEAD / 2) for point in points]
    spots: list[tuple[float, float] | None] = []
    for k, (point, way, word, font) in enumerate(zip(points, ways, words, fonts, strict=True)):
        half = np.array([_width(word, font), 1.25 * font]) / 2
        ahead = np.arctan2(way[1], way[0]) if way.any() else 0.0
        angles = _ROUND[np.argsort(-np.cos(_ROUND - ahead), kind="stable")]
        others = [box for j, box in enumerate(taken) if j != k]
        spots.append(None)
        for share, away, angle in product((_PHONE, np.ones(2)), _AWAY, angles):
            course = np.array([np.cos(angle), np.sin(angle)])
            middle = course * (away + 8) + np.sign(np.round(course, 6)) * half * np.minimum(1, np.abs(course) * 1.5)
            low, high = point + middle - half, point + middle + half
            aside = point * (share - 1)
            whole = (low + aside >= 0).all() and (high + aside <= _CANVAS * share).all()
            if whole and not any((low < box[1]).all() and (box[0] < high).all() for box in others):
                taken.append((low, high))
                spots[-1] = (float(middle[0]), float(middle[1]))
                break
    return spots


def _width(word: str, font: int) -> float:
    """Return about how wide a word is written, in pixels; letters of the far East are square."""
    return font * sum(1.0 if letter > "\u1100" else 0.6 for letter in word)


def _said_of(projection: Projection, translate: Translate) -> str:
    """Say on the picture how far it can be trusted."""
    _ = translate
    if projection.kept is None:
        return _("t-SNE keeps who is whose neighbour, not how far:<br>the length of an arrow says little.")
    said = _("One PCA of both spaces keeps {share} of the variance.<br>Cosines (point at a dot) are of all dimensions.")
    return said.format(share=f"{projection.kept:.1%}")
