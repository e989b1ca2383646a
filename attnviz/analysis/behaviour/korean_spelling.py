"""Korean spelt another way: slips of the keys, spelling by ear, spaces, the polite ending, a particle left out."""

from __future__ import annotations

import re
from collections.abc import Iterator
from math import ceil

import numpy as np

from attnviz.analysis.behaviour.case import Change, Setting
from attnviz.analysis.behaviour.slips import ONE_IN, put, slips
from attnviz.analysis.misspellings import by_ear
from attnviz.vectors.hangul import letters, syllable

_WORD = re.compile(r"(?<![\wㄱ-ㅣ])[가-힣]{2,}(?![\wㄱ-ㅣ])")
_HEARD = re.compile(r"(?<![\wㄱ-ㅣ])(?:안|[가-힣]{2,})(?![\wㄱ-ㅣ])")
_NEGATION = re.compile("안|못|없|않|아니|아닌|말")
_KEYS = ("shift", "beside", "swap", "drop", "double")
# What people do confuse, of all that sounds alike: neither 내 and 네 nor -데 and -대, which say something else.
_ANYWHERE = "되돼 돼되 됐됬 않안 많만 찮찬 싫실 없업 싶십 밖박 폐페 혜헤 웬왠 왠웬"
_NOT_LAST = "재제 제재 새세 세새 채체 체채 래레 레래 매메 메매 배베 베배 태테 테태 계게"
_CONFUSED, _WITHIN = frozenset(_ANYWHERE.split()), frozenset(_NOT_LAST.split())
_SPLIT = (
    (re.compile("(?<![가-힣])(재미|어이)(있|없)(?=[가-힣])"), r"\1 \2"),
    (re.compile("볼만(?=[하한했])"), "볼 만"),
    (re.compile("것(?=같)"), "것 "),
    (re.compile("(?<=[할볼될갈을줄쓸])수(?=[있없])"), " 수 "),
    (re.compile("고싶(?=[가-힣])"), "고 싶"),
    (re.compile(r"(?<![가-힣])이영화(?=[가-힣 ]|$)"), "이 영화"),
    (re.compile(r"지(?=않[가-힣])"), "지 "),
    (re.compile(r"(?<![가-힣])안(?=[나좋보봤맞와])"), "안 "),
)
_GAP = re.compile(r"(?<=[가-힣]) (?=[가-힣])")
_KEPT_APART = re.compile(r"(?<![가-힣])(?:못|잘|안) (?=[하한할함했])")  # 못 하다 is not 못하다
_FINAL = re.compile(r"([가-힣])다(?=[.!~ㅋㅎㅠㅜ^;\s]*$)")
_POLITE_STEMS = "있없좋많같않싫높낮깊싶"
_NOT_VERBS = re.compile(r"(?:보|마|바|때마|하나|모)다[.!~ㅋㅎㅠㅜ^;\s]*$")
_OBJECTS_LIST = """
영화 드라마 스토리 이야기 연기 노래 재미 의미 메시지 결과 시리즈 코미디 배경 영상 음악 내용 작품 감동 웃음 눈물
시간 생각 느낌 마음 장면 결말 가슴 현실 사랑 돈 기분 완성도 수준 긴장감 몰입도 만화 소설 원작 대사 액션 반전
기대 평점 점수 별점 표
"""
_OBJECTS = tuple(_OBJECTS_LIST.split())
_OBJECT = re.compile(rf"(?<![가-힣])((?:[가-힣]{{1,3}})?(?:{'|'.join(_OBJECTS)}))[을를](?= [가-힣])")


def jamo_slips(text: str, chance: np.random.Generator, setting: Setting) -> Change | None:
    """Let one word in ten have a slip of the keys, as the input method shows it: 재미 becomes 재ㅣㅁ."""
    found = [match for match in _WORD.finditer(text) if not _NEGATION.search(match.group())]
    return slips(text, found, _KEYS, chance, setting)


def spelt_by_ear(text: str, chance: np.random.Generator, _setting: Setting) -> Change | None:
    """Write one word in ten as it sounds, in ways that are common: 됬다, 않 좋다, 재밋다."""
    found = [(match, ways) for match in _HEARD.finditer(text) if (ways := list(_by_ear(match.group())))]
    most = ceil(len(_HEARD.findall(text)) / ONE_IN)
    chosen = [found[at] for at in chance.permutation(len(found))[:most]]
    made = [(*match.span(), ways[chance.integers(len(ways))]) for match, ways in chosen]
    return Change(text, put(text, made))


def _by_ear(word: str) -> Iterator[str]:
    if word == "안":
        yield "않"
        return
    for other in by_ear(word):
        at = next(at for at, (one, two) in enumerate(zip(word, other, strict=True)) if one != two)
        pair, last = word[at] + other[at], at == len(word) - 1
        lost_ssang = letters(word[at])[2:] == "ㅆ" and letters(other[at]) == letters(word[at])[:2] + "ㅅ"
        of = last and pair == "의에"  # the particle
        other_word = (pair == "계게" and word[:at] == "세") or (
            pair == "많만" and word[at + 1 : at + 2] not in ("이", "은")
        )
        if (lost_ssang or pair in _CONFUSED or of or (pair in _WITHIN and not last)) and not other_word:
            yield other


def spaces_dropped(text: str, chance: np.random.Generator, _setting: Setting) -> Change | None:
    """Leave out every second space between words, as people do who type in haste."""
    kept = {match.end() - 1 for match in _KEPT_APART.finditer(text)}
    gaps = [match.start() for match in _GAP.finditer(text) if match.start() not in kept]
    gone = set(chance.permutation(gaps)[: ceil(len(gaps) / 2)].tolist())
    return Change(text, "".join(letter for at, letter in enumerate(text) if at not in gone))


def spaces_added(text: str, _chance: np.random.Generator, _setting: Setting) -> Change | None:
    """Put spaces where spelling asks for them and people leave them out (할 수 있다), or into 재미있다 as many do."""
    after = text
    for pattern, other in _SPLIT:
        after = pattern.sub(other, after)
    return Change(text, after)


def polite(text: str, _chance: np.random.Generator, _setting: Setting) -> Change | None:
    """Let the last sentence end politely: 좋다 좋습니다, 봤다 봤습니다, 지루하다 지루합니다."""
    found = _FINAL.search(text)
    if not found or _NOT_VERBS.search(text):
        return None
    stem = found.group(1)
    initial, vowel, final = (*letters(stem), "")[:3]
    if final == "ㅆ" or stem in _POLITE_STEMS:
        ending = f"{stem}습니다"
    elif stem in "하한":
        ending = "합니다"
    elif stem == "이":
        ending = "입니다"
    elif final == "ㄴ" and stem in "간본온된난준진":
        ending = f"{syllable(initial, vowel, 'ㅂ')}니다"
    else:
        return None
    return Change(text, text[: found.start()] + ending + text[found.end() :])


def object_particle(text: str, _chance: np.random.Generator, _setting: Setting) -> Change | None:
    """Leave out 을 and 를 behind things, as in speech: 영화 봤다."""
    return Change(text, _OBJECT.sub(r"\1", text))
