"""Korean names of people and countries exchanged for others, with the particles that fit these."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

from attnviz.analysis.behaviour.case import Change, Setting
from attnviz.analysis.behaviour.particles import PARTICLES, fitting

# Whole names of people whom film reviews speak of; none is a word besides.
_MEN_LIST = """
송강호 이병헌 하정우 최민식 강동원 장동건 조인성 김수현 이민호 황정민 차태현 정우성 이정재 조승우 유해진 한석규
박해일 류승룡 유아인 신하균 설경구 임창정 박신양 김윤석 오달수 김인권 류승범 이선균 조진웅 마동석 송중기 이종석
김우빈 박보검 현빈 주진모 권상우 송승헌 이준기 김명민 유지태 안성기 박중훈 정재영 감우성 김래원 지진희 엄태웅
김강우 소지섭 이범수 공형진 성동일 이문식 이제훈 서인국 김남길 조재현 오지호 송새벽 조한선 이동욱 연정훈
"""
_MEN = tuple(_MEN_LIST.split())
_WOMEN_LIST = """
전지현 전도연 손예진 김혜수 송혜교 문근영 공효진 심은하 이영애 김태희 하지원 한효주 신민아 임수정 배두나 김민희
한가인 수애 김아중 장진영 이민정 한채영 이요원 박신혜 문채원 최강희 엄정화 문소리 강수연 최지우 한지민 박보영
심은경 천우희 김고은 박소담 김옥빈 이미연 고소영 윤진서 조여정
"""
_WOMEN = tuple(_WOMEN_LIST.split())
_DIRECTORS_LIST = """
봉준호 박찬욱 김기덕 홍상수 류승완 최동훈 강우석 김지운 이창동 윤제균 임권택 강제규 나홍진 장준환
"""
_DIRECTORS = tuple(_DIRECTORS_LIST.split())
_COUNTRIES_LIST = """
한국 미국 중국 일본 영국 태국 독일 프랑스 러시아 인도 스페인 이탈리아 대만 캐나다 브라질
"""
_COUNTRIES = tuple(_COUNTRIES_LIST.split())
_NOUNS = ("영화", "드라마", "배우", "감독", "사람", "판", "인", "애니", "작품", "액션", "공포영화", "배우들")
_AFTER = "|".join(PARTICLES)
_END = r"(?![가-힣])"
_NAME = re.compile(rf"(?<![가-힣])({'|'.join(_MEN + _WOMEN + _DIRECTORS)})({_AFTER})?{_END}")
_COUNTRY = re.compile(
    rf"(?<![가-힣])({'|'.join(_COUNTRIES)})({_AFTER}|{'|'.join(_NOUNS)})?{_END}"
    "(?! (?:천황|침몰|본토|제국|만세|우익|대표|놈))"
)


def names(text: str, chance: np.random.Generator, _setting: Setting) -> Change | None:
    """Put other people's names of the same sex and trade for names, one for each."""
    return _exchanged(text, _NAME, (_MEN, _WOMEN, _DIRECTORS), chance)


def countries(text: str, chance: np.random.Generator, _setting: Setting) -> Change | None:
    """Put other countries for countries."""
    return _exchanged(text, _COUNTRY, (_COUNTRIES,), chance)


def _exchanged(
    text: str, pattern: re.Pattern[str], kinds: Sequence[Sequence[str]], chance: np.random.Generator
) -> Change | None:
    found = list(dict.fromkeys(match.group(1) for match in pattern.finditer(text)))
    taken: dict[str, str] = {}
    for one in found:
        kind = next(kind for kind in kinds if one in kind)
        free = [other for other in kind if other not in text and other not in taken.values()]
        if not free:
            return None
        taken[one] = free[chance.integers(len(free))]

    def other(match: re.Match[str]) -> str:
        noun, particle = taken[match.group(1)], match.group(2) or ""
        return noun + fitting(noun, particle)

    return Change(text, pattern.sub(other, text)) if found else None
