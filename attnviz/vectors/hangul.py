"""Hangul: a syllable taken apart into the letters that people type, and put together again.

The letters are those that stand alone, as on the keys (U+3131 to U+3163): NFD gives others, which a browser draws as
the syllable they came from.
"""

from __future__ import annotations

INITIALS = "ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ"
VOWELS = "ㅏㅐㅑㅒㅓㅔㅕㅖㅗㅘㅙㅚㅛㅜㅝㅞㅟㅠㅡㅢㅣ"
FINALS = ("", *"ㄱㄲㄳㄴㄵㄶㄷㄹㄺㄻㄼㄽㄾㄿㅀㅁㅂㅄㅅㅆㅇㅈㅊㅋㅌㅍㅎ")
_FIRST, _LAST = ord("가"), ord("힣")


def is_syllable(character: str) -> bool:
    """Return whether a character is a whole Hangul syllable."""
    return _FIRST <= ord(character) <= _LAST


def letters(character: str) -> str:
    """Return the two or three letters of a syllable, and anything else as it is."""
    if not is_syllable(character):
        return character
    rest, final = divmod(ord(character) - _FIRST, len(FINALS))
    initial, vowel = divmod(rest, len(VOWELS))
    return f"{INITIALS[initial]}{VOWELS[vowel]}{FINALS[final]}"


def syllable(initial: str, vowel: str, final: str = "") -> str:
    """Return the syllable of two or three letters."""
    pair = INITIALS.index(initial) * len(VOWELS) + VOWELS.index(vowel)
    return chr(_FIRST + pair * len(FINALS) + FINALS.index(final))
