"""The plain classifier that the variants must beat: TF-IDF with logistic regression, as scikit-learn computes it.

`baseline.safetensors` keeps the terms and the numbers that were learned, at float16, and no pickle.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from itertools import chain, islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import regex
from safetensors.numpy import save_file

from attnviz.errors import AttnvizError
from attnviz.model.storage import read_tensors
from attnviz.text import words

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression

TERMS = {"words": (1, 2), "characters": (2, 5)}  # the lengths of a kind's n-grams; those of characters stay in a word
# Measured on eight slices of news and film reviews, English and Korean, 1,000 to 20,000 rows each: of 1, 3, 10 and 30
# this inverse strength is at most 0.6 points below the best.
REGULARISATION = 10.0

# Where words are not told apart by spaces, or carry their endings and particles, a new word is made of known parts.
_SPACELESS = regex.compile(r"[\p{Hangul}\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}]")
_LONG = 7.0  # letters in the mean: English has 4 to 5, Finnish 7 to 8
_LOOKED_AT = 20_000  # words

# sklearn is imported where it is used: it takes as long as torch, and most who open an experiment never ask for this.


def vectorizer(kind: str, **given: Any) -> TfidfVectorizer:
    """Return what makes TF-IDF of texts, each a sequence of look-up forms, as `words` returns them."""
    from sklearn.feature_extraction.text import TfidfVectorizer

    given |= {"ngram_range": TERMS[kind], "lowercase": False, "sublinear_tf": True, "dtype": np.float32}
    if kind == "words":
        given |= {"preprocessor": _unchanged, "tokenizer": _unchanged, "token_pattern": None}
        return TfidfVectorizer(analyzer="word", **given)
    return TfidfVectorizer(analyzer="char_wb", preprocessor=" ".join, **given)


def term_kind(tokens: Sequence[Sequence[str]]) -> str:
    """Return what to count: words, or characters where words have no spaces between them or are long."""
    found = [word for word in islice(chain.from_iterable(tokens), _LOOKED_AT) if word[0].isalpha()]
    spaceless = sum(_SPACELESS.search(word) is not None for word in found)
    runs_on = 2 * spaceless > len(found) or sum(map(len, found)) > _LONG * len(found)
    return "characters" if runs_on else "words"


@dataclass(frozen=True, eq=False)
class Baseline:
    """What was learned: F terms in all, K classes; of two, one row of coefficients tells them apart."""

    terms: dict[str, tuple[str, ...]]  # by kind, in the order of `TERMS`
    idf: np.ndarray  # [F], of one kind after the other; like all numbers here float32 that float16 can hold
    coefficients: np.ndarray  # [K or 1, F]
    intercept: np.ndarray  # [K or 1]

    def predict(self, texts: Sequence[str]) -> np.ndarray:
        """Return the probabilities [N, K] of texts, which are read to their ends."""
        from scipy.sparse import hstack

        if not texts:
            return np.zeros((0, max(2, len(self.intercept))))
        tokens = [words(text) for text in texts]
        found: csr_matrix = hstack([one.transform(tokens) for one in self._vectorizers], format="csr")
        probabilities: np.ndarray = self._regression.predict_proba(found)
        return probabilities

    @cached_property
    def _vectorizers(self) -> list[TfidfVectorizer]:
        made, first = [], 0
        for kind, terms in self.terms.items():
            one = vectorizer(kind, vocabulary={term: place for place, term in enumerate(terms)})
            one.idf_ = self.idf[first : first + len(terms)].astype(np.float32)
            made.append(one)
            first += len(terms)
        return made

    @cached_property
    def _regression(self) -> LogisticRegression:
        from sklearn.linear_model import LogisticRegression

        regression = LogisticRegression()
        regression.classes_ = np.arange(max(2, len(self.intercept)))
        regression.coef_, regression.intercept_ = self.coefficients.astype(np.float64), self.intercept
        return regression

    def digest(self) -> bytes:
        """Tell this one from any other."""
        digest = sha256(repr(self.terms).encode())
        for numbers in (self.idf, self.coefficients, self.intercept):
            digest.update(numbers.tobytes())
        return digest.digest()

    def save(self, path: Path) -> None:
        """Write the file."""
        texts = {kind: np.frombuffer("\n".join(terms).encode("utf-8"), np.uint8) for kind, terms in self.terms.items()}
        numbers = {"idf": self.idf, "coefficients": self.coefficients, "intercept": self.intercept}
        save_file({**texts, **{name: value.astype(np.float16, order="C") for name, value in numbers.items()}}, path)

    @classmethod
    def load(cls, path: Path, counts: dict[str, int], classes: int) -> Baseline:
        """Read a file that holds so many terms of each kind; a missing or damaged one raises `AttnvizError`."""
        rows, features = classes if classes > 2 else 1, sum(counts.values())
        numbers = {"idf": (features,), "coefficients": (rows, features), "intercept": (rows,)}
        tensors = read_tensors(path, {**numbers, **dict.fromkeys(counts, (None,))})
        terms = {kind: _terms(path, tensors[kind].byte().numpy(), count) for kind, count in counts.items()}
        return cls(terms, *(tensors[name].float().numpy() for name in numbers))


def _terms(path: Path, written: np.ndarray, count: int) -> tuple[str, ...]:
    """Return `count` different terms that were written a line each, as UTF-8."""
    terms = tuple(written.tobytes().decode("utf-8", "replace").split("\n"))
    if not len(terms) == len(set(terms)) == count:
        raise AttnvizError(
            "{path}: holds {found} different terms, experiment.json asks for {expected}. "
            "Restore or rebuild the experiment.",
            path=path,
            found=len(set(terms)),
            expected=count,
        )
    return terms


def _unchanged(tokens: Sequence[str]) -> Sequence[str]:
    return tokens
