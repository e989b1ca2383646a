"""A second experiment on the rows of the Errors page: its answers, who alone is right, where one is better."""

from __future__ import annotations

import re
from collections.abc import Generator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import streamlit as st

from attnviz.analysis.evaluation import prediction_cache
from attnviz.analysis.evaluation.paired import WHICH, Paired, Which, shared_classes, usual_variant
from attnviz.analysis.evaluation.paired_slices import PairedSlice
from attnviz.analysis.evaluation.paired_wording import holm_note, limits, results
from attnviz.analysis.evaluation.predictions import Predictions
from attnviz.analysis.evaluation.report import Beside
from attnviz.analysis.evaluation.rows import EvaluationRows, key_of
from attnviz.analysis.evaluation.shared_classes import SharedClasses
from attnviz.analysis.evaluation.slices import property_name
from attnviz.data.registry import SOURCES
from attnviz.errors import AttnvizError
from attnviz.heatmap.rounding import chance, rounded
from attnviz.model.experiment import Experiment
from attnviz.model.variants import display_name
from attnviz.ui import session
from attnviz.ui.cache import experiments
from attnviz.ui.cache.background import EVERY, Background
from attnviz.ui.choices import segments
from attnviz.ui.components.choice_table.choice_table import Board, Choice, choice_table
from attnviz.ui.i18n import translated
from attnviz.ui.markdown import escape_markdown, say
from attnviz.ui.pages.errors.confusion import confusion
from attnviz.ui.pages.errors.results import Pair, Results
from attnviz.ui.pages.errors.scoring import weights_of
from attnviz.ui.second import second
from attnviz.ui.session import _
from attnviz.ui.views import ErrorsView

_CELLS = {f"pair-{which}": which for which in WHICH}  # as the link has them
_CONFUSION = "second-"  # before a cell of the second's confusion
_CONFUSED = re.compile(f"{_CONFUSION}([0-9]{{1,6}})-([0-9]{{1,6}})")
_AT_ONCE = 0.3  # seconds in which little work is done without a word

Work = Background[float, Predictions]


def pair(shown: ErrorsView, experiment: Experiment, known: Results) -> Pair | None:
    """Return what both experiments made of the rows; begin to score them where nobody has, and draw how far that is.

    None where no second one is chosen, and where there is nothing to compare yet. Of the rows known, only those that
    the first has not seen are compared if the view says so.
    """
    other = second(shown, experiment)
    if other is None:
        return None
    if known.total is not None:
        say(_("{experiment} answers these sentences, too, once all rows are read.").format(experiment=other.name))
        return None
    weights, variants = weights_of(other), (shown.judged, judged_by(shown, other))

    def made() -> Pair | None:
        classes = shared_classes(experiment, other)
        predictions = _answers(shown, experiment, other, classes, known)
        if predictions is None:
            return None
        paired = Paired(known.predictions, predictions, variants, classes)
        return Pair(paired if of is known else paired.subset(known.unseen_rows), of, other.name)

    of = known.unseen if shown.unseen else known
    try:
        return known.pair((weights, variants, of is known), made)
    except AttnvizError as error:
        say(translated(error, _), st.warning)
        return None


def judged_by(shown: ErrorsView, other: Experiment) -> str:
    """Return which variant of the second experiment is compared: the chosen one, or the one like the first's."""
    chosen = shown.against_judged
    return chosen if chosen in other.variants else usual_variant(other, like=shown.judged)


def chooser(shown: ErrorsView, experiment: Experiment) -> None:
    """Draw the choice of the second experiment's variant, if there is one to choose."""
    other = second(shown, experiment)
    if other is None or len(other.variants) < 2:
        return
    shown = replace(shown, against_judged=judged_by(shown, other))
    label = escape_markdown(_("Compared with, of {experiment}").format(experiment=other.name))
    names = {variant: _(variant) for variant in other.variants}
    segments(label, names, shown, "against_judged", then={"row": 0, "removed": ()})


