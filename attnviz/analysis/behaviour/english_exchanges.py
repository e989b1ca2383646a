"""English names, places, weekdays and numbers exchanged for others of their kind."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence

import numpy as np

from attnviz.analysis.behaviour.case import Change, Setting

# First names that are no common word, no place and no month.
_MEN_LIST = """
John Tom Michael David James Robert Peter Richard George Paul Kevin Brian Steven Thomas Edward Charles Daniel
Matthew Andrew Anthony Joseph Kenneth Ronald Gary Eric Stephen Jeffrey Scott Timothy Larry Dennis Walter Patrick
Arthur Albert Roger Henry Philip Alan Simon Martin Oliver Ben Adam Nathan Samuel Keith Gerald Howard Eugene
Russell Bruce
"""
_MEN = tuple(_MEN_LIST.split())
_WOMEN_LIST = """
Mary Sarah Anna Julia Kate Susan Jennifer Linda Barbara Elizabeth Maria Lisa Nancy Karen Helen Sandra Laura
Jessica Emma Emily Rachel Rebecca Catherine Katherine Michelle Amanda Stephanie Nicole Angela Diane Julie Amy
Anne Margaret Martha Alice Judith Deborah Caroline Meryl Sharon Ellen Claire Lucy Hannah Samantha
"""
_WOMEN = tuple(_WOMEN_LIST.split())
_CITIES = (
    """
London|Paris|Berlin|Rome|Madrid|Vienna|Tokyo|Chicago|Boston|Seattle|Dublin|Moscow|Prague|Lisbon|Athens|Toronto|Sydney
New York|Los Angeles|San Francisco|Philadelphia|Detroit|Denver|Munich|Milan|Barcelona|Stockholm|Oslo|Brussels|Geneva
Zurich|Singapore|Melbourne|Montreal|Manchester|Miami|Dallas|Houston|Atlanta|Beijing|Shanghai|Bangkok
""".strip()
    .replace("\n", "|")
    .split("|")
)
_COUNTRIES_LIST = """
France Germany Italy Spain Japan China India Brazil Canada Mexico Russia Poland Sweden Norway England Ireland
Australia America Denmark Finland Greece Portugal Austria Switzerland Belgium Hungary Argentina Chile Kenya
Thailand
"""
_COUNTRIES = tuple(_COUNTRIES_LIST.split())
_WORKDAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday"]
_NAMED_SO = re.compile(
    r"(?:[A-Z][\w.’']*|[\"“]|[A-Z][\w’']* (?:in|to|from|near|across)) ?$"
)  # before a surname, in a title
_NAME = re.compile(
    rf"(?<![\w'’-])({'|'.join(_MEN + _WOMEN)})(?![\w-])"
    r"(?! (?:Pan|Poppins|Potter|Bond|Christ|Gump|Doe|of|[IVX]+\b))"
)
_PLACE = re.compile(
    rf"(?:(?<=\bin )|(?<=\bto )|(?<=\bfrom )|(?<=\bnear )|(?<=\bacross ))({'|'.join((*_CITIES, *_COUNTRIES))})"
    r"(?![\w'’-])(?! [A-Z])(?!, (?:[A-Z]|D\.))"
)
_WEEKDAY = re.compile(
    rf"(?:(?<=\bon )|(?<=\blate )|(?<=\bearly )|(?<=\blast )|(?<=[a-z] ))({'|'.join(_WORKDAYS)})(?![\w'’-])(?! [A-Z])"
)
_NUMBER = re.compile(r"(?<![\w.,;$£€#%/-])(?<!\d )([2-9]\d|[2-8]\d\d)(?= (?!hours?\b|holes\b|series\b)[a-z]{3,})")


def names(text: str, chance: np.random.Generator, _setting: Setting) -> Change | None:
    """Give people other first names of the same sex, one person the same one everywhere."""
    return _exchanged(text, _NAME, lambda name: _MEN if name in _MEN else _WOMEN, chance)


def places(text: str, chance: np.random.Generator, _setting: Setting) -> Change | None:
    """Put cities for cities and countries for countries where something happens in, near, from or to one."""
    return _exchanged(text, _PLACE, lambda place: _CITIES if place in _CITIES else _COUNTRIES, chance)


def weekdays(text: str, chance: np.random.Generator, _setting: Setting) -> Change | None:
    """Put working days for working days."""
    return _exchanged(text, _WEEKDAY, lambda _day: _WORKDAYS, chance)


def numbers(text: str, chance: np.random.Generator, _setting: Setting) -> Change | None:
    """Put numbers of like size for numbers of two or three digits that count something."""

    def other(match: re.Match[str]) -> str:
        number = int(match.group(1))
        near = [
            one
            for one in range(number * 3 // 4, number * 4 // 3)
            if one != number and len(str(one)) == len(str(number))
        ]
        return str(near[chance.integers(len(near))])

    return Change(text, _NUMBER.sub(other, text))


def _exchanged(
    text: str, pattern: re.Pattern[str], kind: Callable[[str], Sequence[str]], chance: np.random.Generator
) -> Change | None:
    """Exchange what a pattern finds for others of its kind that the text has not, one for each that it has.

    What is a surname, part of a title or written otherwise somewhere stays as it is everywhere.
    """
    there = [(match.group(1), bool(_NAMED_SO.search(text[: match.start()]))) for match in pattern.finditer(text)]
    often = Counter(one for one, _named_so in there)
    kept = {one for one, named_so in there if named_so or text.count(one) != often[one]}
    found = [one for one in often if one not in kept]
    taken: dict[str, str] = {}
    for one in found:
        free = [other for other in kind(one) if other not in text and other not in taken.values()]
        if not free:
            return None
        taken[one] = free[chance.integers(len(free))]
    return Change(text, pattern.sub(lambda match: taken.get(match.group(1), match.group(1)), text)) if found else None
