"""Text -> tokens with their places in it -> ids.

There is one way to read, for what is typed and for a row of a file. HTML's references and formatting tags are read
as what they stand for, what cannot be seen does not cut a word, and every way to write an apostrophe or a full-width
letter leads to the same look-up form. A token's own text stays a piece of what was written, as it was.
"""

from __future__ import annotations

import html
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from html.entities import html5
from itertools import chain
from pathlib import Path

import regex

from attnviz.errors import AttnvizError, enumerate_values

PADDING, UNKNOWN = 0, 1
_COUNT_DIGITS = 15

_TAGS = "a|b|big|blockquote|br|center|code|div|em|font|h[1-6]|hr|i|li|ol|p|pre|s|small|span|strong|sub|sup|tt|u|ul"
_ATTRIBUTE = r"""\s+[\w:-]++\s*=\s*(?:"[^"<>]*"|'[^'<>]*'|[^\s"'<>=`/]++)"""
_MARKUP = regex.compile(
    rf"&(?:amp;)*(?<name>#\d{{1,7}}|#x[0-9a-f]{{1,6}}|[a-z][a-z0-9]{{1,31}});|</?(?:{_TAGS})(?:{_ATTRIBUTE})*+\s*/?>",
    regex.IGNORECASE | regex.ASCII,
)

# Scripts that leave no space between words; ICU's dictionaries know where one ends.
_UNSPACED = r"[[\p{Han}\p{Hiragana}\p{Katakana}ー\uff70\uff9e\uff9f\p{LB=SA}]&&[\p{L}\p{N}\p{M}]]"
# Unicode's default ignorables, except for joiners, the tags in a flag, and Hangul fillers that are typed as a blank.
HIDDEN = (
    r"\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f"
    r"\ufeff\ufff0-\ufff8\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0080-\U000e0fff"
)
_NO_JOINERS = r"[\p{Latin}\p{Greek}\p{Cyrillic}\p{Hangul}]"  # zero-width (non-)joiners mean nothing in these scripts
_APOSTROPHES = "`´‘‛′ʹʻʼʽˊˋꞌ՚׳❛❜＇｀"  # that people type for ' and ’

# A word is letters, marks and digits, with apostrophes, joiners and what is hidden only inside it. Whatever else can be
# seen is one token a grapheme, so that an emoji of seven code points stays whole.
_LETTER = rf"[[\p{{L}}\p{{N}}_]--{_UNSPACED}--\p{{DI}}]"
_INSIDE = rf"[{_LETTER}\p{{M}}]"
_JOINT = rf"[{HIDDEN}]*+(?:['’\u200c\u200d]|[{_APOSTROPHES}](?!\p{{Hangul}}))?[{HIDDEN}]*+"
_TOKEN = regex.compile(
    rf"{_LETTER}{_INSIDE}*+(?:{_JOINT}{_INSIDE}++)*+"
    rf"|(?<unspaced>{_UNSPACED}(?:[[{HIDDEN}]--\u200b]*+[{_UNSPACED}\p{{M}}]++)*+)"
    r"|(?![\s\p{C}\p{DI}])\X",
    regex.V1,
)
_WITHOUT_SPACES = regex.compile(rf"(?:{_UNSPACED}\p{{M}}*){{2}}", regex.V1)
_ASCII_TOKEN = regex.compile(r"[a-z0-9_]++(?:['`][a-z0-9_]++)*+|[!-~]")  # of lower case: the same, and faster
_DROPPED = regex.compile(rf"[{HIDDEN}]|(?<={_NO_JOINERS}\p{{M}}*)[\u200c\u200d]+(?={_NO_JOINERS})", regex.V1)
_BETWEEN_LETTERS = regex.compile(rf"(?<=[\p{{L}}\p{{M}}\p{{N}}_])[{_APOSTROPHES}](?=[\p{{L}}\p{{M}}\p{{N}}_])")


def _compatible(code: int) -> str | None:
    """Return what a letter or sign in another shape is: full or half width, a ligature, bold as mathematics is."""
    tag, _, shape = unicodedata.decomposition(chr(code)).partition(" ")
    if tag not in ("<wide>", "<narrow>", "<font>", "<isolated>", "<initial>", "<medial>", "<final>", "<compat>"):
        return None
    plain = "".join(chr(int(part, 16)) for part in shape.split())
    if not "\u3131" <= plain <= "\u318e":  # ㅋ is no syllable's beginning: it stays the letter that it is
        plain = unicodedata.normalize("NFKC", plain)
    return plain if all(mark.isalnum() or "!" <= mark <= "~" or mark in "\u3099\u309a" for mark in plain) else None


