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


def test_the_catalogue_speaks() -> None:
    assert catalogue("ko").gettext("frozen") == "동결"
    assert catalogue("en").gettext("frozen") == "frozen"
