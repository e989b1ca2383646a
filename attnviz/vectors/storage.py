"""The vectors of an experiment on disk: one safetensors file with words, float16 rows and n-gram lengths."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from safetensors import SafetensorError, safe_open
from safetensors.numpy import save_file

from attnviz.errors import AttnvizError
from attnviz.vectors.ngrams import LONGEST, UNITS, Units

LARGEST = 2**31 - 1  # gensim and numpy hold settings and seeds in 32 bits
_ALL_NGRAMS = "ngrams F16 2-d, vectors F16 2-d, words U8 1-d"
_SOME_NGRAMS = f"ngram_ids I32 1-d, {_ALL_NGRAMS}"
_FORMATS = {_ALL_NGRAMS: 1, _SOME_NGRAMS: 2}
_SETTINGS = "fasttext"  # one JSON value in the header, as safetensors writes several in an order that changes


@dataclass(frozen=True)
class SavedVectors:
    """What a file holds: `vectors` float16 [words, dim] and `ngram_vectors` float16 [n, dim], of `buckets` in all."""

    words: Sequence[str]
    vectors: np.ndarray
    ngram_vectors: np.ndarray
    min_n: int
    max_n: int
    buckets: int
    ngram_ids: np.ndarray | None = None  # int32 [n], ascending: the buckets that have a row, where not all have
    ngram_units: Units = "characters"

    def write(self, path: str | Path) -> None:
        """Write the file."""
        tensors = {
            "words": np.frombuffer("\n".join(self.words).encode("utf-8"), dtype=np.uint8),
            "vectors": self.vectors,
            "ngrams": self.ngram_vectors,
        }
        settings: dict[str, Any] = {"format": _FORMATS[_ALL_NGRAMS], "min_n": self.min_n, "max_n": self.max_n}
        if self.ngram_ids is not None:
            tensors["ngram_ids"] = self.ngram_ids
            settings |= {"format": _FORMATS[_SOME_NGRAMS], "buckets": self.buckets}
        if self.ngram_units != "characters":  # older files do not say it
            settings["ngram_units"] = self.ngram_units
        save_file(tensors, str(path), metadata={_SETTINGS: json.dumps(settings)})

    @classmethod
    def read(cls, path: Path) -> SavedVectors:
        """Read a file; one that is missing, damaged or of another format raises `AttnvizError`."""
        tensors, header = _read(path)
        ids = tensors.get("ngram_ids")
        try:
            settings = json.loads(header[_SETTINGS])
            version, min_n, max_n = settings["format"], int(settings["min_n"]), int(settings["max_n"])
            buckets = len(tensors["ngrams"]) if ids is None else int(settings["buckets"])
            units = UNITS[UNITS.index(settings.get("ngram_units", "characters"))]
        except (KeyError, TypeError, ValueError, OverflowError) as error:
            raise AttnvizError("{path}: its header is damaged. Rebuild the experiment.", path=path) from error
        if version != _FORMATS[_ALL_NGRAMS if ids is None else _SOME_NGRAMS]:
            raise AttnvizError(
                "{path}: format {version} is not one we know. Rebuild the experiment.", path=path, version=version
            )
        vectors, ngram_vectors = tensors["vectors"], tensors["ngrams"]
        if not (0 < vectors.shape[1] == ngram_vectors.shape[1] and 0 < min_n <= LONGEST >= max_n >= 0):
            raise AttnvizError(
                "{path}: {dim}-d words, {ngram_dim}-d n-grams of {lengths} do not go together. Rebuild the experiment.",
                path=path,
                dim=vectors.shape[1],
                ngram_dim=ngram_vectors.shape[1],
                lengths=f"{min_n}-{max_n}",
            )
        if ids is not None and not _numbers(ids, len(ngram_vectors), buckets):
            raise AttnvizError(
                "{path}: it does not say rightly which n-grams its {rows} rows are for. Rebuild the experiment.",
                path=path,
                rows=len(ngram_vectors),
            )
        try:
            words = tuple(tensors["words"].tobytes().decode("utf-8").split("\n"))
        except UnicodeDecodeError as error:
            raise AttnvizError("{path}: its words are not UTF-8. Rebuild the experiment.", path=path) from error
        if not len(set(words)) == len(words) == len(vectors):
            raise AttnvizError(
                "{path}: {words} different words have {rows} vectors. Rebuild the experiment.",
                path=path,
                words=len(set(words)),
                rows=len(vectors),
            )
        if not (np.isfinite(vectors).all() and np.isfinite(ngram_vectors).all()):
            raise AttnvizError("{path}: some of its numbers are not finite. Rebuild the experiment.", path=path)
        return cls(words, vectors, ngram_vectors, min_n, max_n, buckets, ids, units)


def _numbers(ids: np.ndarray, rows: int, buckets: int) -> bool:
    """Tell whether ids are ascending buckets, one a row."""
    bounded = np.concatenate(([-1], ids.astype(np.int64), [min(buckets, LARGEST)]))
    return len(ids) == rows and bool((np.diff(bounded) > 0).all())


def _read(path: Path) -> tuple[dict[str, np.ndarray], dict[str, str]]:
    """Return the tensors of a vectors file, of the right types, and the texts in its header."""
    try:
        with safe_open(str(path), framework="numpy") as file:
            parts = {name: file.get_slice(name) for name in sorted(file.keys())}
            found = ", ".join(f"{name} {part.get_dtype()} {len(part.get_shape())}-d" for name, part in parts.items())
            if found not in _FORMATS:
                raise AttnvizError(
                    "{path} holds {found}, not {wanted}. Rebuild the experiment.",
                    path=path,
                    found=found,
                    wanted=_ALL_NGRAMS,
                )
            return {name: file.get_tensor(name) for name in parts}, file.metadata() or {}
    except (OSError, SafetensorError) as error:
        raise AttnvizError(
            "{path}: it cannot be read as safetensors ({reason}). Rebuild the experiment.", path=path, reason=error
        ) from error
