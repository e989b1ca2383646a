"""How wide text is, where it is cut and where it breaks, for a drawing that has no font at hand to measure it with."""

from __future__ import annotations

import unicodedata


def width(text: str) -> float:
    """Estimate how wide `text` is, in ems."""
    return sum(map(_advance, text))


def cut(text: str, room: float) -> str:
    """Return `text`, or as much of its start as with an ellipsis fits `room` ems."""
    if width(text) <= room:
        return text
    used, end = width("…"), 0
    while used + _advance(text[end]) <= room:
        used, end = used + _advance(text[end]), end + 1
    return f"{text[:end]}…"


def lines(text: str, room: float) -> list[str]:
    """Break `text` between words into lines of at most `room` ems; a word too wide for a line is cut."""
    broken: list[str] = []
    for word in text.split():
        longer = f"{broken[-1]} {word}" if broken else ""
        if longer and width(longer) <= room:
            broken[-1] = longer
        else:
            broken.append(cut(word, room))
    return broken


def right_to_left(text: str) -> bool:
    """Tell whether the first letter with a direction runs right to left."""
    return next((kind for kind in map(unicodedata.bidirectional, text) if kind in ("L", "R", "AL")), "L") != "L"


def _advance(c: str) -> float:
    if unicodedata.category(c) in ("Mn", "Me", "Cf"):
        return 0.0
    if unicodedata.east_asian_width(c) in "WF":
        return 1.0
    if c in "iljtfrI.,;:!|'’()[] ":
        return 0.3
    return 0.8 if c in "mwMW@%…" else 0.64 if c.isupper() else 0.5
