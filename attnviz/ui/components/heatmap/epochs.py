"""What the heat-map's slider through the epochs of a run shows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from attnviz.analysis.attention_history import AttentionHistory
from attnviz.heatmap import palette
from attnviz.heatmap.display import Translate
from attnviz.heatmap.rounding import apportion, chance


def payload(
    history: AttentionHistory, variants: Sequence[str], epoch: int | None, translate: Translate
) -> dict[str, Any]:
    """Return what the browser needs to move panels of `variants` through the epochs: numbers and translated words.

    The slider's last place, one behind the last epoch, is the finished classifiers, each at the epoch that was kept.
    """
    _ = translate
    last = history.epochs
    kept = {variant: history.variants[variant].kept for variant in variants}
    names = [
        _("before training"),
        *(_("epoch {epoch} of {epochs}").format(epoch=at, epochs=last) for at in range(1, last + 1)),
        _("finished"),
    ]
    marks = ", ".join(_("{variant} epoch {epoch}").format(variant=_(variant), epoch=at) for variant, at in kept.items())
    return {
        "at": last + 1 if epoch is None else min(epoch, last),
        "last": last,
        "panels": [
            {
                "weights": (found := history.variants[variant]).weights.tolist(),
                "shares": [apportion(weights, 1).tolist() for weights in found.weights],
                "levels": [palette.attention_levels(weights) for weights in found.weights],
                "probabilities": found.probabilities.tolist(),
                "percents": [list(map(chance, apportion(given, 1), given)) for given in found.probabilities],
                "kept": found.kept,
            }
            for variant in variants
        ],
        "names": names,
        "texts": {
            "label": _("Epoch"),
            "play": _("Watch it learn"),
            "pause": _("Pause"),
            "kept": _("kept"),
            "marks": _("▲ kept, for none does clearly better on the validation rows: {kept}").format(kept=marks),
            "past": _("Click to strike it out: the finished classifiers answer."),
        },
    }
