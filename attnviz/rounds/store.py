"""What a class does, kept in the database; whoever asks for a change has it on the disk when the call returns."""

from __future__ import annotations

import json
import random
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cache
from threading import Lock
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from attnviz.rounds import codes, rows, texts
from attnviz.rounds.database import Database
from attnviz.rounds.refusals import Full, TooLate, msg, too_late
from attnviz.rounds.round import Answer, Counts, Lesson, Results, Round, Sentence, Task
from attnviz.rounds.states import State, check_move
from attnviz.rounds.tables import ANSWERS, CLASSROOMS, DEVICES, ROUNDS, SENTENCES

T = TypeVar("T")
Work = Callable[[sa.Connection], T]  # in a transaction
MOST_DEVICES = 2_000  # in a classroom
MOST_SENTENCES = 20  # of a device in a round
_LAST = 50  # classrooms that are listed
_ONE_AT_A_TIME = Lock()  # `cache` alone lets all who come before the first is made make one
_ours = cache(lambda: Rounds(Database()))

# What every phone asks is put together once: that takes as long as to ask it.
_OF: sa.BindParameter[str] = sa.bindparam("of")
_AT: sa.BindParameter[int] = sa.bindparam("at")
_WHO: sa.BindParameter[str] = sa.bindparam("who")
_CURRENT = (ROUNDS.c.classroom == CLASSROOMS.c.code) & (ROUNDS.c.state != "put away")
_SEEN = (
    sa.select(CLASSROOMS.c.version, CLASSROOMS.c.ended, ROUNDS)
    .select_from(CLASSROOMS.outerjoin(ROUNDS, _CURRENT))
    .where(CLASSROOMS.c.code == _OF)
)
_VERSION = sa.select(CLASSROOMS.c.version).where(CLASSROOMS.c.code == _OF)
_GIVEN = sa.select(ANSWERS.c.given).filter_by(round=_AT, device=_WHO)
_LET_IN = sa.select(DEVICES.c.device).filter_by(classroom=_OF, device=_WHO)


@dataclass(frozen=True)
class Seen:
    """Where a classroom is at, and what one device did there."""

    version: int
    round: Round | None = None
    given: dict[str, Any] | None = None  # its answer, as `Rounds.answer` took it
    sent: tuple[tuple[str, Sentence], ...] = ()  # its sentences, each with its nonce
    ended: bool = False  # the lesson: there is no round any more


def rounds() -> Rounds:
    """Return the rounds of this server; the database is opened by the first question."""
    with _ONE_AT_A_TIME:
        return _ours()


