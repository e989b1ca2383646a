"""A verdict in words: what is read under a heat-map, and how it was come by."""

from __future__ import annotations

from attnviz.analysis.belief.verdict import BEATS, DRAWS, Verdict
from attnviz.heatmap.display import Translate, shorten, visible
from attnviz.heatmap.rounding import chance, rounded
from attnviz.model.explanation import Explanation

_FEW = 4  # of fewer words even a heat-map without a meaning is called carried far oftener than one in ten


def said(verdict: Verdict, explanation: Explanation, translate: Translate = str) -> str:
    """Say a verdict with its figures; the answer's own is the one that stands in the explanation's heat-map."""
    _ = translate
    if verdict.kind == "none":
        return _nothing(len(explanation.tokens), _)
    many = len(verdict.top) > 1
    before, after, others = _percents(verdict, explanation)
    if before == after:
        looked = _("Without {words}, “{label}” stays at {before}")
    elif verdict.kind == "rises":
        looked = _("Without {words}, “{label}” rises from {before} to {after}")
    else:
        looked = _("Without {words}, “{label}” falls from {before} to {after}")
    random = _("without three random ones it is {others} ({draws} draws)")
    if not many:
        random = _("without a random one it is {others} ({draws} draws)")
    return _("{looked}; {random}. {conclusion}").format(
        looked=looked.format(
            words=_("the three words it looked at most") if many else _("the one word it looked at most"),
            label=visible(_(verdict.label)),
            before=before,
            after=after,
        ),
        random=random.format(others=others, draws=DRAWS),
        conclusion=_conclusion(verdict, many, after == others, _) + _by_chance(verdict, len(explanation.tokens), _),
    )


def how(verdict: Verdict, explanation: Explanation, translate: Translate = str) -> tuple[str, ...]:
    """Return what was done to come to a verdict, in paragraphs; none where nothing could be tested."""
    _ = translate
    if verdict.kind == "none":
        return ()
    words = ", ".join(f"“{visible(shorten(explanation.tokens[at].text))}”" for at in verdict.top)
    many = len(verdict.top) > 1
    tested = _("It looked most at {words}.")
    done = _(
        "Random words of the vocabulary were put in their place, {draws} times, and the figure is the median of the "
        "answers. Then the same was done with three words of the sentence drawn by chance, never just these, anew each "
        "time."
    )
    if not many:
        done = _(
            "Random words of the vocabulary were put in its place, {draws} times, and the figure is the median of the "
            "answers. Then the same was done with another word of the sentence, drawn anew each time."
        )
    beaten = _(
        "The first cost the answer more than {beaten} of the {draws} random draws did. Only from {beats} on is "
        "it said that what it looked at carried more."
    )
    if not many:
        short = _(
            "Of {count} words even a heat-map without a meaning puts the one that counts first in one case of {count}: "
            "in so short a sentence the verdict says less."
        )
        beaten = f"{beaten} {short}"
    hint = _(
        "A hint, not a proof: other random words may tell otherwise, and words that count only together with others "
        "go unnoticed."
    )
    count = len(explanation.tokens)
    figures = {"words": words, "draws": DRAWS, "beaten": verdict.beaten, "beats": BEATS, "count": count}
    return tuple(one.format(**figures) for one in (tested, done, beaten, hint))


def _percents(verdict: Verdict, explanation: Explanation) -> tuple[str, str, str]:
    """Return the answer's probability as it stands, without the words looked at most, and without random ones.

    The first is rounded with all classes to a sum of 100 %, which can be a unit off: no figure goes the other way.
    """
    answer = int(explanation.probabilities.argmax())
    before, own = float(explanation.rounded.probabilities[answer]), float(explanation.probabilities[answer])
    after, others = (float(rounded(one)) for one in (verdict.without_top, verdict.without_random))
    after = max(before, after) if verdict.kind == "rises" else min(before, after)
    return chance(before, own), chance(after, verdict.without_top), chance(others, verdict.without_random)


def _conclusion(verdict: Verdict, many: bool, unseen: bool, translate: Translate) -> str:
    """Say what the figures come to; `unseen` if they do not show by how much the words count for more than others."""
    _ = translate
    if verdict.kind == "rises":
        told = _("The words it looked at did not speak for it.")
        if not many:
            told = _("The word it looked at did not speak for it.")
    elif verdict.kind == "no_more" and verdict.beaten > DRAWS / 2:
        told = _("But {count} of {draws} random triples cost as much: too many to say that it looked at what counts.")
        if not many:
            told = _("But {count} of {draws} random words cost as much: too many to say that it looked at what counts.")
    elif verdict.kind == "no_more":
        told = _("{count} of {draws} random triples cost as much: what it looked at carried no more than any three.")
        if not many:
            told = _("{count} of {draws} random words cost as much: what it looked at carried no more than any other.")
    elif unseen:
        told = _("The words it looked at carried hardly more of the answer than random ones.")
        if not many:
            told = _("The word it looked at carried hardly more of the answer than a random one.")
    elif not verdict.stands:
        told = _("The words it looked at carried the answer.")
        if not many:
            told = _("The word it looked at carried the answer.")
    else:
        told = _("The words it looked at carried more of the answer than random ones, but it stands without them.")
        if not many:
            told = _("The word it looked at carried more of the answer than a random one, but it stands without it.")
    return told.format(count=DRAWS - verdict.beaten, draws=DRAWS)


def _by_chance(verdict: Verdict, count: int, translate: Translate) -> str:
    """Say, after a blank, that of very few words chance finds the one that counts, where one was found."""
    _ = translate
    if verdict.kind != "carried" or count >= _FEW:
        return ""
    return " " + _("Of {count} words, though, chance often finds it too.").format(count=count)


def _nothing(count: int, translate: Translate) -> str:
    """Say why there is nothing to test."""
    _ = translate
    if count > 1:
        return _("Every word weighs the same: it looked at none more than at others, so there is nothing to test.")
    if count:
        return _("There is one word only: nothing to compare it with.")
    return _("There is no word to read here.")
