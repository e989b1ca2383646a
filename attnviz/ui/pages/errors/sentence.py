"""One sentence of the Errors page: both heat-maps with everything that can be done on the Sentence page, and why."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import numpy as np
import streamlit as st

from attnviz.analysis import diagnosis
from attnviz.analysis.diagnosis import Diagnosis, Removal, verdict
from attnviz.analysis.evaluation.predictions import Predictions
from attnviz.heatmap.display import shorten, visible
from attnviz.model.experiment import Experiment
from attnviz.tracing import Trace
from attnviz.ui import pages, session
from attnviz.ui.cache import comparisons, experiments
from attnviz.ui.cache.per_experiment import stamp
from attnviz.ui.choices import dropdown
from attnviz.ui.components.heatmap.heatmap import Ablation, digest, drawing, heatmap, prefetch
from attnviz.ui.components.sliced_work.sliced_work import SlicedWork
from attnviz.ui.components.swap_table import swap_table
from attnviz.ui.components.word_table.word_table import word_tables
from attnviz.ui.markdown import escape_markdown, say
from attnviz.ui.pages.errors import nearest
from attnviz.ui.pages.errors.results import Pair
from attnviz.ui.pages.errors.second_reading import SECOND, drawn, read, reading
from attnviz.ui.pages.one_sentence import believe, judge, say_truncated, sentence_link, shades
from attnviz.ui.session import _
from attnviz.ui.turns import fragment
from attnviz.ui.views import ErrorsView, SentenceView

_SLICE = 0.08  # seconds of a search at once
_KEPT = 100  # searches of a session
_COLUMNS = 12  # of a file, shown with a row
_PREFETCHED = 200  # words of a sentence at most that is read before it is asked for


def one_error(
    shown: ErrorsView,
    experiment: Experiment,
    predictions: Predictions,
    row: int,
    place: str,
    pair: Pair | None = None,
) -> None:
    """Draw the sentence of a row; `place` says where in the list it is.

    The second experiment of a `pair` reads it below, without the same words.
    """
    text, number = predictions.texts[row], predictions.origin.number(row)
    truth = None if predictions.truth is None else predictions.labels[predictions.truth[row]]
    judgements = _judgements(shown, experiment, predictions, row, shown.removed)
    if predictions.oov[row]:
        share = predictions.oov[row] / predictions.tokens[row]
        place += " · " + _("unknown words: {share}").format(share=f"{share:.0%}")
    _heading(shown, experiment, number, place, truth)
    whole = judgements[0].whole
    if not whole.tokens:
        st.info(_("There is no word in this text: the answer is that of the bias alone."))
        return
    if truth is not None:
        for judgement in judgements:
            if judgement.whole.prediction != truth:
                told = verdict(Diagnosis.of(judgement.whole, truth), judgement.whole, session.translation())
                st.markdown(f"**{escape_markdown(_(judgement.whole.variant))}** — {escape_markdown(told)}")
    _columns(predictions, row)
    if whole.truncated:
        say_truncated(whole.max_tokens, whole.total_tokens)

    def strike(of: str, places: list[int]) -> None:
        if of == digest(text):
            session.update_view(ErrorsView, removed=tuple(places), row=number)

    heatmap(
        judgements,
        shown.shade,
        key="heatmap_error",
        translate=session.translation(),
        on_strike=strike,
        on_open=pages.open_word,
        heading=experiment.name if pair else "",
        legend=pair is None,
        doubt=pair is None,
    )
    if pair:
        reading(shown, pair, row, judgements[0])
    if truth is not None:
        for judgement in judgements:
            if judgement.whole.prediction != truth:
                _removal(experiment, number, text, judgement.whole.variant, truth, len(whole.tokens))
    _swap(shown, experiment, text)
    if shown.near:
        nearest.show(experiment, text, truth)


def believe_error(
    shown: ErrorsView, experiment: Experiment, predictions: Predictions, row: int, pair: Pair | None = None
) -> None:
    """Work out the line under each heat-map of a row, when all else is on its way to the browser."""
    judgements = _judgements(shown, experiment, predictions, row, shown.removed)
    if judgements[0].whole.tokens:
        believe([*judgements, *([read(pair, row, judgements[0])] if pair else [])])


def prefetch_neighbours(
    shown: ErrorsView,
    experiment: Experiment,
    predictions: Predictions,
    row: int,
    rows: Sequence[int],
    pair: Pair | None = None,
) -> None:
    """Let the browser have the heat-maps of other rows, into which the next key may lead from `row`."""
    number = predictions.origin.number
    drawings: dict[str, str | None] = {str(number(row)): None}
    if pair:
        drawings[f"{SECOND}{number(row)}"] = None
    for other in rows:
        if 0 < predictions.tokens[other] <= _PREFETCHED:
            judgements = _judgements(shown, experiment, predictions, other)
            heading = experiment.name if pair else ""
            drawings[str(number(other))] = drawing(
                judgements, shown.shade, session.translation(), heading=heading, legend=pair is None, doubt=pair is None
            )
            if pair:
                drawings[f"{SECOND}{number(other)}"] = drawn(shown, pair, other, judgements[0])
    prefetch(drawings, key="prefetch")


def _judgements(
    shown: ErrorsView, experiment: Experiment, predictions: Predictions, row: int, without: tuple[int, ...] = ()
) -> list[Ablation]:
    """Return what the twins, and whose errors these are, make of a row."""
    variants = predictions.twins_and(shown.judged)
    return [judge(experiment, predictions.texts[row], variant, "subword", without) for variant in variants]


def _columns(predictions: Predictions, row: int) -> None:
    """Draw what else the file says of a row."""
    others = predictions.origin.others(row)
    if not others:
        return
    told = [f"{shorten(name)}: {shorten(' '.join(cell.split()))}" for name, cell in list(others.items())[:_COLUMNS]]
    more = len(others) - len(told)
    if more > 0:
        told.append(_("and {count} more").format(count=f"{more:,}"))
    say(visible(" · ".join(told)))


def _heading(shown: ErrorsView, experiment: Experiment, number: int, place: str, truth: str | None) -> None:
    """Draw where we are, what colours the words, the mark, and the way to the Sentence page."""
    with st.container(horizontal=True, vertical_alignment="center", key="one_error"):
        said = f"{place} · " + (_("it is: {label}").format(label=_(truth)) if truth is not None else _("no label"))
        st.markdown(f"**{escape_markdown(said)}**", width="content")
        dropdown(_("Shade by"), shades(experiment), shown, "shade", width=230, hidden=True)
        marked = number in shown.marked
        rest = tuple(other for other in shown.marked if other != number)
        st.button(
            _("Marked") if marked else _("Mark"),
            icon=":material/bookmark_added:" if marked else ":material/bookmark:",
            help=_("Marked sentences go into the report below"),
            key="mark",
            on_click=partial(
                session.update_view, ErrorsView, marked=rest if marked else tuple(sorted((*rest, number)))
            ),
        )


@fragment
def _removal(experiment: Experiment, number: int, text: str, variant: str, truth: str, count: int) -> None:
    """Say which words would have to go for the answer to be right; of a long sentence only when asked."""
    wanted = f"removal {number} {variant}"
    if count > diagnosis.MOST_TOKENS and not session.asked(wanted):
        st.button(
            _("{variant}: which words would have to go?").format(variant=_(variant)),
            icon=":material/content_cut:",
            key=f"ask {wanted}",
            on_click=session.ask,
            args=(wanted,),
            type="tertiary",
        )
        return
    turns = f"again {digest(text)} {variant}"
    search = _search(experiment, variant, text, truth)
    if search.asked(turns):
        search.advance(_SLICE)
    if not search.done:
        told = _("{variant}: leaving words out, sets tried: {count} …")
        say(told.format(variant=_(variant), count=f"{search.progress:,}"))
        search.ask(turns, 30 if search.progress else 300)  # ms: who steps on at once has no use for it
        return
    found = search.result
    if found is None:
        told = _("{variant}: no set of up to {count} words was found without which it would be right.")
        told = told.format(variant=_(variant), count=diagnosis.LARGEST)
        say(told)
        return
    tokens = experiment.tokenize(text)
    words = ", ".join(f"“{visible(shorten(tokens[place].text))}”" for place in found.places)
    if len(found.places) == 1:
        told = _("{variant}: right without {words}, for the rest is then read anew.")
    elif found.smallest:
        told = _("{variant}: right without {words}, for the rest is then read anew; fewer words will not do.")
    else:
        told = _("{variant}: right without {words}, for the rest is then read anew; fewer may do, not all were tried.")
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(escape_markdown(told.format(variant=_(variant), words=words)), width="content")
        if st.button(_("Strike them out"), key=f"strike {variant}", type="tertiary"):
            session.update_view(ErrorsView, removed=found.places, row=number)
            st.rerun()  # of the heat-maps, which are no part of this fragment


def _search(experiment: Experiment, variant: str, text: str, truth: str) -> SlicedWork[int, Removal | None]:
    """Return the search for a removal, as far as it has got; a session's last ones are kept."""
    kept: dict[tuple[object, ...], SlicedWork[int, Removal | None]] = session.kept("searches", dict)
    about = (experiment.name, stamp(experiment.name), variant, text, truth)
    search = kept.pop(about, None)
    if search is None:
        search = SlicedWork(lambda: diagnosis.removal(experiments.opened(experiment.name), variant, text, truth), 0)
    kept[about] = search
    while len(kept) > _KEPT:
        del kept[next(iter(kept))]
    return search


def _swap(shown: ErrorsView, experiment: Experiment, text: str) -> None:
    """Draw the twins' vectors swapped word by word, and the way to the Sentence page."""
    with st.container(horizontal=True, vertical_alignment="center", key="more_of_error"):
        if experiment.twins:
            st.toggle(_("Swap the twins' vectors, word by word"), **session.widget_args(shown, "swap"))
        st.toggle(_("Nearest training sentences"), **session.widget_args(shown, "near"))
        way = session.page_query(SentenceView) | {"text": text, "without": ",".join(map(str, shown.removed))}
        if len(text) < _LINKED:
            sentence_link(way)
    if shown.swap and experiment.twins:
        with st.spinner(_("Swapping vectors, one word at a time …")):
            found: Trace = comparisons.trace(experiment.name, text)
        word_tables(
            [swap_table(found)],
            chosen="",
            key="error_trace",
            on_choose=partial(pages.open_word, "embeddings"),
        )


_LINKED = 3_000  # characters a link may carry


def places(rows: np.ndarray, row: int) -> int:
    """Return where a row is in the list, 0 if it is not."""
    found = np.flatnonzero(rows == row)
    return int(found[0]) if len(found) else 0
