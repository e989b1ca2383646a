"""The page of a phone: one HTML for every class and state, its words in the language asked for, its CSS and script.

Both files are made once and linked with a digest of what is in them, so a browser may keep them for good.
"""

from __future__ import annotations

import functools
import hashlib
import json
import re
from collections.abc import Mapping
from pathlib import Path

from attnviz.heatmap import palette
from attnviz.heatmap.display import Translate
from attnviz.heatmap.html import render
from attnviz.rounds.texts import LONGEST

# Nothing inline runs and nothing comes from elsewhere, whatever was typed.
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:; base-uri 'none'; "
    "form-action 'self'; frame-ancestors 'none'"
)
_SCRIPTS = ("page.js", "memory.js", "line.js", "drawing.js", "screens.js", "phone.js")
_SCALES: tuple[palette.Scale, ...] = ("attention", "class")
_ROOM = Path(__file__).parent
# Comments and blanks stay here, and a semicolon or a nought that nobody needs. What is text, or a regular expression,
# is kept as it is.
_BLANK = r"(?:\s|//[^\n]*\n)*"
_JS = re.compile(
    r"""("(?:[^"\\\n]|\\.)*"|`(?:[^`\\]|\\.)*`|/(?:\\.|[^/\\\n* ])(?:\\.|[^/\\\n])*/g?(?=[.,)]))"""
    rf"""|(?:;{_BLANK}|\s*)(\}}){_BLANK}|\s*([{{()\[\];,:?=<>+*&|!-]){_BLANK}|//[^\n]*|\s+"""
)
_CSS = re.compile(r"""('[^']*'|"[^"]*")|/\*.*?\*/|(:)\s+|;?\s*(\})\s*|\s*([{;,>])\s*|(?<![\d.])0(\.)|\s+""", re.DOTALL)


def page(translate: Translate, language: str, base: str, languages: Mapping[str, str], code: str = "") -> str:
    """Return the page for a class's `code`, or the one that asks for it; `languages` names those of the screen."""
    _ = translate
    return render(
        "rounds/phone/phone.html.j2",
        language=language,
        languages=languages,
        base=base,
        code=code,
        digest=digest(),
        longest=LONGEST,
        words=json.dumps(_words(translate), ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c"),
        join=_("Join your class"),
        label=_("The code on the screen"),
        enter=_("Join"),
        connecting=_("Connecting…"),
        another=_("Another code"),
        needs=_("This page needs JavaScript: allow it in the browser's settings, or use another browser."),
    )


def sources() -> list[Path]:
    """Return the files of the script, in the order in which they run."""
    return [_ROOM / name for name in _SCRIPTS]


@functools.cache
def script() -> str:
    """Return what runs in the page, from all its files."""
    parts = [path.read_text(encoding="utf-8") for path in sources()]
    shades = json.dumps(
        {scale: [_shades(scale, theme) for theme in palette.THEMES] for scale in _SCALES}, separators=(",", ":")
    )
    return f"(()=>{{const SHADES={shades};{_JS.sub(_left, ''.join(parts))}}})();"


@functools.cache
def style() -> str:
    """Return the page's CSS, with the colours of `palette` in both themes."""
    light, dark = (_colours(theme) for theme in palette.THEMES)
    css = _CSS.sub(_left, (_ROOM / "phone.css").read_text(encoding="utf-8"))
    return f"{light}@media (prefers-color-scheme:dark){{{dark}}}{css}"


@functools.cache
def digest() -> str:
    """Return a short name for what is in the script and the CSS."""
    return hashlib.sha256((script() + style()).encode()).hexdigest()[:12]


def _colours(theme: palette.Theme) -> str:
    """Return the page's own colours in a theme."""
    named = {"paper": palette.PAPER, "ink": palette.INK, "muted": palette.MUTED, "line": palette.LINE}
    own = ";".join(f"--{name}:{values[theme]}" for name, values in {**named, "accent": palette.ACCENT}.items())
    return f":root{{{own}}}"


def _shades(scale: palette.Scale, theme: palette.Theme) -> str:
    """Return the levels of a scale one behind the other: a letter for the ink, six digits of what is behind it."""
    inks = {palette.INK[theme]: "i", "#000000": "k", "#ffffff": "w"}
    shades = [palette.colour(level, scale, theme) for level in range(palette.LEVELS + 1)]
    return "".join(inks[ink] + back.removeprefix("#") for back, ink in shades)


def _left(found: re.Match[str]) -> str:
    """Return what is left of a stretch without its comments and blanks: a text as it is, or the sign between them."""
    return found[found.lastindex] if found.lastindex else (" " if found[0].isspace() else "")


def _words(translate: Translate) -> dict[str, str]:
    """Return what the script says."""
    _ = translate
    return {
        "room": _("Class {code}"),
        "in": _("You are in."),
        "wait": _("The next round appears here by itself. Keep this page open."),
        "over": _("The lesson has ended."),
        "next": _("Another lesson has a code of its own: scan it, or type it here."),
        "noCode": _("Type the code that is on the screen."),
        "noLine": _("No connection. Trying again…"),
        "number": _("Round {number}"),
        "open": _("open for answers"),
        "closed": _("closed"),
        "revealed": _("answers revealed"),
        "markTitle": _("Which words does the classifier look at most?"),
        "guessTitle": _("What does the classifier answer?"),
        "foolTitle": _("Write a sentence that fools the classifier"),
        "teachTitle": _("Write examples for the classifier to learn from"),
        "markHint": _("Tap the words, {most} at most, then send."),
        "markAny": _("Tap as many words as you like, then send."),
        "guessHint": _("Tap what you expect: it is sent at once."),
        "foolHint": _("Send a sentence, see at once how the classifier reads it, and try again."),
        "teachHint": _("One sentence at a time, as many as you can think of."),
        "marked": _("Marked: {count}"),
        "markedOf": _("Marked: {count} of {most}"),
        "full": _("You have marked {most} already. Tap a marked word to take it back first."),
        "sentence": _("Your sentence"),
        "claim": _("What a person would answer"),
        "claimed": _("A person would answer: {label}"),
        "example": _("An example of"),
        "send": _("Send"),
        "sendChange": _("Send the change"),
        "sending": _("Sending…"),
        "waiting": _("not sent yet"),
        "kept": _("Not sent yet: no connection. It is kept here and goes out by itself."),
        "sent": _("Sent. You may change it until it is closed."),
        "sentChoice": _("Sent: {choice}. You may change it until it is closed."),
        "changed": _("Changed, but not sent yet."),
        "sentOne": _("Sent."),
        "closedSent": _("Closed. Your answer is in."),
        "closedNone": _("Closed. No answer came from this device."),
        "unsent": _("What you marked last was not sent."),
        "closedCount": _("Closed. Sentences of yours: {count}."),
        "late": _("What you sent to an earlier round came too late for it."),
        "tooLong": _("This has {count} characters, and {most} are the most: shorten it."),
        "noText": _("Write a sentence first."),
        "noLabel": _("Choose an answer first."),
        "again": _("You have sent this one already."),
        "yours": _("Your sentences"),
        "back": _("Not sent, and kept here"),
        "drop": _("Discard"),
        "fooled": _("fooled"),
        "notFooled": _("not fooled"),
        "ours": _("Your class"),
        "answers": _("answers: {count}"),
        "oursBelow": _("Below a word: how many of the answers marked it."),
        "attentionBelow": _("Below a word: its share of the attention."),
        "mine": _("yours"),
        "guesses": _("What your class expected"),
        "shown": _("Sentences of your class"),
    }
