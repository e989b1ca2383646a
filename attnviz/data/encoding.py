"""Bytes of a text file -> text: UTF-8, UTF-16 or 32 with a mark, Korean (CP949), Western (Windows-1252).

The last two say nothing of themselves, so each is taken only where the text it makes is plainly of its languages; what
could be anything else is an error that names the byte.
"""

from __future__ import annotations

from codecs import BOM_UTF8, BOM_UTF16_BE, BOM_UTF16_LE, BOM_UTF32_BE, BOM_UTF32_LE
from collections.abc import Callable
from pathlib import Path

import regex

from attnviz.errors import AttnvizError

_OF_UTF16 = 0.2  # of the characters are NUL, at least, in what is UTF-16 of a Western language
_ENOUGH = 200_000  # bytes that tell an encoding
_EVERYDAY = 0.9  # of the letters beyond ASCII
_COMMON = frozenset("이다는가을를은고에의하지도로서기어나리사아자한그정보만게라니까요해음영화좋")
_COMMONNESS = 0.1  # of the syllables: in Korean it is a third to a half

# The letters beyond ASCII of the languages that Windows-1252 is written in. In Polish, Czech, Hungarian, Turkish or
# Croatian, whose bytes mean other letters, some would be of none of these or of several at once.
_WESTERN = tuple(
    frozenset(letters + letters.upper())
    for letters in (
        "àâæçéèêëîïôœùûüÿ",
        "äöüß",
        "áéíñóúüçàèòï",
        "àèéìíîòóùú",
        "àáâãçéêíóôõúü",
        "åäæöøéüàô",
        "éëïóöüèáíç",
    )
)
_ONE_LANGUAGE = 0.95
_COMMON_PAIR = regex.compile(rb"[\xa1-\xfe]{2}")  # what all characters of KS X 1001 are; CP949 adds rarer syllables
_MARKS = frozenset("‘’“”„–—…€£§°·•™©®«»¿¡¼½¾\xa0´º")
_BEYOND = r"[^\x00-\x7f\xa0]"
_LETTER = r"[^\x00-\x7f\W\d_]"
_IMPLAUSIBLE = regex.compile(
    rf"{_LETTER}{{3}}"  # no Western word has three such letters in a row, other scripts have little else
    rf"|(?=\p{{Lu}}){_LETTER}{_LETTER}|\p{{Ll}}(?={_LETTER})\p{{Lu}}"  # capitals in the middle of words
    rf"|(?<![a-zA-Z]|{_BEYOND})(?={_BEYOND}*[^\x00-\x7f\xa0‘’“”„–—…€•™«»]){_BEYOND}{{2,}}(?![a-zA-Z]|{_BEYOND})"
    rf"|(?<![a-zA-Z]|{_LETTER})(?![àáâäåæèéêìíòóôöøùúüÀÁÂÄÅÆÈÉÊÌÍÒÓÔÖØÙÚÜ]){_LETTER}(?![a-zA-Z]|{_LETTER})"  # no word
    r"|[°·º´¼½¾§©®¡¿£]{2}|»[°·º´¼½¾§©®¡¿£«»]|[°·º´¼½¾¿][«»]|\p{L}[º´°«»“”„§©®¼½¾¡¿£](?=\p{L})|[©®§°º´¼½¾£](?=[a-zA-Z])"
)


def decoded(data: bytes, path: Path, on_remark: Callable[[AttnvizError], object]) -> str:
    """Return a file as text, its byte order mark gone; `on_remark` hears what it was taken for if that was inferred."""
    wide = next((name for mark, name in _BOMS if data.startswith(mark)), None)
    try:
        text = data.decode(wide or "utf-8").removeprefix("\ufeff")
        place = text.find("\0")  # what UTF-16 has in every second place, and text never
        if place < 0:
            return text
        if not wide and text.count("\0") < _OF_UTF16 * len(text):
            raise AttnvizError(
                "{file}: a character in line {line} is NUL (0x00), which no text holds ({count} in all). Delete it, or "
                "write the file again with a program that leaves it out.",
                file=path.name,
                line=text.count("\n", 0, place) + 1,
                count=text.count("\0"),
            )
        place = data.find(b"\0")
    except UnicodeDecodeError as error:
        place = error.start
        if not (wide or data.startswith(BOM_UTF8)) and (found := _korean(data, place) or _western(data)):
            text, name = found
            on_remark(
                AttnvizError(
                    "{file} is not UTF-8; it was read as {encoding}. If letters look wrong, save it as UTF-8 "
                    "(in a spreadsheet: “CSV UTF-8”).",
                    file=path.name,
                    encoding=name,
                )
            )
            return text
    place = 0 if wide else place  # of what is no whole UTF-16 the mark is told that it begins with
    raise AttnvizError(
        "{file} is not UTF-8 text: byte {place}, in line {line}, is 0x{byte}. "
        "Save it as UTF-8 (in a spreadsheet: “CSV UTF-8”).",
        file=path.name,
        place=place + 1,
        line=data.count(b"\n", 0, place) + 1,
        byte=f"{data[place]:02X}",
    )


_BOMS = (
    (BOM_UTF32_LE, "utf-32"),  # before that of UTF-16, which it begins with
    (BOM_UTF32_BE, "utf-32"),
    (BOM_UTF16_LE, "utf-16"),
    (BOM_UTF16_BE, "utf-16"),
)


def _korean(data: bytes, place: int) -> tuple[str, str] | None:
    """Return a text from CP949 if that makes everyday Hangul of the line at `place` and what follows.

    Chinese and Japanese make Hangul, too, but of rare syllables.
    """
    start = data.rfind(b"\n", 0, place) + 1
    sample = data[start : place + _ENOUGH].decode("cp949", "ignore")
    codes = [mark.encode("cp949") for mark in sample if not mark.isascii() and mark.isalpha()]
    syllables = sum(0xB0 <= code[0] <= 0xC8 and code[1] >= 0xA1 for code in codes)  # the 2,350 of KS X 1001
    single = sum(code[0] == 0xA4 and code[1] <= 0xD3 for code in codes)  # letters as in ㅋㅋㅋ
    common = sum(mark in _COMMON for mark in sample)
    if syllables <= single or syllables + single < _EVERYDAY * len(codes) or common < _COMMONNESS * syllables:
        return None
    try:
        text = data.decode("cp949")
    except UnicodeDecodeError:
        return None
    return None if "\0" in text else (text, "CP949")


def _decodes(data: bytes, encoding: str) -> bool:
    try:
        data.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def _western(data: bytes) -> tuple[str, str] | None:
    """Return a text from Windows-1252 if each letter beyond ASCII is where one language of Western Europe has it.

    Not if all of it may be Korean as well, be it a rare syllable or two: 걋 has the bytes of °À.
    """
    if _COMMON_PAIR.search(data) and _decodes(data, "cp949"):
        return None
    try:
        text = data.decode("cp1252")
    except UnicodeDecodeError:
        return None
    strange = [mark for mark in text if not mark.isascii() and mark not in _MARKS]
    known = max(sum(mark in letters for mark in strange) for letters in _WESTERN)
    foreign = any(not any(mark in letters for letters in _WESTERN) for mark in set(strange))
    if foreign or known < _ONE_LANGUAGE * len(strange) or "\0" in text or _IMPLAUSIBLE.search(text):
        return None
    return text, "Windows-1252"
