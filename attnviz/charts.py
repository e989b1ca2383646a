"""A result -> a plotly figure. Pure functions; the pages choose the language."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import plotly.graph_objects as go

from attnviz import palette, shading
from attnviz.comparison import Drift, Lean, Pair, Projection
from attnviz.growth import Growth

if TYPE_CHECKING:
    from attnviz.calibration import Calibration
    from attnviz.explain import Explanation

# One hue, as everywhere for attention; the pattern tells the variants apart without it. At least 3:1 on both papers.
_BARS = {
    "frozen": ("#8f6fd6", "/"),
    "fine-tuned": ("#7a4fd0", ""),
    "uniform": ("#85829a", "."),
    "frozen-additive": ("#8f6fd6", "x"),
    "fine-tuned-additive": ("#7a4fd0", "-"),
}


def weights(explanations: Sequence[Explanation], translate: shading.Translate = str) -> go.Figure:
    """Draw the attention weights of several variants on one sentence, word by word, with the uniform share."""
    _ = translate
    first = explanations[0]
    count = len(first.tokens)
    words = [_plain(token.text) for token in first.tokens]
    figure = go.Figure()
    for explanation in explanations:
        colour, pattern = _BARS.get(explanation.variant, ("#85829a", "+"))
        figure.add_bar(
            name=_(explanation.variant),
            x=list(range(count)),
            y=explanation.weights.tolist(),
            customdata=words,
            marker={
                "color": colour,
                "pattern": {"shape": pattern, "fillmode": "overlay", "fgcolor": "#ffffff", "size": 6},
            },
            hovertemplate="%{customdata}: %{y:.4f}",
        )
    figure.update_layout(
        barmode="group",
        height=420,
        margin={"l": 10, "r": 10, "t": 72, "b": 30},
        legend={"orientation": "h", "yanchor": "bottom", "y": 1.02, "x": 0},
        yaxis={"title": {"text": _("attention weight α")}, "rangemode": "tozero"},
        xaxis={
            "tickmode": "array",
            "tickvals": list(range(count)),
            "ticktext": words,
            "tickangle": 0 if count <= 12 else -60,
            "range": [-0.6, min(count, 40) - 0.4],
        },
        hovermode="x unified",
        dragmode="pan",
    )
    if count:
        figure.add_hline(
            y=1 / count,
            line={"dash": "dot", "width": 2, "color": "#8d89a0"},
            annotation_text=_("uniform share 1/{count}").format(count=count),
        )
    return figure


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
    translate: shading.Translate = str,
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
    sizes = _sizes(drift.counts)
    for k, label in enumerate(lean.labels):
        there = np.flatnonzero(leans[1] == k)
        figure.add_scatter(
            name=_("leans to {label}").format(label=_plain(_(label))),
            x=after[there, 0],
            y=after[there, 1],
            text=[_plain(words[i]) for i in there],
            customdata=numbers[there],
            hovertext=[_plain(_(lean.labels[leans[0][i]])) for i in there],
            hovertemplate="<br>".join(
                (
                    "<b>%{text}</b>",
                    _("drift {drift}, {count} times in training").format(
                        drift="%{customdata[1]:.4f}", count="%{customdata[2]:,}"
                    ),
                    _("leans before: {label}, by {lead}").format(label="%{hovertext}", lead="%{customdata[3]:.2f}"),
                    _("after: {label}, by {lead}").format(label=_plain(_(label)), lead="%{customdata[4]:.2f}"),
                    _("cosine with {word}: {before} → {after}").format(
                        word=_plain(chosen), before="%{customdata[5]:.2f}", after="%{customdata[6]:.2f}"
                    ),
                    "<extra></extra>",
                )
            ),
            mode="markers",
            marker={
                "size": sizes[there],
                "color": palette.class_colour(k),
                "symbol": _SYMBOLS[k % len(_SYMBOLS)],
                "line": {"width": 0.75, "color": _MIDDLE},
                "opacity": _FAINT[theme],
            },
            selected={"marker": {"opacity": _FAINT[theme]}},
            unselected={"marker": {"opacity": _FAINT[theme]}},
        )
    own = [place[word] for word in dict.fromkeys((chosen, *near)) if word in place]
    others = [place[word] for word in far if word in place and place[word] not in own]
    frame = _frame(np.concatenate((before[own], after[own])) if zoom and own else np.concatenate((before, after)))
    _arrows(figure, before[others], after[others], frame, _MIDDLE, _("moved most: before → after"))
    name = _("{word} and its neighbours").format(word=_plain(chosen))
    _arrows(figure, before[own], after[own], frame, _PURPLE, name)
    if chosen in place:
        at = after[place[chosen]]
        ring = {"symbol": "circle-open", "size": 24, "color": _PURPLE, "line": {"width": 3}}
        figure.add_scatter(x=at[:1], y=at[1:], mode="markers", marker=ring, showlegend=False, hoverinfo="skip")
    named = own if zoom else [*own, *others]
    shown = [i for i in named if (frame[0] <= after[i]).all() and (after[i] <= frame[1]).all()]
    spots = _labels(after[shown], [words[i] for i in shown], frame)
    written = [(i, spot) for i, spot in zip(shown, spots, strict=True) if spot]
    for group, size, weight in ((own, 17, "bold"), (others, 14, "normal")):
        names = [(i, spot) for i, spot in written if i in group]
        if names:
            figure.add_scatter(
                x=[after[i, 0] for i, _spot in names],
                y=[after[i, 1] for i, _spot in names],
                text=[f"\u00a0{_plain(words[i])}\u00a0" for i, _spot in names],
                textposition=[spot for _i, spot in names],
                textfont={"size": size, "weight": weight, "color": palette.INK[theme]},
                mode="text",
                showlegend=False,
                hoverinfo="skip",
            )
    axis = {"visible": False, "zeroline": False}
    figure.update_layout(
        height=600,
        margin={"l": 4, "r": 4, "t": 36, "b": 58},
        legend={"orientation": "h", "yanchor": "bottom", "y": 1.01, "x": 0, "itemsizing": "constant"},
        xaxis={**axis, "range": [frame[0][0], frame[1][0]]},
        yaxis={
            **axis,
            "range": [frame[0][1], frame[1][1]],
        },
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


def drift_by_count(
    drift: Drift, *, chosen: str, marked: Sequence[str] = (), translate: shading.Translate = str
) -> go.Figure:
    """Draw how far words moved against how often training read them; `marked` words stand out.

    A click gives the word's number in `drift` as the first `customdata`.
    """
    _ = translate
    place = {word: i for i, word in enumerate(drift.words)}
    stands_out = {place[word] for word in marked if word in place}
    by_count = np.argsort(-drift.counts, kind="stable")
    thin = by_count[:: -(-len(by_count) // _MOST_DOTS) or 1]  # every n-th word, so that a phone can draw it
    drawn = np.union1d(thin, drift.order[:_FARTHEST])
    quiet = drift.within_spread
    groups = (
        (_("no further than another seed"), [i for i in drawn if quiet[i]], "#a9a6b5", 5, "circle-open"),
        (_("other words"), [i for i in drawn if not quiet[i] and i not in stands_out], "#8f6fd6", 5, "circle"),
        (_("in the list"), sorted(stands_out), "#d55e00", 9, "diamond"),
        (_plain(chosen), [place[chosen]] if chosen in place else [], _PURPLE, 20, "circle-open"),
    )
    hover = _("drift {drift}, {count} times in training").format(drift="%{y:.4f}", count="%{x:,}")
    figure = go.Figure()
    for name, at, colour, size, symbol in groups:
        if not at:
            continue
        figure.add_scatter(
            name=name,
            x=np.maximum(drift.counts[at], 0.5),
            y=drift.drift[at],
            text=[_plain(drift.words[i]) for i in at],
            customdata=np.array(at)[:, None],
            hovertemplate=f"<b>%{{text}}</b><br>{hover}<extra></extra>",
            mode="markers",
            marker={"color": colour, "size": size, "symbol": symbol, "line": {"width": 3 if size == 20 else 0}},
            selected={"marker": {"opacity": 1}},
            unselected={"marker": {"opacity": 1}},
        )
    for values, name, dash in (
        (drift.drift, _("middle of the words"), "solid"),
        (drift.spread, _("seeds' spread"), "dot"),
    ):
        if values is not None and len(drift.words):
            counts, middles = _running_median(drift.counts, values)
            line = {"color": _MIDDLE if dash == "dot" else "#009e73", "width": 3, "dash": dash}
            figure.add_scatter(x=counts, y=middles, mode="lines", name=name, line=line, hoverinfo="skip")
    figure.update_layout(
        height=520,
        margin={"l": 10, "r": 10, "t": 80, "b": 30},
        legend={"orientation": "h", "yanchor": "bottom", "y": 1.01, "x": 0, "itemsizing": "constant"},
        xaxis={"type": "log", "title": {"text": _("times in training")}, "dtick": 1},
        yaxis={"title": {"text": _("drift = 1 − cosine")}, "rangemode": "tozero"},
        dragmode="pan",
        clickmode="event+select",
        uirevision="drift",
        selectionrevision=chosen,
    )
    return figure


def slopes(pairs: Sequence[Pair], theme: palette.Theme = "light", translate: shading.Translate = str) -> go.Figure:
    """Draw the cosine of each pair before and after as a line; those that came closer are dashed."""
    _ = translate
    figure = go.Figure()
    ends = [np.array([getattr(pair, side) for pair in pairs]) for side in ("frozen", "fine_tuned")]
    everything = np.concatenate(ends) if pairs else np.array([0.0, 1.0])
    gap = max(float(np.ptp(everything)), 0.05) / 17  # a line of writing
    heights = [_apart(end, gap) for end in ends]
    everything = np.concatenate((everything, *heights))
    for i, pair in enumerate(pairs):
        name = _plain(" – ".join(pair.words))
        colour, dash = (_PURPLE, "solid") if pair.apart > 0 else ("#d55e00", "dash")
        figure.add_scatter(
            x=[0, 1],
            y=[pair.frozen, pair.fine_tuned],
            name=name,
            mode="lines+markers",
            line={"color": colour, "width": 2.5, "dash": dash},
            marker={"size": 9},
            customdata=[[i], [i]],
            hovertemplate=f"{name}: %{{y:.3f}}<extra></extra>",
            showlegend=False,
        )
        numbers = [f"{end[i]:.2f}".replace("-", "−") for end in ends]
        for x, anchor, y, text in (
            (-0.03, "right", heights[0][i], numbers[0]),
            (1.03, "left", heights[1][i], f"{numbers[1]}  {name}"),
        ):
            figure.add_annotation(
                x=x, y=y, text=text, xanchor=anchor, showarrow=False, font={"size": 16, "color": palette.INK[theme]}
            )
    figure.update_layout(
        height=max(420, 30 * len(pairs) + 120),
        margin={"l": 10, "r": 10, "t": 20, "b": 40},
        xaxis={
            "range": [-0.2, 2.1],
            "tickmode": "array",
            "tickvals": [0, 1],
            "ticktext": [_("before (frozen)"), _("after (fine-tuned)")],
            "tickfont": {"size": 15, "color": palette.INK[theme]},
            "showgrid": False,
            "zeroline": False,
            "fixedrange": True,
        },
        yaxis={"visible": False, "fixedrange": True, "range": [everything.min() - gap, everything.max() + gap]},
        dragmode=False,
    )
    return figure


def growth(
    growth: Growth, variant: str, theme: palette.Theme = "light", translate: shading.Translate = str
) -> go.Figure:
    """Draw a variant's attention weights on one sentence as a heat-map, epochs x words.

    The colours are those of every attention heat-map, and the bar that explains them marks the uniform share. A frame
    marks the epoch that was kept.
    """
    _ = translate
    grown, count, last = growth.variants[variant], len(growth.tokens), growth.epochs
    words = [_plain(token) for token in growth.tokens]
    share = float(palette.attention_intensity(1 / count))
    ticks = [tick for tick in shading.ticks(shading.ATTENTION) if abs(tick[0] - share) > _TOO_NEAR]
    ticks.append((share, _("uniform 1/{count}").format(count=count)))
    hover = _("epoch {epoch}: α = {weight}, {ratio} × the uniform share")
    figure = go.Figure()
    figure.add_heatmap(
        name=_(variant),
        z=palette.attention_intensity(grown.weights),
        x=list(range(count)),
        y=list(range(last + 1)),
        customdata=np.stack((grown.weights, grown.weights * count), axis=2),
        hovertext=[words] * (last + 1),
        hovertemplate="<b>%{hovertext}</b><br>"
        + hover.format(epoch="%{y}", weight="%{customdata[0]:.4f}", ratio="%{customdata[1]:.2f}")
        + "<extra></extra>",
        text=[[f"{weight:.0%}" for weight in weights] for weights in grown.weights] if count <= _MOST_NUMBERS else None,
        texttemplate="%{text}" if count <= _MOST_NUMBERS else None,
        zmin=0,
        zmax=1,
        colorscale=[
            [level / palette.LEVELS, palette.colour(level, "attention", theme).background]
            for level in range(palette.LEVELS + 1)
        ],
        colorbar={
            "tickvals": [tick for tick, _name in ticks],
            "ticktext": [name for _tick, name in ticks],
            "tickfont": {"color": palette.INK[theme]},
            "outlinewidth": 1,
            "outlinecolor": _MIDDLE,
            "thickness": 12,
        },
        xgap=1,
        ygap=1,
    )
    frame = {"width": 3, "color": palette.INK[theme]}
    figure.add_shape(type="rect", x0=-0.5, x1=count - 0.5, y0=grown.kept - 0.5, y1=grown.kept + 0.5, line=frame)
    rows = sorted({*range(0, last + 1, max(1, -(-last // 20))), grown.kept})
    axis = {"showgrid": False, "zeroline": False, "tickfont": {"size": 13, "color": palette.INK[theme]}}
    figure.update_layout(
        title={"text": _(variant), "x": 0, "font": {"size": 16, "color": palette.INK[theme]}},
        height=130 + 26 * (min(last, 20) + 1),
        margin={"l": 10, "r": 10, "t": 40, "b": 10},
        xaxis={**axis, "tickvals": list(range(count)), "ticktext": words},
        yaxis={
            **axis,
            "tickvals": rows,
            "ticktext": [f"<b>▲ {epoch}</b>" if epoch == grown.kept else f"{epoch}" for epoch in rows],
            "autorange": "reversed",
            "title": {"text": _("epoch")},
        },
        dragmode=False,
    )
    return figure


def reliability(calibrations: dict[str, Calibration], theme: palette.Theme, translate: shading.Translate) -> go.Figure:
    """Draw how often each variant is right against how sure it says it is; on the dashed line the two are the same."""
    _ = translate
    figure = go.Figure()
    line = {"dash": "dash", "width": 2, "color": _MIDDLE}
    figure.add_scatter(x=[0, 1], y=[0, 1], mode="lines", line=line, name=_("as sure as right"), hoverinfo="skip")
    styles = ("circle", "solid"), ("diamond", "dash"), ("square", "dot")
    for at, (variant, calibration) in enumerate(calibrations.items()):
        colour = palette.CLASSES[(5, 4, 1)[at % 3]]
        symbol, dash = styles[at % 3]
        bins = [one for one in calibration.bins if one.n]
        most = max(one.n for one in bins)
        figure.add_scatter(
            name=f"{_(variant)} ({calibration.error:.3f})",
            x=[one.confidence for one in bins],
            y=[one.accuracy for one in bins],
            customdata=[[one.n] for one in bins],
            mode="lines+markers",
            line={"color": colour, "dash": dash, "width": 2},
            marker={"symbol": symbol, "size": [7 + 13 * (one.n / most) ** 0.5 for one in bins], "color": colour},
            hovertemplate=_("sure {confidence}, right {accuracy}, {count} rows").format(
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


def _plain(text: str) -> str:
    """Return a text as plotly shows it letter for letter: it reads a little HTML in its labels."""
    return shading.visible(shading.shorten(text)).translate(_PLAIN)


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


def _labels(points: np.ndarray, words: Sequence[str], frame: np.ndarray) -> list[str | None]:
    """Say on which side of its point [N, 2] each word can be written such that none lies over another."""
    taken: list[tuple[float, float, float, float]] = []
    spots: list[str | None] = []
    for point, word in zip((points - frame[0]) / (frame[1] - frame[0]) * _CANVAS, words, strict=True):
        width = sum(16 if letter > "\u1100" else 9 for letter in word)
        spot = None
        for side, (x, y) in _SIDES.items():
            left, low = point[0] + x * width + 14 * (x + 0.5), point[1] + y * 24 - 9
            box = (left, low, left + width, low + 18)
            if not any(box[0] < b[2] and b[0] < box[2] and box[1] < b[3] and b[1] < box[3] for b in taken):
                taken.append(box)
                spot = side
                break
        spots.append(spot)
    return spots


def _said_of(projection: Projection, translate: shading.Translate) -> str:
    """Say on the picture how far it can be trusted."""
    _ = translate
    if projection.kept is None:
        return _("t-SNE keeps who is whose neighbour, not how far:<br>the length of an arrow says little.")
    said = _(
        "One PCA of both spaces keeps {share} of the variance here.<br>Cosines (point at a dot) are of all dimensions."
    )
    return said.format(share=f"{projection.kept:.1%}")


def _running_median(counts: np.ndarray, values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the middle count and value of words read about equally often; of fewer than five there is no middle."""
    steps = np.floor(4 * np.log10(np.maximum(counts, 0.5)))  # four to a power of ten
    groups = [steps == step for step in np.unique(steps) if (steps == step).sum() >= 5]
    middles = [np.array([np.median(of[group]) for group in groups]) for of in (counts, values)]
    return middles[0], middles[1]


