"""The examination behind the line under a heat-map: other views, agreement, words put out, the weights alone."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import streamlit as st

from attnviz.analysis.belief.correlation import FEW
from attnviz.analysis.belief.examination import ATTENTION, Belief, examine
from attnviz.analysis.belief.faithfulness import Faithfulness
from attnviz.analysis.belief.integrated_gradients import Baseline
from attnviz.analysis.belief.subject import Subject
from attnviz.analysis.belief.views import view_names
from attnviz.data.csv_export import csv
from attnviz.heatmap import palette
from attnviz.heatmap.display import shorten, signed, visible
from attnviz.heatmap.rounding import percent
from attnviz.model.explanation import Explanation
from attnviz.ui import session
from attnviz.ui.cache import experiments
from attnviz.ui.cache.per_experiment import stamp
from attnviz.ui.choices import segments
from attnviz.ui.components.heatmap.heatmap import digest
from attnviz.ui.components.sliced_work.sliced_work import SlicedWork
from attnviz.ui.components.word_table.word_table import Cell, Row, Table, word_tables
from attnviz.ui.downloads import save
from attnviz.ui.i18n import msg
from attnviz.ui.markdown import escape_markdown, say
from attnviz.ui.session import _
from attnviz.ui.turns import fragment
from attnviz.ui.views import SentenceView

if TYPE_CHECKING:
    import pandas as pd

_SLICE = 0.1  # seconds at once; its last step may take as long again
_KEPT = 20  # examinations of a session
_AT_ONCE = 60  # words of a sentence that is examined without being asked

BASELINES: dict[Baseline, str] = {"unk": msg("where every word is <unk>"), "zero": msg("where every vector is zero")}


def examination(shown: SentenceView, explanations: Sequence[Explanation]) -> None:
    """Draw an expander that examines one of the heat-maps when it is open."""
    label = _("How far can this heat-map be believed? Other views, words put out, other weights")
    with st.expander(label, icon=":material/fact_check:", **session.widget_args(shown, "belief")) as expander:
        if expander.open:
            _chosen(shown, explanations)


def _chosen(shown: SentenceView, explanations: Sequence[Explanation]) -> None:
    """Draw which of the classifiers is examined, and what came of it."""
    if not explanations[0].tokens:
        say(_("There is no word to read here. Type a sentence and press Enter."))
        return
    first = explanations[0].experiment
    by_name = {
        one.variant if one.experiment == first else f"{one.experiment}/{one.variant}": one for one in explanations
    }
    if len(by_name) > 1:
        names = {
            name: _(one.variant) if name == one.variant else escape_markdown(f"{one.experiment}: {_(one.variant)}")
            for name, one in by_name.items()
        }
        segments(_("Classifiers"), names, shown, "examined", hidden=True)
    names = {baseline: _(name) for baseline, name in BASELINES.items()}
    segments(_("Integrated gradients set out from the sentence"), names, shown, "baseline")
    usual = [one for one in explanations if one.experiment == first][-1]
    _examined(by_name.get(shown.examined, usual), "zero" if shown.baseline == "zero" else "unk")


@fragment
def _examined(explanation: Explanation, baseline: Baseline) -> None:
    """Examine a heat-map a slice at a time, so that whoever types goes first, and draw what came of it."""
    wanted = f"belief {explanation.experiment} {explanation.variant} {digest(explanation.text)}"
    if len(explanation.tokens) > _AT_ONCE and not session.asked(wanted):
        told = _("{count} words and marks: this takes some seconds.").format(count=len(explanation.tokens))
        say(told)
        st.button(_("Examine it"), icon=":material/fact_check:", key="examine", on_click=session.ask, args=(wanted,))
        return
    work = _work(explanation, baseline)
    turns = "belief turns"
    if work.asked(turns):
        work.advance(_SLICE)
    if work.result is None:
        with st.container(horizontal=True, vertical_alignment="center"):
            st.progress(min(work.progress, 1.0), _("Examining the heat-map …"))
            if len(explanation.tokens) > _AT_ONCE:
                st.button(
                    _("Stop"), icon=":material/stop:", key="stop belief", on_click=session.ask, args=(wanted, False)
                )
        work.ask(turns, 30)
        return
    _draw(work.result)


def _work(explanation: Explanation, baseline: Baseline) -> SlicedWork[float, Belief]:
    """Return the examination, as far as it has got; a session's last ones are kept."""
    kept: dict[tuple[object, ...], SlicedWork[float, Belief]] = session.kept("examinations", dict)
    places = tuple(token.start for token in explanation.tokens)
    name = explanation.experiment
    how = baseline, explanation.padding is None
    about = (name, stamp(name), explanation.variant, explanation.unknown, explanation.text, places, *how)
    work = kept.pop(about, None)
    if work is None:
        work = SlicedWork(lambda: examine(Subject.of(experiments.opened(name), explanation), baseline), 0.0)
    kept[about] = work
    while len(kept) > _KEPT:
        del kept[next(iter(kept))]
    return work


