"""The Errors page: where the classifiers fail on a data set, where they disagree, and which words did it."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import cast
from weakref import ref

import numpy as np
import streamlit as st

from attnviz.analysis.evaluation.error_list import (
    AMONG,
    SORTS,
    Filters,
    Sort,
    among,
    confidence,
    filter_and_sort,
    table,
)
from attnviz.analysis.evaluation.predictions import Predictions
from attnviz.analysis.evaluation.report import MOST, report
from attnviz.data.csv_export import csv
from attnviz.model.experiment import Experiment
from attnviz.ui import pages, session
from attnviz.ui.components.choice_table.choice_table import Board, Choice, choice_table
from attnviz.ui.components.word_table.word_table import word_tables
from attnviz.ui.downloads import save
from attnviz.ui.pages.errors import data, nearest, summaries
from attnviz.ui.pages.errors.results import Results
from attnviz.ui.pages.errors.sentence import one_error, places, prefetch_neighbours
from attnviz.ui.session import _
from attnviz.ui.views import ErrorsView

_PAGE = 50  # lines of the list at once
_LENGTHS = ("", "0-10", "11-30", "31-100", "101-0")
_OOV_PERCENTS = (0, 10, 20, 50)
_LOOKS = ("sentences", "slices", "words", "calibration")
_FEW_CLASSES = 12  # of more, the confusion matrix would be too wide: those that are confused most are shown
_CUT = 140  # characters of a text in the list


def page() -> None:
    """Draw the page from top to bottom."""
    experiment = session.chosen()
    if experiment:
        rows(experiment)


@st.fragment
def rows(experiment: Experiment) -> None:
    """Draw all that hangs on the data: the part that runs alone for a click."""
    shown = followed(experiment)
    with st.container(horizontal=True, vertical_alignment="bottom", key="errors_controls"):
        data.picker(shown, experiment)
        st.segmented_control(
            _("Whose errors"),
            experiment.variants,
            format_func=_,
            required=True,
            **session.widget_args(shown, "judged", then={"row": 0, "removed": ()}),
        )
    dossier = data.dossier(shown, experiment)
    if dossier is None:
        return
    shown = labelled(shown, dossier.sheet)
    matrices(shown, dossier)
    titles = {
        "sentences": _("Sentences"),
        "slices": _("Slices: where it errs more"),
        "words": _("Words looked at"),
        "calibration": _("Calibration"),
    }
    looks = [look for look in _LOOKS if dossier.sheet.truth is not None or look in ("sentences", "words")]
    shown = shown if shown.look in looks else replace(shown, look="sentences")
    with st.container(key="parts"):
        st.segmented_control(
            _("What to look at"),
            looks,
            format_func=titles.__getitem__,
            required=True,
            label_visibility="collapsed",
            **session.widget_args(shown, "look"),
        )
    if shown.look == "slices":
        summaries.slices(shown, dossier)
    elif shown.look == "words":
        summaries.words(shown, dossier)
    elif shown.look == "calibration":
        word_tables(
            [summaries.figures(dossier)],
            chosen="",
            key="figures",
            language=session.language(),
            on_choose=lambda _word: None,
        )
        summaries.calibration(dossier)
    else:
        sentences(shown, experiment, dossier)


def followed(experiment: Experiment) -> ErrorsView:
    """Return the view as this run shows it and link to it; leave if the way leads to another page."""
    pages.switch()
    shown = validated(session.current_view(ErrorsView), experiment)
    session.update_url(linked(shown, experiment))
    return shown


def validated(shown: ErrorsView, experiment: Experiment) -> ErrorsView:
    """Return the view with everything that this experiment does not know set back to what it has."""
    judged = shown.judged if shown.judged in experiment.variants else experiment.variants[-1]
    known = summaries.PROPERTIES.keys()
    return replace(
        data.validated(shown, experiment),
        judged=judged,
        sort=shown.sort if shown.sort in SORTS else "loss",
        label=shown.label if shown.label in experiment.labels else "",
        length=shown.length if shown.length in _LENGTHS else "",
        having=shown.having if shown.having in known or shown.having.startswith("group ") else "",
        shade=shown.shade if shown.shade in experiment.labels else ErrorsView.shade,
        look=shown.look if shown.look in _LOOKS else "sentences",
    )


def linked(shown: ErrorsView, experiment: Experiment) -> ErrorsView:
    """Return the view as its link tells it: the data that everybody sees first need no name."""
    first = data.validated(replace(shown, data=""), experiment).data
    return replace(shown, data="" if shown.data == first else shown.data)


def labelled(shown: ErrorsView, sheet: Predictions) -> ErrorsView:
    """Return the view with a cell of the matrices that these rows have."""
    if sheet.truth is None:
        cell = shown.cell if shown.cell in ("agree", "disagree", "all") else "disagree"
        return replace(shown, cell="all" if cell == "disagree" and not among(sheet, shown.judged, cell).any() else cell)
    if shown.cell == "errors" and sheet.right[shown.judged].all():
        return replace(shown, cell="all")
    truth, _dash, answer = shown.cell.partition("-")
    confusion = all(part.isdecimal() and int(part) < len(sheet.labels) for part in (truth, answer))
    return shown if confusion or shown.cell in AMONG[:6] else replace(shown, cell="errors")


def matrices(shown: ErrorsView, dossier: Results) -> None:
    """Draw the confusion matrix and the twins' table; a click on a cell filters what is below."""

    def choose(cell: str) -> None:
        again = cell == session.current_view(ErrorsView).cell  # a second click takes the filter away
        session.update_view(ErrorsView, cell="errors" if again else cell, row=0, removed=(), look="sentences")

    sheet = dossier.sheet
    boards = []
    if sheet.truth is not None:
        boards.append(confusion(shown, dossier))
    if sheet.twins:
        boards.append(twins(sheet, summaries.differ(dossier) if sheet.truth is not None else ""))
    choice_table(boards, chosen=shown.cell, key="matrices", language=session.language(), on_choose=choose)


