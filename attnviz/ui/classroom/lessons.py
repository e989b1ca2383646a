"""The rounds of this lesson and the last lessons: looked at again, taken away as CSV, deleted for good."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

import streamlit as st

from attnviz.heatmap.display import visible
from attnviz.rounds import reading
from attnviz.rounds.export import to_csv
from attnviz.rounds.round import Lesson, Round
from attnviz.ui import session
from attnviz.ui.classroom.asking import explain
from attnviz.ui.classroom.showing import KINDS, STATES
from attnviz.ui.classroom.standing import Kind, Standing, attempt, enter, kept, store, turn_to
from attnviz.ui.classroom.teaching import all_trained, forget
from attnviz.ui.downloads import save
from attnviz.ui.markdown import say
from attnviz.ui.session import _

_NAME = 60  # letters of a sentence in a list


def lessons(kind: Kind, now: Standing) -> None:
    """Draw what was."""
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
    with st.container(horizontal=True, vertical_alignment="center", key="class_of_round"):
        _again(now, one)
        save("CSV", partial(_table, one), "text/csv", name=f"attnviz-{now.code}-{one.number}")
        _delete(f"round_{id}", partial(store().delete_round, id), all_trained(now.code, one.number))


def _again(now: Standing, one: Round) -> None:
    """Draw what looks at a round again; it is asked first where that puts away one that takes answers."""
    busy = now.round if now.round and now.round.state in ("open", "closed") and now.round.id != one.id else None
    name = f"again_{one.id}"
    if busy and kept().sure == name:
        say(_("Round {number} is not revealed yet, and would be put away.").format(number=busy.number), st.markdown)
        st.button(_("Yes, put it away"), key="class_again_yes", on_click=attempt, args=(_look, one))
        st.button(_("Keep it"), key="class_again_no", on_click=_ask, args=("",))
        return
    st.button(
        _("Look at it again"),
        key="class_again",
        icon=":material/visibility:",
        disabled=one.state != "put away",
        on_click=_ask if busy else attempt,
        args=(name,) if busy else (_look, one),
    )


def _look(one: Round) -> None:
    store().move(one.id, "revealed")
    turn_to("")


def _lessons(kind: Kind, now: Standing) -> None:
    """Draw the last lessons, this one too."""
    known = {one.code: one for one in store().classrooms() if one.joined or one.rounds or one.code == now.code}
    names = {code: _lesson_named(one, now) for code, one in known.items()}
    code = st.selectbox(_("The last lessons"), list(names), format_func=names.__getitem__, key="class_lesson")
    with st.container(horizontal=True, vertical_alignment="center", key="class_of_lesson"):
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
                turn_to("")
            store().delete_classroom(code)

        _delete(f"lesson_{code}", delete, all_trained(code))


def _ask(name: str) -> None:
    kept().sure = name


def _delete(name: str, act: Callable[[], object], trained: Sequence[str]) -> None:
    """Draw what deletes for good, once it is asked twice; the experiments that came of it too, unless they are kept."""
    asked = f"class_delete_{name}"
    if kept().sure != asked:
        st.button(_("Delete"), key=asked, icon=":material/delete:", on_click=_ask, args=(asked,))
        return
    if trained:
        told = _("and what it trained: {names}").format(names=", ".join(trained))
        st.checkbox(told, value=True, key=f"{asked}_too")

    def deleted() -> None:
        if trained and st.session_state.get(f"{asked}_too", True):
            forget(trained)
        act()
        _ask("")

    st.button(
        _("Yes, delete it for good"),
        key=f"{asked}_yes",
        icon=":material/delete_forever:",
        on_click=attempt,
        args=(deleted,),
    )
    st.button(_("Keep it"), key=f"{asked}_no", on_click=_ask, args=("",))


def _named(one: Round) -> str:
    line = visible(one.task.text)
    text = line if len(line) <= _NAME else f"{line[:_NAME].rstrip()} …"
    about = f"“{text}”" if text else one.task.experiment
    return f"{one.number}. {_(KINDS[one.task.kind])}: {about} · {_(STATES[one.state])}"


def _lesson_named(one: Lesson, now: Standing) -> str:
    told = _("{when} · {code} · rounds: {rounds} · joined: {joined}")
    when = one.opened.astimezone().strftime("%Y-%m-%d %H:%M")
    named = told.format(when=when, code=one.code, rounds=one.rounds, joined=one.joined)
    return f"{named} · " + _("this lesson") if one.code == now.code else named


def _table(one: Round) -> bytes:
    """Return what came of a round as CSV."""
    answers = []
    if one.task.kind == "mark":
        answers = [reading.answer(explain(one.task.experiment, one.task.text, name)) for name in one.task.variants]
        answers = [answer for answer in answers if len(answer.words) == len(one.task.words)]
    return to_csv(one, store().results(one.id), store().sentences(one.id), answers)