def confusion_of(found: Pair) -> list[Board]:
    """Return what the second takes for what; a click on a cell lists its rows, as one on the first's does."""
    if found.score is None:
        return []
    paired = found.paired
    name = f"{paired.names[1]}, {display_name(paired.variants[1], _)}"
    return [confusion(found.score, paired.classes.second, name, _CONFUSION)]


def _answers(
    shown: ErrorsView, experiment: Experiment, other: Experiment, classes: SharedClasses, known: Results
) -> Predictions | None:
    """Return the second's answers, kept in memory with the first's, and on the disk if they are of a named data set."""
    weights, keep = weights_of(other), shown.data in SOURCES
    work = known.seconds.get(weights)
    if work is None:
        key = key_of(experiment.about.data.digest, "test") if known.own else ""
        work = Background.of(lambda: _steps(experiment, other, classes, known.predictions, key, weights, keep), 0.0)
        known.seconds[weights] = work
    work.look()
    work.wait(_AT_ONCE)
    if not work.done:
        st.fragment(_watch, run_every=EVERY)(work, other.name)
        return None
    if work.error:
        known.seconds.pop(weights, None)
        raise work.error
    return work.result


def _steps(
    experiment: Experiment,
    other: Experiment,
    classes: SharedClasses,
    known: Predictions,
    key: str,
    weights: str,
    keep: bool,
) -> Generator[float, None, Predictions]:
    truth = None if known.truth is None else known.truth.tolist()
    groups = None if known.groups is None else known.groups.tolist()
    rows = classes.rows(EvaluationRows(known.origin, known.texts, truth, groups, key), experiment, other)
    path: Path | None = None
    if keep:
        if found := prediction_cache.find(rows.key, weights, other.variants, other.name, rows.origin):
            return replace(found, texts=rows.texts)
        path = prediction_cache.place(rows.key, weights, other.variants)
    return (yield from prediction_cache.predict_and_keep(other, rows, other.variants, path))


def _watch(work: Work, name: str) -> None:
    """Draw how far the second's answers are; the page is drawn anew once they are there."""
    work.look()
    if work.done:
        st.rerun()
    said = _("{experiment} reads the sentences, too …").format(experiment=name)
    with st.container(key="scoring_second"):
        st.progress(work.step, escape_markdown(said))


def told(found: Pair) -> None:
    """Say who is better, which answers changed, and what cannot be compared."""
    translate, (first, other) = session.translation(), _both(found)
    say(" ".join(results(found.paired, translate)), st.markdown)
    if said := list(limits(found.paired, first, other, translate)):
        say(" ".join(said))


def _both(found: Pair) -> tuple[Experiment, Experiment]:
    return experiments.opened(found.paired.first.experiment), experiments.opened(found.name)


def boards(found: Pair) -> list[Board]:
    """Return the tables whose cells list what both get right, one alone, or neither, and which answers changed."""
    paired, total = found.paired, len(found.paired)
    one, other = paired.names
    changed = int(paired.changed.sum())
    counts: dict[Which, int] = {"unchanged": total - changed, "changed": changed}
    named: dict[Which, str] = {"unchanged": _("the same answer"), "changed": _("answer changed")}
    cells = tuple(_cell(counts[which], total, which, named[which]) for which in counts)
    answers = Board(_("{a} and {b}").format(a=one, b=other), tuple(named.values()), ((Choice(""), *cells),), grid=True)
    if paired.agreement is None:
        return [answers]
    alone = paired.agreement
    right, wrong, only = _("{variant} right"), _("{variant} wrong"), _("only {a} right")
    heads = (right.format(variant=other), wrong.format(variant=other))
    lines = (
        (
            Choice(right.format(variant=one)),
            _cell(alone.both_right, alone.n, "both-right", _("both right")),
            _cell(alone.only_a, alone.n, "only-first", only.format(a=one)),
        ),
        (
            Choice(wrong.format(variant=one)),
            _cell(alone.only_b, alone.n, "only-second", only.format(a=other)),
            _cell(alone.both_wrong, alone.n, "both-wrong", _("both wrong")),
        ),
    )
    return [Board(_("{a} and {b} against the labels").format(a=one, b=other), heads, lines, grid=True), answers]


