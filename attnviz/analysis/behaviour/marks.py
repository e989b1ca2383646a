"""Changes of marks and of letters' case: the same in every language."""

from __future__ import annotations

import re

import numpy as np

from attnviz.analysis.behaviour.case import Change, Setting

_RUN = re.compile(r"([!?.~])\1+")
_LAUGHTER = re.compile(r"([ㅋㅎㅠㅜ])\1+")
_COMMA = re.compile(r"(?<!\bno)(?<!\byes)(?<=[^\W\d]), (?=[^\W\d])", re.IGNORECASE)
_LONGER = 2  # marks


def upper_case(text: str, _chance: np.random.Generator, _setting: Setting) -> Change | None:
    """Write everything in capitals; not where that would break markup."""
    return None if "&" in text or "<" in text else Change(text, text.upper())


def final_mark(text: str, _chance: np.random.Generator, _setting: Setting) -> Change | None:
    """Leave out the full stop at the end, or put one there."""
    plain = text.rstrip()
    if plain.endswith(".") and not plain.endswith(".."):
        return Change(text, plain[:-1])
    return Change(text, plain + ".") if plain[-1:].isalpha() else None


def commas(text: str, _chance: np.random.Generator, _setting: Setting) -> Change | None:
    """Leave out the commas between words, as hasty people do."""
    return Change(text, _COMMA.sub(" ", text))


def repeated_marks(text: str, _chance: np.random.Generator, _setting: Setting) -> Change | None:
    """Make runs of the same mark longer by two."""
    return Change(text, _RUN.sub(lambda run: run.group() + _LONGER * run.group(1), text))


def laughter(text: str, _chance: np.random.Generator, _setting: Setting) -> Change | None:
    """Make runs of letters that laugh or weep (ㅋㅋ, ㅠㅠ) longer by two."""
    return Change(text, _LAUGHTER.sub(lambda run: run.group() + _LONGER * run.group(1), text))
