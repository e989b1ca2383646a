"""Korean particles that take another shape after a vowel than after a consonant (받침), as in 이 and 가."""

from __future__ import annotations

from attnviz.vectors.hangul import is_syllable, letters

_PAIRS = (  # after a consonant, after a vowel
    ("이", "가"),
    ("은", "는"),
    ("을", "를"),
    ("과", "와"),
    ("이랑", "랑"),
    ("이나", "나"),
    ("이라", "라"),
    ("이라는", "라는"),
    ("이라고", "라고"),
    ("이란", "란"),
    ("이야", "야"),
    ("이네", "네"),
    ("으로", "로"),
    ("이다", "다"),
    ("이었다", "였다"),
)
_STEADY = ("의", "도", "만", "에", "에서", "에게", "한테", "까지", "부터", "보다", "처럼", "하고", "씨", "님", "만의")
_SHAPES = {shape: pair for pair in _PAIRS for shape in pair}
PARTICLES = tuple(sorted({*_SHAPES, *_STEADY}, key=len, reverse=True))


def fitting(noun: str, particle: str) -> str:
    """Return the shape of a particle that fits a noun; 로 follows ㄹ as it follows a vowel."""
    if particle not in _SHAPES or not noun or not is_syllable(noun[-1]):
        return particle
    final = letters(noun[-1])[2:]
    after_consonant, after_vowel = _SHAPES[particle]
    if after_vowel == "로" and final == "ㄹ":
        return after_vowel
    return after_consonant if final else after_vowel