def confusion(shown: ErrorsView, dossier: Results) -> Board:
    """Return what a variant took for what: rows are the labels, columns its answers."""
    [score] = [score for score in dossier.evaluation.variants if score.variant == shown.judged]
    counts = np.array(score.overall.confusion)
    labels = [_(label) for label in dossier.sheet.labels]
    figures = score.overall.figures
    low, high = figures.interval
    about = _("{accuracy} right (95 % interval {low} – {high}) of {count}.").format(
        accuracy=f"{figures.accuracy:.1%}", low=f"{low:.1%}", high=f"{high:.1%}", count=f"{figures.n:,}"
    )
    there = list(range(len(labels)))
    if len(labels) > _FEW_CLASSES:
        wrong = counts - np.diag(counts.diagonal())
        there = sorted(np.argsort(-(wrong.sum(axis=0) + wrong.sum(axis=1)), kind="stable")[:_FEW_CLASSES].tolist())
        about += " " + _("Of {count} classes those that are confused most.").format(count=len(labels))
    said = _("{count} sentences that are {truth} and were answered {answer}")
    rows = []
    for truth in there:
        total = max(int(counts[truth].sum()), 1)
        cells = [
            Choice(
                f"{counts[truth, answer]:,}",
                f"{truth}-{answer}",
                f"{counts[truth, answer] / total:.0%}",
                said.format(count=f"{counts[truth, answer]:,}", truth=labels[truth], answer=labels[answer]),
                float(counts[truth, answer] / total),
            )
            for answer in there
        ]
        rows.append((Choice(labels[truth]), *cells))
    heading = _("What {variant} takes for what").format(variant=_(shown.judged))
    heads = tuple(labels[answer] for answer in there)
    return Board(heading, heads, tuple(rows), about, _("it is ↓ says →"), grid=True)


