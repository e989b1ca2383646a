"""How a classroom stands: what the whole page was drawn with, what is there now, and what only an owner changes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, NamedTuple
from urllib.parse import urlsplit

import streamlit as st

from attnviz.errors import AttnvizError
from attnviz.model.experiment import Experiment
from attnviz.rounds import codes
from attnviz.rounds.refusals import Away
from attnviz.rounds.round import Round
from attnviz.ui import owner, session
from attnviz.ui.i18n import translated
from attnviz.ui.session import _
from attnviz.ui.views import SentenceView, StepsView

if TYPE_CHECKING:
    from attnviz.rounds.store import Rounds

Kind = type[SentenceView] | type[StepsView]
PLACE = "classroom"  # of what a run is still to say
Doing = Literal["", "asking", "lessons", "ending"]


class Here(NamedTuple):
    """What a page is about when a round is opened on it, and the words of the other sentences that it offers."""

    experiment: Experiment
    text: str
    others: tuple[str, ...] = ()


@dataclass(frozen=True)
class Standing:
    """A classroom at the moment: its code, "" for none, and its round; `trouble` says why it cannot be seen."""

    code: str = ""
    round: Round | None = None
    trouble: str = ""


@dataclass
class _Kept:
    """What a session keeps: what the whole page was drawn with, and what its panel is at.

    `folded`: it is away; `choosing`: it asks which classroom to be with; `doing`: what it has in place of the round.
    """

    drawn: Standing = field(default_factory=Standing)
    folded: bool = False
    choosing: bool = False
    doing: Doing = ""
    sure: str = ""  # what is asked a second time before it is done
    outdated: bool = False


def kept() -> _Kept:
    """Return what this session keeps of its classroom."""
    return session.kept("classroom", _Kept)


def store() -> Rounds:
    """Return the rounds of this server."""
    from attnviz.rounds.store import rounds  # SQLAlchemy, which few sessions need

    return rounds()


def look(code: str) -> Standing:
    """Look at a classroom; a database that does not answer leaves what was known of it."""
    if not code or not owner.is_owner():
        return Standing()
    try:
        code = codes.read(code)
        if not store().classroom_exists(code):
            raise codes.unknown(code)
        return Standing(code, store().current(code))
    except Away as error:
        drawn = kept().drawn
        return Standing(code, drawn.round if drawn.code == code else None, translated(error, _))
    except AttnvizError as error:
        return Standing("", None, translated(error, _))


def attempt(act: Callable[..., object], *arguments: object) -> None:
    """Do what an owner asks for; why it cannot be done is said on the next run."""
    try:
        owner.require()
        act(*arguments)
    except AttnvizError as error:
        session.notify(PLACE, translated(error, _), "error")
    finally:
        kept().outdated = True


def turn_to(doing: Doing) -> None:
    """Let the panel be at something else, in the place of the round."""
    kept().doing, kept().sure = doing, ""


def follow() -> None:
    """Draw the whole page anew where a click in a part of it has changed the classroom."""
    if kept().outdated:
        st.rerun()


def covers() -> bool:
    """Say whether the panel is open: in a presentation it is all that is to be seen."""
    mine = kept()
    return not mine.folded if mine.drawn.code else mine.choosing


def enter(kind: Kind, code: str) -> None:
    """Let a page be with another classroom, or with none.

    One that had ended goes on; one that nobody came to is not kept.
    """
    before = session.current_view(kind).classroom
    if code:
        store().resume_classroom(code)
    if before and before != code:
        _drop_empty(before)
    session.update_view(kind, classroom=code)
    kept().folded = kept().choosing = False
    kept().doing = ""


def _drop_empty(code: str) -> None:
    if look(code).code and not store().joined(code) and not store().rounds(code):
        store().delete_classroom(code)


def named(asked: Round, label: str) -> str:
    """Return what a class is called on the screen; those that a teacher made up are as they are."""
    return label if asked.task.kind == "teach" else _(label)


def link(code: str) -> str:
    """Return the address at which phones join a classroom."""
    page = urlsplit(st.context.url or "http://localhost:8501")
    return page._replace(path=f"{owner.base_path()}join/{code}", query="", fragment="").geturl()