def _draw(belief: Belief) -> None:
    """Draw an examination from the views down to the weights."""
    word_tables([_views(belief)], chosen="", key="belief_views", on_choose=lambda word: None)
    if not belief.views.converged:
        miss = percent(belief.views.completeness_error)
        say(_("Integrated gradients did not converge: they miss the sum they should have by {miss}.").format(miss=miss))
    word_tables([_agreement(belief), _among(belief)], chosen="", key="belief_tau", on_choose=lambda word: None)
    put_out = [_put_out(found) for found in (belief.deletion, belief.random_word) if found]
    word_tables(put_out, chosen="", key="belief_put_out", on_choose=lambda word: None)
    st.markdown("\n".join(f"- {escape_markdown(told)}" for told in (*_weights(belief), _suppressors(belief))))
    save("CSV", lambda: csv(frame(belief)), "text/csv", name="attnviz-belief")


def _views(belief: Belief) -> Table:
    """Return a line a word: each view's number on the heat-map's colours."""
    named, called = belief.views.by_name(), view_names(session.translation())
    attention = palette.attention_levels(belief.explanation.weights)
    columns = [
        [
            Cell(percent(weight), shade=f"attention{level}")
            for weight, level in zip(belief.explanation.rounded.weights, attention, strict=True)
        ]
    ]
    for name, view in named.items():
        if name != ATTENTION:
            levels = palette.contribution_levels(view)
            columns.append(
                [
                    Cell(signed(float(value), 2), shade=f"{palette.scale_of(level, name)}{abs(level)}")
                    for value, level in zip(view, levels, strict=True)
                ]
            )
    words = [Cell(visible(shorten(token.text))) for token in belief.explanation.tokens]
    rows = tuple(Row(cells) for cells in zip(words, *columns, strict=True))
    about = _(
        "What each word does for “{label}”, in log-odds: blue speaks for it, orange against it. Left out, and with a "
        "random word in its place, the sentence is read anew; contributions are exact for the weights as they are."
    ).format(label=_(belief.explanation.prediction))
    heads = (_("word"), *(called[name] for name in named))
    return Table(_("Other views of the same sentence"), heads, rows, about, tall=len(rows) > 25, wide=True)


def _agreement(belief: Belief) -> Table:
    """Return a line a view: Kendall's tau of attention with it."""
    rows, called = [], view_names(session.translation())
    for name, tau in belief.tau.items():
        cells = [Cell("–"), Cell("–")]
        if tau:
            cells = [Cell(signed(tau.tau, 2), bar=tau.tau, middle=True), Cell(f"{tau.p:.2g}")]
        rows.append(Row((Cell(called[name]), *cells)))
    about = _(
        "Kendall’s tau-b: 1 where attention and a view put the words in the same order by size, 0 where the orders "
        "have nothing in common. A contribution is attention times a vote, so these two are alike by what they are. "
        "Views of one classifier agree little with each other too, so this is no verdict (Neely et al. 2022)."
    )
    if len(belief.explanation.tokens) < FEW:
        about += " " + _("Of fewer than {few} words it says little.").format(few=FEW)
    return Table(_("Does attention agree with them?"), (_("view"), _("tau"), _("p")), tuple(rows), about)