def _cell(count: int, total: int, which: Which, said: str) -> Choice:
    return Choice(f"{count:,}", f"pair-{which}", said, f"{count:,}: {said}", count / max(total, 1))


def is_cell(cell: str) -> bool:
    """Say whether a cell is one of the two experiments' tables, or of the second's confusion."""
    return cell in _CELLS or _CONFUSED.fullmatch(cell) is not None


def validated(shown: ErrorsView, found: Pair | None) -> ErrorsView:
    """Return the view without a cell of the two experiments that there is none of."""
    return replace(shown, cell="errors") if is_cell(shown.cell) and within(shown, found) is None else shown


def within(shown: ErrorsView, found: Pair | None) -> np.ndarray | None:
    """Return which rows the chosen cell of the two experiments has, [N] bool; None if it is no cell of theirs."""
    if found is None:
        return None
    paired, confused = found.paired, _CONFUSED.fullmatch(shown.cell)
    if confused:
        truth, answer = map(int, confused.groups())
        known = found.score is not None and max(truth, answer) < len(paired.classes.second)
        return paired.confused(truth, answer) if known else None
    which = _CELLS.get(shown.cell)
    there = which in ("changed", "unchanged") or paired.agreement is not None
    return paired.rows(which) if which and there else None


def slices(found: Pair) -> None:
    """Draw under which words and properties one of the two is better; a click lists what it alone gets right there."""

    def choose(chosen: str) -> None:
        better, kind, name = chosen.split(" ", 2)
        by = {"contains": name, "having": ""} if kind == "word" else {"contains": "", "having": name}
        anew = {"row": 0, "removed": (), "label": "", "oov_percent": 0, "length": ""}
        session.update_view(ErrorsView, look="sentences", cell=f"pair-only-{better}", **anew, **by)

    if found.paired.agreement is None:
        return
    with st.spinner(_("Looking for slices …")):
        listed = found.slices
    choice_table([_slices(found, listed, at) for at in (0, 1)], chosen="", key="paired_slices", on_choose=choose)
    say(holm_note(session.translation()))


def _slices(found: Pair, listed: Sequence[PairedSlice], at: int) -> Board:
    better, names = ("first", "second")[at], found.paired.names
    of = [one for one in listed if one.better == better]
    sure = sum(one.sure for one in of)
    about = (
        _("{count} that luck hardly explains.").format(count=sure)
        if sure
        else _("Nothing that luck would not explain.")
    )
    rows = tuple(
        (
            Choice(
                f"“{one.name}”" if one.kind == "word" else property_name(one.name, session.translation()),
                f"{better} {one.kind} {one.name}",
                "" if one.sure else _("may be luck"),
            ),
            Choice(f"{one.n:,}"),
            Choice(f"{one.right_first / one.n:.0%}"),
            Choice(f"{one.right_second / one.n:.0%}"),
            Choice(f"{one.p:.1g}" if one.p >= 1e-4 else f"{one.p:.0e}"),
        )
        for one in of
    )
    right = _("{variant} right")
    heads = (_("sentences with"), _("of them"), *(right.format(variant=name) for name in names), "p")
    return Board(_("{name} is better").format(name=names[at]), heads if rows else (), rows, about)


def answered(found: Pair, row: int) -> str:
    """Return what the second experiment says of the row at a place, for a line of the list."""
    paired = found.paired
    given, variant = paired.second, paired.variants[1]
    place, sure = given.answers[variant][row], float(given.probabilities[variant][row].max())
    return f"{paired.names[1]}: {_(given.labels[place])} {chance(float(rounded(sure)), sure)}"


def beside(found: Pair | None) -> Beside | None:
    """Return the second experiment as a report tells of it."""
    return Beside(experiments.opened(found.name), found.paired, found.slices) if found else None
