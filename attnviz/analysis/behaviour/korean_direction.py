"""Korean sentences that praise or blame in plain words: negated, intensified, outweighed by a clause after 지만."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from attnviz.analysis.behaviour.case import Change, Setting, Verdict
from attnviz.analysis.behaviour.particles import fitting
from attnviz.analysis.behaviour.polarity import OPPOSITE
from attnviz.vectors.hangul import is_syllable, letters

_STEMS: dict[Verdict, str] = {
    "praise": """
    재미있 재밌 좋 훌륭하 멋지 멋있 아름답 감동적이 완벽하 뛰어나 탄탄하 신선하 참신하 따뜻하 훈훈하 웃기 즐겁
    흥미롭 사랑스럽
    자연스럽 만족스럽 통쾌하 유쾌하 인상적이 매력적이
    """,
    "blame": """
    지루하 유치하 식상하 어설프 엉성하 뻔하 지겹 답답하 허접하 조잡하 밋밋하 산만하 재미없 형편없 어색하
    허술하
    진부하 시시하 황당하 실망스럽 억지스럽 단조롭 불쾌하 난잡하 심심하 한심하 최악이 졸작이 쓰레기이
    """,
}
_VERDICT_OF: dict[str, Verdict] = {stem: verdict for verdict, stems in _STEMS.items() for stem in stems.split()}
_NOUNS = ("최악이", "졸작이", "쓰레기이")  # of 이다, as stems
_IRREGULAR = {  # stem: past, polite present, formal present, noun
    "하": ("했", "해요", "합니다", "함"),
    "지": ("졌", "져요", "집니다", "짐"),
    "기": ("겼", "겨요", "깁니다", "김"),
    "나": ("났", "나요", "납니다", "남"),
    "프": ("펐", "퍼요", "픕니다", "픔"),
    "이": ("이었", "이에요", "입니다", "임"),
    "답": ("다웠", "다워요", "답습니다", "다움"),
    "겹": ("겨웠", "겨워요", "겹습니다", "겨움"),
    "겁": ("거웠", "거워요", "겁습니다", "거움"),
    "럽": ("러웠", "러워요", "럽습니다", "러움"),
    "롭": ("로웠", "로워요", "롭습니다", "로움"),
    "좋": ("좋았", "좋아요", "좋습니다", "좋음"),
}


class _Form(NamedTuple):
    """A form of a stem that may end a sentence."""

    stem: str
    negative: str  # the same denied
    linked: str  # the form before 지만


def _forms(stem: str) -> dict[str, _Form]:
    body, last = stem[:-1], stem[-1]
    past, polite, formal, noun = _IRREGULAR.get(last, (f"{last}었", f"{last}어요", f"{last}습니다", f"{last}음"))
    now = {f"{stem}다": "다", f"{stem}네요": "네요", f"{stem}네": "네"}
    now |= {f"{body}{polite}": "아요", f"{body}{formal}": "습니다", f"{body}{noun}": "음"}
    if not polite.endswith("에요"):
        now[f"{body}{polite.removesuffix('요')}"] = "아"
    then = {f"{body}{past}{ending}": f"았{ending}" for ending in ("다", "네요", "네", "어요", "어", "습니다", "음")}
    if stem in _NOUNS and not letters(body[-1])[2:]:  # 쓰레기다, 쓰레기였다
        now |= {f"{body}{ending}": ending for ending in ("다", "네요", "네")}
        then = {f"{body}였{ending[1:]}": ending for ending in then.values()}
        past = "였"
    linked = dict.fromkeys(now, stem) | dict.fromkeys(then, body + past)
    return {form: _Form(stem, _denied(stem, ending), linked[form]) for form, ending in (now | then).items()}


def _denied(stem: str, ending: str) -> str:
    """Return the negative with the ending of 않다 in its place; of a noun (최악이다) with that of 아니다."""
    if stem not in _NOUNS:
        return f"{stem}지 않{ending}"
    shape = {"아요": "아니에요", "습니다": "아닙니다", "음": "아님"}.get(ending) or f"아니{ending.replace('았', '었')}"
    return f"{stem[:-1]}{fitting(stem[:-1], '은')} {shape}"


_FORMS = {form: about for stem in _VERDICT_OF for form, about in _forms(stem).items()}
_PREDICATE = re.compile(
    rf"(?<![가-힣])(?P<form>{'|'.join(sorted(_FORMS, key=len, reverse=True))})(?=[.!~^ㅋㅎㅠㅜ;…]|\s*$)"
)
# Left out of a sentence that is cut out of a text, for it says the same without them
_DEGREES_LIST = """
정말 너무 진짜 참 아주 매우 무척 굉장히 정말로 엄청 완전 꽤 좀 조금 상당히 너무너무 그냥 넘 너무나 무척이나 되게
다소 많이 진짜로 솔직히 대박 짱 역시 특히 와 아 개 그래도 그러나 별루 존나 졸라 열 참으로 진정 악 으미 암튼
아무튼 정말이지 넘넘 그저 겁내 전나 댑따
"""
_DEGREES = tuple(_DEGREES_LIST.split())
# What a negation would be of, or what makes another word of degree odd
_SCOPED_LIST = """
드럽게 더럽게 기막히게
더 가장 제일 별로 그다지 적당히 다 모두 또 딱 훨씬 모두다 전부 항상 언제나 매번 나름 나름대로 점점 갈수록 더욱
하나하나 별 다들 대등히 충분히 기대만큼은 난 나는 내가 나
"""
_SCOPED = tuple(_SCOPED_LIST.split())
_SENTENCE = re.compile(r"[^.!?~\n,…;:()\"'ㅋㅎㅠㅜ^]+")
_ONE_CLAUSE = re.compile(
    r"[\w'-]*[^고서니라만데든게지에도면며봐봤다록때록큼배임함음봄]|\w+도"
)  # a word before the predicate
_NOT_PLAIN = re.compile("안|못|않|없|아니|아닌|지만|는데|더니|면 |도록|려고|보다|보단|줄|듯|말고|빼고|것 같|만큼")
_ADNOMINAL = re.compile("[는한된던운의]$")
_LONGEST = 8  # words of a sentence
_BUT: dict[Verdict, tuple[str, ...]] = {
    "praise": ("나는 아주 만족했다", "그래도 마음에 들었다", "그래도 추천한다"),
    "blame": ("나는 시간이 아까웠다", "나는 크게 실망했다", "나는 싫었다", "나는 보다가 잠들었다"),
}


def negated_praise(text: str, _chance: np.random.Generator, setting: Setting) -> Change | None:
    """Put a short plain sentence of praise out of the text into the negative: 연기가 좋지 않다."""
    return _negated(text, setting, "praise")


def negated_blame(text: str, _chance: np.random.Generator, setting: Setting) -> Change | None:
    """Put a short plain sentence of blame out of the text into the negative: 내용이 지루하지 않다."""
    return _negated(text, setting, "blame")


def intensifier(text: str, chance: np.random.Generator, setting: Setting) -> Change | None:
    """Put 정말, 아주 or 매우 before the first plain predicate that stands without such a word."""
    found = _PREDICATE.search(text)
    if not found or setting.polarity is None:
        return None
    before = _SENTENCE.findall(text[: found.start()])[-1:]
    words = before[0].split() if before else []
    compared = bool(words) and words[-1].endswith("보다")
    if compared or {*_DEGREES, *_SCOPED} & set(words) or _modifies(words, found["form"]):
        return None
    noun = _FORMS[found["form"]].stem in _NOUNS  # 매우 최악이다 nobody says
    more = "정말" if noun else str(chance.choice(("정말", "아주", "매우")))
    after = f"{text[: found.start()]}{more} {text[found.start() :]}"
    return Change(text, after, setting.polarity[_VERDICT_OF[_FORMS[found["form"]].stem]])


def last_word(text: str, chance: np.random.Generator, setting: Setting) -> Change | None:
    """Let a clause of the other verdict follow a short plain sentence out of the text, after 지만."""
    found = _plain_sentence(text)
    if not found or setting.polarity is None:
        return None
    subject, form = found
    verdict = _VERDICT_OF[_FORMS[form].stem]
    clause = str(chance.choice(_BUT[OPPOSITE[verdict]]))
    after = f"{subject}{_FORMS[form].linked}지만 {clause}."
    return Change(f"{subject}{form}.", after, setting.polarity[verdict])


def _negated(text: str, setting: Setting, verdict: Verdict) -> Change | None:
    found = _plain_sentence(text, verdict)
    if not found or setting.polarity is None:
        return None
    subject, form = found
    return Change(f"{subject}{form}.", f"{subject}{_FORMS[form].negative}.", setting.polarity[verdict])


def _modifies(words: Sequence[str], form: str) -> bool:
    """Tell whether a form is a noun with a clause before it (느껴지는 지루함), or 뻔하다 of what nearly happened."""
    last = words[-1] if words else ""
    nearly = form.startswith("뻔") and is_syllable(last[-1:] or " ") and letters(last[-1])[2:] == "ㄹ"
    return nearly or (form.endswith(("음", "함", "움", "임", "픔", "짐", "김", "남")) and bool(_ADNOMINAL.search(last)))


def _plain_sentence(text: str, verdict: Verdict | None = None) -> tuple[str, str] | None:
    """Return the first short sentence of a text of one clause that ends in its verdict: the subject and the form."""
    for match in _SENTENCE.finditer(text):
        sentence = match.group().strip()
        found = _PREDICATE.search(sentence)
        if not found or found.end() != len(sentence) or len(sentence.split()) > _LONGEST:
            continue
        form, before = found["form"], sentence[: found.start()].split()
        words = [word for word in before if word not in _DEGREES]
        if verdict not in (None, _VERDICT_OF[_FORMS[form].stem]) or text[match.end() : match.end() + 1] == "?":
            continue
        if _NOT_PLAIN.search(" ".join([*words, ""])) or _modifies(before, form) or set(words) & set(_SCOPED):
            continue
        if all(map(_ONE_CLAUSE.fullmatch, words)) and not any(
            stem.rstrip("하이") in word for word in words for stem in _VERDICT_OF
        ):
            return "".join(f"{word} " for word in words), form
    return None
