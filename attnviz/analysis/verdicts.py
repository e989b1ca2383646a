"""A diagnosis in words."""

from __future__ import annotations

from attnviz.analysis.diagnosis import Diagnosis
from attnviz.heatmap.heatmap import Translate, shorten, signed, visible
from attnviz.model.explanation import Explanation


def verdict(diagnosis: Diagnosis, explanation: Explanation, translate: Translate = str) -> str:
    """Say what pulled the answer, and whether the classifier looked in the wrong place or read it wrongly."""
    _ = translate
    pulled = ", ".join(
        f"{visible(shorten(explanation.tokens[at].text))} ({signed(float(diagnosis.pulls[at]))})"
        for at in diagnosis.strongest()
    )
    said = [_("Pulled to {answer}: {words}.").format(answer=_(diagnosis.answer), words=pulled)] if pulled else []
    fields = {
        "truth": _(diagnosis.truth),
        "share": f"{diagnosis.for_truth:.0%}",
        "weight": f"{diagnosis.weight_on_truth:.0%}",
    }
    if not diagnosis.for_truth:
        said.append(_("It read it wrongly: no word votes for {truth}, whatever the weights.").format(**fields))
    elif diagnosis.verdict == "place":
        found = _(
            "It looked in the wrong place: {share} of the words vote for {truth}, and they got {weight} of the weight."
        )
        said.append(found.format(**fields))
    else:
        found = _(
            "It read it wrongly: the {share} of the words that vote for {truth} got {weight} of the weight, and it was "
            "not enough."
        )
        said.append(found.format(**fields))
    if diagnosis.uniform_right:
        said.append(_("With equal weights the answer would be right."))
    elif diagnosis.for_truth and not diagnosis.any_right:
        said.append(_("No weighting of these votes would make it right."))
    return " ".join(said)
