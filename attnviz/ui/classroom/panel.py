"""The panel of a class on a page: how to join, the round, and the buttons that move it.

It looks again while it is open, and only then; a state that another window has changed draws the whole page anew.
"""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from attnviz.rounds.refusals import Away
from attnviz.rounds.round import Round
from attnviz.rounds.states import State
from attnviz.ui import owner, session
from attnviz.ui.classroom.asking import asking
from attnviz.ui.classroom.beginning import begin, choosing, end, ending
from attnviz.ui.classroom.lessons import lessons
from attnviz.ui.classroom.sent import sent
from attnviz.ui.classroom.showing import headline, shown_round
from attnviz.ui.classroom.standing import PLACE, Doing, Here, Kind, Standing, attempt, kept, link, look, store, turn_to
from attnviz.ui.classroom.teaching import teaching
from attnviz.ui.components.class_board.class_board import class_board
from attnviz.ui.i18n import translated
from attnviz.ui.markdown import say
from attnviz.ui.session import _
from attnviz.ui.turns import runs

_EVERY, _AT_REST = 1.0, 3.0  # seconds: with a round that is open, and without
_SENT = ("fool", "teach")


def press(kind: Kind) -> None:
    """Open a classroom, fold its panel away, or unfold it; where today had a lesson, ask whether to go on with that."""
    mine = kept()
    mine.outdated = True
    if session.current_view(kind).classroom:
        mine.folded = not mine.folded
    elif mine.choosing:
        mine.choosing = False
    else:
        attempt(begin, kind)


def door(kind: Kind, key: str = "class_door") -> None:
    """Draw the button for that: the owner's alone."""
    if not owner.is_owner():
        return
    st.button(
        _("With your class"),
        key=key,
        icon=":material/groups:",
        type="primary" if session.current_view(kind).classroom and kept().folded else "secondary",
        on_click=press,
        args=(kind,),
        help=_("Phones join by a code: mark the words, guess the answer, fool the classifier, or teach one."),
    )


def hides(text: str) -> bool:
    """Say whether a round is open on this sentence, so that the page is not to give away what it asks for."""
    asked = kept().drawn.round
    return bool(asks() and asked and asked.task.text.strip() == text.strip())


def asks() -> bool:
    """Say whether a round is open that asks about a sentence: no example is to tell by its name what it shows."""
    asked = kept().drawn.round
    return bool(asked and asked.state in ("open", "closed") and asked.task.kind in ("mark", "guess"))


def say_hidden() -> None:
    """Say why nothing of the sentence is to be seen."""
    say(_("A round on this sentence is open: what the classifiers make of it is hidden until it is revealed."), st.info)


def panel(kind: Kind, here: Callable[[], Here]) -> None:
    """Draw what there is of a class on a page; `here` says what a round that is opened now is about."""
    mine = kept()
    mine.outdated = False
    code = session.current_view(kind).classroom
    mine.drawn = now = look(code)
    if not owner.is_owner():
        return
    if code and not now.code:
        say(now.trouble, st.warning)
    if now.code:
        mine.choosing = False
    if mine.choosing:
        with st.container(border=True, key="class_panel"):
            choosing(kind)
        return
    if not now.code or mine.folded:
        session.show_notices(PLACE)
        return
    with st.container(border=True, key="class_panel"):
        _whole(kind, now, here)


def _whole(kind: Kind, now: Standing, here: Callable[[], Here]) -> None:
    """Draw the class's board and the round, or what stands in its place."""
    every = _EVERY if now.round and now.round.state == "open" else _AT_REST
    doing = kept().doing
    if now.round or doing:
        st.fragment(_watch, run_every=every)(kind, doing)
    else:
        how, form = st.columns((5, 3), vertical_alignment="center")
        with how:
            st.fragment(_watch, run_every=every)(kind, doing)
        with form:
            asking(kind, now.code, here)
    try:
        match doing:
            case "asking":
                asking(kind, now.code, here)
            case "lessons":
                lessons(kind, now)
            case "ending":
                ending(kind, now)
    except Away as error:
        say(translated(error, _), st.warning)
    session.show_notices(PLACE)  # near what was pressed
    _foot(kind, now)


def _watch(kind: Kind, doing: Doing) -> None:
    """Draw the classroom as it is now; beside what the teacher is `doing` no more than a line of it."""
    with runs.turn():
        was = kept().drawn
        now = look(was.code)
        if kept().outdated or now != was:
            st.rerun()
        if now.trouble:
            say(now.trouble, st.warning)
        try:
            _board(now, brief=bool(doing))
            if now.round and not doing:
                _moves(now.round)
                if now.round.task.kind in _SENT:
                    sent(kind, now.round)
                if now.round.task.kind == "teach":
                    teaching(kind, now.round)
        except Away as error:
            say(translated(error, _), st.warning)


def _board(now: Standing, *, brief: bool) -> None:
    """Draw what the class reads."""
    asked = now.round
    if asked is None:
        counts = [(f"{store().joined(now.code):,}", _("have joined"))]
    else:
        found = store().counts(asked.id)
        counts = [(f"{found.joined:,}", _("have joined")), (f"{found.answered:,}", _("have answered"))]
        if asked.task.kind in _SENT:
            counts.append((f"{found.sentences:,}", _("sentences sent")))
    shown = headline(asked) if brief else shown_round(asked) if asked else None
    class_board(now.code, link(now.code), counts, shown, key="class_board_drawn", translate=session.translation())


def _moves(asked: Round) -> None:
    """Draw the buttons that move a round."""
    ends = asked.task.kind in _SENT  # what was let through is shown, and nothing more is taken
    reveal = _("End the round and show them on the phones") if ends else _("Reveal")
    offered: dict[State, list[tuple[State, str, str]]] = {
        "open": [("revealed", reveal, "visibility"), ("closed", _("Close for answers"), "lock")],
        "closed": [("revealed", reveal, "visibility"), ("open", _("Open again"), "lock_open")],
        "revealed": [],
        "put away": [],
    }
    with st.container(horizontal=True, key="class_moves"):
        for to, label, icon in [*offered[asked.state], ("put away", _("Put away"), "inventory_2")]:
            st.button(
                label,
                key=f"class_to_{to.replace(' ', '_')}",
                icon=f":material/{icon}:",
                type="primary" if to == "revealed" and not ends else "secondary",
                on_click=attempt,
                args=(store().move, asked.id, to),
                help=_("No answers are taken after that.") if to == "revealed" else None,
            )


def _foot(kind: Kind, now: Standing) -> None:
    """Draw the way to the next round, to the last ones, and out; or back from there."""
    with st.container(horizontal=True, vertical_alignment="center", key="class_foot"):
        if kept().doing:
            st.button(
                _("Back to the class"), key="class_back", icon=":material/arrow_back:", on_click=turn_to, args=("",)
            )
            return
        if now.round:
            st.button(_("Next round"), key="class_next", icon=":material/add:", on_click=turn_to, args=("asking",))
        st.button(
            _("Rounds and lessons"),
            key="class_lessons",
            icon=":material/history:",
            on_click=turn_to,
            args=("lessons",),
        )
        st.button(_("Back to the page"), key="class_fold", icon=":material/expand_less:", on_click=press, args=(kind,))
        st.button(
            _("End the lesson"),
            key="class_end",
            icon=":material/logout:",
            on_click=attempt,
            args=(end, kind, now),
        )
