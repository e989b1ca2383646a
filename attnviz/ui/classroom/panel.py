"""The panel of a class on a page: how to join, the round, and the buttons that move it.

It looks again while it is open, and only then; a state that another window has changed draws the whole page anew.
"""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from attnviz.errors import AttnvizError
from attnviz.rounds.refusals import Away
from attnviz.rounds.round import Round
from attnviz.rounds.states import State
from attnviz.ui import owner, session
from attnviz.ui.classroom.asking import asking
from attnviz.ui.classroom.lessons import lessons
from attnviz.ui.classroom.sent import sent
from attnviz.ui.classroom.showing import shown_round
from attnviz.ui.classroom.standing import PLACE, Here, Kind, Standing, attempt, enter, kept, link, look, store
from attnviz.ui.classroom.teaching import teaching
from attnviz.ui.components.class_board.class_board import class_board
from attnviz.ui.i18n import translated
from attnviz.ui.markdown import say
from attnviz.ui.session import _
from attnviz.ui.turns import runs

_EVERY, _AT_REST = 1.0, 3.0  # seconds: with a round that is open, and without
_SENT = ("fool", "teach")


def press(kind: Kind) -> None:
    """Open a classroom, fold its panel away, or unfold it."""
    if session.current_view(kind).classroom:
        kept().folded = not kept().folded
        kept().outdated = True
    else:
        attempt(lambda: enter(kind, store().open_classroom()))


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
    return bool(
        asked
        and asked.state in ("open", "closed")
        and asked.task.kind in ("mark", "guess")
        and asked.task.text.strip() == text.strip()
    )


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
    if not now.code or mine.folded:
        session.show_notices(PLACE)
        return
    with st.container(border=True, key="class_panel"):
        every = _EVERY if now.round and now.round.state == "open" else _AT_REST
        if now.round:
            st.fragment(_watch, run_every=every)(kind)
        else:
            how, form = st.columns((5, 3), vertical_alignment="center")
            with how:
                st.fragment(_watch, run_every=every)(kind)
            with form:
                asking(now.code, here)
        _foot(kind, now, here)


def _watch(kind: Kind) -> None:
    """Draw the classroom as it is now."""
    with runs.turn():
        was = kept().drawn
        now = look(was.code)
        if kept().outdated or now != was:
            st.rerun()
        if now.trouble:
            say(now.trouble, st.warning)
        try:
            _board(now)
            if now.round:
                _moves(now.round)
                if now.round.task.kind in _SENT:
                    sent(kind, now.round)
                if now.round.task.kind == "teach":
                    teaching(kind, now.round)
        except Away as error:
            say(translated(error, _), st.warning)


def _board(now: Standing) -> None:
    """Draw what the class reads."""
    asked = now.round
    if asked is None:
        counts = [(f"{store().joined(now.code):,}", _("have joined"))]
    else:
        found = store().counts(asked.id)
        counts = [(f"{found.joined:,}", _("have joined")), (f"{found.answered:,}", _("have answered"))]
        if asked.task.kind in _SENT:
            counts.append((f"{found.sentences:,}", _("sentences sent")))
    shown = shown_round(asked) if asked else None
    class_board(now.code, link(now.code), counts, shown, key="class_board_drawn", translate=session.translation())


def _moves(asked: Round) -> None:
    """Draw the buttons that move a round."""
    reveal = _("Show them on the phones") if asked.task.kind in _SENT else _("Reveal")
    offered: dict[State, list[tuple[State, str, str]]] = {
        "open": [("revealed", reveal, "visibility"), ("closed", _("Close"), "lock")],
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
                type="primary" if to == "revealed" else "secondary",
                on_click=attempt,
                args=(store().move, asked.id, to),
            )


def _foot(kind: Kind, now: Standing, here: Callable[[], Here]) -> None:
    """Say what could not be done, and draw the way to the next round, to the last ones, and out."""
    session.show_notices(PLACE)  # near what was pressed
    with st.container(horizontal=True, vertical_alignment="center", key="class_foot"):
        if now.round:
            # by its number: it is shut once there is another round
            with st.popover(_("Next round"), icon=":material/add:", key=f"class_next_{now.round.id}"):
                asking(now.code, here)
        lessons(kind, now)
        st.button(_("Back to the page"), key="class_fold", icon=":material/expand_less:", on_click=press, args=(kind,))
        st.button(
            _("End the lesson"),
            key="class_end",
            icon=":material/logout:",
            on_click=attempt,
            args=(_end, kind, now),
            help=_("The class stays in the last lessons."),
        )


def _end(kind: Kind, now: Standing) -> None:
    """Put the round away, and be with no class any more."""
    if now.round:
        try:
            store().move(now.round.id, "put away")
        except Away:
            raise
        except AttnvizError:
            pass  # another window has
    enter(kind, "")
