"""ERASER's shape (DeYoung et al. 2020): annotations, an object a row, and the documents they speak of beside them.

A document is a file of that name in the folder `docs`, or a row of `docs.jsonl`; its tokens are parted by blanks and
ends of lines, and evidence counts them. All evidence of an annotation is marked, whichever group it is in.
"""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from attnviz.data.encoding import decoded
from attnviz.data.jsonl import read_records
from attnviz.data.limits import Limits
from attnviz.data.rationales.own import label_of, text_of
from attnviz.data.rationales.rationale import Marked, Span
from attnviz.errors import AttnvizError, enumerate_values

EVIDENCES, FOLDER, LINES = "evidences", "docs", "docs.jsonl"
_TOKEN = re.compile(r"[^ \r\n]+")


@dataclass
class Documents:
    """The documents beside a file of annotations, each read once."""

    path: Path  # of the annotations
    limits: Limits
    _texts: dict[str, str | None] = field(default_factory=dict)
    _bytes: int = 0

    def __post_init__(self) -> None:
        lines = self.path.parent / LINES
        if not (self.path.parent / FOLDER).is_dir() and lines.is_file():
            for record in read_records(
                decoded(self._read(lines), lines, lambda _: None), lines, lambda _: None
            ).values():
                name, text = record.get("docid"), record.get("document")
                if isinstance(name, str) and isinstance(text, str):
                    self._texts[name] = text

    def text(self, name: str) -> str | None:
        """Return a document, None if there is none of that name; a name never leads out of the folder."""
        if name not in self._texts:
            self._texts[name] = self._found(name)
        return self._texts[name]

    def _found(self, name: str) -> str | None:
        folder = self.path.parent / FOLDER
        if Path(name).name != name or "\\" in name or "\0" in name:
            return None
        try:
            file = (folder / name).resolve()
            data = self._read(file) if file.is_relative_to(folder.resolve()) and file.is_file() else None
        except OSError:  # a name that no file can have, or a file that is not to be read
            return None
        with suppress(AttnvizError):  # bytes that are no text
            return None if data is None else decoded(data, file, lambda _: None)
        return None

    def _read(self, file: Path) -> bytes:
        self._bytes += file.stat().st_size
        self.limits.check_bytes(self._bytes, file)
        return file.read_bytes()


def read_row(record: dict[str, Any], row: int, path: Path, documents: Documents) -> Marked:
    """Return an annotation; `AttnvizError` for one that cannot be used."""
    at = {"file": path.name, "rows": row, "count": 1}
    pieces = _pieces(record.get(EVIDENCES))
    if pieces is None:
        raise AttnvizError(
            "{file}: left out, for its evidence is not as ERASER has it: row {rows} ({count} in all). Write lists of "
            'lists of {{"docid": "…", "start_token": 0, "end_token": 1}}.',
            **at,
        )
    name = _document(record, {docid for docid, _, _ in pieces})
    if name is None:
        raise AttnvizError(
            "{file}: left out, for it speaks of no document, or of several: row {rows} ({count} in all). A classifier "
            "here reads one text: give each its own annotation.",
            **at,
        )
    text = documents.text(name)
    if text is None:
        raise AttnvizError(
            "{file}: left out, for its document is not there, or is no text: row {rows} ({count} in all); the first is "
            "“{name}”. Put it as UTF-8 into the folder {folder} beside the file, under that name.",
            **at,
            name=enumerate_values([name]),
            folder=FOLDER,
        )
    text_of(text, row, path)
    tokens = _tokens(text)
    spans, told = [], 0
    for _, start, end in sorted(pieces, key=lambda piece: piece[1]):
        if not 0 <= start < end <= len(tokens):
            raise AttnvizError(
                "{file}: left out, for its evidence does not lie in the document: row {rows} ({count} in all); in the "
                "first, tokens {start} to {end} of {length}. Count tokens, parted by blanks, from 0, the end behind "
                "the last.",
                **at,
                start=start,
                end=end,
                length=len(tokens),
            )
        spans += tokens[max(start, told) : end]  # each once, however often it is told
        told = max(told, end)
    question = record.get("query")
    label = label_of(record.get("classification"), row, path)
    return Marked(row, text, tuple(spans), label, question if isinstance(question, str) else "")


def _pieces(evidences: object) -> list[tuple[str, int, int]] | None:
    """Return document, first token and end of all evidence, None if it is not of that shape."""
    if not isinstance(evidences, list) or not all(isinstance(group, list) for group in evidences):
        return None
    found = []
    for one in (one for group in evidences for one in group):
        if not isinstance(one, dict):
            return None
        name, start, end = one.get("docid"), one.get("start_token"), one.get("end_token")
        if not isinstance(name, str) or type(start) is not int or type(end) is not int:
            return None
        found.append((name, start, end))
    return found


def _document(record: dict[str, Any], named: set[str]) -> str | None:
    """Return the one document of an annotation: what its evidence names, or else the annotation."""
    given = record.get("docids")
    if not named and isinstance(given, list):
        named = {one for one in given if isinstance(one, str)}
    if not named and isinstance(one := record.get("annotation_id"), str):
        named = {one}
    return named.pop() if len(named) == 1 else None


def _tokens(text: str) -> list[Span]:
    """Return where the tokens are; white space of other kinds at the ends of a line is none."""
    found = []
    for line in re.finditer(r"[^\r\n]+", text):
        inside = line.group().strip()
        start = line.start() + len(line.group()) - len(line.group().lstrip())
        found += [token.span() for token in _TOKEN.finditer(text, start, start + len(inside))]
    return found