def _among(belief: Belief) -> Table:
    """Return the other views by each other: Kendall's tau of every two."""
    called = view_names(session.translation())
    names = [name for name in belief.views.by_name() if name != ATTENTION]
    rows = []
    for at, one in enumerate(names[1:], start=1):
        taus = [belief.tau_among[other, one] for other in names[:at]]
        cells = [Cell(signed(tau.tau, 2) if tau else "–") for tau in taus]
        rows.append(Row((Cell(called[one]), *cells, *[Cell("")] * (len(names) - 1 - at))))
    about = _("Kendall’s tau-b of each two of them, signs and all: how little the views of one classifier agree.")
    heads = ("", *(called[name] for name in names[:-1]))
    return Table(_("Do they agree with each other?"), heads, tuple(rows), about, wide=True)


def _put_out(found: Faithfulness) -> Table:
    """Return a line a view: what the answer loses without the words it puts first, and with them alone."""
    called = view_names(session.translation())
    rows = [
        Row(
            (
                Cell(called[name]),
                Cell(_points(cost.comprehensiveness)),
                Cell(_points(cost.sufficiency)),
                Cell(str(cost.flip) if cost.flip else "–"),
            )
        )
        for name, cost in found.costs.items()
    ]
    without, alone = found.random_comprehensiveness, found.random_sufficiency
    bands = (Cell(f"{_points(one.low, 0)} … {_points(one.high, 0)}") for one in (without, alone))
    rows.append(Row((Cell(_("random order (9 of 10)")), *bands, Cell("–")), quiet=True))
    heading = _("Words deleted") if found.operator == "deletion" else _("Words replaced by random words")
    about = _(
        "By how many points the answer’s probability falls without the words that come first (the more, the more they "
        "were needed), and with them alone (the less, the more they are enough): means over the first {counts} words. "
        "The last column: without how many of them, of these numbers, the answer changes."
    ).format(counts=", ".join(map(str, found.counts)))
    heads = (_("words first by"), _("without them"), _("them alone"), _("turns at"))
    return Table(heading, heads, tuple(rows), about, wide=True)


def _weights(belief: Belief) -> list[str]:
    """Say what the weights alone decide, and what they are like."""
    told, weights = [], belief.weights
    if weights.shuffles:
        told.append(
            _(
                "The same weights dealt to other words at random: the answer stays in {same} of {count} shuffles."
            ).format(same=weights.shuffles.same, count=weights.shuffles.count)
        )
    if weights.flip_radius is None:
        told.append(_("No way of sharing out the attention would have changed this answer."))
    else:
        told.append(
            _("At least {share} of the attention must move to other words for another answer.").format(
                share=percent(weights.flip_radius)
            )
        )
    told.append(
        _(
            "Entropy {entropy} of at most {most} nats (equal weights); marks get {attention} of the attention and are "
            "{share} of the words and marks; the first of them gets {first}, the last {last}."
        ).format(
            entropy=f"{weights.entropy:.2f}",
            most=f"{weights.most_entropy:.2f}",
            attention=percent(weights.on_marks),
            share=percent(weights.marks),
            first=percent(weights.first),
            last=percent(weights.last),
        )
    )
    return told


def _suppressors(belief: Belief) -> str:
    """Name the words that get much attention and speak against the answer."""
    if not belief.suppressors:
        return _("No word with more than its share of attention speaks against the answer.")
    tokens = belief.explanation.tokens
    words = ", ".join(f"“{visible(shorten(tokens[at].text))}”" for at in belief.suppressors)
    told = _("Much attention, but against the answer: {words}.")
    return told.format(words=words)


def frame(belief: Belief) -> pd.DataFrame:
    """Return one row a token: its text and what each view says of it."""
    import pandas as pd

    tokens = [token.text for token in belief.explanation.tokens]
    read = belief.explanation
    about = {"experiment": read.experiment, "variant": read.variant}
    return pd.DataFrame({**about, "token": tokens, **belief.views.by_name()})


def _points(difference: float, places: int = 1) -> str:
    return signed(100 * difference, places)
