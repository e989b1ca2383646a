"""A FastText `.bin` as Facebook's program and gensim write it, opened where it lies.

The file is a header, a dictionary (each word ended by a 0, then its count in 8 bytes and its type in 1), and a matrix
of float32 with a row a word and a row an n-gram bucket. Nothing of it is loaded: rows are read from the disk when they
are asked for, and the dictionary is gone through once, for an index of where its words are.
https://github.com/facebookresearch/fastText/blob/main/src/fasttext.cc
"""

from __future__ import annotations

import mmap
import stat
import struct
import zlib
from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import overload

import numpy as np
from safetensors.numpy import load_file

from attnviz.errors import AttnvizError
from attnviz.vectors.ngrams import LONGEST
from attnviz.vectors.sidecar import Sidecar

_MAGIC = 793712314
_NEWEST = 12  # version of the format
_SUPERVISED = 3
_TAIL = 9  # bytes of an entry after the 0 that ends its word
_LONGEST_WORD = 65_536  # bytes
_WIDEST = 65_536
_LARGEST = np.float32(65_504)  # number that an experiment, which keeps float16, could take along
_INDEX = 1  # version of ours
_ROW = np.uint64(0xFFFFFFFF)  # of a key: the row is in the lower half, the hash of the word in the upper one
_COMPRESSED = (b"\x1f\x8b", b"PK\x03\x04", b"BZh", b"\xfd7zXZ", b"\x28\xb5\x2f\xfd", b"7z\xbc\xaf")


def is_facebook(path: Path) -> bool:
    """Tell by its content, and where there is none by its name, whether a file is to be read as a `.bin`."""
    try:
        _identity(path)  # a pipe would keep us waiting
        with path.open("rb") as file:
            start = file.read(10)
    except (OSError, ValueError):
        start = b""  # whoever opens it next says why
    return path.suffix != ".safetensors" and start[8:] != b'{"'


@dataclass(frozen=True)
class Layout:
    """What the header says, and where the dictionary starts."""

    dim: int
    buckets: int
    min_n: int
    max_n: int
    words: int
    labels: int  # of supervised files: they stand after the words and have no rows
    dictionary: int  # offset
    marked: bool  # as the newer versions are, which say before the matrix whether it is quantised

    @property
    def rows(self) -> int:
        """Rows of the matrix."""
        return self.words + self.buckets


class FacebookFile:
    """A `.bin`: its sizes, its words in the order of their rows, and its rows."""

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            self._found = _identity(path)
            with path.open("rb") as file:
                self.map = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
            layout = _read_header(self.map, path)
            starts, keys, at = self._indexed(layout)
        except (OSError, ValueError) as error:
            if isinstance(error, AttnvizError):
                raise
            raise AttnvizError(
                "{path} cannot be opened ({reason}). Check that it is there and may be read.",
                path=path,
                reason=getattr(error, "strerror", None) or error,
            ) from error
        self.dim, self.buckets = layout.dim, layout.buckets
        self.min_n, self.max_n = max(layout.min_n, 1), layout.max_n  # 0 and 1 cut the same n-grams
        self.words = MappedWords(self, starts, keys)
        self.word_rows = MappedMatrix(self, at, layout.words, layout.dim)
        self.ngram_rows = MappedMatrix(self, at + 4 * layout.dim * layout.words, layout.buckets, layout.dim)

    def check(self) -> None:
        """Raise `AttnvizError` if the file is no longer the one that was opened: what is mapped may be gone."""
        try:
            same = _identity(self.path) == self._found
        except OSError:
            same = False
        if not same:
            raise AttnvizError(
                "{path} has been changed or taken away since it was opened. Open it again.", path=self.path
            )

    def _indexed(self, layout: Layout) -> tuple[np.ndarray, np.ndarray, int]:
        """Return where each word starts [words + 1], the sorted keys [words], and where the matrix does."""
        sidecar = Sidecar(self.path, "index", format=_INDEX)
        place = sidecar.find()
        kept = load_file(place) if place else {}
        if _fits(kept, layout):
            return kept["starts"], kept["keys"], _find_matrix(self.map, self.path, layout, int(kept["end"][0]))
        starts, keys, end = _read_dictionary(self.map, self.path, layout)
        at = _find_matrix(self.map, self.path, layout, end)
        self.check()
        sidecar.write({"starts": starts, "keys": keys, "end": np.array([end])})
        return starts, keys, at


