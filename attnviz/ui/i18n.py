"""The languages of the screen: gettext catalogues, read from the .po files as they are."""

from __future__ import annotations

import functools
import gettext
import io
from pathlib import Path

from babel.core import Locale, UnknownLocaleError
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from attnviz.errors import AttnvizError
from attnviz.heatmap.display import Translate

LOCALE = Path(__file__).parent.parent / "locale"
LANGUAGES = {"en": "English", "ko": "한국어"}
SOURCE = "en"
NO_BREAK = "\u2060"  # a word joiner: nothing is seen of it, and a browser's search passes over it


@functools.cache
def catalogue(language: str) -> gettext.NullTranslations:
    """Return the translations of a language, English ones being the source itself."""
    path = LOCALE / language / "LC_MESSAGES" / "attnviz.po"
    if language == SOURCE or language not in LANGUAGES:
        return gettext.NullTranslations()
    compiled = io.BytesIO()
    with path.open("rb") as file:
        messages = read_po(file, locale=language)
    for message in messages:
        message.string = str(message.string).replace("n-그램", f"n-{NO_BREAK}그램")
    write_mo(compiled, messages)
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)


def spoken(locale: str | None) -> str:
    """Return the language for a browser's locale such as `ko-KR`; English if we do not speak it."""
    language = (locale or "").replace("_", "-").split("-")[0].lower()
    return language if language in LANGUAGES else SOURCE


def language_name(code: str, language: str) -> str:
    """Return what a language is called in another: “Korean” for ko in en; a code that none has stays."""
    try:
        return Locale.parse(code).get_display_name(language) or code
    except (ValueError, UnknownLocaleError):
        return code


def translated(error: AttnvizError, translate: Translate) -> str:
    """Return what an error says, translated."""
    return translate(error.template).format(**error.values)


def msg(message: str) -> str:
    """Mark a message for extraction where it is written; it is translated where it is shown."""
    return message


# What data and experiments name in English and the screen translates: the variants, and the labels of what is shipped.
NAMES = (
    msg("frozen"),
    msg("fine-tuned"),
    msg("uniform"),
    msg("frozen-additive"),
    msg("fine-tuned-additive"),
    msg("transformer"),
    msg("the rows to learn from lack a class"),  # why there is no baseline
    msg("the rows to learn from have no words"),
    msg("negative"),
    msg("positive"),
    msg("World"),
    msg("Sports"),
    msg("Business"),
    msg("Sci/Tech"),
)
