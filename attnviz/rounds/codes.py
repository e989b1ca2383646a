"""The code of a classroom: five characters that are read aloud from a projector and typed on a phone."""

from __future__ import annotations

import secrets

from attnviz.rounds.refusals import Unknown, msg

ALPHABET = "23456789BCDFGHJKMNPQRSTVWXZ"  # nothing that looks like another (0 O, 1 I L), no vowels: no code is a word
LENGTH = 5
_BETWEEN = " -\u2010\u2011\u2013\u2014_.\u00a0\u3000\t"  # what people type between characters


def new() -> str:
    """Return a code that nobody can foresee."""
    return "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))


def read(typed: str) -> str:
    """Return the code that somebody typed; raise `Unknown` for what can be none."""
    if len(typed) > 10 * LENGTH:
        raise unknown(typed)
    # full-width letters, as a Korean keyboard may give, are the same ones
    plain = "".join(chr(ord(c) - 0xFEE0) if "！" <= c <= "～" else c for c in typed)
    code = "".join(c for c in plain if c not in _BETWEEN).upper()
    if len(code) != LENGTH or any(c not in ALPHABET for c in code):
        raise unknown(typed)
    return code


def unknown(typed: str) -> Unknown:
    """Return what is said of a code that no classroom has."""
    told = msg("There is no classroom “{code}”: look at the code on the screen again.")
    return Unknown(told, code=typed[: 2 * LENGTH])
