"""The Errors page: where the classifiers fail on a data set, where they disagree, and which words did it."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import cast
from weakref import ref

import numpy as np
import streamlit as st

from attnviz.analysis.evaluation.error_list import AMONG, SORTS, Filters, Sort, among, confidence, filter_and_sort
from attnviz.analysis.evaluation.predictions import Predictions
from attnviz.analysis.evaluation.report import numbered
from attnviz.analysis.evaluation.slices import PROPERTIES
from attnviz.data.registry import SOURCES
from attnviz.data.splits import unbroken
from attnviz.heatmap.rounding import chance, rounded
from attnviz.model.experiment import Experiment
from attnviz.ui import pages, session
from attnviz.ui.accuracies import on_all
from attnviz.ui.choices import dropdown, segments
from attnviz.ui.components.choice_table.choice_table import Board, Choice, choice_table
from attnviz.ui.components.word_table.word_table import word_tables
from attnviz.ui.markdown import escape_markdown, say
from attnviz.ui.pages.errors import against, data, summaries
from attnviz.ui.pages.errors.behaviour import behaviour
from attnviz.ui.pages.errors.belief import belief
from attnviz.ui.pages.errors.files import take
from attnviz.ui.pages.errors.labels import labels
from attnviz.ui.pages.errors.matrices import matrices, of_baseline
from attnviz.ui.pages.errors.results import Pair, Results
from attnviz.ui.pages.errors.sentence import believe_error, one_error, places, prefetch_neighbours
from attnviz.ui.pages.glossary import ERRORS, glossary
from attnviz.ui.session import _
from attnviz.ui.turns import fragment
from attnviz.ui.views import ErrorsView, restricted

_PAGE = 50  # lines of the list at once
_LENGTHS = ("", "0-10", "11-30", "31-100", "101-0")
_OOV_PERCENTS = (0, 10, 20, 50)
_LOOKS = ("sentences", "slices", "words", "calibration", "belief", "behaviour", "labels")
_CUT = 140  # characters of a text in the list


def page() -> None:
    """Draw the page from top to bottom."""
    experiment = session.chosen()
    if experiment:
        rows(experiment)


@fragment
def rows(experiment: Experiment) -> None:
    """Draw all that hangs on the data: the part that runs alone for a click."""
    # A fragment is known by its place: what comes and goes above, as rows are read, must not move the one in the list,
    # or a click on its way to the old place is dropped.
    above, below = st.container(), st.container()
    with above:
        found = overview(experiment)
    if found:
        with below:
            part(*found, experiment)


def overview(experiment: Experiment) -> tuple[ErrorsView, Results, Pair | None] | None:
    """Draw what is said of all rows and the choice of parts; return the view as these rows have it, and the rows.

    With them comes what a second experiment made of them, if one is chosen.
    """
    shown = followed(experiment)
    with st.container(horizontal=True, vertical_alignment="bottom", key="errors_controls"):
        data.picker(shown, experiment)
        variants = {variant: _(variant) for variant in experiment.variants}
        segments(_("Whose errors"), variants, shown, "judged", then={"row": 0, "removed": ()})
        against.chooser(shown, experiment)
        glossary(experiment, ERRORS)
    results = data.results(shown, experiment)
    if results is None:
        return None
    tour(shown, experiment)
    learned_from(shown, results)
    pair = against.pair(shown, experiment, results)
    results = results.unseen if shown.unseen else results
    shown = labelled(against.validated(shown, pair), results.predictions)
    matrices(shown, results, pair)
    if pair:
        against.told(pair)
    summaries.remarks(results, serious=True)
    titles = {
        "sentences": _("Sentences"),
        "slices": _("Slices: where it errs more"),
        "words": _("Words looked at"),
        "calibration": _("Calibration"),
        "belief": _("Belief"),
        "behaviour": _("Behaviour"),
        "labels": _("Labels"),
    }
    if results.predictions.truth is None:
        titles = {look: titles[look] for look in ("sentences", "words", "belief", "behaviour")}
    shown = restricted(shown, look=titles)
    with st.container(key="parts"):
        segments(_("What to look at"), titles, shown, "look", hidden=True)
    return shown, results, pair


def part(shown: ErrorsView, results: Results, pair: Pair | None, experiment: Experiment) -> None:
    """Draw the part that is chosen."""
    if shown.look == "slices":
        summaries.slices(shown, results)
        if pair:
            against.slices(pair)
    elif shown.look == "words":
        summaries.words(shown, results)
    elif shown.look == "belief":
        belief(shown, experiment, results)
    elif shown.look == "labels":
        labels(shown, experiment, results)
    elif shown.look == "behaviour":
        behaviour(shown, experiment, results)
    elif shown.look == "calibration":
        word_tables(
            [summaries.figures(results, pair)],
            chosen="",
            key="figures",
            on_choose=lambda _word: None,
        )
        summaries.remarks(results, serious=False)
        summaries.calibration(results)
        of_baseline(results)
    else:
        sentences(shown, experiment, results, pair)


def tour(shown: ErrorsView, experiment: Experiment) -> None:
    """Say what sentences of our own are, and what the share right of a sample is."""
    if shown.data not in SOURCES or SOURCES[shown.data].trainable:
        return
    told = _(
        "Sentences of our own that try classifiers: negation, irony, typos and the like. They are no sample, so the "
        "share right says nothing of how good one is."
    )
    if test := on_all(experiment.figures).get(shown.judged):
        told += " " + _("Of the test rows of {data}, {variant} gets {accuracy} right.").format(
            data=experiment.about.data.name, variant=_(shown.judged), accuracy=f"{test.accuracy:.1%}"
        )
    say(told)


def learned_from(shown: ErrorsView, results: Results) -> None:
    """Say how many of the rows were learned from, and offer to leave them out."""
    predictions, origin = results.predictions, results.predictions.origin
    if not origin.known:
        return
    told = _("Of these rows ({count}), {experiment} learned from {learned}; rows it was chosen by: {chosen}.").format(
        experiment=predictions.experiment,
        learned=f"{origin.learned_from:,}",
        count=f"{len(predictions):,}",
        chosen=f"{origin.known - (origin.learned_from or 0):,}",
    )
    if results.unseen is results:
        say(told + " " + _("None is new to it, so all figures here flatter it."), st.warning)
        return
    flatter = (
        _("All figures here are those of the other rows.") if shown.unseen else _("So its figures here flatter it.")
    )
    say(f"{told} {flatter}", st.info if shown.unseen else st.warning)
    anew = {"row": 0, "removed": ()}
    st.toggle(_("Only rows that it has not seen"), **session.widget_args(shown, "unseen", then=anew))


def followed(experiment: Experiment) -> ErrorsView:
    """Return the view as this run shows it and link to it; leave if the way leads to another page."""
    pages.switch()
    shown = validated(session.current_view(ErrorsView), experiment)
    session.update_url(linked(shown, experiment))
    return shown


def validated(shown: ErrorsView, experiment: Experiment) -> ErrorsView:
    """Return the view with everything that this experiment does not know set back to what it has."""
    judged = shown.judged if shown.judged in experiment.variants else experiment.variants[-1]
    group = [shown.having] if shown.having.startswith("group ") else []
    return restricted(
        replace(data.validated(shown, experiment), judged=judged),
        sort=SORTS,
        label=experiment.labels,
        length=_LENGTHS,
        having=[*PROPERTIES, *group],
        shade=experiment.labels,
        look=_LOOKS,
    )


def linked(shown: ErrorsView, experiment: Experiment) -> ErrorsView:
    """Return the view as its link tells it: the data that everybody sees first need no name."""
    first = data.validated(replace(shown, data=""), experiment).data
    return replace(shown, data="" if shown.data == first else shown.data)


def labelled(shown: ErrorsView, predictions: Predictions) -> ErrorsView:
    """Return the view with a cell of the matrices that these rows have."""
    if against.is_cell(shown.cell):
        return shown
    if predictions.truth is None:
        cell = shown.cell if shown.cell in ("agree", "disagree", "all") else "disagree"
        none = cell == "disagree" and not among(predictions, shown.judged, cell).any()
        return replace(shown, cell="all" if none else cell)
    if shown.cell == "errors" and predictions.right[shown.judged].all():
        return replace(shown, cell="all")
    truth, _dash, answer = shown.cell.partition("-")
    confusion = all(part.isdecimal() and int(part) < len(predictions.labels) for part in (truth, answer))
    return shown if confusion or shown.cell in AMONG[:6] else replace(shown, cell="errors")


def sentences(shown: ErrorsView, experiment: Experiment, results: Results, pair: Pair | None) -> None:
    """Draw the filters and what passes them."""
    predictions = results.predictions
    filters(shown, experiment, predictions)
    low, high = (int(end) for end in (shown.length or "0-0").split("-"))
    cell = "all" if against.is_cell(shown.cell) else shown.cell
    wanted = Filters(cell, shown.contains, shown.label, shown.oov_percent, low, high)
    narrowed = [rows for rows in (summaries.within(shown, results), against.within(shown, pair)) if rows is not None]
    within = np.logical_and.reduce(narrowed) if narrowed else None
    apart = pair.paired.distance if pair and against.is_cell(shown.cell) else None
    found = filter_and_sort(predictions, results.wordings, shown.judged, wanted, cast(Sort, shown.sort), within, apart)
    if not len(found):
        st.info(_("No sentence passes these filters: take one of them away."))
        return
    reading(experiment, ref(results), found, ref(pair) if pair else None)


@fragment
def reading(experiment: Experiment, known: ref[Results], found: np.ndarray, paired: ref[Pair] | None = None) -> None:
    """Draw the list of what passes the filters and the sentence chosen in it: what runs alone for the next sentence.

    It only refers to what is known of the rows: a page that stays open keeps nothing of it in memory.
    """
    results, pair = known(), paired() if paired else None
    if results is None or (paired and pair is None):  # others have taken its place
        st.rerun()
    predictions = results.predictions
    shown = labelled(against.validated(followed(experiment), pair), predictions)
    origin = predictions.origin
    at = places(found, origin.place(shown.row))
    row = int(found[at])
    side, main = st.columns([2, 3], gap="small")
    with main:  # first, for this is what is waited for
        place = _("{place} of {count}").format(place=f"{at + 1:,}", count=f"{len(found):,}")
        place += " · " + numbered(predictions, row, _)  # as in the files to take away
        shown = shown if origin.place(shown.row) == row else replace(shown, removed=())
        one_error(shown, experiment, predictions, row, place, pair)
        if results.total is not None:  # it stays, whatever rows come in before it
            session.update_view(ErrorsView, row=origin.number(row))
    with side:
        marked_sentences(shown, predictions, found, at, pair)
    if results.total is None:
        take(shown, experiment, results, found, pair)
    else:
        st.caption(_("Once all rows are read, the list can be taken away as a file."))
    neighbours = [int(found[to]) for to in (at + 1, at - 1) if 0 <= to < len(found)]
    prefetch_neighbours(shown, experiment, predictions, row, neighbours, pair)
    believe_error(shown, experiment, predictions, row, pair)


def filters(shown: ErrorsView, experiment: Experiment, predictions: Predictions) -> None:
    """Draw what sorts and narrows the list."""
    orders = {
        "loss": _("highest loss") if predictions.truth is not None else _("least sure"),
        "confidence": _("most sure"),
        "disagreement": _("most disagreement"),
        "length": _("longest first"),
        "order": _("order of the file"),
    }
    anew = {"row": 0, "removed": ()}
    sizes = {
        "": _("any length"),
        "0-10": _("up to 10"),
        "11-30": "11 – 30",
        "31-100": "31 – 100",
        "101-0": _("over 100"),
    }
    offered = sorted({*_OOV_PERCENTS, shown.oov_percent})
    shares = {share: _("{share}% or more").format(share=share) for share in offered}
    shares[0] = _("however many")
    any_class = _("any class") if predictions.truth is not None else _("any answer")
    labels = {"": any_class, **{label: _(label) for label in experiment.labels}}
    answer = _("It is") if predictions.truth is not None else _("It says")
    with st.container(horizontal=True, vertical_alignment="bottom", key="filters"):
        st.text_input(_("With these words"), width=220, **session.widget_args(shown, "contains", then=anew))
        dropdown(_("Sorted by"), orders, shown, "sort", width=170, then=anew)
        dropdown(answer, labels, shown, "label", width=150, then=anew)
        dropdown(_("Words and marks"), sizes, shown, "length", width=140, then=anew)
        dropdown(_("Unknown words"), shares, shown, "oov_percent", width=150, then=anew)
        away: list[tuple[str, dict[str, str]]] = []
        if shown.having:
            away.append((escape_markdown(summaries.named(shown.having)), {"having": ""}))
        start = labelled(replace(shown, cell="errors"), predictions).cell
        if shown.cell != start:
            away.append((_("All errors") if predictions.truth is not None else _("All disagreements"), {"cell": start}))
        for label, change in away:
            wider = partial(session.update_view, ErrorsView, **change, **anew)
            st.button(label, icon=":material/close:", help=_("Take this filter away"), on_click=wider)


def in_percent(probability: float) -> str:
    """Return how sure an answer is as the heat-map says it."""
    return chance(float(rounded(probability)), probability)


def marked_sentences(
    shown: ErrorsView, predictions: Predictions, found: np.ndarray, at: int, pair: Pair | None = None
) -> None:
    """Draw the list around the chosen sentence, and the ways to the rest of it."""

    def choose(number: str) -> None:
        session.update_view(ErrorsView, row=int(number), removed=())

    number_of = predictions.origin.number  # of a row, which keeps it while others come in before it

    first = at // _PAGE * _PAGE
    variants = predictions.twins_and(shown.judged)
    labels, it_is = predictions.labels, _("it is: {label}")
    sure = {variant: confidence(predictions, variant) for variant in variants}
    lines = []
    for row in map(int, found[first : first + _PAGE]):
        text = " ".join(unbroken(predictions.texts[row][: 4 * _CUT]).split())
        answers = [f"{_(labels[predictions.answers[v][row]])} {in_percent(sure[v][row])}" for v in variants]
        notes = [numbered(predictions, row, _)]
        notes += [] if predictions.truth is None else [it_is.format(label=_(labels[predictions.truth[row]]))]
        notes += [f"{_(variant)}: {answer}" for variant, answer in zip(variants, answers, strict=True)]
        notes += [against.answered(pair, row)] if pair else []
        shown_text = text if len(text) <= _CUT else f"{text[:_CUT]}…"
        lines.append((Choice(shown_text or _("(empty)"), str(number_of(row)), " · ".join(notes)),))
    heading = _("{first} to {last} of {count}").format(
        first=f"{first + 1:,}", last=f"{first + len(lines):,}", count=f"{len(found):,}"
    )
    board = Board(heading, (), tuple(lines))
    with st.container(key="arrow_hint"):  # not said where there are no keys
        st.caption(_("Arrow keys go from sentence to sentence."))
    choice_table([board], chosen=str(number_of(int(found[at]))), key="shelf", on_choose=choose)
    with st.container(horizontal=True, horizontal_alignment="distribute", key="steps"):
        for name, label, icon, to in (
            ("previous", _("Previous"), ":material/arrow_back:", at - 1),
            ("next", _("Next"), ":material/arrow_forward:", at + 1),
        ):
            there = 0 <= to < len(found)
            st.button(
                label,
                key=name,
                icon=icon,
                disabled=not there,
                on_click=partial(
                    session.update_view,
                    ErrorsView,
                    row=number_of(int(found[to])) if there else 0,
                    removed=(),
                ),
            )


page()
