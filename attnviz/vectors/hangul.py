"""Hangul: a syllable taken apart into its letters or keys, and put together again as an input method does it.

The letters are those that stand alone, as on the keys (U+3131 to U+3163): NFD gives others, which a browser draws as
the syllable they came from.
"""

from __future__ import annotations

INITIALS = "ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ"
VOWELS = "ㅏㅐㅑㅒㅓㅔㅕㅖㅗㅘㅙㅚㅛㅜㅝㅞㅟㅠㅡㅢㅣ"
FINALS = ("", *"ㄱㄲㄳㄴㄵㄶㄷㄹㄺㄻㄼㄽㄾㄿㅀㅁㅂㅄㅅㅆㅇㅈㅊㅋㅌㅍㅎ")
KEYBOARD = "ㅂㅈㄷㄱㅅㅛㅕㅑㅐㅔ", "ㅁㄴㅇㄹㅎㅗㅓㅏㅣ", "ㅋㅌㅊㅍㅠㅜㅡ"  # 두벌식, as most people have it
SHIFTED = dict(zip("ㅃㅉㄸㄲㅆㅒㅖ", "ㅂㅈㄷㄱㅅㅐㅔ", strict=True))  # with the shift key, and without
_TWO_KEYS = (
    "ㅘㅗㅏ ㅙㅗㅐ ㅚㅗㅣ ㅝㅜㅓ ㅞㅜㅔ ㅟㅜㅣ ㅢㅡㅣ",
    "ㄳㄱㅅ ㄵㄴㅈ ㄶㄴㅎ ㄺㄹㄱ ㄻㄹㅁ ㄼㄹㅂ ㄽㄹㅅ ㄾㄹㅌ ㄿㄹㅍ ㅀㄹㅎ ㅄㅂㅅ",
)  # a letter, and the keys that make it
_PAIRS = {made[0]: made[1:] for one in _TWO_KEYS for made in one.split()}
_JOINED = {pair: letter for letter, pair in _PAIRS.items()}
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


def keys(text: str) -> str:
    """Return the keys that type a text, one after the other; what is not Hangul stands for itself."""
    return "".join(_PAIRS.get(letter, letter) for character in text for letter in letters(character))


def compose(typed: str) -> str:
    """Return what an input method makes of keys: syllables, and single letters where they make none."""
    done, initial, vowel, final = "", "", "", ""
    for key in typed:
        if key in VOWELS and final:  # the last consonant was the start of this syllable
            pressed = _PAIRS.get(final, final)
            done += syllable(initial, vowel, pressed[:-1])
            initial, vowel, final = pressed[-1], key, ""
        elif key in VOWELS and (not vowel or vowel + key in _JOINED):
            vowel = _JOINED.get(vowel + key, key)
        elif initial and vowel and final + key in (*FINALS, *_JOINED):
            final = _JOINED.get(final + key, key)
        else:
            done += _written(initial, vowel, final)
            initial, vowel, final = key if key in INITIALS else "", key if key in VOWELS else "", ""
            done += "" if initial or vowel else key
    return done + _written(initial, vowel, final)


def _written(initial: str, vowel: str, final: str) -> str:
    return syllable(initial, vowel, final) if initial and vowel else initial + vowel
