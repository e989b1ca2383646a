"""The states of rounds: whatever teachers and phones do in whatever order, it is what the table says."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from attnviz.errors import AttnvizError
from attnviz.rounds.database import Database
from attnviz.rounds.refusals import TooLate
from attnviz.rounds.states import FOLLOWING, STATES, check_move
from attnviz.rounds.store import Rounds
from tests.rounds.conftest import MARK, token

DEVICES = [token() for _ in range(4)]


def test_the_table_names_every_state_and_no_way_leads_back_from_the_reveal_to_answers() -> None:
    assert set(FOLLOWING) == set(STATES)
    reached, ahead = set(), ["revealed"]
    while ahead:
        state: Any = ahead.pop()
        if state not in reached:
            reached.add(state)
            ahead += FOLLOWING[state]
    assert not reached & {"open", "closed"}


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("to", STATES)
def test_a_move_is_in_the_table_or_refused(state: Any, to: Any) -> None:
    if to in FOLLOWING[state]:
        check_move(state, to)
    else:
        with pytest.raises(AttnvizError):
            check_move(state, to)


class Lessons(RuleBasedStateMachine):
    """A classroom beside what it should be."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.database = Database(f"sqlite:///{Path(self.folder.name)}/rounds.sqlite")
        self.rounds = Rounds(self.database)
        self.code = self.rounds.open_classroom()
        self.states: dict[int, str] = {}
        self.given: dict[int, dict[str, list[int]]] = {}
        self.joined: set[str] = set()

    def teardown(self) -> None:
        """Throw the database away."""
        self.database.close()
        self.folder.cleanup()

    @rule()
    def open_round(self) -> None:
        self.states = dict.fromkeys(self.states, "put away")
        id = self.rounds.open_round(self.code, MARK).id
        assert id not in self.given
        self.states[id], self.given[id] = "open", {}

    @precondition(lambda self: self.states)
    @rule(data=st.data(), to=st.sampled_from(STATES))
    def move(self, data: st.DataObject, to: Any) -> None:
        id = data.draw(st.sampled_from(sorted(self.states)))
        if to not in FOLLOWING[self.states[id]]:  # type: ignore[index] # it is one
            with pytest.raises(AttnvizError):
                self.rounds.move(id, to)
            return
        self.rounds.move(id, to)
        if to != "put away":
            self.states = dict.fromkeys(self.states, "put away")
        self.states[id] = to

    @rule(device=st.sampled_from(DEVICES))
    def join(self, device: str) -> None:
        self.rounds.join(self.code, device)
        self.joined.add(device)

    @precondition(lambda self: self.states)
    @rule(data=st.data(), device=st.sampled_from(DEVICES), place=st.integers(0, 3))
    def answer(self, data: st.DataObject, device: str, place: int) -> None:
        id = data.draw(st.sampled_from(sorted(self.states)))
        if self.states[id] != "open":
            with pytest.raises(TooLate):
                self.rounds.answer(id, device, [place])
            return
        self.rounds.answer(id, device, [place])
        self.given[id][device] = [place]
        self.joined.add(device)

    @precondition(lambda self: self.states)
    @rule(data=st.data())
    def delete(self, data: st.DataObject) -> None:
        id = data.draw(st.sampled_from(sorted(self.states)))
        self.rounds.delete_round(id)
        del self.states[id]

    @invariant()
    def holds(self) -> None:
        current = self.rounds.current(self.code)
        there = [id for id, state in self.states.items() if state != "put away"]
        assert [current.id] == there if current else not there
        assert {one.id: one.state for one in self.rounds.rounds(self.code)} == self.states
        assert self.rounds.joined(self.code) == len(self.joined)
        for id in self.states:
            assert sorted(self.rounds.results(id).marks) == sorted(map(tuple, self.given[id].values()))


TestLessons = Lessons.TestCase
TestLessons.settings = settings(max_examples=15, stateful_step_count=15)
