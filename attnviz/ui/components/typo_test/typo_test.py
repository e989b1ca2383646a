"""The test by typo: pairs with their cosines, and how often a damaged word is found again."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from attnviz.analysis.typos import TOP, Tally, Trial
from attnviz.heatmap.display import Translate, number, visible
from attnviz.ui.components.base import component
from attnviz.ui.i18n import msg
from attnviz.vectors.cosine import cosine
from attnviz.vectors.fasttext import FastTextVectors

_EXAMPLES = 6  # of each kind
KINDS = {
    "ear": msg("spelled as it sounds"),
    "shift": msg("the shift key missed"),
    "beside": msg("a key beside the right one"),
    "swap": msg("two letters swapped"),
    "drop": msg("a letter dropped"),
    "double": msg("a letter doubled"),
}


def typo_test(data: dict[str, Any], *, key: str, on_choose: Callable[[str, str], None]) -> None:
    """Draw a `payload`; a click on a pair or an example calls `on_choose(word, other)`."""

    def choose(event: dict[str, Any]) -> None:
        on_choose(str(event["word"]), str(event["other"]))

    _mount(data, key=key, on_choose=choose)


def payload(
    vectors: FastTextVectors,
    pairs: Sequence[tuple[str, str]],
    common: tuple[float, float],
    tallies: Sequence[Tally] | None,
    searched: int,
    translate: Translate,
) -> dict[str, Any]:
    """Return what the browser needs of pairs of words and, once there are any, tallies over `searched` known words."""
    _ = translate
    return {
        "pairs": {
            "heading": _("Endings, typos, made-up words: pairs and their cosines"),
            "note": _(
                "The line in each bar: 95% of random pairs of known words stay below {cosine}. ≈ marks words "
                "outside the vocabulary. Click a pair to see it above."
            ).format(cosine=number(common[1])),
            "usual": max(common[1], 0.0),
            "rows": [_pair(vectors, word, other) for word, other in pairs],
        },
        "tallies": None if tallies is None else _tallies(tallies, searched, _),
    }


def _pair(vectors: FastTextVectors, word: str, other: str) -> dict[str, Any]:
    value = cosine(vectors.vector(word), vectors.vector(other))
    return {
        "word": word,
        "other": other,
        "known": [word in vectors, other in vectors],
        "number": "–" if value is None else number(value),
        "place": max(value or 0.0, 0.0),
    }


def _tallies(tallies: Sequence[Tally], searched: int, translate: Translate) -> dict[str, Any]:
    _ = translate
    count = sum(tally.n for tally in tallies)
    lines = [_("No known word here is long enough to be damaged.")]
    if tallies:
        lines = [
            _(
                "Found: the original is among the {top} words nearest to the damaged one, of {searched} known words. "
                "In brackets the 95% interval (Wilson)."
            ).format(top=TOP, searched=f"{searched:,}"),
            _(
                "A table of words only has no vector for any of the {count} damaged words. <unk> gives all of them the "
                "same one: among the {top} words nearest to that are {found} of the {count} originals."
            ).format(count=f"{count:,}", top=TOP, found=sum(tally.by_unk for tally in tallies)),
        ]
    return {
        "heading": _("How often does FastText find the original?"),
        "lines": lines,
        "rows": [_tally(tally, _) for tally in tallies],
    }


def _tally(tally: Tally, translate: Translate) -> dict[str, Any]:
    _ = translate
    low, high = tally.interval
    share = tally.found / tally.n
    return {
        "name": _(KINDS[tally.kind]),
        "share": share,
        "low": low,
        "high": high,
        "number": f"{share:.1%}",
        "interval": _("({low} – {high}), n = {n}").format(low=f"{low:.1%}", high=f"{high:.1%}", n=f"{tally.n:,}"),
        "trials": [_trial(trial, _) for trial in tally.examples(_EXAMPLES)],
    }


def _trial(trial: Trial, translate: Translate) -> dict[str, Any]:
    _ = translate
    place = _("found at place {place}") if trial.found else _("not found: place {place}, nearest is {nearest}")
    return {
        "found": trial.found,
        "word": trial.original,
        "other": trial.damaged,
        "text": f"{visible(trial.original)} → {visible(trial.damaged)}",
        "about": place.format(place=f"{trial.place:,}", nearest=visible(trial.nearest)),
    }


_mount = component("typo_test")
