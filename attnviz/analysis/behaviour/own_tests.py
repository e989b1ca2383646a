"""Behaviour tests of one's own: a small TOML file of pairs of texts, or of words to put in the place of others.

    [[test]]
    name = "brand"
    kind = "invariance"
    replace = [["Coke", "Pepsi"], ["Pepsi", "Coke"]]

    [[test]]
    name = "price"
    kind = "direction"
    class = "negative"
    expect = "not less sure"
    pairs = [["The phone is fine.", "The phone is fine, and far too dear."]]

Nothing in it is ever run: a file of rules, not of code.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from attnviz.analysis.behaviour.battery import TESTS
from attnviz.analysis.behaviour.case import Change, Expectation, Kind, Setting
from attnviz.analysis.behaviour.particles import PARTICLES, fitting
from attnviz.errors import AttnvizError

MOST_BYTES = 50_000
_EXPECT: dict[str, Expectation] = {"turns": "turns", "not surer": "not_surer", "not less sure": "no_less_sure"}
_KEYS = ("name", "kind", "class", "expect", "pairs", "replace")
_NAME = re.compile(r"\w[\w -]{0,59}")
_HEADER = re.compile(r"^[ \t]*\[\[[ \t]*test[ \t]*\]\]", re.MULTILINE)


@dataclass(frozen=True)
class OwnTest:
    """A test out of somebody's file: pairs of texts, or rules that make a case of any text that has the word."""

    __test__ = False  # for pytest

    name: str
    expects: Expectation
    watched: int | None
    pairs: tuple[Change, ...] = ()
    rules: tuple[tuple[str, str], ...] = ()

    @property
    def kind(self) -> Kind:
        """Whether the answer may not change, or only one way."""
        return "invariance" if self.expects == "same" else "direction"

    def of(self, text: str, _setting: Setting) -> Change | None:
        """Return a text with whole words put for others, Korean particles fitted; None where there is none."""
        if not self.rules:
            return None
        words = dict(self.rules)
        longest_first = "|".join(map(re.escape, sorted(words, key=len, reverse=True)))

        def other(match: re.Match[str]) -> str:
            return words[match["word"]] + fitting(words[match["word"]], match["particle"] or "")

        after = re.sub(rf"(?<!\w)(?P<word>{longest_first})(?P<particle>{'|'.join(PARTICLES)})?(?!\w)", other, text)
        return Change(text, after, self.watched) if after != text else None


def read_tests(data: bytes, name: str, labels: Sequence[str]) -> tuple[OwnTest, ...]:
    """Read a file of tests; `AttnvizError` names the line, the key and the remedy of the first fault."""
    if len(data) > MOST_BYTES:
        raise AttnvizError(
            "{file} has more than {limit} bytes: put fewer pairs into it.", file=name, limit=f"{MOST_BYTES:,}"
        )
    try:
        text = data.decode("utf-8-sig").replace("\r\n", "\n")
        if any(line.partition("=")[0].count(".") > 9 for line in text.split("\n")):
            raise AttnvizError("{file}: a key is one word, as in name = …: take the dots out.", file=name)
        found = tomllib.loads(text)
    except UnicodeDecodeError as error:
        raise AttnvizError("{file} is not UTF-8: save it as that.", file=name) from error
    except AttnvizError:  # a ValueError, and said already
        raise
    except (ValueError, RecursionError) as error:  # a number may have more digits than Python reads
        raise AttnvizError("{file} is no TOML: {fault}.", file=name, fault=str(error)) from error
    tests = found.get("test")
    lines = [text.count("\n", 0, match.end()) + 1 for match in _HEADER.finditer(text)]
    other = next((key for key in found if key != "test"), "")
    if other:
        raise AttnvizError(
            "{file}: “{key}” stands outside of a test: begin it with a line [[test]].", file=name, key=other
        )
    if not isinstance(tests, list) or len(lines) != len(tests) or not all(isinstance(one, dict) for one in tests):
        raise AttnvizError("{file}: every test begins with a line [[test]]. Give it one, and no other.", file=name)
    read: dict[str, OwnTest] = {}
    for given, line in zip(tests, lines, strict=True):
        where = {"file": name, "line": line}
        one = _test(given, where, labels)
        if one.name in read or one.name in {test.name for test in TESTS}:
            raise AttnvizError(
                "{file}, line {line}: name: “{name}” is there already. Give every test a name of its own.",
                name=one.name,
                **where,
            )
        read[one.name] = one
    return tuple(read.values())