class MappedWords(Sequence[str]):
    """The words of a file, read from it when they are asked for."""

    def __init__(self, file: FacebookFile, starts: np.ndarray, keys: np.ndarray) -> None:
        self._file, self._starts, self._keys = file, starts, keys

    def __len__(self) -> int:
        return len(self._keys)

    @overload
    def __getitem__(self, at: int) -> str: ...
    @overload
    def __getitem__(self, at: slice) -> tuple[str, ...]: ...
    def __getitem__(self, at: int | slice) -> str | tuple[str, ...]:
        if isinstance(at, slice):
            return tuple(self[row] for row in range(*at.indices(len(self))))
        row = range(len(self))[at]
        self._file.check()
        return _text(self._file.map[int(self._starts[row]) : int(self._starts[row + 1]) - _TAIL - 1])

    def __iter__(self) -> Iterator[str]:
        return (self[row] for row in range(len(self)))

    def __contains__(self, word: object) -> bool:
        return isinstance(word, str) and self.find(word) is not None

    def find(self, word: str) -> int | None:
        """Return the row of a word, or None."""
        hashed = zlib.crc32(word.encode("utf-8", "surrogatepass"))
        at = int(np.searchsorted(self._keys, np.uint64(hashed << 32)))
        while at < len(self._keys) and int(self._keys[at]) >> 32 == hashed:
            row = int(self._keys[at] & _ROW)
            if self[row] == word:
                return row
            at += 1
        return None


class MappedMatrix:
    """Rows [count, dim] of the matrix, read from the disk when they are asked for."""

    def __init__(self, file: FacebookFile, at: int, count: int, dim: int) -> None:
        self.shape = (count, dim)
        self._file = file
        # As bytes, for float32 at any offset would have numpy copy more than what is asked for.
        self._bytes = np.frombuffer(file.map, dtype=np.uint8, count=4 * count * dim, offset=at).reshape(count, 4 * dim)

    def __len__(self) -> int:
        return self.shape[0]

    def __getitem__(self, rows: int | slice | Sequence[int] | np.ndarray) -> np.ndarray:
        """Return a copy of a row [dim] or of some rows [n, dim]."""
        self._file.check()
        found = np.array(self._bytes[rows]).view("<f4")
        if not (np.abs(found) <= _LARGEST).all():  # nor are there any that are none
            raise AttnvizError(
                "{path} holds numbers that are no vector's: it is damaged. Get the file again.", path=self._file.path
            )
        return found


def _identity(path: Path) -> tuple[int, ...]:
    found = path.stat()
    if not stat.S_ISREG(found.st_mode):
        raise OSError("it is not a file")
    return found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns


def _text(word: bytes) -> str:
    """Return a word as gensim does: bytes that are not UTF-8 become \\xe4 and so on."""
    return word.decode("utf-8", "backslashreplace")


def _unpack(data: mmap.mmap, path: Path, form: str, at: int) -> tuple[int, ...]:
    if at + struct.calcsize(form) > len(data):
        raise _cut_short(path, at + struct.calcsize(form), len(data))
    return struct.unpack_from(form, data, at)


def _read_header(data: mmap.mmap, path: Path) -> Layout:
    _refuse_other_formats(data, path)
    marked = data[:4] == _MAGIC.to_bytes(4, "little")
    at = 8 if marked else 0
    dim, *_, kind, buckets, min_n, max_n, _rate = _unpack(data, path, "<12i", at)
    at += 12 * 4 + 8
    size, words, labels, tokens = _unpack(data, path, "<3iq", at)
    at += 20
    version, pruned = 0, -1
    if marked:
        (version,), (pruned,) = _unpack(data, path, "<i", 4), _unpack(data, path, "<q", at)
        at += 8
        if version < _NEWEST and kind == _SUPERVISED:
            max_n = 0  # they were trained without n-grams, whatever the header says
    for name, value, least, most in (
        ("version", version, 0, _NEWEST),
        ("dim", dim, 1, _WIDEST),
        ("bucket", buckets, 0, 2**31 - 1),
        ("minn", min_n, 0, LONGEST),
        ("maxn", max_n, 0, LONGEST),
        ("nwords", words, 1, len(data)),
        ("nlabels", labels, 0, len(data)),
        ("size", size, words + labels, words + labels),
        ("ntokens", tokens, 0, 2**63),
    ):
        if not least <= value <= most:
            raise AttnvizError(
                "{path}: its header says {name} = {value}, so it is damaged or no FastText .bin. Get the file again.",
                path=path,
                name=name,
                value=value,
            )
    layout = Layout(dim, buckets, min_n, max_n, words, labels, at, marked)
    if pruned > 0:
        raise _quantised(path)
    return layout


