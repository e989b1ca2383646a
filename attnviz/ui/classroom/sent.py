"""The sentences that a class sent: looked through by the teacher, and only those let through on the screen."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

import streamlit as st

from attnviz.heatmap.display import visible
from attnviz.rounds.round import Round, Sentence
from attnviz.ui import session
from attnviz.ui.cache import experiments
from attnviz.ui.classroom.standing import Kind, attempt, kept, named, store
from attnviz.ui.components.class_board.class_board import Entry, entries
from attnviz.ui.markdown import say
from attnviz.ui.session import _
from attnviz.ui.views import SentenceView

_AT_ONCE = 100  # sentences that a list shows


def sent(kind: Kind, asked: Round) -> None:
    """Draw the sentences that were let through, the best traps first, and behind a click those to be looked at."""
    found = sorted(sentences(asked), key=lambda one: -one.trap)
    passed = [one for one in found if one.shown]
    waiting = [one for one in found if one.shown is None]
    weeded = [one for one in found if one.shown is False]
    act = partial(_act, kind, asked, {one.id: one for one in found})
    tools = ("show", "weed") if asked.task.kind == "fool" else ("weed",)
    _list(asked, passed, tools, "class_passed", act)
    if waiting:
        say(_("To look through: {count}").format(count=f"{len(waiting):,}"))
    # under another label it would be another one, and shut
    with st.expander(_("Look through what came"), icon=":material/rule:", key="class_look", on_change="rerun") as box:
        if not box.open:
            return
        say(_("Whoever sees this screen reads along: open this page in a second window to look through it unseen."))
        if waiting:
            st.button(
                _("Let all {count} through").format(count=f"{len(waiting):,}"),
                key="class_pass_all",
                icon=":material/done_all:",
                on_click=attempt,
                args=(_pass_all, [one.id for one in waiting]),
            )
        _list(asked, waiting, ("pass", "weed"), "class_waiting", act)
        if weeded:
            _list(asked, weeded, ("pass",), "class_weeded", act)


def sentences(asked: Round) -> list[Sentence]:
    """Return what was sent in a round, read anew only if more came or the teacher has looked at some."""
    known: dict[tuple[int, int, int], list[Sentence]] = session.kept("class_sent", dict)
    key = asked.id, store().counts(asked.id).sentences, store().version(asked.classroom)
    if key not in known:
        known.clear()
        known[key] = store().sentences(asked.id)
    return known[key]


def _list(
    asked: Round, some: Sequence[Sentence], acts: tuple[str, ...], key: str, act: Callable[[str, int], None]
) -> None:
    """Draw a list, the first of it where it is long."""
    heading, empty = {
        "class_passed": (_("Let through so far"), _("Nothing is on the screen yet: look through what came.")),
        "class_waiting": (_("Not looked at yet"), _("Nothing new has come.")),
        "class_weeded": (_("Weeded out"), ""),
    }[key]
    left = len(some) - _AT_ONCE
    entries(
        [_entry(asked, one, acts) for one in some[:_AT_ONCE]],
        heading=heading,
        empty=empty,
        more=_("and {count} more, once these are looked through").format(count=f"{left:,}") if left > 0 else "",
        key=key,
        translate=session.translation(),
        on_act=act,
    )


def _entry(asked: Round, one: Sentence, acts: tuple[str, ...]) -> Entry:
    claimed = _("A person would answer: {label}") if asked.task.kind == "fool" else "“{label}”"
    said = tuple(
        {
            "name": _(answer.variant),
            "answer": f"{_(answer.label)} {answer.percent}",
            "wrong": answer.label != one.label,
        }
        for answer in one.answers
    )
    count = len(one.answers)
    trap = ""
    if asked.task.kind == "fool" and one.fooled:
        trap = _("fooled both") if one.fooled == count == 2 else _("fooled {count}").format(count=one.fooled)
    label = named(asked, one.label)
    return Entry(one.id, visible(one.text), claimed.format(label=label), said, trap, asked.up == one.id, acts)


def _act(kind: Kind, asked: Round, known: dict[int, Sentence], act: str, id: int) -> None:
    """Do what a button of a sentence asks for."""
    if id not in known:
        return
    if act == "show":
        attempt(_put_up, kind, asked, known[id])
    else:
        attempt(store().look, id, act == "pass")


def _put_up(kind: Kind, asked: Round, one: Sentence) -> None:
    store().put_up(asked.id, one.id)
    show(kind, asked.task.experiment, one.text)


def show(kind: Kind, experiment: str, text: str, *, folded: bool = True) -> None:
    """Let the next run show a sentence on the Sentence page, the panel folded away or above it."""
    if experiment in experiments.names():
        session.update_view(SentenceView, experiment=experiment)
    session.update_view(SentenceView, text=text, without=(), epoch=None)
    kept().folded = folded
    if kind is not SentenceView:
        session.go_to(SentenceView)


def _pass_all(ids: Sequence[int]) -> None:
    for id in ids:
        store().look(id, True)
