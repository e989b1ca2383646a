"""Slices: words and simple properties under which something happens to a classifier more often than elsewhere.

Each slice is tried by Fisher's exact test, one-sided: how likely are so many hits among its rows if hits fell on rows
at random? Looking at thousands of slices finds some by luck, so the p-values are adjusted after Benjamini and Yekutieli
(2001), which holds however the slices overlap: of the slices listed, at most 5 % are expected to be luck, and where
there is nothing to find the chance of listing anything at all is below 5 %.
"""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from attnviz.analysis.evaluation.predictions import Predictions
from attnviz.analysis.evaluation.token_index import TokenIndex
from attnviz.heatmap.display import Translate
from attnviz.model.variants import TWINS

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

Kind = Literal["word", "property"]
Event = Literal["errors", "repaired", "broke"]

LEAST = 10  # rows: a slice of fewer says little
LEVEL = 0.05
MOST_ROWS = 200_000  # looked at, evenly spread; more would find no other slices
_MOST_WORDS = 5_000  # the most frequent ones
_MANY_UNKNOWN = 0.2  # share of the words and marks
PROPERTIES = ("negation", "contrast", "long", "short", "unknown", "exclaims", "asks", "number")
_NEGATIONS = {  # of the look-up form of a word
    "en": re.compile(
        "not|no|never|nothing|nobody|none|neither|nor|cannot|without|hardly|barely|.*n't|(do|does|did|is|was|ca|wo)nt"
    ),
    "ko": re.compile("안|못.*|.*않.*|아니.*|아닌.*|.*없.*|전혀|별로|.*못하.*|.*못한.*|.*못했.*"),
}
_CONTRASTS = {
    "en": re.compile("but|although|though|however|despite|yet"),
    "ko": re.compile("하지만|그러나|그런데|근데|다만|.*지만"),
}


@dataclass(frozen=True)
class Slice:
    """Rows that have something in common, and how many of them are hits; `p` is adjusted for looking at many."""

    event: Event
    variant: str  # whose errors; of what fine-tuning repaired or broke, the fine-tuned one
    kind: Kind
    name: str  # the word, or the property's name
    n: int
    hits: int
    elsewhere_n: int
    elsewhere_hits: int
    raw_p: float
    p: float

    @property
    def rate(self) -> float:
        """The share of hits in the slice."""
        return self.hits / self.n

    @property
    def elsewhere(self) -> float:
        """The share of hits among all other rows."""
        return self.elsewhere_hits / self.elsewhere_n if self.elsewhere_n else 0.0

    @property
    def sure(self) -> bool:
        """Whether luck is an unlikely reason."""
        return self.p <= LEVEL

    def to_dict(self) -> dict[str, Any]:
        """Return plain values for JSON."""
        return {**asdict(self), "rate": self.rate, "elsewhere": self.elsewhere}


def property_name(name: str, translate: Translate) -> str:
    """Return what a property is called on the screen."""
    _ = translate
    if name.startswith("group "):
        return _("comes from {group}").format(group=name.removeprefix("group "))
    named = {
        "negation": _("has a negation"),
        "contrast": _("turns round (but, although …)"),
        "long": _("is long (the longest quarter)"),
        "short": _("is short (the shortest quarter)"),
        "unknown": _("has many unknown words (a fifth or more)"),
        "exclaims": _("ends in “!”"),
        "asks": _("ends in “?”"),
        "number": _("has a number"),
    }
    return named[name]


def properties(predictions: Predictions, token_index: TokenIndex, language: str) -> dict[str, np.ndarray]:
    """Return which rows have each property, by its name: [N] bool."""
    tokens, last = predictions.tokens, token_index.last()
    found: dict[str, np.ndarray] = {}
    for name, signs in (("negation", _NEGATIONS), ("contrast", _CONTRASTS)):
        if sign := signs.get(language):
            found[name] = token_index.having([word for word in token_index.words if sign.fullmatch(word)])
    if len(predictions):
        low, high = np.quantile(tokens, (0.25, 0.75))
        found["long"] = tokens > high
        found["short"] = tokens < low
    found["unknown"] = predictions.oov >= np.maximum(_MANY_UNKNOWN * tokens, 1)
    found["exclaims"] = np.array([word == "!" for word in last], dtype=bool)
    found["asks"] = np.array([word == "?" for word in last], dtype=bool)
    found["number"] = token_index.having([word for word in token_index.words if word[:1].isdigit()])
    for group in sorted(set(predictions.groups.tolist())) if predictions.groups is not None else ():
        found[f"group {group}"] = np.asarray(predictions.groups == group)
    return found


