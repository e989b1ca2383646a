"""The vocabulary of a model from elsewhere: which word is which row of its embedding, and which rows are none's."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from attnviz.errors import AttnvizError, enumerate_values
from attnviz.text import Vocabulary

PADDINGS = ("<pad>", "[pad]", "<padding>", "_pad_", "__pad__")
UNKNOWNS = ("<unk>", "[unk]", "<unknown>", "<oov>", "[oov]", "_unk_", "__unk__")
_NUMBERED = re.compile(r"\d{1,15}")
_UNREADABLE = re.compile(r"\s|[\ud800-\udfff]")  # no text has such a word, and no file of ours a line for it
Given = str | Path | Mapping[Any, Any] | Iterable[str] | Vocabulary


@dataclass(frozen=True)
class Words:
    """Words by the row of the embedding that each has; the rows for padding and for unknown words, if there are any."""

    ids: dict[str, int]
    padding: int | None
    unknown: int | None
    counts: Mapping[str, int] = field(default_factory=dict)  # how often each was in training, if that was told
    remarks: tuple[AttnvizError, ...] = ()

    @property
    def kept(self) -> dict[str, int]:
        """The words that a text can have, in the order of their rows."""
        special = {self.padding, self.unknown}
        ordered = sorted(self.ids.items(), key=lambda item: item[1])
        return {word: at for word, at in ordered if at not in special and word and not _UNREADABLE.search(word)}


def read_words(given: Given, rows: int, padding: str | int | None = None, unknown: str | int | None = None) -> Words:
    """Give the words of a vocabulary their rows of an embedding; holes and doubles raise `AttnvizError`.

    It is a file of lines or JSON, a list in the order of the ids, or word -> id. What stands for padding and for
    unknown words is known by its usual name, or is named.
    """
    ids, counts = _numbered(given, rows)
    if not ids:
        raise AttnvizError("The vocabulary holds no word.")
    _check_ids(ids, rows)
    there = set(ids.values())
    missing = sorted(set(range(max(there))) - there)
    at_padding = _special(ids, padding, PADDINGS, rows)
    if at_padding is None and 0 not in there:
        at_padding = 0
    at_unknown = _special(ids, unknown, UNKNOWNS, rows)
    if at_unknown is None and missing and missing[0] <= 1 and missing[0] != at_padding:
        at_unknown = missing[0]
    if at_unknown is None and 1 in missing:
        at_unknown = 1
    if holes := [at for at in missing if at not in (at_padding, at_unknown)]:
        raise AttnvizError(
            "The vocabulary has holes: no word has the id {ids}. Every id from 0 to the last needs a word, padding and "
            "unknown words apart; if those have these ids, name them by `padding` and `unknown`.",
            ids=enumerate_values(holes),
        )
    return Words(ids, at_padding, at_unknown, counts, tuple(_remarks(ids, at_padding, at_unknown, rows)))


def _remarks(ids: Mapping[str, int], padding: int | None, unknown: int | None, rows: int) -> Iterable[AttnvizError]:
    """Say what a person should know of how a vocabulary was understood."""
    last = max([*ids.values(), padding or 0, unknown or 0])
    if last + 1 < rows:
        yield AttnvizError(
            "The embedding has {rows} rows and the vocabulary ends at id {last}: the rows behind it have no word and "
            "are left out. Is it the vocabulary of this model?",
            rows=f"{rows:,}",
            last=f"{last:,}",
        )
    if unknown is None:
        yield AttnvizError(
            "No entry of the vocabulary stands for unknown words ({names}): they are read as the padding, as "
            "`.get(word, 0)` reads them. Name another by `unknown`.",
            names=", ".join(UNKNOWNS[:2]),
        )


def _numbered(given: Given, rows: int) -> tuple[dict[str, int], dict[str, int]]:
    """Return the id of each word, and how often it was in training where that is told."""
    counts: dict[str, int] = {}
    found: Any = given
    if isinstance(given, Vocabulary):
        found, counts = given.words, dict(zip(given.words, given.counts, strict=True))
    elif isinstance(given, str | Path):
        found, counts = _read_file(Path(given), rows)
    elif callable(itos := getattr(given, "get_itos", None)):  # torchtext
        found = itos()
    if isinstance(found, Mapping):
        return _of_mapping(found), counts
    words = list(found)
    for at, word in enumerate(words):
        if not isinstance(word, str):
            raise AttnvizError("Entry {at} of the vocabulary is no word but {word}.", at=at, word=repr(word)[:60])
    if twice := next(((word, count) for word, count in Counter(words).items() if count > 1), None):
        first, second = [at for at, word in enumerate(words) if word == twice[0]][:2]
        raise _doubled(twice[0], first, second)
    named = any(word.lower() in PADDINGS + UNKNOWNS for word in words)
    spare = rows - len(words)  # rows of padding and of unknown words, before the others
    offset = spare if 0 < spare <= 2 and not named else 0
    return {word: at for at, word in enumerate(words, start=offset)}, counts


def _of_mapping(given: Mapping[Any, Any]) -> dict[str, int]:
    """Return word -> id of either that or id -> word."""
    pairs = list(given.items())
    if all(isinstance(value, str) for _, value in pairs) and all(_NUMBERED.fullmatch(str(key)) for key, _ in pairs):
        pairs = [(value, int(key)) for key, value in pairs]
    ids: dict[str, int] = {}
    for word, at in pairs:
        if not isinstance(word, str) or not isinstance(at, int) or isinstance(at, bool):
            raise AttnvizError(
                "The vocabulary gives {word} the id {id}: it takes words, each with a whole number.",
                word=repr(word)[:60],
                id=repr(at)[:60],
            )
        if word in ids and ids[word] != at:
            raise _doubled(word, ids[word], at)
        ids[word] = at
    return ids


def _check_ids(ids: Mapping[str, int], rows: int) -> None:
    owners: dict[int, str] = {}
    for word, at in ids.items():
        if not 0 <= at < rows:
            raise AttnvizError(
                "The vocabulary has {count} entries, and “{word}” has the id {id}, but the embedding has {rows} rows, "
                "from 0 to {last}. It is not the vocabulary of this model.",
                count=f"{len(ids):,}",
                word=word[:60],
                id=f"{at:,}",
                rows=f"{rows:,}",
                last=f"{rows - 1:,}",
            )
        if at in owners:
            raise AttnvizError(
                "“{first}” and “{second}” of the vocabulary have the same id {id}: each word needs its own.",
                first=owners[at][:60],
                second=word[:60],
                id=at,
            )
        owners[at] = word


def _special(ids: Mapping[str, int], named: str | int | None, usual: Sequence[str], rows: int) -> int | None:
    """Return the id that was named, by the word or the number, or that of the first usual name."""
    if named is None:
        return next((ids[word] for name in usual for word in (name, name.upper()) if word in ids), None)
    at = ids.get(named) if isinstance(named, str) else named if type(named) is int else None
    if at is None and isinstance(named, str) and _NUMBERED.fullmatch(named):
        at = int(named)
    if at is None or not 0 <= at < rows:
        raise AttnvizError(
            "“{named}” is no entry of the vocabulary, and no id of its {rows} rows.", named=named, rows=f"{rows:,}"
        )
    return at


def _read_file(path: Path, rows: int) -> tuple[Mapping[Any, Any] | Sequence[str], dict[str, int]]:
    """Read JSON, or lines: a word each, or a word, a tab and its id or count."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise AttnvizError("{file} is not UTF-8. Save the vocabulary as UTF-8.", file=path.name) from error
    except (OSError, ValueError) as error:  # a name that no file can have
        reason = getattr(error, "strerror", None) or error
        raise AttnvizError("{file} cannot be read: {reason}.", file=path, reason=reason) from error
    if path.suffix.lower() == ".json" or text[:2] in ('["', '{"'):
        return _read_json(path, text), {}
    lines = text.removesuffix("\n").split("\n")
    lines = [line.removesuffix("\r") for line in lines]
    pairs = [line.rpartition("\t") for line in lines]
    if not all(tab and _NUMBERED.fullmatch(number) for _, tab, number in pairs):
        return lines, {}
    words, numbers = [word for word, _, _ in pairs], [int(number) for _, _, number in pairs]
    if len(set(numbers)) == len(numbers) and min(numbers) <= 2 and max(numbers) < rows:  # ids, and not counts
        return _pairs(list(zip(words, numbers, strict=True))), {}
    return words, dict(zip(words, numbers, strict=True))


def _read_json(path: Path, text: str) -> Mapping[Any, Any] | Sequence[str]:
    try:
        found = json.loads(text, object_pairs_hook=_pairs)
    except (ValueError, RecursionError) as error:
        if isinstance(error, AttnvizError):
            raise
        raise AttnvizError("{file} is not readable JSON ({reason}).", file=path.name, reason=error) from error
    if not isinstance(found, dict | list):
        raise AttnvizError("{file} holds neither a list of words nor words with their ids.", file=path.name)
    return found


def _pairs(pairs: list[tuple[Any, Any]]) -> dict[Any, Any]:
    """Return an object of JSON in which no key stands twice."""
    found: dict[Any, Any] = {}
    for key, value in pairs:
        if key in found:
            raise _doubled(str(key), found[key], value)
        found[key] = value
    return found


def _doubled(word: str, first: object, second: object) -> AttnvizError:
    return AttnvizError(
        "“{word}” is in the vocabulary twice, as {first} and {second}: each word needs one id.",
        word=word[:60],
        first=first,
        second=second,
    )
