"""The states of a round, and which follows which."""

from __future__ import annotations

from typing import Literal, get_args

from attnviz.errors import AttnvizError

State = Literal["open", "closed", "revealed", "put away"]
Kind = Literal["mark", "guess", "fool", "teach"]
STATES: tuple[State, ...] = get_args(State)
KINDS: tuple[Kind, ...] = get_args(Kind)

FOLLOWING: dict[State, tuple[State, ...]] = {
    "open": ("closed", "revealed", "put away"),
    "closed": ("open", "revealed", "put away"),
    "revealed": ("put away",),  # what was seen cannot be unseen: no more answers
    "put away": ("revealed",),  # to look at it again
}


def check_move(state: State, to: State) -> None:
    """Raise `AttnvizError` for a move that the table does not have."""
    if to not in FOLLOWING[state]:
        raise AttnvizError("This round was moved on in another window meanwhile: look at it again.")
