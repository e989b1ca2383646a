"""Colours as pure functions: the same number has the same colour in every picture, table and chart.

A number becomes a *level*, 0 to `LEVELS`, on a fixed scale that is never stretched to the sentence at hand; a level has
one background and one text colour in each theme.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Sequence
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import ArrayLike

Theme = Literal["light", "dark"]
Scale = Literal["attention", "for", "against", "class"]
THEMES: tuple[Theme, ...] = ("light", "dark")
SCALES: tuple[Scale, ...] = ("attention", "for", "against")
LEVELS = 40

PAPER: dict[Theme, str] = {"light": "#ffffff", "dark": "#15141b"}
INK: dict[Theme, str] = {"light": "#16141e", "dark": "#eeecf5"}
MUTED: dict[Theme, str] = {"light": "#5c5969", "dark": "#aaa6b8"}
LINE: dict[Theme, str] = {"light": "#dcd9e6", "dark": "#393646"}
ACCENT: dict[Theme, str] = {"light": "#5b2da8", "dark": "#b99bf8"}

# From nothing over the middle to everything. One hue for attention; blue speaks for a class, orange against it; green
# is what people marked.
_STOPS: dict[Scale, dict[Theme, tuple[str, str, str]]] = {
    "attention": {"light": ("#ffffff", "#b79cf0", "#3f1280"), "dark": ("#15141b", "#6640b5", "#e0d2ff")},
    "for": {"light": ("#ffffff", "#84b9ea", "#073f78"), "dark": ("#15141b", "#20649f", "#b5deff")},
    "against": {"light": ("#ffffff", "#f2a95c", "#8f3a00"), "dark": ("#15141b", "#9a4f0a", "#ffcf9a")},
    "class": {"light": ("#ffffff", "#74c6a8", "#00513b"), "dark": ("#15141b", "#1f7a5c", "#b0f0d6")},
}

# Okabe and Ito's colours, those that also mean "for" and "against" last.
CLASSES = ("#cc79a7", "#009e73", "#f0e442", "#56b4e9", "#d55e00", "#0072b2", "#e69f00")
OPINIONS = (("negative", "부정"), ("positive", "긍정"))  # have the first two: whoever saw them reads a verdict in these
_OTHERS = (2, 3, 0, 1, 4, 5, 6)  # in which order all other classes take them

ATTENTION_TICKS = (0.0, 0.01, 0.05, 0.1, 0.2, 0.4, 0.7, 1.0)
CONTRIBUTION_TICKS = (-3.0, -1.0, -0.3, -0.1, 0.0, 0.1, 0.3, 1.0, 3.0)


class Shade(NamedTuple):
    """The two colours of a word: behind it and its own."""

    background: str
    text: str


def attention_intensity(weights: ArrayLike) -> np.ndarray:
    """Return how strongly attention weights 0..1 are drawn, 0..1: their square root, so that small ones differ too."""
    return np.sqrt(np.clip(np.asarray(weights, dtype=np.float64), 0.0, 1.0))


def contribution_intensity(contributions: ArrayLike) -> np.ndarray:
    """Return how strongly contributions (logits, any size) are drawn, -1..1: steep near zero, full at infinity."""
    values = np.asarray(contributions, dtype=np.float64)
    return np.sign(values) * np.sqrt(np.abs(values) / (np.abs(values) + 1.0))


def attention_levels(weights: ArrayLike) -> list[int]:
    """Return the levels, 0 to LEVELS, of attention weights."""
    return _levels(attention_intensity(weights))


def class_levels(shares: ArrayLike) -> list[int]:
    """Return the levels, 0 to LEVELS, of the shares 0..1 of a class that marked words: as large as they are."""
    return _levels(np.clip(np.asarray(shares, dtype=np.float64), 0.0, 1.0))


def contribution_levels(contributions: ArrayLike) -> list[int]:
    """Return the levels, -LEVELS to LEVELS, of contributions."""
    return _levels(contribution_intensity(contributions))


def scale_of(level: int, shade: str) -> Scale:
    """Return the scale a level is drawn on: attention's, or for and against a class by its sign."""
    if shade == "attention":
        return "attention"
    return "against" if level < 0 else "for"


