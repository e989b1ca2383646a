"""What people do in a lesson: come to a page, type, click, change the experiment, look at the next page."""

from __future__ import annotations

import asyncio
import random
import time
from collections import defaultdict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from benchmarks.people.visitor import Refused, Visitor

EXPERIMENTS = ("reviews-en", "news-en", "reviews-ko")
_THINGS = ("film", "story", "script", "ending", "plot", "music", "camera", "scene", "train", "game")
WORDS = (*_THINGS, "hero", "joke", "drama", "summer", "winter", "river", "love", "war", "money", "market", "science")
PAGES = {"": 4, "steps": 2, "subwords": 2, "embeddings": 2, "errors": 2, "train": 1}  # how often, beside each other
Act = Callable[[Visitor, random.Random], Awaitable[float]]


@dataclass
class Log:
    """Seconds by what was done, and what went wrong."""

    taken: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    errors: list[str] = field(default_factory=list)

    async def note(self, what: str, act: Awaitable[float]) -> None:
        """Take down how long an act took."""
        try:
            self.taken[what].append(await act)
        except Refused as refused:
            self.errors.append(f"{what}: {refused}")
            raise


def sentence(draw: random.Random) -> str:
    """Make a sentence that nobody has typed before."""
    return f"The {' '.join(draw.sample(WORDS, 7))} was not amazing, take {draw.randrange(10**9)}."


async def type_sentence(visitor: Visitor, draw: random.Random) -> float:
    """Type a new sentence, and return the seconds to its heat-maps."""
    await visitor.tell("box", "typed", sentence(draw))
    return visitor.drawn["heatmap_without"]


async def _strike(visitor: Visitor, draw: random.Random) -> float:
    data = visitor.widgets["heatmap_without"].data
    at = draw.randrange(len(data["words"]))
    return await visitor.tell("heatmap_without", "strike", {"digest": data["digest"], "words": [at]})


async def _variants(visitor: Visitor, draw: random.Random) -> float:
    return await visitor.choose("variants", *draw.choice((["frozen"], ["fine-tuned"], ["frozen", "fine-tuned"])))


async def _step(visitor: Visitor, draw: random.Random) -> float:
    return await visitor.tell("stepper", "go", draw.randint(1, 10))


async def _lesson(visitor: Visitor, draw: random.Random) -> float:
    return await visitor.tell("steps_box", "typed", sentence(draw))


async def _subword(visitor: Visitor, draw: random.Random) -> float:
    return await visitor.write("word", "".join(draw.sample("aeioustrnml", 7)))


async def _neighbours(visitor: Visitor, draw: random.Random) -> float:
    return await visitor.write("word", draw.choice(WORDS))


async def _cell(visitor: Visitor, draw: random.Random) -> float:
    return await visitor.tell("matrices", "choose", draw.choice(("0-1", "1-0", "0-0")))


async def _sort(visitor: Visitor, draw: random.Random) -> float:
    return await visitor.choose("sort", draw.choice(list(visitor.widgets["sort"].element.options)))


ACTS: dict[str, tuple[tuple[str, str, Act], ...]] = {  # by page: what it needs, what it is called, the act
    "": (
        ("box", "a new sentence", type_sentence),
        ("box", "a new sentence", type_sentence),
        ("heatmap_without", "a word struck out", _strike),
        ("variants", "other classifiers", _variants),
    ),
    "steps": (("stepper", "another step", _step), ("steps_box", "a new sentence, step by step", _lesson)),
    "subwords": (("word", "a new word's n-grams", _subword),),
    "embeddings": (("word", "a word's neighbours", _neighbours),),
    "errors": (("matrices", "a cell of the matrix", _cell), ("sort", "the errors in another order", _sort)),
}


async def walk(visitor: Visitor, draw: random.Random, log: Log, until: float, pause: float) -> None:
    """Act until the time has come, with pauses of that many seconds in the mean."""
    page = visitor.page
    try:
        while time.perf_counter() < until:
            await asyncio.sleep(draw.uniform(0.4, 1.6) * pause)
            lot = draw.random()
            acts = [one for one in ACTS.get(page, ()) if one[0] in visitor.widgets]
            if lot < 0.2 or not acts:
                page = draw.choices(list(PAGES), list(PAGES.values()))[0]
                await log.note(f"to the page {page or 'sentence'}", visitor.visit(page))
            elif lot < 0.27 and "experiment" in visitor.widgets:
                await log.note("another experiment", visitor.choose("experiment", draw.choice(EXPERIMENTS)))
            else:
                _needs, what, act = draw.choice(acts)
                await log.note(what, act(visitor, draw))
    except Refused:
        pass  # it is in the log