class Rounds:
    """Classrooms, their rounds and what came; from any thread."""

    def __init__(self, database: Database) -> None:
        self._database = database
        dialect = sqlite if database.kind == "sqlite" else postgresql
        self._insert: Any = dialect.insert

    # classrooms

    def open_classroom(self) -> str:
        """Open a classroom and return its code."""

        def work(connection: sa.Connection) -> str:
            while True:
                code = codes.new()
                row = self._insert(CLASSROOMS).values(code=code, opened=rows.now(), version=1)
                if connection.execute(row.on_conflict_do_nothing()).rowcount:
                    return code

        return self._database.write(work)

    def classroom_exists(self, code: str) -> bool:
        """Say whether there is a classroom of that code."""
        with self._database.reading() as connection:
            return connection.execute(sa.select(CLASSROOMS.c.code).filter_by(code=code)).first() is not None

    def classrooms(self) -> list[Lesson]:
        """Return the last classrooms, the newest first."""
        of_it = ROUNDS.c.classroom == CLASSROOMS.c.code
        devices = sa.select(sa.func.count()).where(DEVICES.c.classroom == CLASSROOMS.c.code).scalar_subquery()
        count = sa.select(sa.func.count()).where(of_it).scalar_subquery()
        answers = sa.select(sa.func.count()).select_from(ANSWERS.join(ROUNDS)).where(of_it).scalar_subquery()
        asked = sa.select(CLASSROOMS.c.code, CLASSROOMS.c.opened, CLASSROOMS.c.ended, count, devices, answers)
        with self._database.reading() as connection:
            found = connection.execute(asked.order_by(CLASSROOMS.c.opened.desc()).limit(_LAST)).all()
        return [
            Lesson(code, rows.aware(opened), held, joined, answered, ended is not None)
            for code, opened, ended, held, joined, answered in found
        ]

    def end_classroom(self, code: str) -> None:
        """End a lesson: its round is put away, and phones are told that no other one comes."""

        def work(connection: sa.Connection) -> None:
            rows.grow(connection, code)
            connection.execute(ROUNDS.update().filter_by(classroom=code).values(state="put away"))
            connection.execute(CLASSROOMS.update().filter_by(code=code).values(ended=rows.now()))

        self._database.write(work)

    def resume_classroom(self, code: str) -> None:
        """Go on with a lesson that was ended; one that was not stays as it is."""

        def work(connection: sa.Connection) -> None:
            ended = sa.select(CLASSROOMS.c.code).where((CLASSROOMS.c.code == code) & CLASSROOMS.c.ended.is_not(None))
            if connection.execute(ended).first():
                rows.grow(connection, code, alive=True)

        self._database.write(work)

    def delete_classroom(self, code: str) -> None:
        """Delete a classroom with all that came, for good."""
        self._database.write(lambda connection: connection.execute(CLASSROOMS.delete().filter_by(code=code)))

    def version(self, code: str) -> int:
        """Return a number that grows with every change that phones should see; raise `Unknown` without a classroom."""
        with self._database.reading() as connection:
            found = connection.execute(sa.select(CLASSROOMS.c.version).filter_by(code=code)).scalar()
        if found is None:
            raise codes.unknown(code)
        return int(found)

    def versions(self, some: Iterable[str]) -> dict[str, int]:
        """Return the versions of some classrooms; those that are not there any more are left out."""
        asked = sa.select(CLASSROOMS.c.code, CLASSROOMS.c.version).where(CLASSROOMS.c.code.in_(list(some)))
        with self._database.reading() as connection:
            return {row.code: row.version for row in connection.execute(asked)}

    # rounds

    def open_round(self, code: str, task: Task) -> Round:
        """Put a task to a classroom; the round that it had is put away."""

        def work(connection: sa.Connection) -> int:
            rows.grow(connection, code, alive=True)
            mine = ROUNDS.c.classroom == code
            connection.execute(ROUNDS.update().where(mine).values(state="put away"))
            number = connection.execute(sa.select(sa.func.max(ROUNDS.c.number)).where(mine)).scalar() or 0
            new = {"classroom": code, "number": number + 1, "state": "open", "task": task.write(), "opened": rows.now()}
            made = connection.execute(ROUNDS.insert().values(**new)).inserted_primary_key
            assert made is not None
            return int(made[0])

        return self.round(self._database.write(work))

    def round(self, id: int) -> Round:
        """Return a round; raise `Unknown` if it is not there."""
        with self._database.reading() as connection:
            return rows.round_of(connection, id)

    def move(self, id: int, state: State) -> Round:
        """Let a round come to another state; raise `AttnvizError` if the table of states does not let it.

        One that is looked at again takes the place of the one that its classroom has.
        """

        def work(connection: sa.Connection) -> None:
            code = rows.round_of(connection, id).classroom
            # first, as everywhere: two teachers wait for each other in one order
            rows.grow(connection, code, alive=state != "put away")
            check_move(rows.round_of(connection, id, alone=True).state, state)
            if state != "put away":
                others = (ROUNDS.c.classroom == code) & (ROUNDS.c.id != id)
                connection.execute(ROUNDS.update().where(others).values(state="put away"))
            connection.execute(ROUNDS.update().filter_by(id=id).values(state=state))

        self._database.write(work)
        return self.round(id)

    def current(self, code: str) -> Round | None:
        """Return the round that a classroom is at."""
        with self._database.reading() as connection:
            return rows.current(connection, code)

    def rounds(self, code: str) -> list[Round]:
        """Return all rounds of a classroom, in their order."""
        with self._database.reading() as connection:
            found = connection.execute(sa.select(ROUNDS).filter_by(classroom=code).order_by(ROUNDS.c.number)).all()
        return list(map(rows.to_round, found))

    def delete_round(self, id: int) -> None:
        """Delete a round with all that came, for good."""

        def work(connection: sa.Connection) -> None:
            code = connection.execute(sa.select(ROUNDS.c.classroom).filter_by(id=id)).scalar()
            if code is not None:
                rows.grow(connection, code)
                connection.execute(ROUNDS.delete().filter_by(id=id))

        self._database.write(work)

    # what phones do

    def join(self, code: str, device: object) -> None:
        """Let a device into a classroom; it may come as often as it likes."""
        self._database.write(self.joining(code, device))

    def joining(self, code: str, device: object) -> Work[None]:
        """Return what `join` does."""
        who = texts.device(device)
        return lambda connection: self._let_in(connection, code, who)

    def _let_in(self, connection: sa.Connection, code: str, who: str) -> None:
        if connection.execute(_LET_IN, {"of": code, "who": who}).first():
            return
        if not connection.execute(sa.select(CLASSROOMS.c.code).filter_by(code=code)).first():
            raise codes.unknown(code)
        count = sa.select(sa.func.count()).select_from(DEVICES).filter_by(classroom=code)
        if connection.execute(count).scalar_one() >= MOST_DEVICES:
            raise Full(msg("This classroom is full: {most} devices are in it."), most=f"{MOST_DEVICES:,}")
        connection.execute(self._insert(DEVICES).values(classroom=code, device=who).on_conflict_do_nothing())

    def answer(
        self, id: int, device: object, marks: object = None, choice: object = None, turn: object = 0
    ) -> dict[str, Any]:
        """Take a device's answer to a round in place of the one before, unless that has a later `turn`.

        Returns the answer that stands. Raises `TooLate` unless the round is open, `Wrong` for what is no answer to it.
        """
        return self._database.write(self.answering(id, device, marks, choice, turn))[0]

    def answering(
        self,
        id: int,
        device: object,
        marks: object = None,
        choice: object = None,
        turn: object = 0,
        code: str | None = None,
    ) -> Work[tuple[dict[str, Any], int]]:
        """Return what `answer` does, for a round of the classroom of that code; it gives the version beside."""
        who, at = texts.device(device), texts.turn(turn)

        def work(connection: sa.Connection) -> tuple[dict[str, Any], int]:
            try:
                asked = rows.held_open(connection, id, code, ("mark", "guess"))
            except TooLate as late:
                if late.state != "gone" and connection.execute(_GIVEN, {"at": id, "who": who}).first():
                    raise too_late(late.state, counts=True) from late
                raise
            task = asked.task
            if task.kind == "mark":
                given: dict[str, Any] = {"marks": texts.marks(marks, len(task.words), task.most)}
            else:
                given = {"choice": texts.choice(choice, task.choices)}
            self._let_in(connection, asked.classroom, who)
            row = self._insert(ANSWERS).values(round=id, device=who, given=json.dumps(given), turn=at)
            again = row.on_conflict_do_update(
                index_elements=["round", "device"],
                set_={"given": row.excluded.given, "turn": row.excluded.turn},
                where=ANSWERS.c.turn <= row.excluded.turn,
            )
            connection.execute(again)
            stands = connection.execute(_GIVEN, {"at": id, "who": who}).scalar_one()
            return dict(json.loads(stands)), connection.execute(_VERSION, {"of": asked.classroom}).scalar_one()

        return work

    def write_all(self, works: Sequence[Work[T]]) -> list[T | Exception]:
        """Do what several devices ask for; what is wrong with one is returned in its place."""
        return self._database.write_all(works)

    def send(
        self,
        id: int,
        device: object,
        nonce: object,
        text: object,
        label: object,
        answers: Sequence[Answer] = (),
        code: str | None = None,
    ) -> Sentence:
        """Take a sentence of a device and return it; the same `nonce` a second time returns what was taken."""
        who, once, said = texts.device(device), texts.nonce(nonce), texts.sentence(text)

        def work(connection: sa.Connection) -> Sentence:
            sent = sa.select(SENTENCES).filter_by(round=id, device=who)
            if row := connection.execute(sent.filter_by(nonce=once)).first():
                return rows.to_sentence(row)  # also when it is too late by now: it was in time
            asked = rows.held_open(connection, id, code, ("fool", "teach"))
            claimed = texts.choice(label, asked.task.labels)
            count = sa.select(sa.func.count()).select_from(SENTENCES).filter_by(round=id, device=who)
            if connection.execute(count).scalar_one() >= MOST_SENTENCES:
                told = msg("{most} sentences came from this device in this round, and it takes no more.")
                raise Full(told, most=MOST_SENTENCES)
            self._let_in(connection, asked.classroom, who)
            new = {"text": said, "label": claimed, "answers": Answer.write(tuple(answers))}
            row = self._insert(SENTENCES).values(round=id, device=who, nonce=once, **new)
            connection.execute(row.on_conflict_do_nothing())
            return rows.to_sentence(connection.execute(sent.filter_by(nonce=once)).one())

        return self._database.write(work)

    def seen(self, code: str, device: object) -> Seen:
        """Return where a classroom is at, and what a device did there; raise `Unknown` without the classroom."""
        who = texts.device(device)
        return self.seen_by(code, [who])[who]

    def seen_by(self, code: str, some: Sequence[str]) -> dict[str, Seen]:
        """Return the same for several devices, by what is kept of their tokens."""
        with self._database.reading() as connection:
            row = connection.execute(_SEEN, {"of": code}).first()
            if row is None:
                raise codes.unknown(code)
            if row.id is None:
                return dict.fromkeys(some, Seen(row.version, ended=row.ended is not None))
            current = rows.to_round(row)
            found = {who: Seen(row.version, current) for who in some}
            if current.task.kind in ("mark", "guess"):
                asked = sa.select(ANSWERS.c.device, ANSWERS.c.given).where(ANSWERS.c.round == current.id)
                for who, given in connection.execute(asked.where(ANSWERS.c.device.in_(some))):
                    found[who] = Seen(row.version, current, json.loads(given))
                return found
            sent = sa.select(SENTENCES).where(SENTENCES.c.round == current.id, SENTENCES.c.device.in_(some))
            for one in connection.execute(sent.order_by(SENTENCES.c.id)):
                before = found[one.device]
                found[one.device] = replace(before, sent=(*before.sent, (one.nonce, rows.to_sentence(one))))
            return found

    # what comes of it

    def counts(self, id: int) -> Counts:
        """Return how many have joined a round's classroom, and how many took part in the round."""
        classroom = sa.select(ROUNDS.c.classroom).filter_by(id=id).scalar_subquery()
        joined = sa.select(sa.func.count()).where(DEVICES.c.classroom == classroom).scalar_subquery()
        answered = sa.select(sa.func.count()).where(ANSWERS.c.round == id).scalar_subquery()
        sent = sa.select(sa.func.count()).where(SENTENCES.c.round == id).scalar_subquery()
        devices = sa.func.count(sa.distinct(SENTENCES.c.device))
        senders = sa.select(devices).where(SENTENCES.c.round == id).scalar_subquery()
        with self._database.reading() as connection:
            there, answers, sentences, sending = connection.execute(sa.select(joined, answered, sent, senders)).one()
        return Counts(there, answers + sending, sentences)  # a round takes the one or the other

    def joined(self, code: str) -> int:
        """Return how many devices have joined a classroom."""
        with self._database.reading() as connection:
            count = sa.select(sa.func.count()).select_from(DEVICES).filter_by(classroom=code)
            return connection.execute(count).scalar_one()

    def results(self, id: int) -> Results:
        """Return what the answers to a round come to."""
        with self._database.reading() as connection:
            task = rows.round_of(connection, id).task
            found = connection.execute(sa.select(ANSWERS.c.given).filter_by(round=id)).scalars().all()
        given = [json.loads(row) for row in found]
        if task.kind == "guess":
            named = Counter(one["choice"] for one in given)
            return Results(len(given), choices=tuple((choice, named[choice]) for choice in task.choices))
        marks = [tuple(one["marks"]) for one in given]
        random.shuffle(marks)  # no order tells who was first
        return Results(len(marks), tuple(marks), words=len(task.words))

    def sentences(self, id: int) -> list[Sentence]:
        """Return the sentences of a round, in the order in which they came."""
        with self._database.reading() as connection:
            found = connection.execute(sa.select(SENTENCES).filter_by(round=id).order_by(SENTENCES.c.id)).all()
        return list(map(rows.to_sentence, found))

    def look(self, sentence: int, shown: bool) -> None:
        """Let a sentence through, or weed it."""

        def work(connection: sa.Connection) -> None:
            id = connection.execute(sa.select(SENTENCES.c.round).filter_by(id=sentence)).scalar()
            if id is None:
                raise rows.no_sentence()
            rows.grow(connection, rows.round_of(connection, id).classroom)
            connection.execute(SENTENCES.update().filter_by(id=sentence).values(shown=shown))
            if not shown:
                connection.execute(ROUNDS.update().filter_by(id=id, up=sentence).values(up=None))

        self._database.write(work)

    def put_up(self, id: int, sentence: int | None) -> None:
        """Put a sentence of a round on the screen, which lets it through; None takes it off."""

        def work(connection: sa.Connection) -> None:
            rows.grow(connection, rows.round_of(connection, id).classroom)
            if sentence is not None:
                ours = SENTENCES.update().filter_by(id=sentence, round=id)
                if not connection.execute(ours.values(shown=True)).rowcount:
                    raise rows.no_sentence()
            connection.execute(ROUNDS.update().filter_by(id=id).values(up=sentence))

        self._database.write(work)
