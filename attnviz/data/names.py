"""Names of columns, labels and splits: as they are shown, and what two spellings of one name have in common."""

from __future__ import annotations

import unicodedata

import regex

# What cannot be seen. Joiners and variation selectors stay where they are shown: they make one emoji of several, and
# shape words of Persian and Hindi. Controls could command a terminal.
_INVISIBLE = regex.compile(r"[\p{Default_Ignorable_Code_Point}\p{Cf}\p{Cc}]")
_HIDDEN = regex.compile(
    r"[[\p{Default_Ignorable_Code_Point}\p{Cf}\p{Cc}]--[\u200c\u200d\ufe0e\ufe0f\U000e0020-\U000e007f]]", regex.V1
)
_JOINERS = "\u200c\u200d"


def shown(name: str) -> str:
    """Return a name without what cannot be seen, its white space (of all kinds) tidied, in NFC."""
    tidy = name if name.isascii() and name.isprintable() else _HIDDEN.sub("", " ".join(name.split()))
    return unicodedata.normalize("NFC", " ".join(tidy.split()).strip(_JOINERS))


def match_key(name: str) -> str:
    """Return what all spellings of a name have in common: upper and lower case are one, and all that is invisible goes.

    `Positive`, ` positive` and `positive` with a zero-width space are the same name.
    """
    seen = _INVISIBLE.sub("", " ".join(name.split()))
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", " ".join(seen.split())).casefold())
