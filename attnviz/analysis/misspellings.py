"""The misspellings of a word: the wrong forms of it that people write by ear, and those that fingers make of it.

Fingers err by the key. Korean is written with two to five keys a syllable, and what comes out is what an input method
makes of them: 재미 with two keys swapped is 재ㅣㅁ. Ears err by the sound, which Korean writes in more than one way.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise

from attnviz.vectors.hangul import KEYBOARD, SHIFTED, compose, is_syllable, keys, letters, syllable

_QWERTY = "qwertyuiop", "asdfghjkl", "zxcvbnm"
# What is right, and what people write for it since it sounds the same, or nearly so; a few syllables have ways of their
# own, in both directions.
_VOWELS = {"ㅐ": "ㅔ", "ㅔ": "ㅐ", "ㅒ": "ㅖ", "ㅖ": "ㅔ", "ㅙ": "ㅚㅞ", "ㅚ": "ㅙ", "ㅞ": "ㅙ", "ㅢ": "ㅣ"}
_FINALS = {"ㅆ": "ㅅ", "ㄲ": "ㄱ", "ㄶ": "ㄴ", "ㅀ": "ㄹ", "ㅄ": "ㅂ", "ㄺ": "ㄱ", "ㄻ": "ㅁ", "ㄼ": "ㄹ", "ㅍ": "ㅂ"}
_SYLLABLES = {
    **dict(zip("엇앗잇햇갓왓봣", "었았있했갔왔봤", strict=True)),
    "안": "않",
    "만": "많",
    "에": "의예",
    "의": "에",
    "예": "얘",
    "웨": "외",
    "외": "웨",
    "낫": "낳났",
    "낳": "낫났나",
    "났": "낳",
    "좋": "조",
    "같": "갔",
}


def by_ear(word: str) -> Iterator[str]:
    """Yield the word with one syllable written like another that sounds as it does: 었 엇, 되 돼, ㅐ ㅔ, 않 안."""
    for at, one in enumerate(word):
        for other in _sounding_like(one):
            yield word[:at] + other + word[at + 1 :]


def _sounding_like(character: str) -> Iterator[str]:
    yield from _SYLLABLES.get(character, "")
    if is_syllable(character):
        spelled = letters(character)
        initial, vowel, final = spelled[0], spelled[1], spelled[2:]
        for other in _VOWELS.get(vowel, ""):
            yield syllable(initial, other, final)
        for other in _FINALS.get(final, ""):
            yield syllable(initial, vowel, other)


def without_shift(word: str) -> Iterator[str]:
    """Yield the word with one doubled letter typed as a single one: the shift key was missed."""
    typed = keys(word)
    return (compose(_put(typed, at, SHIFTED[key])) for at, key in enumerate(typed) if key in SHIFTED)


def beside(word: str) -> Iterator[str]:
    """Yield the word with one key missed for another that lies beside it."""
    typed = keys(word)
    return (compose(_put(typed, at, other)) for at, key in enumerate(typed) for other in _BESIDE.get(key, ""))


def swapped(word: str) -> Iterator[str]:
    """Yield the word with two keys that follow each other swapped."""
    typed = keys(word)
    return (compose(typed[:at] + b + a + typed[at + 2 :]) for at, (a, b) in enumerate(pairwise(typed)))


def dropped(word: str) -> Iterator[str]:
    """Yield the word with one key left out, but for the first, which people seldom miss."""
    typed = keys(word)
    return (compose(_put(typed, at, "")) for at in range(1, len(typed)))


def doubled(word: str) -> Iterator[str]:
    """Yield the word with one key struck twice."""
    typed = keys(word)
    return (compose(_put(typed, at, 2 * key)) for at, key in enumerate(typed))


def _put(typed: str, at: int, other: str) -> str:
    return typed[:at] + other + typed[at + 1 :]


def _neighbours(rows: Sequence[str]) -> dict[str, str]:
    """Return the keys that touch each key; every row stands half a key further to the right than the one above it."""
    places = {(row, at): key for row, letters in enumerate(rows) for at, key in enumerate(letters)}
    around = ((0, -1), (0, 1), (-1, 0), (-1, 1), (1, -1), (1, 0))
    return {
        key: "".join(places.get((row + down, at + right), "") for down, right in around)
        for (row, at), key in places.items()
    }


_BESIDE = _neighbours(KEYBOARD) | _neighbours(_QWERTY)
_WAYS: dict[str, Callable[[str], Iterator[str]]] = {
    "ear": by_ear,
    "shift": without_shift,
    "beside": beside,
    "swap": swapped,
    "drop": dropped,
    "double": doubled,
}


def misspellings(word: str, kind: str) -> list[str]:
    """Return the forms that one kind of misspelling makes of a word, each once, and none of them the word."""
    return [other for other in dict.fromkeys(_WAYS[kind](word)) if other != word]


KINDS = tuple(_WAYS)
