"""Which labels may be wrong, on the Errors page: the check with its progress, the suspects, and one to decide."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from weakref import ref

import streamlit as st

from attnviz.analysis.evaluation.rows import EvaluationRows
from attnviz.analysis.labels.check import UPHELD, LabelCheck, check_labels, some_rows
from attnviz.analysis.labels.decisions import Decision, DecisionLog, key_of_decisions
from attnviz.analysis.labels.probabilities import FOLDS
from attnviz.data.datasets import load_dataset
from attnviz.data.registry import SOURCES, at_hand
from attnviz.data.splits import unbroken
from attnviz.errors import AttnvizError, enumerate_values
from attnviz.model.experiment import Experiment
from attnviz.ui import owner, pages, session
from attnviz.ui.cache import experiments
from attnviz.ui.cache.per_experiment import per_experiment
from attnviz.ui.components.choice_table.choice_table import Board, Choice, choice_table
from attnviz.ui.components.heatmap.heatmap import Ablation, digest, heatmap
from attnviz.ui.i18n import translated
from attnviz.ui.markdown import escape_markdown, say
from attnviz.ui.pages.errors import brought, nearest
from attnviz.ui.pages.errors.label_decisions import buttons, decided, outcome
from attnviz.ui.pages.errors.long_work import LongWork
from attnviz.ui.pages.errors.results import Results
from attnviz.ui.pages.errors.scoring import weights_of
from attnviz.ui.pages.one_sentence import believe, judge
from attnviz.ui.session import _
from attnviz.ui.turns import fragment
from attnviz.ui.views import ErrorsView

MOST_ROWS = 20_000  # of more, all that the experiment never saw and some of the others, drawn with seed 0
_PAGE, _CUT = 50, 140  # lines of the list at once, characters of a text in it
_DUPLICATES_SHOWN = 5  # duplicates of a row

_checks: LongWork[tuple[str, str], LabelCheck] = LongWork("checking")


def labels(shown: ErrorsView, experiment: Experiment, results: Results) -> None:
    """Draw the suspects among the labels, or begin to look for them when asked."""
    session.show_notices("labels")
    if results.total is not None:
        say(_("Labels are checked once all rows are read."))
        return
    told = _(
        "A row is suspect where what has never seen it takes another class for likelier than its label. It proposes, "
        "you decide: of what such a check suspected on IMDb, people upheld {share}."
    )
    say(told.format(share=f"{UPHELD:.0%}"))
    with st.spinner(_("Reading {name} …").format(name=escape_markdown(results.predictions.dataset))):
        rows = _rows(shown, experiment, results)
    key = weights_of(experiment), key_of_decisions(rows)
    if key not in _checks.works:
        _offer(experiment, rows, key)
        return
    try:
        check = _checks.result(key, _("Checking labels …"))
    except AttnvizError as error:
        say(translated(error, _), st.error)
        return
    if check is None:
        return
    _summary(experiment, check)
    if not len(check.suspects):
        st.info(_("No label looks wrong: for every row its label is the likeliest class."))
        return
    desk(shown, experiment, ref(check), ref(results))


def _rows(shown: ErrorsView, experiment: Experiment, results: Results) -> EvaluationRows:
    """Return the rows whose labels are checked: of the whole data if it is here, else those that the page is about."""
    if shown.data in SOURCES and at_hand(shown.data):
        return _named(experiment.name, shown.data)
    if found := brought.find(shown.data):
        return some_rows(brought.all_rows(experiment.name, shown.data, found), MOST_ROWS)
    given = results.predictions
    assert given.truth is not None, "the part is offered for rows with labels"
    rows = EvaluationRows(given.origin, given.texts, given.truth.tolist(), None, "")
    return some_rows(rows, MOST_ROWS)


@per_experiment(2)
def _named(experiment_name: str, name: str) -> EvaluationRows:
    experiment = experiments.opened(experiment_name)
    dataset = load_dataset(name, label_names=experiment.labels)
    return some_rows(EvaluationRows.of(dataset, "all", experiment), MOST_ROWS)


def _offer(experiment: Experiment, rows: EvaluationRows, key: tuple[str, str]) -> None:
    """Draw what begins a check."""
    steps = partial(check_labels, experiment, rows)
    label = _("Check the labels of {count} rows").format(count=f"{len(rows):,}")
    st.button(label, icon=":material/rule:", key="check_labels", on_click=_checks.begin, args=(key, steps))
    said = _("All splits are checked, for those to learn from, too; 10,000 rows take about half a minute.")
    if len(rows) == MOST_ROWS:
        said = _(
            "Of so many rows those that {experiment} never learned from are checked, and some of the others, "
            "{count} in all. python -m attnviz labels takes all of them."
        ).format(experiment=experiment.name, count=f"{MOST_ROWS:,}")
    say(said)


def _summary(experiment: Experiment, check: LabelCheck) -> None:
    """Say how many rows are suspect, and what was asked of which rows."""
    count, own = len(check.rows), int(check.answered.sum())
    means, terms = (round(check.shares[name], 2) for name in ("means", "terms"))
    named = ((_("mean word vectors ({share})"), means), (_("TF-IDF ({share})"), terms))
    sources = enumerate_values(name.format(share=f"{share:.0%}") for name, share in named if share)  # who had a say
    told = [
        _("Of {count} rows {suspects} are suspect; cleanlab takes {estimated} labels for wrong.").format(
            count=f"{count:,}", suspects=f"{len(check.suspects):,}", estimated=f"{check.estimated:,}"
        ),
        _(
            "What was asked of every row: logistic regressions that were fitted on other rows ({folds} folds), over "
            "{sources}, mixed as fits the labels best."
        ).format(folds=FOLDS, sources=sources),
    ]
    if own and round(check.shares["variants"], 2):
        asked = _("Of the {count} rows that {experiment} never learned from, {variants} had a say as well ({share}).")
        names, share = enumerate_values(map(_, check.variants)), f"{check.shares['variants']:.0%}"
        told.append(asked.format(count=f"{own:,}", experiment=experiment.name, variants=names, share=share))
    say(" ".join(told))


@fragment
def desk(shown: ErrorsView, experiment: Experiment, known: ref[LabelCheck], about: ref[Results]) -> None:
    """Draw the list of suspects and the one to decide: what runs alone for a decision and for the next one.

    The view is as the page has it; what is chosen here may have changed since.
    """
    check, results = known(), about()
    if check is None or results is None:  # others have taken its place
        st.rerun()
    pages.switch()
    now = session.current_view(ErrorsView)
    session.update_url(now)
    shown = replace(shown, suspect=now.suspect, removed=now.removed, near=now.near)
    log = partial(_log, key_of_decisions(check.rows))
    held = log().read()
    suspects = check.suspects.tolist()
    at = _chosen(check, suspects, held, shown.suspect)
    side, main = st.columns([2, 3], gap="small")
    with main:  # first, for this is what is waited for
        _heading(experiment, check, suspects[at], f"{at + 1:,}")
        step = suspects[at + 1] if at + 1 < len(suspects) else suspects[at]
        buttons(check, log, held, suspects[at], step)
        judgements = _drawn(shown, experiment, check, results, suspects[at])
        _beside(shown, experiment, check, suspects[at])
    with side:
        _list(check, suspects, held, at)
    outcome(shown, experiment, check, results, held)
    if judgements:
        believe(judgements)


def _log(key: str) -> DecisionLog:
    """Return the decisions on some rows: the owner's are kept, a visitor's last as long as the session."""
    return DecisionLog(key) if owner.is_owner() else session.kept(f"decisions {key}", DecisionLog)


def _chosen(check: LabelCheck, suspects: list[int], held: dict[int, Decision], number: int) -> int:
    """Return which of the suspects is shown: the numbered one, failing that the first one not decided yet."""
    row = check.rows.origin.place(number) if number else -1
    if row in suspects:
        return suspects.index(row)
    return next((at for at, one in enumerate(suspects) if one not in held), 0)


def _list(check: LabelCheck, suspects: list[int], held: dict[int, Decision], at: int) -> None:
    """Draw the suspects around the one shown."""

    def choose(number: str) -> None:
        session.update_view(ErrorsView, suspect=int(number), removed=())

    first = at // _PAGE * _PAGE
    lines = []
    for row in suspects[first : first + _PAGE]:
        one = check.suspect(row)
        text = " ".join(unbroken(one.text[: 4 * _CUT]).split())
        note = _("row {number} · labelled {label} · likely {likely} {share}").format(
            number=f"{one.number:,}", label=_(one.label), likely=_(one.likely), share=f"{one.likely_probability:.0%}"
        )
        note += f" · {decided(held[row])}" if row in held else ""
        lines.append((Choice(text if len(text) <= _CUT else f"{text[:_CUT]}…", str(one.number), note),))
    heading = _("{first} to {last} of {count}").format(
        first=f"{first + 1:,}", last=f"{first + len(lines):,}", count=f"{len(suspects):,}"
    )
    with st.container(key="arrow_hint"):  # not said where there are no keys
        st.caption(_("Arrow keys go from sentence to sentence."))
    chosen = str(check.rows.origin.number(suspects[at]))
    choice_table([Board(heading, (), tuple(lines))], chosen=chosen, key="suspects", on_choose=choose)
    with st.container(horizontal=True, horizontal_alignment="distribute", key="suspect_steps"):
        for key, label, icon, to in (
            ("suspect_before", _("Previous"), ":material/arrow_back:", at - 1),
            ("suspect_after", _("Next"), ":material/arrow_forward:", at + 1),
        ):
            there = 0 <= to < len(suspects)
            number = check.rows.origin.number(suspects[to]) if there else 0
            change = partial(session.update_view, ErrorsView, suspect=number, removed=())
            st.button(label, key=key, icon=icon, disabled=not there, on_click=change)


def _heading(experiment: Experiment, check: LabelCheck, row: int, place: str) -> None:
    """Say what a suspect is labelled, what is likelier, and whether the experiment has seen it."""
    one = check.suspect(row)
    told = _("{place} of {count} · row {number} · labelled {label}, likely {likely} ({share})").format(
        place=place,
        count=f"{len(check.suspects):,}",
        number=f"{one.number:,}",
        label=_(one.label),
        likely=_(one.likely),
        share=f"{one.likely_probability:.0%}",
    )
    st.markdown(f"**{escape_markdown(told)}**")
    seen = {
        "train": _("{experiment} learned from this row."),
        "validation": _("{experiment} was chosen by this row."),
        "test": _("{experiment} never saw this row."),
    }
    if one.split:
        say(seen[one.split].format(experiment=experiment.name))


def _drawn(shown: ErrorsView, experiment: Experiment, check: LabelCheck, results: Results, row: int) -> list[Ablation]:
    """Draw a suspect in both heat-maps, and return what they are of."""
    one = check.suspect(row)
    variants = results.predictions.twins_and(shown.judged)
    judgements = [judge(experiment, one.text, variant, "subword", shown.removed) for variant in variants]
    if not judgements[0].whole.tokens:
        st.info(_("There is no word in this text: the answer is that of the bias alone."))
        return []

    def strike(of: str, places: list[int]) -> None:
        if of == digest(one.text):
            session.update_view(ErrorsView, removed=tuple(places), suspect=one.number)

    heatmap(
        judgements,
        shown.shade,
        key="heatmap_label",
        translate=session.translation(),
        on_strike=strike,
        on_open=pages.open_word,
        doubt=False,
    )
    return judgements


def _beside(shown: ErrorsView, experiment: Experiment, check: LabelCheck, row: int) -> None:
    """Draw what else speaks for or against a label: duplicates that contradict it, training rows near it."""
    one = check.suspect(row)
    others = check.contradictions.get(row, ())
    for other in others[:_DUPLICATES_SHOWN]:
        same = check.suspect(other)
        told = _("The same text stands in row {number}, labelled {label}.")
        say(told.format(number=f"{same.number:,}", label=_(same.label)), st.warning)
    if len(others) > _DUPLICATES_SHOWN:
        say(_("and {count} more").format(count=f"{len(others) - _DUPLICATES_SHOWN:,}"))
    st.toggle(_("Nearest training sentences"), **session.widget_args(shown, "near"))
    if shown.near:
        found = brought.find(shown.data)
        known = brought.examples(experiment.name, shown.data, found) if found else None
        nearest.show(experiment, one.text, one.label, known)
