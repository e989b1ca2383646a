"""What a class reads from the projector, and the list of the sentences that it sent."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from attnviz.heatmap import palette
from attnviz.heatmap.display import Translate
from attnviz.ui.components.base import component
from attnviz.ui.components.copy_text.copy_text import qr_code


@dataclass(frozen=True)
class Words:
    """The words of the round's sentence as somebody looks at them: colours and numbers word by word."""

    name: str
    note: str
    scale: palette.Scale
    levels: tuple[int, ...]
    numbers: tuple[str, ...]
    said: str = ""


@dataclass(frozen=True)
class Bar:
    """How many guessed one of the answers; `right` says who gives it, "" for nobody."""

    name: str
    count: str
    share: float
    right: str = ""


@dataclass(frozen=True)
class Shown:
    """What is told of a round, in the words of the screen."""

    title: str
    state: str
    state_name: str
    question: str
    words: tuple[tuple[str, str], ...] = ()  # what stands before each, and the word
    tail: str = ""
    choices: tuple[str, ...] = ()
    found: tuple[Words, ...] = ()
    bars: tuple[Bar, ...] = ()
    note: str = ""


@dataclass(frozen=True)
class Entry:
    """A sentence of the class in a list: what is said of it, and what can be done with it."""

    id: int
    text: str
    label: str
    answers: tuple[dict[str, Any], ...] = ()  # name, answer, wrong
    trap: str = ""
    up: bool = False
    acts: tuple[str, ...] = field(default=())  # pass, weed, show


def class_board(
    code: str, link: str, counts: Sequence[tuple[str, str]], shown: Shown | None, *, key: str, translate: Translate
) -> None:
    """Draw how to join and, once there is one, the round; `counts` are numbers and what they count."""
    _ = translate
    data = {
        "join": {"code": code, "where": where(link), "rows": qr_code(link)["rows"], "local": _local(link, translate)},
        "counts": list(counts),
        "round": _round(shown, translate) if shown else None,
        "texts": {
            "open": _("Scan the code, or open this address"),
            "type": _("and type this code there"),
            "qr": _("QR code of the classroom"),
            "larger": _("How to join, as large as the screen"),
            "join": _("How to join"),
            "close": _("Close"),
        },
    }
    _mount(data, key=key)


def entries(
    some: Sequence[Entry],
    *,
    heading: str,
    empty: str,
    more: str = "",
    key: str,
    translate: Translate,
    on_act: Callable[[str, int], None],
) -> None:
    """Draw sentences in a list; a button of one calls `on_act(act, id)`."""
    _ = translate
    data = {
        "entries": [asdict(one) for one in some],
        "heading": heading,
        "empty": empty,
        "more": more,
        "texts": {
            "pass": _("Let through"),
            "weed": _("Weed out"),
            "show": _("Open on the page"),
        },
    }
    _mount_entries(data, key=key, on_act=lambda event: on_act(str(event["act"]), int(event["id"])))


def where(link: str) -> str:
    """Return an address as it is typed: without the part that every browser adds, and without the code."""
    return link.partition("://")[2].rpartition("/")[0]


def _round(shown: Shown, translate: Translate) -> dict[str, Any]:
    _ = translate
    meanings = {"class": _("of the class marked the word"), "attention": _("of the classifier's attention")}
    drawn = {one.scale for one in shown.found}
    legend = [{"scale": scale, "meaning": meaning} for scale, meaning in meanings.items() if scale in drawn]
    return {
        "title": shown.title,
        "state": shown.state,
        "stateName": shown.state_name,
        "question": shown.question,
        "words": [{"gap": gap, "text": text} for gap, text in shown.words] or None,
        "tail": shown.tail,
        "choices": list(shown.choices) or None,
        "found": [asdict(one) for one in shown.found] or None,
        "bars": [asdict(one) for one in shown.bars] or None,
        "legend": legend or None,
        "note": shown.note,
    }


def _local(link: str, translate: Translate) -> str:
    """Say that an address leads to this machine alone, if so it is."""
    _ = translate
    host = link.partition("://")[2].partition("/")[0]
    if not host.startswith(("localhost", "127.", "[::1]")):
        return ""
    return _(
        "This address leads to this machine only. For a class, start the server with --server.address 0.0.0.0 and open "
        "this page by the machine's name in the network."
    )


def _strip(scale: palette.Scale) -> str:
    """Return the CSS of a scale's strip in a legend."""
    colours = [palette.both_themes(level, scale).background for level in range(0, palette.LEVELS + 1, 8)]
    return f".{scale}-strip {{ background: linear-gradient(to right, {', '.join(colours)}); }}"


_SCALES: tuple[palette.Scale, ...] = ("class", "attention")
_mount = component(
    "class_board",
    css="\n".join([rule for scale in _SCALES for rule in palette.rules(scale)] + [_strip(scale) for scale in _SCALES]),
)
_mount_entries = component("class_board", "entries")
