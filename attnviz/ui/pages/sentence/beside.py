"""The sentence as a second experiment reads it, below the first: the same words are struck out in both."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from attnviz.analysis.same_words import covered, followed, left_alone
from attnviz.heatmap.display import visible
from attnviz.heatmap.heatmap import ATTENTION
from attnviz.model.experiment import Experiment
from attnviz.ui import pages, session
from attnviz.ui.choices import segments
from attnviz.ui.components.heatmap.heatmap import Ablation, digest, heatmap
from attnviz.ui.markdown import escape_markdown, say
from attnviz.ui.pages.one_sentence import judge, say_strange, say_truncated
from attnviz.ui.session import _
from attnviz.ui.views import SentenceView


def variants_of(shown: SentenceView, second: Experiment) -> tuple[str, ...]:
    """Return which variants of the second experiment are shown: those that are chosen, or the usual ones."""
    chosen = tuple(name for name in second.variants if name in shown.against_variants)
    usual = tuple(name for name in second.variants if name in SentenceView.against_variants)
    return chosen or usual or second.variants


def classifiers_of(experiment: Experiment) -> str:
    """Name the choice of an experiment's variants where there are two experiments."""
    return escape_markdown(_("Classifiers of {experiment}").format(experiment=experiment.name))


def reader(shown: SentenceView, second: Experiment, whole: Ablation) -> Callable[..., Ablation]:
    """Return what lets a `variant` of the second read a sentence of the first without the words struck out there."""
    read = whole.whole
    struck = covered(whole.struck, read.tokens, second.tokenize(read.text)[: second.max_tokens])
    return partial(judge, second, read.text, unknown=shown.unknown, without=struck, masked=shown.masked)


def choice(shown: SentenceView, second: Experiment) -> None:
    """Draw the choice of the second experiment's variants."""
    names = {variant: _(variant) for variant in second.variants}
    label = classifiers_of(second)
    shown = replace(shown, against_variants=variants_of(shown, second))
    segments(label, names, shown, "against_variants", several=True)


def beside(
    shown: SentenceView, first: Experiment, second: Experiment, whole: Ablation, field: str, heading: str, legend: bool
) -> list[Ablation]:
    """Draw a sentence as the second experiment reads it; `whole` is what a variant of the first makes of it.

    A click that strikes a word out here changes the view's `field`, which counts the words of the first.
    """
    text, mine = whole.whole.text, whole.whole.tokens
    removed = whole.struck
    theirs = second.tokenize(text)[: second.max_tokens]
    asked = reader(shown, second, whole)
    judgements = [asked(variant=name) for name in variants_of(shown, second)]
    struck = covered(removed, mine, theirs)

    def strike(of: str, places: list[int]) -> None:
        if of == digest(text):
            new = followed(struck, places, theirs, mine, removed)
            session.update_view(SentenceView, **{field: new}, epoch=None)

    read = judgements[0].whole
    say_strange(read, second)
    if read.truncated:
        say_truncated(read.max_tokens, read.total_tokens)
    heatmap(
        judgements,
        shown.shade if shown.shade in second.labels else ATTENTION,
        key=f"heatmap_{field}_against",
        translate=session.translation(),
        on_strike=strike,
        on_open=pages.open_word,
        heading=heading,
        legend=legend,
        doubt=False,
    )
    if [token.text for token in mine] != [token.text for token in theirs[: len(mine)]]:
        say(_("{a} and {b} cut this sentence differently.").format(a=first.name, b=second.name))
    if alone := [mine[place].text for place in left_alone(removed, mine, theirs)]:
        told = _("Struck out in {a} alone, for {b} reads it as part of a longer word: {words}.")
        say(told.format(a=first.name, b=second.name, words=", ".join(map(visible, alone))))
    return judgements
