"""Which morphemes Korean training rows are made of: cut and counted by kiwipiepy, which nothing else needs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Generator, Iterable, Sequence
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

from attnviz.data.files import written_whole
from attnviz.errors import AttnvizError
from attnviz.morphemes import SYLLABLES, Segmenter
from attnviz.text import lower
from attnviz.training.progress import Progress

MOST_ROWS = 200_000  # that are cut; of more, some are drawn
_AT_A_TIME = 256


def installed() -> bool:
    """Return whether kiwipiepy is there."""
    return find_spec("kiwipiepy") is not None


def check_installed(kept: Path | None) -> None:
    """Raise `AttnvizError` if kiwipiepy is missing and what it would count is not `kept` either."""
    if not (kept and kept.exists()) and not installed():
        raise AttnvizError(
            "Reading Korean by morphemes takes kiwipiepy in training, and it is not installed: pip install kiwipiepy. "
            "Or read words."
        )


def counted(texts: Sequence[str], kept: Path) -> Generator[Progress, None, Segmenter]:
    """Cut texts by kiwipiepy and return the segmenter of the morphemes in them, or take that of the run that goes on.

    Raises `AttnvizError` if kiwipiepy is missing.
    """
    if not kept.exists():
        check_installed(kept)
        chance = np.random.default_rng(0)
        rows = chance.choice(len(texts), MOST_ROWS, replace=False) if len(texts) > MOST_ROWS else range(len(texts))
        found = Counter[str]()
        for done, row in enumerate(rows, start=1):
            found.update(morphemes(texts[row]))
            if not done % _AT_A_TIME:
                yield Progress("morphemes", done / len(rows))
        segmenter = Segmenter.of_counts(found)
        assert segmenter.morphemes is not None
        with written_whole(kept) as new:
            segmenter.morphemes.save(new)
    return Segmenter.load(kept)


def morphemes(text: str) -> Iterable[str]:
    """Yield the morphemes of a text that are of Hangul syllables, in order."""
    text = lower(text)
    for start, end in pairwise([0, *boundaries(text), len(text)]):
        yield from SYLLABLES.findall(text[start:end])


def boundaries(text: str) -> list[int]:
    """Return the places inside a text where a morpheme begins or ends, but for a syllable that two share.

    So 했 (하 + 었) stays whole.
    """
    cuts, inside = set[int](), set[int]()
    for token in _kiwi().tokenize(text):
        cuts |= {token.start, token.end}
        inside |= set(range(token.start + 1, token.end))
    return sorted(at for at in cuts - inside if 0 < at < len(text))


@cache
def _kiwi() -> Any:
    return import_module("kiwipiepy").Kiwi(num_workers=1)
