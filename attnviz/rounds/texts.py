"""What phones send, read strictly: tokens of devices, marks, and texts as they may be kept and shown."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from hashlib import blake2b

from attnviz.data.cells import encodable
from attnviz.rounds.refusals import Wrong, msg

LONGEST = 300  # characters of a sentence
_TOKEN = re.compile(r"[A-Za-z0-9_-]{22,64}")
_NONCE = re.compile(r"[A-Za-z0-9_-]{8,64}")


def device(token: object) -> str:
    """Return what is kept of a device's token: a digest, from which nobody can answer in its place."""
    if not isinstance(token, str) or not _TOKEN.fullmatch(token):
        raise Wrong(msg("This request came from no page of this server: open the link on the screen again."))
    return blake2b(token.encode(), digest_size=16).hexdigest()


def nonce(given: object) -> str:
    """Return the number that a phone gave to what it sends, by which it counts once."""
    if not isinstance(given, str) or not _NONCE.fullmatch(given):
        raise Wrong(msg("This request came from no page of this server: open the link on the screen again."))
    return given


def turn(given: object) -> int:
    """Return the number of a device's change; what is none is the first."""
    return given if type(given) is int and 0 <= given < 2**31 else 0


def sentence(given: object) -> str:
    """Return a sentence in one line, without what cannot be seen; it is text, whatever it looks like."""
    if not isinstance(given, str):
        raise Wrong(msg("Type a sentence first."))
    if len(given) > 4 * LONGEST:
        raise too_long(len(given))
    seen = "".join(" " if unicodedata.category(c) in ("Cc", "Zl", "Zp") else c for c in encodable(given))
    text = " ".join(seen.split())
    if not any(c.isalnum() for c in text):
        raise Wrong(msg("Type a sentence first."))
    if len(text) > LONGEST:
        raise too_long(len(text))
    return text


def too_long(count: int) -> Wrong:
    """Return what is said of a sentence that is too long."""
    told = msg("This sentence has {count} characters, and {limit} are the most: shorten it.")
    return Wrong(told, count=f"{count:,}", limit=LONGEST)


def marks(given: object, words: int, most: int) -> tuple[int, ...]:
    """Return the places of marked words in order, of a sentence of so many `words`; `most` 0 lets any number be."""
    if not isinstance(given, Sequence) or isinstance(given, str):
        raise Wrong(msg("Mark a word first."))
    if len(given) > words:
        raise _other_sentence()
    if any(type(place) is not int or not 0 <= place < words for place in given):
        raise _other_sentence()
    places = tuple(sorted(set(given)))
    if not places:
        raise Wrong(msg("Mark a word first."))
    if most and len(places) > most:
        raise Wrong(msg("Mark {most} words at most."), most=most)
    return places


def choice(given: object, choices: Sequence[str]) -> str:
    """Return what a guess names."""
    if not isinstance(given, str) or given not in choices:
        raise Wrong(msg("This is none of the answers that can be chosen: look at the question again."))
    return given


def _other_sentence() -> Wrong:
    return Wrong(msg("These are no words of this sentence: look at it again."))
