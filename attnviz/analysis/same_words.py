"""The same words in two cuts of one text: places among the tokens of one experiment -> places among another's.

One may read words and the other morphemes, so a token of one is part of a token of the other, or several of them.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Collection, Sequence

from attnviz.text import Token


def covered(places: Collection[int], tokens: Sequence[Token], others: Sequence[Token]) -> tuple[int, ...]:
    """Return the places of the other tokens that lie within the tokens at some places: none of them sticks out."""
    if not places:
        return ()
    met = _overlaps(others, tokens)
    return tuple(at for at, those in enumerate(met) if those and all(place in places for place in those))


def touched(places: Collection[int], tokens: Sequence[Token], others: Sequence[Token]) -> tuple[int, ...]:
    """Return the places of the other tokens that share a letter with a token at one of the places."""
    chosen = [tokens[place] for place in places]
    return tuple(sorted({at for those in _overlaps(chosen, others) for at in those}))


def left_alone(places: Collection[int], tokens: Sequence[Token], others: Sequence[Token]) -> tuple[int, ...]:
    """Return those of the places whose word the other cut has as a part only of a longer one."""
    gone, places = set(covered(places, tokens, others)), sorted(places)
    met = _overlaps([tokens[place] for place in places], others)
    return tuple(place for place, those in zip(places, met, strict=True) if those and not set(those) <= gone)


def followed(
    before: Collection[int],
    now: Collection[int],
    tokens: Sequence[Token],
    others: Sequence[Token],
    places: Collection[int],
) -> tuple[int, ...]:
    """Return the new `places` among `others` once those among `tokens` are `now` what they were not `before`.

    What is new among the tokens takes along whatever it touches; what is there no more lets that go.
    """
    added = touched(set(now) - set(before), tokens, others)
    gone = touched(set(before) - set(now), tokens, others)
    return tuple(sorted({*places, *added} - set(gone)))


def _overlaps(tokens: Sequence[Token], others: Sequence[Token]) -> list[range]:
    """Return for each token the places of the others, which follow each other, with which it shares a letter."""
    starts, ends = [other.start for other in others], [other.end for other in others]
    return [range(bisect_right(ends, token.start), bisect_left(starts, token.end)) for token in tokens]
