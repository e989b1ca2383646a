"""Rows of the tables as what they mean, and what is held while others wait."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from attnviz.errors import AttnvizError
from attnviz.rounds import codes
from attnviz.rounds.refusals import Unknown, msg, too_late
from attnviz.rounds.round import Answer, Round, Sentence, Task
from attnviz.rounds.tables import CLASSROOMS, ROUNDS


def grow(connection: sa.Connection, code: str, *, alive: bool = False) -> None:
    """Let a classroom's version grow; until the end of this all others wait who change the classroom.

    `alive`: a lesson that was ended goes on.
    """
    changed: dict[str, Any] = {"version": CLASSROOMS.c.version + 1, **({"ended": None} if alive else {})}
    if not connection.execute(CLASSROOMS.update().filter_by(code=code).values(changed)).rowcount:
        raise codes.unknown(code)


def held_open(connection: sa.Connection, id: int, code: str | None, kinds: tuple[str, ...]) -> Round:
    """Return a round that takes answers of a kind, and hold it open to the end of this."""
    try:
        asked = round_of(connection, id, open=True)
    except Unknown as error:
        raise too_late("gone") from error
    if asked.task.kind not in kinds or code not in (None, asked.classroom):
        raise too_late("gone")
    if asked.state != "open":
        raise too_late(asked.state)
    return asked


def round_of(connection: sa.Connection, id: int, *, open: bool = False, alone: bool = False) -> Round:
    """Return a round; `open` holds it as it is to the end of this, `alone` lets nobody else do that."""
    asked = sa.select(ROUNDS).filter_by(id=id)
    if open or alone:
        asked = asked.with_for_update(read=open)  # SQLite, which has one writer, needs and knows no such thing
    row = connection.execute(asked).first() if 0 < id < 2**31 else None
    if row is None:
        raise Unknown(msg("This round is not there any more: it was deleted in another window."))
    return to_round(row)


def current(connection: sa.Connection, code: str) -> Round | None:
    """Return the round that a classroom is at."""
    asked = sa.select(ROUNDS).where((ROUNDS.c.classroom == code) & (ROUNDS.c.state != "put away"))
    row = connection.execute(asked.order_by(ROUNDS.c.number.desc()).limit(1)).first()
    return None if row is None else to_round(row)


def to_round(row: Any) -> Round:
    """Return the round of a row."""
    return Round(row.id, row.classroom, row.number, Task.read(row.task), row.state, aware(row.opened), row.up)


def to_sentence(row: Any) -> Sentence:
    """Return the sentence of a row."""
    return Sentence(row.id, row.text, row.label, row.shown, Answer.read(row.answers))


def no_sentence() -> AttnvizError:
    """Return what is said of a sentence that is not there."""
    return Unknown(msg("This sentence is not there any more: its round was deleted in another window."))


def now() -> datetime:
    """Return the time as the tables keep it."""
    return datetime.now(UTC).replace(tzinfo=None)  # both databases keep it without a zone


def aware(time: datetime) -> datetime:
    """Return a time of the tables with its zone."""
    return time.replace(tzinfo=UTC)