def _refuse_other_formats(data: mmap.mmap, path: Path) -> None:
    start = data[:64]
    if start.startswith(_COMPRESSED):
        raise AttnvizError("{path} is compressed. Unpack it and give the .bin that is in it.", path=path)
    numbers = start.split(b"\n")[0].split()
    if len(numbers) == 2 and all(number.isdigit() for number in numbers):
        raise AttnvizError(
            "{path} is in the format of word2vec, which has no n-grams. Give a .bin that FastText wrote.", path=path
        )


def _read_dictionary(data: mmap.mmap, path: Path, layout: Layout) -> tuple[np.ndarray, np.ndarray, int]:
    """Go through the dictionary: return where each word starts, the sorted keys and where it ends."""
    entries = layout.words + layout.labels
    least = layout.dictionary + entries * (_TAIL + 1)
    if least > len(data):
        raise _cut_short(path, least, len(data))
    starts, hashes, at = array("q"), array("Q"), layout.dictionary
    for row in range(entries):
        end = data.find(b"\0", at, at + _LONGEST_WORD)
        if end < 0:
            raise AttnvizError(
                "{path}: its dictionary has no end after {row} of {entries} words. Get the file again.",
                path=path,
                row=row,
                entries=entries,
            )
        starts.append(at)
        word = data[at:end]
        hashes.append(zlib.crc32(word if word.isascii() else _text(word).encode("utf-8")))
        at = end + 1 + _TAIL
    starts.append(at)
    found = np.frombuffer(starts, dtype=np.int64)
    if at <= len(data):
        kinds = np.frombuffer(data, dtype=np.uint8)[found[1:] - 1]
    if at > len(data) or kinds[: layout.words].any() or (kinds[layout.words :] != 1).any():
        raise AttnvizError("{path}: its dictionary is damaged. Get the file again.", path=path)
    of_words = np.frombuffer(hashes, dtype=np.uint64)[: layout.words]
    keys = np.sort(of_words << np.uint64(32) | np.arange(layout.words, dtype=np.uint64))
    return found[: layout.words + 1].copy(), keys, at


def _fits(tensors: dict[str, np.ndarray], layout: Layout) -> bool:
    """Tell whether an index can be trusted not to lead out of the dictionary."""
    found = {name: (tensor.dtype.name, tensor.shape) for name, tensor in tensors.items()}
    wanted = {"starts": ("int64", (layout.words + 1,)), "keys": ("uint64", (layout.words,)), "end": ("int64", (1,))}
    if found != wanted:
        return False
    starts, keys, (end,) = tensors["starts"], tensors["keys"], tensors["end"]
    return bool(
        starts[0] == layout.dictionary
        and starts[-1] <= end
        and (np.diff(starts) > _TAIL).all()
        and (keys[:-1] < keys[1:]).all()
        and (keys & _ROW).max() < layout.words
    )


def _find_matrix(data: mmap.mmap, path: Path, layout: Layout, at: int) -> int:
    """Return where the matrix starts, once the header before it agrees with the file's."""
    if layout.marked:
        (quantised,) = _unpack(data, path, "<b", at)
        if quantised:
            raise _quantised(path)
        at += 1
    rows, dim = _unpack(data, path, "<2q", at)
    at += 16
    if (rows, dim) != (layout.rows, layout.dim):
        raise AttnvizError(
            "{path}: its matrix is {rows} x {dim}, its header asks for {expected}. Get the file again.",
            path=path,
            rows=rows,
            dim=dim,
            expected=f"{layout.rows} x {layout.dim}",
        )
    if at + 4 * rows * dim > len(data):
        raise _cut_short(path, at + 4 * rows * dim, len(data))
    return at


def _cut_short(path: Path, wanted: int, size: int) -> AttnvizError:
    return AttnvizError(
        "{path} has {size} bytes of at least {wanted}: it is cut short or damaged. Get the file again.",
        path=path,
        size=f"{size:,}",
        wanted=f"{wanted:,}",
    )


def _quantised(path: Path) -> AttnvizError:
    return AttnvizError(
        "{path} is quantised (.ftz): rows of it are missing or rounded. Give the .bin it was made from.", path=path
    )
