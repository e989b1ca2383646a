"""What is said to a phone, or to a teacher, that cannot have what it asks for."""

from __future__ import annotations

from attnviz.errors import AttnvizError


def msg(message: str) -> str:
    """Mark a message for extraction where it is written; it is translated where it is shown."""
    return message


class Unknown(AttnvizError):
    """There is no such classroom, round or sentence."""


class TooLate(AttnvizError):
    """A round takes no answers any more; `state` is what became of it: closed, revealed or gone."""

    def __init__(self, state: str, template: str) -> None:
        self.state = state
        super().__init__(template)


class Wrong(AttnvizError):
    """An answer is none to what was asked."""


class Full(AttnvizError):
    """A classroom, or what a phone may send, is full."""


class Away(AttnvizError):
    """The database does not answer at the moment; nothing was written."""


def too_late(state: str, *, counts: bool = False) -> TooLate:
    """Return what is said of what comes to a round that is not open; `counts`: an answer came in time before it."""
    if state == "closed" and counts:
        return TooLate("closed", msg("This round is closed: your last answer before that counts."))
    if state == "closed":
        return TooLate("closed", msg("This round is closed: what you sent came too late and does not count."))
    if state == "revealed" and counts:
        return TooLate("revealed", msg("This round was revealed: your last answer before that counts."))
    if state == "revealed":
        return TooLate("revealed", msg("This round was revealed: what you sent came too late and does not count."))
    return TooLate("gone", msg("This round is over."))