@functools.cache
def colour(level: int, scale: Scale, theme: Theme = "light") -> Shade:
    """Return the colours of a level; its sign does not matter. The text's contrast is at least 4.5:1."""
    background = _mix(_STOPS[scale][theme], min(abs(level), LEVELS) / LEVELS)
    ink = INK[theme]
    if contrast(ink, background) < 7:
        ink = max("#000000", "#ffffff", key=lambda text: contrast(text, background))
    return Shade(background, ink)


def both_themes(level: int, scale: Scale) -> Shade:
    """Return the colours of a level as CSS that follows the theme."""
    light, dark = (colour(level, scale, theme) for theme in THEMES)
    return Shade(*(f"light-dark({one}, {other})" for one, other in zip(light, dark, strict=True)))


def rules(scale: Scale) -> list[str]:
    """Return the CSS of a scale that follows the theme: a rule a level, for a class such as `attention7`."""
    shades = [both_themes(level, scale) for level in range(LEVELS + 1)]
    return [f".{scale}{level} {{ background: {back}; color: {text}; }}" for level, (back, text) in enumerate(shades)]


def scale_steps(shade: str) -> list[tuple[int, Scale]]:
    """Return the levels that a legend shows side by side, from the low to the high end, each with its scale."""
    low = 0 if shade == "attention" else -LEVELS
    return [(level, scale_of(level, shade)) for level in range(low, LEVELS + 1)]


def ticks(shade: str) -> list[tuple[float, str]]:
    """Return what stands along that strip: places 0 (low end) to 1 (high end) and numbers."""
    if shade == "attention":
        places = attention_intensity(ATTENTION_TICKS)
        names = [f"{tick:.0%}" for tick in ATTENTION_TICKS]
    else:
        places = (1 + contribution_intensity(CONTRIBUTION_TICKS)) / 2
        names = [f"{tick:+g}".replace("-", "−") if tick else "0" for tick in CONTRIBUTION_TICKS]
    return [(float(place), name) for place, name in zip(places, names, strict=True)]


def class_colours(labels: Sequence[str]) -> list[str]:
    """Return the colours of an experiment's classes: blame and praise have their own, others one by their place."""
    known = {label: at for at, names in enumerate(OPINIONS) for label in labels if label.casefold() in names}
    free = [at for at in _OTHERS if at not in known.values()]
    others = (free[at % len(free)] for at in range(len(labels)))
    return [CLASSES[known[label] if label in known else next(others)] for label in labels]


def contrast(one: str, other: str) -> float:
    """Return the contrast of two colours, 1 to 21, as WCAG 2 counts it."""
    dark, light = sorted((_luminance(one), _luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def _levels(intensity: np.ndarray) -> list[int]:
    """Return the levels of intensities -1..1."""
    return [int(level) for level in np.rint(intensity * LEVELS)]


def _luminance(colour: str) -> float:
    red, green, blue = _linear(colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(colour: str) -> tuple[float, float, float]:
    """Return linear light 0..1 of `#rrggbb`."""
    channels = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return red, green, blue


# OKLab (Ottosson, 2020): equal steps between two colours look equal there.
_TO_CONES = np.array([[0.4122214708, 0.5363325363, 0.0514459929],
                      [0.2119034982, 0.6806995451, 0.1073969566],
                      [0.0883024619, 0.2817188376, 0.6299787005]])  # fmt: skip
_TO_LAB = np.array([[0.2104542553, 0.7936177850, -0.0040720468],
                    [1.9779984951, -2.4285922050, 0.4505937099],
                    [0.0259040371, 0.7827717662, -0.8086757660]])  # fmt: skip


def _mix(stops: Sequence[str], share: float) -> str:
    """Return the colour at `share` 0..1 of the way along equally spaced stops."""
    place = share * (len(stops) - 1)
    first = min(int(place), len(stops) - 2)
    rest = place - first
    lab = (1 - rest) * _lab(stops[first]) + rest * _lab(stops[first + 1])
    linear = np.linalg.inv(_TO_CONES) @ (np.linalg.inv(_TO_LAB) @ lab) ** 3
    return "#" + "".join(f"{round(255 * _encoded(float(channel))):02x}" for channel in linear)


def _lab(colour: str) -> np.ndarray:
    return np.asarray(_TO_LAB @ np.cbrt(_TO_CONES @ np.array(_linear(colour))))


def _encoded(linear: float) -> float:
    channel = min(max(linear, 0.0), 1.0)
    return 12.92 * channel if channel <= 0.0031308 else 1.055 * math.pow(channel, 1 / 2.4) - 0.055
