"""Korean texts changed: particles fit, endings agree, and nothing says something else."""

from __future__ import annotations

import pytest

from attnviz.analysis.behaviour.case import Change, Setting
from attnviz.analysis.behaviour.particles import fitting
from tests.analysis.behaviour.test_english import named

SENTIMENT = Setting("ko", lambda _word: False, {"praise": 1, "blame": 0})


def after(name: str, text: str) -> str | None:
    change = named(name, "ko").of(text, SENTIMENT)
    return change.after if change else None


@pytest.mark.parametrize(
    ("noun", "particle", "expected"),
    [
        ("영화", "은", "는"),
        ("감독", "는", "은"),
        ("배우", "을", "를"),
        ("독일", "으로", "로"),
        ("한국", "로", "으로"),
        ("러시아", "으로", "로"),
        ("공효진", "가", "이"),
        ("하정우", "과", "와"),
        ("감독", "의", "의"),
        ("Tom", "는", "는"),
        ("", "는", "는"),
    ],
)
def test_a_particle_fits_the_noun_before_it(noun: str, particle: str, expected: str) -> None:
    assert fitting(noun, particle) == expected


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("spaces-added", "재미있게 보고싶다, 할수있다 이영화", "재미 있게 보고 싶다, 할 수 있다 이 영화"),
        ("spaces-added", "맛있다", None),
        ("polite-ending", "정말 좋다.", "정말 좋습니다."),
        ("polite-ending", "어제 봤다!", "어제 봤습니다!"),
        ("polite-ending", "지루하다 ㅋㅋ", "지루합니다 ㅋㅋ"),
        ("polite-ending", "시간이 간다", "시간이 갑니다"),
        ("polite-ending", "최고의 작품이다", "최고의 작품입니다"),
        ("polite-ending", "이것보다", None),
        ("polite-ending", "볼 때마다", None),
        ("object-particle", "이 영화를 봤다. 나를 울린 내용을 알까", "이 영화 봤다. 나를 울린 내용 알까"),
        ("laughter", "좋다ㅋㅋ ㅠ", "좋다ㅋㅋㅋㅋ ㅠ"),
        ("repeated-marks", "음.. 좋다!!!", "음.... 좋다!!!!!"),
        ("spelt-by-ear", "안 봤다", None),
    ],
)
def test_a_text_is_changed_as_expected(name: str, text: str, expected: str | None) -> None:
    changed = after(name, text)
    if name == "spelt-by-ear":
        assert changed in ("않 봤다", "안 봣다")
    else:
        assert changed == expected


@pytest.mark.parametrize("text", ["내가 본 영화", "보는데 좋음", "간대", "많다"])
def test_no_word_is_spelt_by_ear_that_would_say_something_else(text: str) -> None:
    assert after("spelt-by-ear", text) is None


def test_a_slip_of_the_keys_spares_negations_and_first_syllables_keep_their_start() -> None:
    assert after("jamo-slips", "없다 않다 못난") is None
    changed = after("jamo-slips", "재미있는 이야기")
    assert changed and changed != "재미있는 이야기"


def test_every_second_space_goes_but_not_where_two_words_are_another_one() -> None:
    changed = after("spaces-dropped", "이 영화 참 좋다 정말")
    assert changed and changed.count(" ") == 2 and changed.replace(" ", "") == "이영화참좋다정말"
    assert after("spaces-dropped", "못 하다") is None


def test_names_and_countries_take_their_particles_along() -> None:
    changed = after("names", "하정우가 좋다. 하정우는 하정우다")
    assert changed and "하정우" not in changed
    name = changed[:3]
    assert changed == f"{name}{fitting(name, '가')} 좋다. {name}{fitting(name, '는')} {name}{fitting(name, '다')}"
    changed = after("places", "한국으로 갔다")
    assert changed and not changed.startswith("한국")
    country = changed.split()[0].removesuffix("로").removesuffix("으")
    assert changed == f"{country}{fitting(country, '으로')} 갔다"
    assert after("places", "일본 침몰") is None


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("negated-praise", "연기가 정말 좋았다! 끝", Change("연기가 좋았다.", "연기가 좋지 않았다.", 1)),
        ("negated-praise", "재밌어요", Change("재밌어요.", "재밌지 않아요.", 1)),
        ("negated-praise", "음악이 아름다웠습니다", Change("음악이 아름다웠습니다.", "음악이 아름답지 않았습니다.", 1)),
        ("negated-praise", "다 좋다. 가장 좋다. 소재도 참신하고 재미있다. 안 봐도 좋다", None),
        ("negated-blame", "내용이 너무 지루함.", Change("내용이 지루함.", "내용이 지루하지 않음.", 0)),
        ("negated-blame", "최악이었다", Change("최악이었다.", "최악은 아니었다.", 0)),
        ("negated-blame", "쓰레기네요", Change("쓰레기네요.", "쓰레기는 아니네요.", 0)),
        ("negated-blame", "나갈 뻔했다. 느껴지는 지루함.", None),
    ],
)
def test_a_plain_sentence_is_cut_out_and_negated(name: str, text: str, expected: Change | None) -> None:
    assert named(name, "ko").of(text, SENTIMENT) == expected


def test_a_predicate_is_intensified_once() -> None:
    assert after("intensifier", "끝이 좋다.") in {f"끝이 {more} 좋다." for more in ("정말", "아주", "매우")}
    assert after("intensifier", "끝이 너무 좋다.") is None


def test_the_clause_after_jiman_keeps_the_tense_and_says_the_opposite() -> None:
    change = named("but", "ko").of("음악은 좋았다", SENTIMENT)
    assert change and change.before == "음악은 좋았다." and change.after.startswith("음악은 좋았지만 ")
    change = named("but", "ko").of("음악이 지루해요", SENTIMENT)
    assert change and change.after.startswith("음악이 지루하지만 ") and change.watched == 0