def read_file(path: Path, labels: Sequence[str]) -> tuple[OwnTest, ...]:
    """Read a file of tests from the disk."""
    try:
        data = path.read_bytes()
    except (OSError, ValueError) as error:  # a name that no file can have
        reason = getattr(error, "strerror", None) or error
        raise AttnvizError("{file} cannot be read: {reason}.", file=path, reason=reason) from error
    return read_tests(data, path.name, labels)


def _test(given: dict[str, Any], where: dict[str, object], labels: Sequence[str]) -> OwnTest:
    for key in given:
        if key not in _KEYS:
            raise AttnvizError(
                "{file}, line {line}: there is no key “{key}”. There are: {keys}.",
                key=key,
                keys=", ".join(_KEYS),
                **where,
            )
    name = given.get("name")
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        raise AttnvizError(
            "{file}, line {line}: name: give 1 to 60 letters, digits, blanks and hyphens, in quotes.", **where
        )
    expects, watched = _expected(given, where, labels)
    if ("pairs" in given) == ("replace" in given):
        raise AttnvizError("{file}, line {line}: give either pairs of texts (pairs) or words (replace).", **where)
    key = "pairs" if "pairs" in given else "replace"
    couples = _couples(given[key], key, where)
    if key == "replace":
        words = [one for one, _other in couples]
        if doubled := next((word for at, word in enumerate(words) if word in words[:at]), ""):
            raise AttnvizError(
                "{file}, line {line}: replace: “{word}” is to be replaced twice. Take one away.", word=doubled, **where
            )
        return OwnTest(name, expects, watched, rules=couples)
    return OwnTest(name, expects, watched, pairs=tuple(Change(one, other, watched) for one, other in couples))


def _expected(given: dict[str, Any], where: dict[str, object], labels: Sequence[str]) -> tuple[Expectation, int | None]:
    kind = given.get("kind")
    if kind not in ("invariance", "direction"):
        raise AttnvizError(
            "{file}, line {line}: kind: say “invariance” (the answer may not change) or “direction”.", **where
        )
    if kind == "invariance":
        if one := next((key for key in ("class", "expect") if key in given), ""):
            raise AttnvizError(
                "{file}, line {line}: {key}: in an invariance test the answer may not change. Take this key away.",
                key=one,
                **where,
            )
        return "same", None
    if str(given.get("expect")) not in _EXPECT:
        raise AttnvizError("{file}, line {line}: expect: say one of: {choices}.", choices=", ".join(_EXPECT), **where)
    if given.get("class") not in labels:
        raise AttnvizError(
            "{file}, line {line}: class: say which class is watched, one of: {choices}.",
            choices=", ".join(labels),
            **where,
        )
    return _EXPECT[str(given["expect"])], list(labels).index(given["class"])


def _couples(given: Any, key: str, where: dict[str, object]) -> tuple[tuple[str, str], ...]:
    if not isinstance(given, list) or not given:
        raise AttnvizError('{file}, line {line}: {key}: give pairs, as in [["before", "after"]].', key=key, **where)
    for number, couple in enumerate(given, start=1):
        good = isinstance(couple, list) and len(couple) == 2 and all(isinstance(text, str) for text in couple)
        if not good or not couple[0].strip() or couple[0] == couple[1]:
            raise AttnvizError(
                "{file}, line {line}: {key}: number {number} is no pair of two different texts in quotes.",
                key=key,
                number=number,
                **where,
            )
    return tuple((one, other) for one, other in given)