_SHAPES = chain(range(0x2100, 0x2139), range(0xFB00, 0xFB18), range(0xFB1D, 0x10000), range(0x1D400, 0x1D800))
_PLAIN = {code: plain for code in _SHAPES if (plain := _compatible(code))}
_UNUSUAL = re.compile(f"[{HIDDEN}{_APOSTROPHES}\u200c\u200d\u2100-\u2138\ufb00-\uffdc\U0001d400-\U0001d7ff]")  # perhaps


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of a text: `text == typed[start:end]`, as typed, and the `word` looked up in a vocabulary."""

    text: str
    start: int
    end: int
    word: str


def normalize(text: str) -> str:
    """Return the look-up form of a word: see `lower`, with nothing hidden and letters in their usual shape."""
    if _UNUSUAL.search(text):
        text = unicodedata.normalize("NFC", text).translate(_PLAIN)
        text = _BETWEEN_LETTERS.sub("'", unicodedata.normalize("NFC", _DROPPED.sub("", text)))
    return lower(text)


def lower(text: str) -> str:
    """Return a text in NFC, lower case and with straight apostrophes."""
    if text.isascii():
        return text.lower()
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", text).lower().replace("’", "'"))


def plainly_typed(text: str) -> bool:
    """Return whether every letter of a text stands for itself: no markup, nothing hidden or decomposed."""
    return "&" not in text and "<" not in text and not _UNUSUAL.search(text) and unicodedata.is_normalized("NFC", text)


def unspaced(text: str) -> bool:
    """Return whether some of a text is in a script without spaces: more than one letter."""
    return not text.isascii() and _WITHOUT_SPACES.search(text) is not None


def check_text(text: object) -> None:
    """Raise `AttnvizError` unless `text` is a string."""
    if not isinstance(text, str):
        raise AttnvizError(
            "A text is a string, as in “a good film”, and not {given} ({kind}).",
            given=repr(text)[:80],
            kind=_kind(text),
        )


def listed(texts: Iterable[str]) -> Sequence[str]:
    """Return texts or words as a list; `AttnvizError` if they are a single string, a table, or not all strings."""
    if (
        isinstance(texts, (str, bytes, Mapping, Set))
        or not isinstance(texts, Iterable)
        or getattr(texts, "ndim", 1) != 1
    ):
        raise AttnvizError("Give a list of strings, as in [“a good film”], and not one {kind}.", kind=_kind(texts))
    found = texts if isinstance(texts, list | tuple) else list(texts)
    for number, text in enumerate(found, start=1):
        if not isinstance(text, str):
            raise AttnvizError(
                "Number {number} in the list is no string but {given} ({kind}): leave it out, or put “” there.",
                number=number,
                given=repr(text)[:80],
                kind=_kind(text),
            )
    return found


def _kind(thing: object) -> str:
    return type(thing).__name__


def tokenize(text: str) -> list[Token]:
    """Cut `text` into words, contractions in one piece, and single marks; white space, controls and tags fall away."""
    check_text(text)
    plain, starts, ends = _unmarked(text)
    spans = [(start, end, normalize(plain[start:end])) for start, end in _spans(plain)]
    if starts:
        spans = [(starts[first], ends[last - 1], word) for first, last, word in spans]
    return [Token(text[start:end], start, end, word) for start, end, word in spans]


def words(text: str) -> list[str]:
    """Return the look-up forms of the tokens of `text`."""
    check_text(text)
    if "&" in text or "<" in text:
        text = _MARKUP.sub(_meaning, text)
    if text.isascii():
        found: list[str] = _ASCII_TOKEN.findall(text.lower())
        return [normalize(word) for word in found] if "`" in text else found
    look_up = normalize if _UNUSUAL.search(text) else lower
    return [look_up(text[start:end]) for start, end in _spans(text)]


def _spans(text: str) -> Iterator[tuple[int, int]]:
    """Yield where the tokens of a text without markup are."""
    for match in _TOKEN.finditer(text):
        start, end = match.span()
        if match.lastgroup:
            from icu4py.breakers import WordBreaker  # 40 MB, for who writes in such a script

            for word in WordBreaker(match.group(), ""):
                yield start, start + len(word)
                start += len(word)
        else:
            yield start, end


def _unmarked(text: str) -> tuple[str, list[int], list[int]]:
    """Return a text as its markup is meant, and where each character of it starts and ends in what was written.

    Without markup both lists are empty: everything is where it was.
    """
    pieces: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    after = 0
    for match in _MARKUP.finditer(text):
        if (meant := _meaning(match)) == match.group():
            continue
        start, end = match.span()
        pieces += text[after:start], meant
        starts += [*range(after, start), *[start] * len(meant)]
        ends += [*range(after + 1, start + 1), *[end] * len(meant)]
        after = end
    if not after:
        return text, [], []
    pieces.append(text[after:])
    return "".join(pieces), [*starts, *range(after, len(text))], [*ends, *range(after + 1, len(text) + 1)]


def _meaning(markup: regex.Match[str]) -> str:
    """Return the character that a reference refers to, a blank for a tag."""
    name = markup["name"]
    if name is None:
        return " "
    return html.unescape(f"&{name};") if name[0] == "#" or f"{name};" in html5 else markup.group()


class Vocabulary:
    """The words with a row of their own: 0 is padding, 1 unknown, the first word 2.

    `counts[i]` says how often `words[i]` occurred in the training split.
    """

    def __init__(self, words: Sequence[str], counts: Sequence[int]) -> None:
        self.words = tuple(words)
        self.counts = tuple(counts)
        self._ids = {word: i for i, word in enumerate(self.words, start=UNKNOWN + 1)}
        if len(self._ids) != len(self.words) or len(self.counts) != len(self.words):
            raise AttnvizError(
                "A vocabulary of {words} words has {distinct} distinct ones and {counts} counts: each needs one line.",
                words=len(self.words),
                distinct=len(self._ids),
                counts=len(self.counts),
            )

    @classmethod
    def build(cls, texts: Iterable[Sequence[str]], size: int = 20_000, min_count: int = 1) -> Vocabulary:
        """Keep the most frequent words so that ids stay below `size`; ties go by code point.

        Each text is a sequence of look-up forms, as `words` returns.
        """
        return cls.of_counts(Counter(word for text in texts for word in text), size, min_count)

    @classmethod
    def of_counts(cls, counted: Mapping[str, int], size: int = 20_000, min_count: int = 1) -> Vocabulary:
        """Keep the most frequent of words that have been counted, as `build` does."""
        ranked = sorted(counted.items(), key=lambda item: (-item[1], item[0]))
        kept = [(word, count) for word, count in ranked[: max(size - 2, 0)] if count >= min_count]
        return cls([word for word, _ in kept], [count for _, count in kept])

    @classmethod
    def load(cls, path: Path) -> Vocabulary:
        """Read `word<TAB>count` lines."""
        try:
            *lines, rest = path.read_text(encoding="utf-8").split("\n")
        except UnicodeDecodeError as error:
            raise AttnvizError("{path} is not UTF-8. Rebuild the experiment.", path=path) from error
        except OSError as error:
            raise AttnvizError(
                "{path}: cannot be read ({fault}). Restore or rebuild the experiment.", path=path, fault=error.strerror
            ) from error
        if rest:
            raise AttnvizError("{path} breaks off in its last line. Rebuild the experiment.", path=path)
        words, counts = [], []
        for number, line in enumerate(lines, start=1):
            word, tab, count = line.partition("\t")
            if not (word and tab and count.isdecimal() and len(count) <= _COUNT_DIGITS):
                raise AttnvizError(
                    "{path}, line {number}: expected a word, a tab and a count. Rebuild the experiment.",
                    path=path,
                    number=number,
                )
            words.append(word)
            counts.append(int(count))
        if twice := [word for word, often in Counter(words).items() if often > 1]:
            raise AttnvizError(
                "{path} holds a word more than once: {words}. Rebuild the experiment.",
                path=path,
                words=enumerate_values(twice),
            )
        return cls(words, counts)

    def save(self, path: Path) -> None:
        """Write `word<TAB>count` lines."""
        lines = (f"{word}\t{count}\n" for word, count in zip(self.words, self.counts, strict=True))
        path.write_text("".join(lines), encoding="utf-8", newline="\n")

    @property
    def counted(self) -> bool:
        """Whether it is known how often its words occurred: of a model from elsewhere it rarely is."""
        return any(self.counts)

    def __repr__(self) -> str:
        return f"<Vocabulary of {len(self.words):,} words: {', '.join(self.words[:5])}, …>"

    def __len__(self) -> int:
        """Count the ids, padding and unknown included: the rows an embedding needs."""
        return len(self.words) + 2

    def __contains__(self, word: object) -> bool:
        return word in self._ids

    def id(self, word: str) -> int:
        """Return the id of a look-up form, `UNKNOWN` if it has none."""
        return self._ids.get(word, UNKNOWN)
