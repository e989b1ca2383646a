"""Every message has its Korean. CONTRIBUTING.md says what to do when this fails."""

from __future__ import annotations

import re
from pathlib import Path
from string import Formatter

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_file
from babel.messages.pofile import read_po

from attnviz.ui.i18n import LANGUAGES, LOCALE, SOURCE, catalogue

ROOT = Path(__file__).parent.parent
KEYWORDS = {"_": None, "msg": None, "AttnvizError": None}
TRANSLATED = [language for language in LANGUAGES if language != SOURCE]


def sources() -> dict[str, str]:
    """Return every message in the code and a file that says it."""
    found: dict[str, str] = {}
    for path in [ROOT / "app.py", *ROOT.glob("attnviz/**/*.py")]:
        for _line, message, _comments, _context in extract_from_file("python", path, keywords=KEYWORDS):
            assert isinstance(message, str), f"{path}: {message} is no plain message"
            found[message] = str(path.relative_to(ROOT))
    return found


def fields(message: str) -> set[str]:
    """Return the fields of a message that values fill."""
    return {name for _text, name, _spec, _conversion in Formatter().parse(message) if name is not None}


@pytest.fixture(params=TRANSLATED)
def translated(request: pytest.FixtureRequest) -> Catalog:
    with (LOCALE / request.param / "LC_MESSAGES" / "attnviz.po").open("rb") as file:
        return read_po(file, locale=request.param)


def test_every_message_is_translated(translated: Catalog) -> None:
    known = {message.id: message.string for message in translated if message.id}
    missing = {message: path for message, path in sources().items() if not known.get(message)}
    assert not missing


def test_nothing_is_translated_that_is_never_said(translated: Catalog) -> None:
    said = sources()
    assert not [message.id for message in translated if message.id and message.id not in said]
    assert not translated.obsolete


def test_nothing_is_left_half_done(translated: Catalog) -> None:
    assert not [message.id for message in translated if message.id and message.fuzzy]


def test_translations_hold_the_same_fields(translated: Catalog) -> None:
    for message in translated:
        if message.id:
            assert fields(str(message.string)) == fields(str(message.id)), message.id


def test_translations_are_in_their_own_script(translated: Catalog) -> None:
    for message in translated:
        words = re.sub(r"\{\w*\}", "", str(message.id))
        if str(translated.locale) == "ko" and re.search(r"[a-z]{3}", words):
            assert re.search(r"[가-힣]", str(message.string)), message.id


# A particle has one form after a vowel, another after a consonant, and what fills a field may end in either. What
# stands in brackets is read over: the particle goes with the syllable before them. A percentage is read as ending in a
# vowel.
AFTER_VOWEL, AFTER_CONSONANT = "는가를와", "은이을과"
FOLLOWED = re.compile(
    r"(?:(?P<before>[가-힣]\()[^(){}]*)?\{(?P<field>\w+)\}[”’]?(?P<after>\))?[”’]?"
    r"(?P<form>[은는이가을를과와나](?![가-힣])|이나(?![가-힣])|으로|로|이?라(?=[가-힣]|$))"
)
PERCENTAGES = {"share", "right", "accuracy"}


def wrong_particles(message: str) -> list[str]:
    """Return the places where a particle suits only some of what may stand before it."""
    found = []
    for one in FOLLOWED.finditer(message):
        if one["before"] and one["after"]:
            consonant = (ord(one["before"][0]) - ord("가")) % 28 > 0
            suits = one["form"] in (AFTER_CONSONANT if consonant else AFTER_VOWEL)
        else:
            suits = one["field"] in PERCENTAGES and one["form"] in AFTER_VOWEL
        if not suits:
            found.append(one.group())
    return found


def test_particles_suit_whatever_fills_a_field(translated: Catalog) -> None:
    if str(translated.locale) == "ko":
        assert not {message.id: wrong for message in translated if (wrong := wrong_particles(str(message.string)))}


@pytest.mark.parametrize(
    "wrong", ["{name}은 없습니다", "“{name}”를 지웠습니다", "{path}로", "행({count})는", "{n}이라는", "{error}가"]
)
def test_a_particle_that_suits_only_some_is_found(wrong: str) -> None:
    assert wrong_particles(wrong)


@pytest.mark.parametrize(
    "right", ["{name} 실험은", "{name}(으)로", "행({count})은", "{share}를", "{a}이고", "{n}에서", "{n}보다"]
)
def test_a_particle_that_suits_all_is_none_to_mend(right: str) -> None:
    assert not wrong_particles(right)


def test_korean_is_spelt_in_one_way(translated: Catalog) -> None:
    if str(translated.locale) != "ko":
        return
    misspelt = (r"[\d}]\s%", "문자 n-그램", "에포크(이|은|을|과) ", "균등 몫", "내트", "십시오", "가산", "신뢰구간")
    for message in translated:
        for wrong in misspelt:
            assert not re.search(wrong, str(message.string)), f"{wrong}: {message.string}"


def test_a_hyphen_does_not_end_a_line_in_korean() -> None:
    assert catalogue("ko").gettext("its n-grams") == "n-\u2060그램"


def test_the_catalogue_speaks() -> None:
    assert catalogue("ko").gettext("frozen") == "동결"
    assert catalogue("en").gettext("frozen") == "frozen"
