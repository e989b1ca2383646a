"""What a round asks, what came, and what it comes to."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import datetime
from functools import cached_property, lru_cache
from typing import Literal

from pydantic import ConfigDict, TypeAdapter, ValidationError

from attnviz.errors import AttnvizError
from attnviz.rounds.states import Kind, State

MOST_WORDS = 1000  # of a sentence that is marked: a phone shows no more
CLASSES = (2, 6)  # that can be taught
LONGEST_CLASS = 30  # characters of its name: a button of a phone
Question = Literal["", "answer", "twin"]


@dataclass(frozen=True)
class Word:
    """A word of the sentence, and what stands before it."""

    text: str
    gap: str = ""


@dataclass(frozen=True)
class Weighed:
    """A word as one variant looks at it."""

    text: str
    gap: str
    weight: float
    level: int  # of its colour, see heatmap/palette.py
    number: str  # as it stands below the word


@dataclass(frozen=True)
class Answer:
    """What one variant makes of a sentence."""

    variant: str
    label: str
    probability: float
    percent: str = ""  # as it is written
    words: tuple[Weighed, ...] = ()
    tail: str = ""  # what stands behind the last word
    right_to_left: bool = False

    @classmethod
    def read(cls, kept: str) -> tuple[Answer, ...]:
        """Read what `write` wrote."""
        return _ANSWERS.validate_json(kept)

    @staticmethod
    def write(answers: tuple[Answer, ...]) -> str:
        """Return answers as the database keeps them."""
        return json.dumps([asdict(answer) for answer in answers])


_ANSWERS = TypeAdapter(tuple[Answer, ...])


@dataclass(frozen=True)
class Task:
    """What a round asks."""

    __pydantic_config__ = ConfigDict(extra="forbid")

    kind: Kind
    experiment: str
    variants: tuple[str, ...]
    language: str
    text: str = ""
    words: tuple[Word, ...] = ()
    tail: str = ""  # what stands behind the last word
    right_to_left: bool = False
    labels: tuple[str, ...] = ()  # of the experiment; of "teach" the classes of the teacher
    most: int = 3  # words that can be marked; 0: any number
    question: Question = ""  # of a guess: the answer, or which variant gives the `label`
    label: str = ""

    def __post_init__(self) -> None:
        low, high = CLASSES
        if self.kind == "teach":
            named = {label.strip().casefold() for label in self.labels}
            if not low <= len(self.labels) <= high or len(named) != len(self.labels) or "" in named:
                raise AttnvizError(
                    "Name {low} to {high} classes, each another name: a class learns to tell them apart.",
                    low=low,
                    high=high,
                )
            if len(name := max(self.labels, key=len)) > LONGEST_CLASS:
                raise AttnvizError(
                    "A class's name has {limit} characters at most, and “{name}” has {count}: shorten it.",
                    limit=LONGEST_CLASS,
                    name=f"{name[:LONGEST_CLASS]}…",
                    count=f"{len(name):,}",
                )
        if self.kind in ("mark", "guess") and not 0 < len(self.words) <= MOST_WORDS:
            raise AttnvizError(
                "This sentence has {count} words, and a phone shows 1 to {most}: take another one.",
                count=f"{len(self.words):,}",
                most=f"{MOST_WORDS:,}",
            )

    @property
    def choices(self) -> tuple[str, ...]:
        """What a guess can name: the classes, or the variants."""
        return self.variants if self.question == "twin" else self.labels

    def write(self) -> str:
        """Return it as the database keeps it."""
        return json.dumps(asdict(self))

    @staticmethod
    @lru_cache(maxsize=64)  # a class asks for the same one a thousand times
    def read(kept: str) -> Task:
        """Read what `write` wrote; raises `AttnvizError` for what another version of attnviz did."""
        try:
            return _TASK.validate_json(kept)
        except ValidationError as error:
            raise AttnvizError("This round was opened by another version of attnviz: delete it.") from error


_TASK = TypeAdapter(Task)


@dataclass(frozen=True)
class Round:
    """A task that was put to a classroom."""

    id: int
    classroom: str  # its code
    number: int  # in the classroom, from 1
    task: Task
    state: State
    opened: datetime
    up: int | None = None  # the sentence on the screen


@dataclass(frozen=True)
class Counts:
    """How many take part; never who."""

    joined: int
    answered: int  # devices, each once
    sentences: int


@dataclass(frozen=True)
class Sentence:
    """What a phone sent."""

    id: int
    text: str
    label: str  # claimed for it, or its class
    shown: bool | None  # None: the teacher has not looked at it yet
    answers: tuple[Answer, ...] = ()

    @property
    def fooled(self) -> int:
        """How many variants answer something else than what it says."""
        return sum(answer.label != self.label for answer in self.answers)

    @property
    def trap(self) -> float:
        """How good a trap it is: how sure the variants are that it fooled."""
        return sum(answer.probability for answer in self.answers if answer.label != self.label)


@dataclass(frozen=True)
class Results:
    """What the answers to a round come to."""

    devices: int
    marks: tuple[tuple[int, ...], ...] = ()  # of each device, in no order that tells who
    choices: tuple[tuple[str, int], ...] = ()  # of a guess: how many named which
    words: int = 0

    @cached_property
    def share(self) -> tuple[float, ...]:
        """The share of devices that marked each word, of those that answered."""
        counts = [0] * self.words
        for marked in self.marks:
            for place in marked:
                counts[place] += 1
        return tuple(count / max(len(self.marks), 1) for count in counts)


@dataclass(frozen=True)
class Lesson:
    """A classroom in the list of the last ones."""

    code: str
    opened: datetime
    rounds: int
    joined: int
    answered: int
    ended: bool = False