def twins(sheet: Predictions, about: str = "") -> Board:
    """Return how often both twins are right, one alone, or none; without labels how often they agree."""
    assert sheet.twins
    one, other = (_(variant) for variant in sheet.twins)
    if sheet.truth is None:
        same = sheet.answers[sheet.twins[0]] == sheet.answers[sheet.twins[1]]
        counts = {"agree": int(same.sum()), "disagree": int((~same).sum())}
        names = {"agree": _("the same answer"), "disagree": _("different answers")}
        cells = tuple(_cell(counts[name], len(sheet), name, names[name]) for name in counts)
        heading = _("{a} and {b}").format(a=one, b=other)
        return Board(heading, tuple(names.values()), ((Choice(""), *cells),), corner="", grid=True)
    first, second = (sheet.right[variant] for variant in sheet.twins)
    both = ("both-right", first & second, _("both right"))
    only_first = ("only-first", first & ~second, _("only {a} right").format(a=one))
    only_second = ("only-second", ~first & second, _("only {a} right").format(a=other))
    neither = ("both-wrong", ~first & ~second, _("both wrong"))
    right, wrong = _("{variant} right"), _("{variant} wrong")
    heads = (right.format(variant=other), wrong.format(variant=other))
    lines = (
        (Choice(right.format(variant=one)), *(_counted(cell, len(sheet)) for cell in (both, only_first))),
        (Choice(wrong.format(variant=one)), *(_counted(cell, len(sheet)) for cell in (only_second, neither))),
    )
    return Board(_("{a} and {b} against the labels").format(a=one, b=other), heads, lines, about, grid=True)


def _counted(cell: tuple[str, np.ndarray, str], total: int) -> Choice:
    name, there, said = cell
    return _cell(int(there.sum()), total, name, said)


def _cell(count: int, total: int, name: str, said: str) -> Choice:
    return Choice(f"{count:,}", name, said, f"{count:,}: {said}", count / max(total, 1))


def sentences(shown: ErrorsView, experiment: Experiment, dossier: Results) -> None:
    """Draw the filters and what passes them."""
    sheet = dossier.sheet
    filters(shown, experiment, sheet)
    low, high = (int(end) for end in (shown.length or "0-0").split("-"))
    wanted = Filters(shown.cell, shown.contains, shown.label, shown.oov_percent, low, high)
    within = summaries.within(shown, dossier)
    found = filter_and_sort(sheet, dossier.wordings, shown.judged, wanted, cast(Sort, shown.sort), within)
    if not len(found):
        st.info(_("No sentence passes these filters: take one of them away."))
        return
    reading(experiment, ref(dossier), found)


@st.fragment
def reading(experiment: Experiment, known: ref[Results], found: np.ndarray) -> None:
    """Draw the list of what passes the filters and the sentence chosen in it: what runs alone for the next sentence.

    It only refers to what is known of the rows: a page that stays open keeps nothing of it in memory.
    """
    dossier = known()
    if dossier is None:  # others have taken its place
        st.rerun()
    sheet = dossier.sheet
    shown = labelled(followed(experiment), sheet)
    at = places(found, shown.row - 1)
    row = int(found[at])
    side, main = st.columns([2, 3], gap="small")
    with main:  # first, for this is what is waited for
        place = _("{place} of {count}").format(place=f"{at + 1:,}", count=f"{len(found):,}")
        place += " · " + _("Sentence {number}").format(number=f"{row + 1:,}")  # as in the files to take away
        shown = shown if shown.row - 1 == row else replace(shown, removed=())
        one_error(shown, experiment, sheet, row, place)
    with side:
        marked_sentences(shown, sheet, found, at)
    take(shown, experiment, dossier, found)
    neighbours = [int(found[to]) for to in (at + 1, at - 1) if 0 <= to < len(found)]
    prefetch_neighbours(shown, experiment, sheet, row, neighbours)


