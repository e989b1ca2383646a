"""What a class does is kept, and counts once; on SQLite and on PostgreSQL alike."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import psycopg
import pytest
import sqlalchemy as sa

from attnviz.errors import AttnvizError
from attnviz.rounds import store, tables
from attnviz.rounds.database import Database
from attnviz.rounds.export import to_csv
from attnviz.rounds.refusals import Away, Full, TooLate, Unknown, Wrong
from attnviz.rounds.round import Answer, Counts, Results, Task
from attnviz.rounds.states import State
from attnviz.rounds.store import MOST_SENTENCES, Rounds
from tests.rounds.conftest import MARK, token

GUESS = replace(MARK, kind="guess", labels=("negative", "positive"), question="answer")
FOOL = replace(GUESS, kind="fool", text="", words=(), question="")
DEVICE = token()


def test_a_class_joins_answers_and_is_counted(rounds: Rounds) -> None:
    code = rounds.open_classroom()
    opened = rounds.open_round(code, MARK)
    assert (opened.number, opened.state, opened.task) == (1, "open", MARK)
    assert rounds.current(code) == opened == rounds.round(opened.id)
    devices = [token() for _ in range(4)]
    for device in devices:
        rounds.join(code, device)
        rounds.join(code, device)
    assert rounds.joined(code) == 4
    rounds.answer(opened.id, devices[0], [2, 1])
    rounds.answer(opened.id, devices[1], [2])
    assert rounds.answer(opened.id, devices[1], [0, 0]) == {"marks": [0]}
    assert rounds.counts(opened.id) == Counts(4, 2, 0)
    results = rounds.results(opened.id)
    assert (results.devices, results.share, sorted(results.marks)) == (2, (0.5, 0.5, 0.5, 0.0), [(0,), (1, 2)])
    assert rounds.seen(code, devices[0]).given == {"marks": [1, 2]}
    assert rounds.seen(code, devices[3]).given is None


def test_who_answers_without_having_joined_has_joined(rounds: Rounds) -> None:
    code = rounds.open_classroom()
    opened = rounds.open_round(code, GUESS)
    rounds.answer(opened.id, DEVICE, choice="negative")
    assert rounds.counts(opened.id) == Counts(1, 1, 0)
    assert rounds.results(opened.id) == Results(1, choices=(("negative", 1), ("positive", 0)))


def test_what_a_device_did_later_stands_whatever_comes_first(rounds: Rounds) -> None:
    opened = rounds.open_round(rounds.open_classroom(), MARK)
    assert rounds.answer(opened.id, DEVICE, [3], turn=2) == {"marks": [3]}
    assert rounds.answer(opened.id, DEVICE, [0], turn=1) == {"marks": [3]}
    assert rounds.answer(opened.id, DEVICE, [1], turn=2) == {"marks": [1]}


@pytest.mark.parametrize("state", ["closed", "revealed", "put away", "deleted"])
def test_an_answer_that_comes_too_late_changes_nothing(rounds: Rounds, state: str) -> None:
    code = rounds.open_classroom()
    opened = rounds.open_round(code, MARK)
    rounds.answer(opened.id, DEVICE, [3])
    if state == "deleted":
        rounds.delete_round(opened.id)
    else:
        rounds.move(opened.id, state)  # type: ignore[arg-type] # it is one
    with pytest.raises(TooLate) as late:
        rounds.answer(opened.id, DEVICE, [0])
    assert late.value.state == (state if state in ("closed", "revealed") else "gone")
    if state == "deleted":
        following = rounds.open_round(code, MARK)
        assert following.id != opened.id, "an answer that is on its way would find it"
    else:
        assert rounds.results(opened.id).marks == ((3,),)


def test_a_round_of_another_classroom_takes_no_answer(rounds: Rounds) -> None:
    opened = rounds.open_round(rounds.open_classroom(), MARK)
    (refused,) = rounds.write_all([rounds.answering(opened.id, DEVICE, [0], code=rounds.open_classroom())])
    assert isinstance(refused, TooLate)
    assert rounds.counts(opened.id) == Counts(0, 0, 0)


def test_sentences_come_once_and_are_shown_once_the_teacher_lets_them(rounds: Rounds) -> None:
    code = rounds.open_classroom()
    opened = rounds.open_round(code, FOOL)
    read = (Answer("frozen", "positive", 0.9, "90.0%"), Answer("fine-tuned", "negative", 0.6, "60.0%"))
    first = rounds.send(opened.id, DEVICE, "nonce-of-1", "not  bad\n", "negative", read)
    again = rounds.send(opened.id, DEVICE, "nonce-of-1", "something else", "positive")
    assert first == again and (first.text, first.answers, first.shown) == ("not bad", read, None)
    assert (first.fooled, first.trap) == (1, 0.9)
    rounds.send(opened.id, token(), "nonce-of-1", "another phone's", "positive")
    assert rounds.counts(opened.id) == Counts(2, 2, 2)
    assert [nonce for nonce, _sent in rounds.seen(code, DEVICE).sent] == ["nonce-of-1"]
    rounds.put_up(opened.id, first.id)
    rounds.look(first.id + 1, False)
    assert [one.shown for one in rounds.sentences(opened.id)] == [True, False]
    assert rounds.round(opened.id).up == first.id
    rounds.look(first.id, False)
    assert rounds.round(opened.id).up is None
    rounds.move(opened.id, "closed")
    assert rounds.send(opened.id, DEVICE, "nonce-of-1", "not bad", "negative").id == first.id, "it was in time"
    with pytest.raises(TooLate):
        rounds.send(opened.id, DEVICE, "nonce-of-2", "too late", "negative")


def test_a_device_sends_only_so_many_sentences(rounds: Rounds) -> None:
    opened = rounds.open_round(rounds.open_classroom(), FOOL)
    for number in range(MOST_SENTENCES):
        rounds.send(opened.id, DEVICE, f"nonce-{number:03}", f"sentence {number}", "positive")
    with pytest.raises(Full, match="20 sentences"):
        rounds.send(opened.id, DEVICE, "one-too-many", "sentence", "positive")


def test_a_classroom_takes_only_so_many_devices(rounds: Rounds, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("attnviz.rounds.store.MOST_DEVICES", 2)
    code = rounds.open_classroom()
    opened = rounds.open_round(code, MARK)
    for _ in range(2):
        rounds.join(code, token())
    for come in (lambda: rounds.join(code, token()), lambda: rounds.answer(opened.id, token(), [0])):
        with pytest.raises(Full):
            come()
    assert rounds.counts(opened.id) == Counts(2, 0, 0)


def test_the_version_grows_with_what_phones_should_see_and_with_nothing_else(rounds: Rounds) -> None:
    code = rounds.open_classroom()

    def grown(act: Callable[[], object]) -> bool:
        before = rounds.version(code)
        act()
        return rounds.version(code) > before

    assert grown(lambda: rounds.open_round(code, FOOL))
    current = rounds.current(code)
    assert current is not None
    assert not grown(lambda: rounds.join(code, DEVICE))
    assert not grown(lambda: rounds.send(current.id, DEVICE, "nonce-of-1", "a trap", "positive"))
    (sentence,) = rounds.sentences(current.id)
    assert grown(lambda: rounds.look(sentence.id, True))
    assert grown(lambda: rounds.put_up(current.id, sentence.id))
    assert grown(lambda: rounds.move(current.id, "closed"))
    assert grown(lambda: rounds.delete_round(current.id))
    assert rounds.versions([code, "ZZZZZ"]) == {code: rounds.version(code)}


def test_a_classroom_is_at_one_round_and_can_go_back(rounds: Rounds) -> None:
    code = rounds.open_classroom()
    first = rounds.open_round(code, MARK)
    second = rounds.open_round(code, GUESS)
    assert [one.state for one in rounds.rounds(code)] == ["put away", "open"]
    rounds.move(first.id, "revealed")
    assert rounds.current(code) == rounds.round(first.id)
    assert rounds.round(second.id).state == "put away"
    with pytest.raises(AttnvizError, match="another window"):
        rounds.move(first.id, "open")


def test_lessons_are_listed_and_deleted_for_good(rounds: Rounds, url: str) -> None:
    kept, gone = rounds.open_classroom(), rounds.open_classroom()
    for code in (kept, gone):
        rounds.answer(rounds.open_round(code, MARK).id, DEVICE, [0])
        rounds.send(rounds.open_round(code, FOOL).id, DEVICE, "nonce-of-1", "a trap", "positive")
    assert {(one.code, one.rounds, one.joined, one.answered) for one in rounds.classrooms()} == {
        (kept, 2, 1, 1),
        (gone, 2, 1, 1),
    }
    rounds.delete_classroom(gone)
    assert [one.code for one in rounds.classrooms()] == [kept]
    assert rounds.classroom_exists(kept) and not rounds.classroom_exists(gone)
    with pytest.raises(Unknown):
        rounds.join(gone, DEVICE)
    database = Database(url)
    with database.reading() as connection:
        left = {
            table.name: connection.execute(sa.select(sa.func.count()).select_from(table)).scalar()
            for table in (tables.ROUNDS, tables.DEVICES, tables.ANSWERS, tables.SENTENCES)
        }
    database.close()
    assert left == {
        "attnviz_rounds": 2,
        "attnviz_devices": 1,
        "attnviz_answers": 1,
        "attnviz_sentences": 1,
    }


@pytest.mark.parametrize("answer", [[4], [-1], [True], ["0"], [], "0", None, {"0": 1}, [0, 1, 2, 3], [0] * 9])
def test_what_is_no_answer_is_refused(rounds: Rounds, answer: object) -> None:
    opened = rounds.open_round(rounds.open_classroom(), MARK)
    with pytest.raises(Wrong):
        rounds.answer(opened.id, DEVICE, answer)
    assert rounds.counts(opened.id) == Counts(0, 0, 0)


@pytest.mark.parametrize(
    "device", ["", "short", "a" * 65, "x' OR 1=1 --" * 3, None, 7, ["a" * 30], "é" * 30, "a" * 30 + "\n"]
)
def test_a_forged_token_is_refused(rounds: Rounds, device: object) -> None:
    opened = rounds.open_round(rounds.open_classroom(), MARK)
    with pytest.raises(Wrong):
        rounds.answer(opened.id, device, [0])


@pytest.mark.parametrize("id", [0, -1, 2**31, 10**30, 99])
def test_a_round_that_is_not_there_takes_nothing(rounds: Rounds, id: int) -> None:
    with pytest.raises(TooLate):
        rounds.answer(id, DEVICE, [0])
    with pytest.raises(Unknown):
        rounds.round(id)


def test_the_same_device_at_once_from_many_threads_counts_once(rounds: Rounds) -> None:
    code = rounds.open_classroom()
    marked, fooled = rounds.open_round(code, MARK), rounds.open_classroom()
    trap = rounds.open_round(fooled, FOOL)
    together = threading.Barrier(8)

    def work(number: int) -> int:
        together.wait()
        for turn in range(5):
            rounds.join(code, DEVICE)
            rounds.answer(marked.id, DEVICE, [turn % 4], turn=turn)
            rounds.send(trap.id, DEVICE, f"nonce-{turn:03}", f"sentence {number}", "positive")
        return number

    with ThreadPoolExecutor(8) as pool:
        assert sorted(pool.map(work, range(8))) == list(range(8))
    assert rounds.counts(marked.id) == Counts(1, 1, 0)
    assert rounds.results(marked.id).marks == ((0,),)
    assert rounds.counts(trap.id) == Counts(1, 1, 5)


def test_many_devices_at_once_are_all_counted(rounds: Rounds) -> None:
    code = rounds.open_classroom()
    opened = rounds.open_round(code, MARK)
    with ThreadPoolExecutor(16) as pool:
        told = list(pool.map(lambda number: rounds.answer(opened.id, token(), [number % 4]), range(200)))
    assert len(told) == 200 and rounds.counts(opened.id) == Counts(200, 200, 0)
    assert rounds.results(opened.id).share == (0.25,) * 4


def test_two_teachers_who_move_at_once_are_told_what_the_other_did(rounds: Rounds) -> None:
    code = rounds.open_classroom()
    opened = rounds.open_round(code, MARK)
    together = threading.Barrier(2)

    def move(_teacher: int) -> str:
        together.wait()
        try:
            return rounds.move(opened.id, "revealed").state
        except AttnvizError:
            return "told"

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(move, range(2))) == ["revealed", "told"]


def test_one_refusal_does_not_spoil_what_is_written_with_it(rounds: Rounds) -> None:
    opened = rounds.open_round(rounds.open_classroom(), MARK)
    told = rounds.write_all([rounds.answering(opened.id, token(), [number % 8]) for number in range(80)])
    assert [isinstance(one, Wrong) for one in told] == [number % 8 >= 4 for number in range(80)]
    assert rounds.counts(opened.id) == Counts(40, 40, 0)


def test_another_instance_sees_the_same_at_once(rounds: Rounds, url: str) -> None:
    code = rounds.open_classroom()
    opened = rounds.open_round(code, MARK)
    database = Database(url)
    other = Rounds(database)
    other.answer(opened.id, DEVICE, [0])
    other.move(opened.id, "closed")
    assert rounds.round(opened.id).state == "closed" and rounds.counts(opened.id).answered == 1
    database.close()


def test_tables_of_another_version_are_refused(rounds: Rounds, url: str) -> None:
    rounds.open_classroom()
    database = Database(url)
    database.write(lambda connection: connection.execute(tables.VERSIONS.update().values(version=99)))
    later = Rounds(Database(url))
    for _ in range(2):
        with pytest.raises(AttnvizError, match=r"another version of attnviz \(its tables are 99, these are 2"):
            later.classrooms()
    database.close()


def test_tables_of_the_first_version_are_brought_up_to_date_and_lose_nothing(rounds: Rounds, url: str) -> None:
    code = rounds.open_classroom()
    opened = rounds.open_round(code, MARK)
    rounds.answer(opened.id, DEVICE, [1])
    database = Database(url)

    def first_version(connection: sa.Connection) -> None:
        connection.execute(sa.text("ALTER TABLE attnviz_classrooms DROP COLUMN ended"))
        connection.execute(tables.VERSIONS.update().values(version=1))

    database.write(first_version)
    database.close()
    for _ in range(2):
        later = Database(url)
        again = Rounds(later)
        assert again.results(opened.id).marks == ((1,),) and not again.seen(code, DEVICE).ended
        again.end_classroom(code)
        assert again.seen(code, DEVICE).ended
        again.resume_classroom(code)
        with later.reading() as connection:
            assert connection.execute(sa.select(tables.VERSIONS.c.version)).scalars().all() == [2]
        later.close()


def test_a_lesson_that_was_ended_is_alive_again_once_it_goes_on(rounds: Rounds) -> None:
    code = rounds.open_classroom()
    opened = rounds.open_round(code, MARK)

    def goes_on(act: Callable[[], object]) -> bool:
        rounds.end_classroom(code)
        assert rounds.seen(code, DEVICE).ended and rounds.current(code) is None
        assert [one.ended for one in rounds.classrooms()] == [True]
        before = rounds.version(code)
        act()
        assert rounds.version(code) > before
        return not rounds.seen(code, DEVICE).ended

    assert goes_on(lambda: rounds.resume_classroom(code))
    assert goes_on(lambda: rounds.open_round(code, GUESS))
    assert goes_on(lambda: rounds.move(opened.id, "revealed"))
    assert not goes_on(lambda: rounds.delete_round(opened.id))
    rounds.resume_classroom(code)
    before = rounds.version(code)
    rounds.resume_classroom(code)
    assert rounds.version(code) == before and [one.ended for one in rounds.classrooms()] == [False]
    with pytest.raises(Unknown):
        rounds.end_classroom("ZZZZZ")


@pytest.mark.parametrize("state", ["closed", "revealed"])
def test_an_answer_that_is_too_late_is_told_whether_one_before_it_counts(rounds: Rounds, state: State) -> None:
    opened = rounds.open_round(rounds.open_classroom(), MARK)
    rounds.answer(opened.id, DEVICE, [0])
    rounds.move(opened.id, state)
    with pytest.raises(TooLate, match="your last answer before that counts"):
        rounds.answer(opened.id, DEVICE, [1])
    with pytest.raises(TooLate, match="too late and does not count"):
        rounds.answer(opened.id, token(), [1])
    trap = rounds.open_round(rounds.open_classroom(), FOOL)
    rounds.send(trap.id, DEVICE, "nonce-of-1", "a trap", "positive")
    rounds.move(trap.id, state)
    with pytest.raises(TooLate, match="too late and does not count"):
        rounds.send(trap.id, DEVICE, "nonce-of-2", "another trap", "positive")


def test_what_is_typed_is_kept_as_it_is_and_seen_in_the_table(rounds: Rounds) -> None:
    opened = rounds.open_round(rounds.open_classroom(), FOOL)
    rounds.send(opened.id, DEVICE, "nonce-of-1", "\u202eabc", "positive")
    found = rounds.sentences(opened.id)
    assert found[0].text == "\u202eabc"
    table = to_csv(opened, rounds.results(opened.id), found).decode()
    assert "\ufffdabc" in table and "\u202e" not in table


def test_a_file_that_is_no_database_is_named_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "rounds.sqlite"
    path.write_bytes(b"no database at all" * 300)
    with pytest.raises(AttnvizError, match=r"rounds.sqlite is no database of rounds .*move it away"):
        Rounds(Database(f"sqlite:///{path}")).classrooms()
    assert path.read_bytes() == b"no database at all" * 300


@pytest.mark.parametrize("address", ["mysql://user@host/rounds", "nonsense", "postgres", "://"])
def test_what_names_no_database_says_so(address: str) -> None:
    with pytest.raises(AttnvizError, match="ATTNVIZ_DATABASE"):
        Database(address)


def test_after_a_refused_connection_none_is_tried_for_a_moment(monkeypatch: pytest.MonkeyPatch) -> None:
    tried: list[float] = []
    now = [0.0]

    def refuse(*_args: object, **_options: object) -> None:
        tried.append(now[0])
        raise psycopg.OperationalError("sorry, too many clients already")

    monkeypatch.setattr(psycopg, "connect", refuse)
    monkeypatch.setattr("attnviz.rounds.database.time", SimpleNamespace(monotonic=lambda: now[0]))
    rounds = Rounds(Database("postgresql://attnviz@127.0.0.1:1/rounds"))
    for now[0] in (0.0, 0.1, 0.4, 0.6, 0.7, 1.0, 1.2):
        with pytest.raises(Away):
            rounds.classrooms()
    assert tried == [0.0, 0.6, 1.2]


def test_all_who_ask_at_once_have_the_same_rounds(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[object] = []
    together = threading.Barrier(8)

    class Slow(SimpleNamespace):
        kind = "sqlite"

        def __init__(self) -> None:
            made.append(self)
            for _ in range(1000):
                time.sleep(0)  # lets the others go on

    def ask(_number: int) -> Rounds:
        together.wait()
        return store.rounds()

    monkeypatch.setattr(store, "Database", Slow)
    store._ours.cache_clear()
    try:
        with ThreadPoolExecutor(8) as pool:
            assert len(set(pool.map(ask, range(8)))) == len(made) == 1
    finally:
        store._ours.cache_clear()


@pytest.mark.parametrize("labels", [("one",), ("same", "Same "), tuple("abcdefg"), ("a", " ")])
def test_classes_to_teach_are_told_apart(labels: tuple[str, ...]) -> None:
    with pytest.raises(AttnvizError, match="Name 2 to 6 classes"):
        Task("teach", "tiny-en", ("frozen",), "en", labels=labels)
