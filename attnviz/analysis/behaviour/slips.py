"""Slips of the keys in some words of a text, in whatever language."""

from __future__ import annotations

import re
from collections.abc import Sequence
from math import ceil

import numpy as np

from attnviz.analysis.behaviour.case import Change, Setting
from attnviz.analysis.misspellings import misspellings

ONE_IN = 10  # words that can have a slip


def slips(
    text: str, words: Sequence[re.Match[str]], kinds: Sequence[str], chance: np.random.Generator, setting: Setting
) -> Change:
    """Let one word in ten have a slip behind its first letter; no slip makes another known word."""
    made: list[tuple[int, int, str]] = []
    for at in chance.permutation(len(words)):
        if len(made) == ceil(len(words) / ONE_IN):
            break
        word = words[at].group()
        ways = misspellings(word, str(chance.choice(list(kinds))))
        fit = (ways[place] for place in chance.permutation(len(ways)) if ways[place][0] == word[0])
        if slip := next((slip for slip in fit if not setting.known(slip)), ""):
            made.append((*words[at].span(), slip))
    return Change(text, put(text, made))


def put(text: str, made: list[tuple[int, int, str]]) -> str:
    """Return a text with others put in the place of spans of it."""
    for start, end, other in sorted(made, reverse=True):
        text = text[:start] + other + text[end:]
    return text
