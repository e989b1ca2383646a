"""Words and numbers as a heat-map shows them, whoever draws it."""

from __future__ import annotations

import re
from collections.abc import Callable

Translate = Callable[[str], str]  # from English into the language of the screen

_LONGEST_WORD = 60
# controls, what turns the direction of all that follows, and what no file may hold
_HIDDEN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]")


def signed(value: float, digits: int = 2) -> str:
    """Return a number with its sign, a true minus; what rounds to nothing has none."""
    rounded = f"{value:z.{digits}f}"
    return rounded.replace("-", "−") if float(rounded) <= 0 else f"+{rounded}"


def shorten(word: str) -> str:
    """Return a word, or a gap, that fits a line: an endless one loses its middle."""
    return word if len(word) <= _LONGEST_WORD else f"{word[: _LONGEST_WORD // 2]}…{word[-_LONGEST_WORD // 4 :]}"


def visible(text: str) -> str:
    """Return `text` with control characters as their pictures (U+2400 and on), and as U+FFFD what has none.

    That is what no file may hold, and what turns the direction of a text: it would be read in another order.
    """
    return _HIDDEN.sub(_picture, text)


def _picture(hidden: re.Match[str]) -> str:
    c = hidden.group()
    return chr(0x2400 + ord(c)) if c < " " else "␡" if c == "\x7f" else "�"


def number(value: float) -> str:
    """Return a cosine as it is written everywhere on the page, with a true minus."""
    return f"{value:.2f}".replace("-0.00", "0.00").replace("-", "−")