def events(predictions: Predictions) -> list[tuple[Event, str, np.ndarray]]:
    """Return what may happen to a row, [N] bool: an error of each variant, a repair or a break by fine-tuning."""
    found: list[tuple[Event, str, np.ndarray]] = [("errors", v, ~right) for v, right in predictions.right.items()]
    if predictions.twins == TWINS:
        frozen, tuned = (predictions.right[variant] for variant in TWINS)
        found += [("repaired", TWINS[1], ~frozen & tuned), ("broke", TWINS[1], frozen & ~tuned)]
    return found


@dataclass(frozen=True)
class Candidates:
    """S words and properties that some of the rows looked at have and others have not."""

    kept: np.ndarray = field(repr=False)  # [M], the places of the rows looked at
    named: tuple[tuple[Kind, str], ...] = field(repr=False)  # [S]
    members: csr_matrix = field(repr=False)  # [S, M], 1 where a row has it

    @classmethod
    def of(cls, predictions: Predictions, token_index: TokenIndex, language: str) -> Candidates:
        """Take the most frequent words, and the properties, that at least `LEAST` rows have and as many have not."""
        from scipy.sparse import csr_matrix, vstack

        kept = np.arange(len(predictions))
        if len(kept) > MOST_ROWS:
            kept = np.linspace(0, len(kept) - 1, MOST_ROWS).astype(np.int64)
        presence = token_index.presence[kept]
        counts = np.asarray(presence.sum(axis=0)).ravel()
        often = np.argsort(-counts, kind="stable")[:_MOST_WORDS]
        often = often[(counts[often] >= LEAST) & (counts[often] <= len(kept) - LEAST)]
        rows = {name: found[kept] for name, found in properties(predictions, token_index, language).items()}
        rows = {name: found for name, found in rows.items() if LEAST <= found.sum() <= len(kept) - LEAST}
        words: list[tuple[Kind, str]] = [("word", token_index.words[at]) for at in often]
        having = csr_matrix(np.array(list(rows.values()), dtype=np.int32).reshape(len(rows), len(kept)))
        members = vstack([presence[:, often].T, having], format="csr")
        return cls(kept, (*words, *(("property", name) for name in rows)), members)

    def count(self, happened: np.ndarray) -> np.ndarray:
        """Return of how many of its rows each is true, [S], by what is true of rows, [N] bool."""
        return np.asarray(self.members @ happened[self.kept].astype(np.int64))


def find(predictions: Predictions, token_index: TokenIndex, language: str, more: int = 0) -> tuple[Slice, ...]:
    """Return the slices in which an event is significantly more frequent than elsewhere, the surest of each first.

    There must be labels. All slices and events are corrected for together. `more` adds up to so many of each event
    that are not significant.
    """
    from scipy.stats import false_discovery_control, hypergeom

    found = Candidates.of(predictions, token_index, language)
    looked_at = len(found.kept)
    sizes = found.count(np.ones(len(predictions), dtype=bool))
    tried: list[tuple[Event, str, int, np.ndarray, np.ndarray]] = []
    for event, variant, happened in events(predictions):
        total = int(happened[found.kept].sum())
        if not total or not found.named:
            continue
        hits = found.count(happened)
        tried.append((event, variant, total, hits, hypergeom.sf(hits - 1, looked_at, total, sizes)))
    if not tried:
        return ()
    raw = np.clip(np.stack([p for *_, p in tried]), 0.0, 1.0)
    adjusted = false_discovery_control(raw.ravel(), method="by").reshape(raw.shape)
    listed = []
    for (event, variant, total, hits, _p), raw_p, p in zip(tried, raw, adjusted, strict=True):
        order = np.lexsort((-hits / sizes, raw_p))
        sure = int((p[order] <= LEVEL).sum())
        for at in order[: sure + more]:
            kind, name = found.named[at]
            n, k = int(sizes[at]), int(hits[at])
            rest = looked_at - n, total - k
            if k * rest[0] <= rest[1] * n:  # no more frequent there than elsewhere: one of the `more` at most
                continue
            listed.append(Slice(event, variant, kind, name, n, k, *rest, float(raw_p[at]), float(p[at])))
    return tuple(listed)
