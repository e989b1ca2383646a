"""Which labels are praise and blame, and the words of English and Korean that praise and blame beyond doubt."""

from __future__ import annotations

from collections.abc import Sequence

from attnviz.analysis.behaviour.case import Verdict
from attnviz.data.names import match_key

_LABELS: tuple[tuple[Verdict, str], ...] = (
    ("praise", "positive pos good praise like liked happy recommended 긍정 긍정적 좋음 호평 추천"),
    ("blame", "negative neg bad blame dislike disliked unhappy unrecommended 부정 부정적 나쁨 악평 비추천"),
)
OPPOSITE: dict[Verdict, Verdict] = {"praise": "blame", "blame": "praise"}


def polarity(labels: Sequence[str]) -> dict[Verdict, int] | None:
    """Return which labels are praise and blame; None unless there is exactly one of each."""
    keys = [match_key(label) for label in labels]
    found = {verdict: [at for at, key in enumerate(keys) if key in names.split()] for verdict, names in _LABELS}
    if any(len(places) != 1 for places in found.values()):
        return None
    return {verdict: places[0] for verdict, places in found.items()}
