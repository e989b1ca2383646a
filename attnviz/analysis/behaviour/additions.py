"""Sentences added to a text: one that says nothing of it, and one that praises or blames."""

from __future__ import annotations

import numpy as np

from attnviz.analysis.behaviour.case import Change, Setting, Verdict

_NEUTRAL = {
    "en": (
        "This was written on a Tuesday.",
        "These lines were written in the evening.",
        "This text was sent on a Monday.",
        "It is half past five now.",
    ),
    "ko": ("화요일에 쓴 글이다.", "저녁에 쓰는 글이다.", "월요일에 올린 글이다.", "지금은 다섯 시 반이다."),
}
_VERDICTS: dict[tuple[str, Verdict], tuple[str, ...]] = {
    ("en", "praise"): ("I loved it.", "It was excellent.", "I can recommend it.", "I was delighted."),
    ("en", "blame"): ("I hated it.", "It was terrible.", "It was a waste of time.", "I was disappointed."),
    ("ko", "praise"): ("정말 좋았다.", "아주 만족한다.", "꼭 추천한다.", "정말 훌륭했다."),
    ("ko", "blame"): ("정말 별로였다.", "아주 실망했다.", "시간이 아까웠다.", "정말 형편없었다."),
}


def neutral(text: str, chance: np.random.Generator, setting: Setting) -> Change | None:
    """Put a sentence that says nothing of the matter before or behind the text."""
    said = str(chance.choice(_NEUTRAL[setting.language]))
    return Change(text, f"{said} {text}" if chance.integers(2) else behind(text, said))


def praise(text: str, chance: np.random.Generator, setting: Setting) -> Change | None:
    """Put praise behind the text."""
    return _verdict(text, chance, setting, "praise")


def blame(text: str, chance: np.random.Generator, setting: Setting) -> Change | None:
    """Put blame behind the text."""
    return _verdict(text, chance, setting, "blame")


def _verdict(text: str, chance: np.random.Generator, setting: Setting, verdict: Verdict) -> Change:
    assert setting.polarity is not None
    said = str(chance.choice(_VERDICTS[setting.language, verdict]))
    return Change(text, behind(text, said), setting.polarity[verdict])


def behind(text: str, said: str) -> str:
    """Return a text with a sentence behind it, and a full stop between them where no mark ends the text."""
    plain = text.rstrip()
    return f"{plain}{'.' if plain[-1:].isalnum() else ''} {said}"