def _apart(heights: np.ndarray, gap: float) -> np.ndarray:
    """Return heights moved so far that none is nearer than `gap` to the next, around where they were."""
    order = np.argsort(heights, kind="stable")
    moved = heights[order].astype(np.float64)
    for _round in range(200):
        over = gap - np.diff(moved)
        if (over <= 1e-9).all():
            break
        push = np.where(over > 0, over / 2, 0)
        moved[:-1] -= push
        moved[1:] += push
    result = np.empty_like(moved)
    result[order] = moved
    return result


_PLAIN = str.maketrans({"<": "&lt;", ">": "&gt;", "&": "&amp;"})
_PURPLE, _MIDDLE = "#8f6fd6", "#8d89a0"  # at least 3:1 on both papers
_SYMBOLS = ("diamond", "circle", "square", "triangle-up", "cross", "x", "star")
_CANVAS = np.array([1180.0, 470.0])  # pixels, on a projector; a phone writes words over one another before it zooms
_SIDES = {  # where a word's left end and middle lie beside its point, in widths and lines
    "middle right": (0.0, 0.0),
    "middle left": (-1.0, 0.0),
    "top center": (-0.5, 0.75),
    "bottom center": (-0.5, -0.75),
}
# Dots are SVG, not WebGL: Streamlit makes a chart anew whenever it changes, which takes WebGL five times as long.
_HEAD = 13.0  # pixels of an arrow
_FAINT = {"light": 0.4, "dark": 0.6}  # of a dot, so that arrows and words stand out
_MOST_DOTS, _FARTHEST = 2000, 100
_MOST_NUMBERS = 8  # words of a heat-map with room for numbers
_TOO_NEAR = 0.06  # of the colour bar's length: ticks would be written over one another
