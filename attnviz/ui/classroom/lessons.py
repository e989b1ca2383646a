"""The rounds of this lesson and the last lessons: looked at again, taken away as CSV, deleted for good."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import streamlit as st

from attnviz.rounds import reading
from attnviz.rounds.export import to_csv
from attnviz.rounds.round import Lesson, Round
from attnviz.ui import session
from attnviz.ui.classroom.asking import explain
from attnviz.ui.classroom.showing import KINDS, STATES
from attnviz.ui.classroom.standing import Kind, Standing, attempt, enter, store
from attnviz.ui.downloads import save
from attnviz.ui.markdown import say
from attnviz.ui.session import _

_NAME = 40  # letters of a sentence in a list


def lessons(kind: Kind, now: Standing) -> None:
    """Draw the button and, once it is pressed, what was."""
    key = f"class_lessons_{now.code}_{now.round.id if now.round else 0}"  # shut once something else is looked at
    with st.popover(_("Lessons"), icon=":material/history:", key=key, on_change="rerun") as box:
        if not box.open:
            return
        _rounds(now)
        _lessons(kind, now)


def _rounds(now: Standing) -> None:
    """Draw the rounds of this lesson and what can be done with one."""
    known = {one.id: one for one in store().rounds(now.code)}
    if not known:
        say(_("This class has had no round yet."))
        return
    names = {id: _named(one) for id, one in known.items()}
    id = st.selectbox(
        _("Rounds of this lesson"), list(names)[::-1], format_func=names.__getitem__, key=f"class_round_{now.code}"
    )
    one = known[id]
    with st.container(horizontal=True):
        st.button(
            _("Look at it again"),
            key="class_again",
            icon=":material/visibility:",
            disabled=one.state != "put away",
            on_click=attempt,
            args=(store().move, id, "revealed"),
        )
        save("CSV", partial(_table, one), "text/csv", name=f"attnviz-{now.code}-{one.number}")
        _delete(f"round_{id}", partial(store().delete_round, id))


def _lessons(kind: Kind, now: Standing) -> None:
    """Draw the last lessons, this one too."""
    known = {one.code: one for one in store().classrooms() if one.joined or one.rounds or one.code == now.code}
    names = {code: _lesson_named(one) for code, one in known.items()}
    code = st.selectbox(_("The last lessons"), list(names), format_func=names.__getitem__, key="class_lesson")
    with st.container(horizontal=True):
        st.button(
            _("Open this lesson"),
            key="class_reopen",
            icon=":material/folder_open:",
            disabled=code == now.code,
            on_click=attempt,
            args=(enter, kind, code),
        )

        def delete() -> None:
            if code == now.code:
                session.update_view(kind, classroom="")
            store().delete_classroom(code)

        _delete(f"lesson_{code}", delete)


def _delete(name: str, act: Callable[[], object]) -> None:
    """Draw what deletes for good, once it is asked twice."""
    asked = f"class_delete_{name}"
    if not session.asked(asked):
        st.button(_("Delete"), key=asked, icon=":material/delete:", on_click=session.ask, args=(asked,))
        return

    def deleted() -> None:
        session.ask(asked, False)
        attempt(act)

    st.button(_("Yes, delete it for good"), key=f"{asked}_yes", icon=":material/delete_forever:", on_click=deleted)
    st.button(_("Keep it"), key=f"{asked}_no", on_click=session.ask, args=(asked, False))


def _named(one: Round) -> str:
    text = one.task.text if len(one.task.text) <= _NAME else f"{one.task.text[:_NAME].rstrip()} …"
    about = f"“{text}”" if text else one.task.experiment
    return f"{one.number}. {_(KINDS[one.task.kind])}: {about} · {_(STATES[one.state])}"


def _lesson_named(one: Lesson) -> str:
    told = _("{when} · {code} · rounds: {rounds} · joined: {joined}")
    when = one.opened.astimezone().strftime("%Y-%m-%d %H:%M")
    return told.format(when=when, code=one.code, rounds=one.rounds, joined=one.joined)


def _table(one: Round) -> bytes:
    """Return what came of a round as CSV."""
    answers = []
    if one.task.kind == "mark":
        answers = [reading.answer(explain(one.task.experiment, one.task.text, name)) for name in one.task.variants]
        answers = [answer for answer in answers if len(answer.words) == len(one.task.words)]
    return to_csv(one, store().results(one.id), store().sentences(one.id), answers)
