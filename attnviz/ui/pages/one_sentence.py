"""What several pages do with one sentence: let classifiers judge it, name what shades it, lead to the Sentence page."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from functools import partial

import streamlit as st

from attnviz.analysis.belief.verdict import Verdict
from attnviz.data.steps import told
from attnviz.heatmap.heatmap import ATTENTION
from attnviz.model.experiment import Experiment
from attnviz.model.explanation import Explanation
from attnviz.ui import pages, session
from attnviz.ui.cache import beliefs, experiments
from attnviz.ui.cache.per_experiment import stamp
from attnviz.ui.components.heatmap.belief import lines
from attnviz.ui.components.heatmap.heatmap import Ablation
from attnviz.ui.components.sliced_work.sliced_work import SlicedWork
from attnviz.ui.i18n import language_name
from attnviz.ui.markdown import say
from attnviz.ui.session import _
from attnviz.ui.turns import fragment, runs
from attnviz.ui.views import SentenceView

_FEW_KNOWN = 0.5  # share of the words and marks
_SLICE = 0.08  # seconds of a run for the lines under the heat-maps


def judge(
    experiment: Experiment, text: str, variant: str, unknown: str, without: tuple[int, ...], *, masked: bool = False
) -> Ablation:
    """Let a variant judge the text, and the text without the removed words; `masked`: without padding too."""
    explain = partial(experiments.explain, experiment.name, text, variant, unknown, masked=masked)
    whole = explain()
    removed = tuple(place for place in without if place < len(whole.tokens))
    return Ablation(whole, explain(removed) if removed else None)


@fragment
def believe(judgements: Sequence[Ablation]) -> None:
    """Work out the line under each heat-map, now that these are on their way to the browser.

    Most are there at once. For a long text it takes several runs of this part, so that no click has to wait for it.
    """
    about = tuple(
        (one.now.experiment, one.now.text, one.now.variant, one.now.unknown, one.struck, one.now.padding is None)
        for one in judgements
    )
    key = (tuple(stamp(name) for name, *_rest in about), about)
    works: dict[object, SlicedWork[list[Verdict], None]] = session.kept("beliefs", dict)
    if key not in works:
        works.clear()
        works[key] = SlicedWork(lambda: _verdicts(about), [])
    work = works[key]
    runs.step_aside()  # whoever waits for a heat-map goes first
    work.advance(_SLICE)
    lines(
        zip((one.now for one in judgements), work.progress, strict=False),
        key="beliefs",
        translate=session.translation(),
    )
    if not work.done:
        work.ask("belief_turns", 30)


def _verdicts(
    about: Sequence[tuple[str, str, str, str, tuple[int, ...], bool]],
) -> Generator[list[Verdict], None, None]:
    """Yield the verdicts that are known so far, until all are."""
    known: list[Verdict] = []
    for name, text, variant, unknown, without, masked in about:
        steps = beliefs.verdict(name, text, variant, unknown, without, masked=masked)
        known.append((yield from told(steps, lambda _: known)))
        yield known


def shades(experiment: Experiment) -> dict[str, str]:
    """Return what the words can be shaded by, with the names on the screen."""
    contribution = _("contribution to “{label}”")
    return {ATTENTION: _("attention"), **{one: contribution.format(label=_(one)) for one in experiment.labels}}


def say_strange(read: Explanation, experiment: Experiment) -> None:
    """Say that a classifier knows few of the words that it read, if so it is."""
    if len(read.tokens) < 2 or read.known.mean() >= _FEW_KNOWN:
        return
    strange = _(
        "Most of these words are strangers to {experiment}: it knows {count} words, of {language}. Mind its answer."
    )
    tongue, known = language_name(experiment.language, session.language()), len(experiment.vocabulary.words)
    say(strange.format(experiment=experiment.name, language=tongue, count=f"{known:,}"))


def say_truncated(limit: int, total: int) -> None:
    """Say that a classifier reads no more than the beginning of a text."""
    told = _("The classifier reads the first {limit} of {total} words and marks.")
    st.caption(told.format(limit=f"{limit:,}", total=f"{total:,}"))


def sentence_link(query: dict[str, str]) -> None:
    """Draw the way to the Sentence page."""
    label = _("See it on the Sentence page")
    st.page_link(pages.file(SentenceView), label=label, icon=":material/short_text:", query_params=query)
