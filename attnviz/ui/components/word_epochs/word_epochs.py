"""A slider through the epochs of a run, and where a word, its opposite and its neighbours were at each."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from attnviz.analysis.word_epochs import WordEpochs
from attnviz.heatmap.display import Translate, shorten, visible
from attnviz.ui.components.base import component


def word_epochs_view(
    found: WordEpochs,
    epoch: int | None,
    *,
    key: str,
    translate: Translate,
    on_epoch: Callable[[int], None],
    on_choose: Callable[[str], None],
) -> None:
    """Draw it; where the slider comes to rest it calls `on_epoch(place)`, a click on a word `on_choose(word)`."""
    _mount(
        payload(found, epoch, translate),
        key=key,
        on_epoch=lambda event: on_epoch(int(event["at"])) if event["word"] == found.word else None,
        on_choose=lambda word: on_choose(str(word)),
    )


def payload(found: WordEpochs, epoch: int | None, translate: Translate) -> dict[str, Any]:
    """Return what the browser draws: numbers and translated words."""
    _ = translate
    last = len(found.neighbours) - 2
    names = [
        _("before training"),
        *(_("epoch {epoch} of {epochs}").format(epoch=at, epochs=last) for at in range(1, last + 1)),
        _("in use"),
    ]
    word, other = visible(shorten(found.word)), visible(shorten(found.other)) if found.other else ""
    return {
        "word": found.word,
        "history": {
            "at": last + 1 if epoch is None else min(epoch, last),
            "last": last,
            "panels": [{"kept": found.kept}],
            "names": names,
            "texts": {
                "label": _("Epoch"),
                "play": _("Watch it learn"),
                "pause": _("Pause"),
                "marks": _(
                    "▲ In use is the classifier as it was after epoch {epoch}: on the rows set aside for checking "
                    "(validation) no other epoch was clearly better."
                ).format(epoch=found.kept),
            },
        },
        "cosines": None if found.cosines is None else found.cosines.round(6).tolist(),
        "neighbours": [
            [{"word": name, "text": visible(shorten(name)), "cosine": round(value, 6)} for name, value in near]
            for near in found.neighbours
        ],
        "drawn": [
            {
                "word": name,
                "text": visible(shorten(name)),
                "kind": "own" if name == found.word else "other" if name == found.other else "",
                "path": found.plane[:, place].round(4).tolist(),
            }
            for place, name in enumerate(found.drawn)
        ],
        "texts": {
            "heading": _("“{word}”, epoch by epoch").format(word=word),
            "cosine": _("Cosine of “{word}” and “{other}”").format(word=word, other=other) if other else "",
            "near": _("The nearest of {count} words").format(count=f"{found.compared:,}"),
            "new": _("new"),
            "map": _("Where they are: dots, and lines from where they were"),
            "about": _(
                "The run kept the vectors of {count} words after every epoch: opposites, what was and is near them, "
                "and what moved most. Only these are compared here; the tables above compare all words."
            ).format(count=f"{found.compared:,}"),
        },
    }


_mount = component("word_epochs", "../heatmap/epochs", "word_epochs")