def filters(shown: ErrorsView, experiment: Experiment, sheet: Predictions) -> None:
    """Draw what sorts and narrows the list."""
    orders = {
        "loss": _("highest loss") if sheet.truth is not None else _("least sure"),
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
    some = _("{share} % or more")
    with st.container(horizontal=True, vertical_alignment="bottom", key="filters"):
        st.text_input(_("With these words"), width=220, **session.widget_args(shown, "contains", then=anew))
        st.selectbox(
            _("Sorted by"),
            SORTS,
            format_func=orders.__getitem__,
            width=170,
            **session.widget_args(shown, "sort", then=anew),
        )
        st.selectbox(
            _("It is") if sheet.truth is not None else _("It says"),
            ["", *experiment.labels],
            format_func=lambda label: _(label) if label else _("any class"),
            width=150,
            **session.widget_args(shown, "label", then=anew),
        )
        st.selectbox(
            _("Words and marks"),
            _LENGTHS,
            format_func=sizes.__getitem__,
            width=140,
            **session.widget_args(shown, "length", then=anew),
        )
        st.selectbox(
            _("Unknown words"),
            sorted({*_OOV_PERCENTS, shown.oov_percent}),
            format_func=lambda share: some.format(share=share) if share else _("however many"),
            width=150,
            **session.widget_args(shown, "oov_percent", then=anew),
        )
        narrowed = [summaries.named(shown.having)] if shown.having else []
        if narrowed:
            st.button(
                session.escape_markdown(narrowed[0]),
                icon=":material/close:",
                help=_("Take this filter away"),
                on_click=partial(session.update_view, ErrorsView, having="", **anew),
            )
        start = labelled(replace(shown, cell="errors"), sheet).cell
        if shown.cell != start:
            st.button(
                _("All errors") if sheet.truth is not None else _("All disagreements"),
                icon=":material/close:",
                help=_("Take this filter away"),
                on_click=partial(session.update_view, ErrorsView, cell=start, **anew),
            )


def marked_sentences(shown: ErrorsView, sheet: Predictions, found: np.ndarray, at: int) -> None:
    """Draw the list around the chosen sentence, and the ways to the rest of it."""

    def choose(row: str) -> None:
        session.update_view(ErrorsView, row=int(row) + 1, removed=())

    first = at // _PAGE * _PAGE
    variants = sheet.twins_and(shown.judged)
    sure = {variant: confidence(sheet, variant) for variant in variants}
    lines = []
    for row in map(int, found[first : first + _PAGE]):
        text = " ".join(sheet.texts[row][: 4 * _CUT].split())
        answers = [f"{_(sheet.labels[sheet.answers[v][row]])} {sure[v][row]:.0%}" for v in variants]
        notes = [] if sheet.truth is None else [_("it is: {label}").format(label=_(sheet.labels[sheet.truth[row]]))]
        notes += [f"{_(variant)}: {answer}" for variant, answer in zip(variants, answers, strict=True)]
        shown_text = text if len(text) <= _CUT else f"{text[:_CUT]}…"
        lines.append((Choice(shown_text or _("(empty)"), str(row), " · ".join(notes)),))
    heading = _("{first} to {last} of {count}").format(
        first=f"{first + 1:,}", last=f"{first + len(lines):,}", count=f"{len(found):,}"
    )
    board = Board(heading, (), tuple(lines), _("Arrow keys go from sentence to sentence."))
    choice_table([board], chosen=str(int(found[at])), key="shelf", language=session.language(), on_choose=choose)
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
                on_click=partial(session.update_view, ErrorsView, row=int(found[to]) + 1 if there else 0, removed=()),
            )


def take(shown: ErrorsView, experiment: Experiment, dossier: Results, found: np.ndarray) -> None:
    """Offer the list as CSV and the marked sentences as a report."""
    sheet = dossier.sheet
    marked = [row for row in shown.marked if row < len(sheet)]
    reported = marked or found[:20].tolist()
    variants = sheet.twins_and(shown.judged)
    evaluation = dossier.evaluation if sheet.truth is not None else None
    translate = session.translation()
    learned = nearest.learned(experiment) if shown.near else None
    near = learned.near if learned else None
    among_listed = None if marked else len(found)  # a filter may have gone by since they were marked
    with st.container(horizontal=True, key="take_errors"):
        label = _("These {count} sentences with their weights: CSV").format(count=f"{len(found):,}")
        save("CSV", lambda: csv(table(sheet, dossier.wordings, found)), "text/csv", label, "attnviz-errors")
        if marked:
            label = _("The {count} marked: HTML report").format(count=f"{min(len(marked), MOST):,}")
        else:
            label = _("The first {count}: HTML report").format(count=f"{len(reported):,}")
        save(
            "HTML",
            lambda: report(
                experiment, sheet, reported, variants, evaluation, shown.shade, translate, near, among_listed
            ),
            "text/html",
            label,
            "attnviz-errors",
        )


page()
