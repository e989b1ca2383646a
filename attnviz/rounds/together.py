"""What many phones ask for in one moment, asked of the database once.

Every step that a thread takes beside a busy server waits for Python's lock: with a thread for each of 600 phones most
of the time goes there. So one thread goes at a time, and takes along all that came while the last one was under way.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

Question = TypeVar("Question")
Answer = TypeVar("Answer")
_MOST = 100  # at once: who comes first need not wait for the last


class Together(Generic[Question, Answer]):
    """Questions that are answered together, by a function that answers each or says what was wrong with it."""

    def __init__(self, answers: Callable[[Sequence[Question]], Awaitable[Sequence[Answer | Exception]]]) -> None:
        self._answers = answers
        self._waiting: list[tuple[Question, asyncio.Future[Answer]]] = []
        self._task: asyncio.Task[None] | None = None

    async def ask(self, question: Question) -> Answer:
        """Wait for the answer to a question."""
        mine: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        self._waiting.append((question, mine))
        if self._task is None:
            self._task = asyncio.create_task(self._answer_all())
        return await mine

    async def _answer_all(self) -> None:
        try:
            while self._waiting:
                taken, self._waiting = self._waiting[:_MOST], self._waiting[_MOST:]
                try:
                    answers: Sequence[Answer | Exception] = await self._answers([question for question, _mine in taken])
                except Exception as error:
                    answers = [error] * len(taken)
                for (_question, theirs), answer in zip(taken, answers, strict=True):
                    if theirs.cancelled():  # the phone has gone
                        continue
                    if isinstance(answer, Exception):
                        theirs.set_exception(answer)
                    else:
                        theirs.set_result(answer)
        finally:
            self._task = None
