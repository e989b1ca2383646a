"""What nobody would type by accident, and the judge of what comes of it."""

from __future__ import annotations

import json
import os
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from random import Random
from typing import Any, TypeVar

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from attnviz.errors import AttnvizError

FULL = "ATTNVIZ_HOSTILE" in os.environ  # 10,000 cases and more, where a run in passing has some hundreds
COUNTS = Counter[str]()  # cases by room
SLOWEST: dict[str, float] = {}  # CPU seconds of one
Value = TypeVar("Value")


def tries(quick: int, full: int) -> settings:
    """Return how many examples a test draws; the same ones in passing, others each time in full."""
    return settings(
        max_examples=full if FULL else quick,
        deadline=None,
        derandomize=not FULL,
        database=None,
        suppress_health_check=list(HealthCheck),
    )


@contextmanager
def case(room: str) -> Iterator[None]:
    """Count what is done in it as one case of a room: it comes to an end, or to an error of ours that can be said."""
    began = time.process_time()
    try:
        yield
    except AttnvizError as error:
        assert str(error).strip() and "Traceback" not in str(error)
        assert not any("\ud800" <= mark <= "\udfff" for mark in json.dumps(str(error))), "it could not be shown"
    finally:
        COUNTS[room] += 1
        SLOWEST[room] = max(SLOWEST.get(room, 0.0), time.process_time() - began)


def tree(folder: Path) -> dict[str, int]:
    """Return every path in a folder, with sizes: what is not to change."""
    return {str(path.relative_to(folder)): path.lstat().st_size for path in folder.rglob("*")}


MARKUP = (
    "<script>window.pwned=1</script>",
    "<img src=x onerror=window.pwned=1>",
    "\"'><svg/onload=window.pwned=1>",
    "</textarea></style></script><script>window.pwned=1</script>",
    "<a href=javascript:window.pwned=1>x</a>",
    "[x](javascript:window.pwned=1) ![x](x) :red[x] $\\href{javascript:x}{y}$ :material/x:",
    "<b onmouseover=window.pwned=1>bold</b> &lt;script&gt;&#60;img src=x&#62; &amp;amp;lt;",
    "{{7*7}} ${7*7} {text} {0.__class__} %s %(x)s",
)
TEXTS = (
    *MARKUP,
    "",
    " ",
    "\0",
    "a\0b",
    "\ud800",
    "good\udfff film",
    "\u202egood\u202c \u2066film\u2069 \u200f\u200e",
    "go\u200b\u200c\u200d\ufeff\u2060od",
    "=1+1",
    "+cmd|' /C calc'!A0",
    "-2+3",
    "@SUM(1)",
    "\t=1",
    "../../../etc/passwd",
    "..\\..\\x",
    "/etc/passwd",
    "C:\\con",
    "nul",
    "a/b",
    "\x1b[31mred\x1b]0;title\x07",
    "\r\nSet-Cookie: a=b",
    "'; DROP TABLE x; --",
    "é" * 300,
    "e" + "\u0301" * 2_000,
    "한" * 3_000,
    "不" * 3_000,
    "ก" * 3_000,
    "👩‍👩‍👧‍👦" * 300,
    "a" * 16_000,
    "a " * 8_000,
    "&#" + "9" * 5_000 + ";",
    "&amp;" * 3_000,
    "<a " * 4_000,
    "\u2028\u2029\x85\x0b\x0c",
    "__proto__",
    "constructor",
    "NaN",
    "1e999",
    "9" * 5_000,
)
NUMBERS = (0, -1, 1, 2**31, 2**63, -(2**63) - 1, 10**300, 1e308, -1e308, 1e-320, 0.5, True, 1e400, float("nan"))
_PIECES = (
    *MARKUP,
    *(one for one in TEXTS if len(one) < 40),
    "good",
    "film",
    "not",
    "the",
    "영화",
    " ",
    " ",
    "\n",
    "…",
    "1",
)

texts = st.sampled_from(TEXTS) | st.lists(st.sampled_from(_PIECES), max_size=12).map("".join) | st.text(max_size=60)
plain_texts = texts.map(lambda text: text.encode("utf-8", "replace").decode())
values: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.sampled_from(NUMBERS) | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=4,
)
seeds = st.integers(0, 2**32 - 1).map(Random)


def mangled(data: bytes, draw: Random) -> bytes:
    """Return bytes with some of them changed, cut, doubled or put elsewhere."""
    for _ in range(draw.randint(1, 4)):
        at, size = draw.randint(0, len(data)), draw.choice((1, 1, 2, 4, 8, 64))
        some = draw.choice(
            (
                bytes(draw.choices(range(256), k=size)),
                b"\0" * size,
                b"\xff" * size,
                data[draw.randint(0, len(data)) :][:size],
                draw.choice((b'"', b"\n", b"<", b"9" * size, b"[" * size, b"\xff\xff\xff\x7f", b"-1", b"\xed\xa0\x80")),
            )
        )
        match draw.randint(0, 3):
            case 0:
                data = data[:at] + some + data[at + len(some) :]
            case 1:
                data = data[:at] + some + data[at:]
            case 2:
                data = data[:at] + data[at + size :]
            case _ if draw.random() < 0.3:
                data = data[:at]
    return data


def places(value: Any, at: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Yield where there is something in a value of JSON, itself the first."""
    yield at
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, one in inside:
        yield from places(one, (*at, key))


def spoilt(value: Any, draw: Random, other: Any) -> Any:
    """Return a copy of a value of JSON in which one thing is another, is gone, or is there under another name."""
    value = json.loads(json.dumps(value))
    *way, last = draw.choice([place for place in places(value) if place] or [("x",)])
    parent = value
    for key in way:
        parent = parent[key]
    match draw.randint(0, 5):
        case 0:
            del parent[last]
        case 1 if isinstance(parent, dict):
            parent[str(other)[:200]] = parent.pop(last)
        case 2 if isinstance(parent, list):
            parent += [other, *parent[:50]]
        case 3 if isinstance(parent, dict):
            parent["x"] = other
        case _:
            parent[last] = other
    return value


def every(room: str, cases: Sequence[Value], act: Callable[[Value], object]) -> None:
    """Do something with each of some cases."""
    for one in cases:
        with case(room):
            act(one)
