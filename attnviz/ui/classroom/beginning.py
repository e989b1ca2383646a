"""How a lesson with a class begins, or goes on, and how it ends."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime

import streamlit as st

from attnviz.rounds.refusals import Away, Unknown
from attnviz.rounds.round import Lesson
from attnviz.ui import session
from attnviz.ui.classroom.standing import PLACE, Kind, Standing, attempt, enter, kept, store, turn_to
from attnviz.ui.i18n import translated
from attnviz.ui.markdown import say
from attnviz.ui.session import _


def begin(kind: Kind) -> None:
    """Open a classroom; where today had one already, let the panel ask first."""
    if last_of_today():
        kept().choosing = True
    else:
        _new(kind)


def choosing(kind: Kind) -> None:
    """Draw the choice between the last lesson of today and a new one."""
    try:
        last = last_of_today()
    except Away as error:
        say(translated(error, _), st.warning)
        return
    if last:
        told = _("Today there was a lesson already: phones that joined it come back to its code by themselves.")
        say(told, st.markdown)
    session.show_notices(PLACE)
    with st.container(horizontal=True, vertical_alignment="center", key="class_choosing"):
        if last:
            name = _("Go on with {code} ({when}, joined: {joined})")
            when = last.opened.astimezone().strftime("%H:%M")
            st.button(
                name.format(code=last.code, when=when, joined=f"{last.joined:,}"),
                key="class_go_on",
                icon=":material/resume:",
                type="primary",
                on_click=attempt,
                args=(enter, kind, last.code),
            )
        st.button(_("A new lesson"), key="class_new", icon=":material/add:", on_click=attempt, args=(_new, kind))
        st.button(_("Back to the page"), key="class_not_now", icon=":material/expand_less:", on_click=_not_now)


def last_of_today() -> Lesson | None:
    """Return the last lesson of today to which somebody came, None if there was none."""
    today = datetime.now().astimezone().date()
    some = (one for one in store().classrooms() if one.joined or one.rounds)
    return next((one for one in some if one.opened.astimezone().date() == today), None)


def end(kind: Kind, now: Standing) -> None:
    """End the lesson, once it is asked; one to which nobody came at once."""
    if store().joined(now.code) or store().rounds(now.code):
        turn_to("ending")
    else:
        enter(kind, "")


def ending(kind: Kind, now: Standing) -> None:
    """Ask whether to end it."""
    told = _(
        "The phones will say that the lesson has ended, and take part no more. Its rounds stay among the lessons; "
        "“With your class” goes on with it, under the same code."
    )
    say(told, st.markdown)
    st.button(
        _("Yes, end the lesson"),
        key="class_end_yes",
        icon=":material/logout:",
        type="primary",
        on_click=attempt,
        args=(_end, kind, now),
    )


def _end(kind: Kind, now: Standing) -> None:
    with suppress(Unknown):  # another window has deleted it
        store().end_classroom(now.code)
    enter(kind, "")


def _new(kind: Kind) -> None:
    enter(kind, store().open_classroom())


def _not_now() -> None:
    kept().choosing = False
    kept().outdated = True
