"""What a page shows, as its link tells it.

A page's view is a frozen dataclass of `linked` fields. The link holds what differs from the defaults, in words that do
not depend on the language of the screen. (Streamlit's own `bind="query-params"` writes the labels as translated, so a
link made in Korean would mean nothing to an English screen, and no component of ours could be bound.)
"""

from __future__ import annotations

import re
from collections.abc import Callable, Container, Iterable, Mapping
from dataclasses import Field, dataclass, field, fields, replace
from typing import Any, NamedTuple, TypeVar
from urllib.parse import urlencode

CROSSING = (
    "experiment",
    "against",
    "lang",
    "text",
    "word",
    "classroom",
)  # what all pages share; the rest is each page's own
LONGEST = 16_000  # characters: what servers and mail programs between two people may still let through


class Codec(NamedTuple):
    """How a value is read from a link and written into one."""

    read: Callable[[str], Any]
    write: Callable[[Any], str]


TEXT = Codec(str, str)
NAMES = Codec(lambda text: tuple(filter(None, text.split(","))), ",".join)
PLACES = Codec(
    lambda text: tuple(sorted({int(place) for place in text.split(",") if re.fullmatch("[0-9]{1,6}", place)})),
    lambda places: ",".join(map(str, places)),
)
ROWS = Codec(  # by their numbers
    lambda text: tuple(sorted({int(number) for number in text.split(",") if re.fullmatch("[0-9]{1,9}", number)})),
    lambda numbers: ",".join(map(str, numbers)),
)
NUMBER = Codec(lambda text: int(text) if re.fullmatch("[0-9]{1,9}", text) else 0, str)
EPOCH = Codec(lambda text: int(text) if re.fullmatch("[0-9]{1,4}", text) else None, str)
PAIRS = Codec(  # of words, which hold no space
    lambda text: tuple(zip(text.split()[::2], text.split()[1::2], strict=False)),
    lambda pairs: " ".join(" ".join(pair) for pair in pairs),
)
FRACTION = Codec(
    lambda text: float(text) if re.fullmatch(r"[0-9]{1,4}(\.[0-9]{1,6})?", text) else -1.0,
    lambda value: f"{value:.6f}".rstrip("0").rstrip("."),
)
SWITCH = Codec(lambda text: text == "1", lambda on: "1" if on else "0")


def linked(
    default: Any,
    codec: Codec = TEXT,
    *,
    long: bool = False,
    name: str | None = None,
    reset_by: tuple[str, ...] = (),
) -> Any:
    """Return a dataclass field that travels in the link, under its own name or another, unless it has its default.

    What people write is `long`, and so are the places that count its words: they stay behind if a link is too long.
    What counts words or rows of another field is `reset_by` it: it is set back once that changes.
    """
    return field(default=default, metadata={"codec": codec, "long": long, "name": name, "reset_by": reset_by})


@dataclass(frozen=True)
class View:
    """What every page's link tells: which experiment, in which language (`auto`: the browser's)."""

    experiment: str = linked("")
    lang: str = linked("auto")


@dataclass(frozen=True)
class SentenceView(View):
    """What the Sentence page shows. `text` is None for the sentence a newcomer sees, `pin` None for no pinned one.

    `epoch` is None for the finished classifiers, `against` "" for no second experiment, `classroom` the code of the one
    that takes part, "" for none.
    """

    text: str | None = linked(None, long=True)
    without: tuple[int, ...] = linked((), PLACES, long=True, reset_by=("text", "experiment"))
    variants: tuple[str, ...] = linked(("frozen", "fine-tuned"), NAMES)
    shade: str = linked("attention")
    unknown: str = linked("subword")
    masked: bool = linked(False, SWITCH)
    pin: str | None = linked(None, long=True)
    pin_without: tuple[int, ...] = linked((), PLACES, long=True, reset_by=("pin",))
    numbers: bool = linked(False, SWITCH)
    both: bool = linked(False, SWITCH, name="twins")
    epoch: int | None = linked(None, EPOCH, reset_by=("text", "experiment"))
    growing: bool = linked(False, SWITCH)
    belief: bool = linked(False, SWITCH)
    examined: str = linked("fine-tuned")
    against: str = linked("")
    against_variants: tuple[str, ...] = linked(("frozen", "fine-tuned"), NAMES)
    baseline: str = linked("unk")
    classroom: str = linked("", name="class")


@dataclass(frozen=True)
class SubwordsView(View):
    """What the Subwords page shows. `word` and `other` are None for the pair a newcomer sees, `other` "" for none.

    `vectors` is "" for the experiment's own, else the name of a file.
    """

    word: str | None = linked(None, long=True)
    other: str | None = linked(None, long=True, reset_by=("word",))
    vectors: str = linked("")
    typos: bool = linked(False, SWITCH)
    ngrams: bool = linked(False, SWITCH)


@dataclass(frozen=True)
class EmbeddingsView(View):
    """What the Embeddings page shows. `word` and `text` are None for those a newcomer sees.

    `least`, `leans`, `towards` and `among` narrow the list of the words that moved most.
    """

    word: str | None = linked(None, long=True)
    part: str = linked("pairs")
    method: str = linked("pca")
    zoom: bool = linked(False, SWITCH)
    least: int = linked(0, NUMBER)
    leans: str = linked("")
    towards: str = linked("")
    among: str = linked("", long=True)
    pairs: tuple[tuple[str, str], ...] = linked((), PAIRS, long=True)
    epoch: int | None = linked(None, EPOCH, reset_by=("experiment",))
    rate: str = linked("", reset_by=("experiment",))
    text: str | None = linked(None, long=True)
    against: str = linked("")


@dataclass(frozen=True)
class StepsView(View):
    """What the Step by step page shows. `text` is None for the sentence a newcomer sees, `spot` -1 for its top word.

    `hand` names weights or lists them in thousandths, `heat` is the temperature, `reveal` the step at which the weights
    were revealed, 0 before; `sentences` are a teacher's own, a line each. What counts words (`spot`, `hand`,
    `marks`, `reveal`) holds for the sentence that `of` is the digest of, and for no other. `classroom` is the code of
    the one that takes part, "" for none.
    """

    text: str | None = linked(None, long=True)
    step: int = linked(1, NUMBER)
    reader: str = linked("fine-tuned")
    side: str = linked("")
    heat: float = linked(1.0, FRACTION)
    spot: int = linked(-1, NUMBER)
    hand: str = linked("", long=True)
    predict: bool = linked(False, SWITCH)
    marks: tuple[int, ...] = linked((), PLACES, long=True)
    reveal: int = linked(0, NUMBER)
    of: str = linked("")
    sentences: str = linked("", long=True)
    both: bool = linked(False, SWITCH, name="twins")
    present: bool = linked(False, SWITCH)
    classroom: str = linked("", name="class")


@dataclass(frozen=True)
class SelfAttentionView(View):
    """What the Self-attention page shows. `text` is None for the sentence a newcomer sees, `spot` -1 for its top word.

    `way` is what is shown of that word: `asks` whom it asks, `asked` who asks it, `answer` all weights of the answer.
    `head` is the head on the screen, counted from 1, 0 for the mean of all, `off` are those switched off. `reveal` is
    the step at which a row was revealed, 0 before. What counts words (`spot`, `marks`, `reveal`) holds for the sentence
    that `of` is the digest of, and for no other.
    """

    text: str | None = linked(None, long=True)
    step: int = linked(1, NUMBER)
    spot: int = linked(-1, NUMBER)
    way: str = linked("asks")
    head: int = linked(0, NUMBER)
    off: tuple[int, ...] = linked((), PLACES, reset_by=("experiment",))
    predict: bool = linked(False, SWITCH)
    marks: tuple[int, ...] = linked((), PLACES, long=True)
    reveal: int = linked(0, NUMBER)
    of: str = linked("")
    present: bool = linked(False, SWITCH)


@dataclass(frozen=True)
class ErrorsView(View):
    """What the Errors page shows. `data` is "" for the experiment's own test rows, a name, `upload`, or a key of rows.

    `cell`, `contains`, `label`, `oov_percent`, `length` and `having` narrow the list, `unseen` leaves out all rows that
    the experiment learned from or was chosen by. `row` and `marked` are numbers of rows in their file, a known data set
    counts its own from 1; 0 is the first of the list. `suspect` is the number of the row whose label is looked at,
    `test` and `case` say which change of texts is, the cases counted from 1; 0 is the first of the list.
    `against_judged` is the variant of the second experiment, "" for the one like the first's.
    """

    data: str = linked("")
    judged: str = linked("fine-tuned")
    cell: str = linked("errors")
    sort: str = linked("loss")
    contains: str = linked("", long=True)
    label: str = linked("", name="truth")
    oov_percent: int = linked(0, NUMBER, name="strange")
    length: str = linked("", name="size")
    having: str = linked("")
    unseen: bool = linked(False, SWITCH)
    row: int = linked(0, NUMBER, reset_by=("data", "experiment"))
    removed: tuple[int, ...] = linked((), PLACES, reset_by=("row", "suspect", "look"), name="struck")
    shade: str = linked("attention")
    look: str = linked("sentences")
    test: str = linked("", reset_by=("data", "experiment"))
    case: int = linked(0, NUMBER, reset_by=("data", "experiment", "test"))
    swap: bool = linked(False, SWITCH)
    near: bool = linked(False, SWITCH)
    suspect: int = linked(0, NUMBER, reset_by=("data", "experiment"))
    marked: tuple[int, ...] = linked((), ROWS, long=True, reset_by=("data", "experiment"), name="marks")
    against: str = linked("")
    against_judged: str = linked("")


@dataclass(frozen=True)
class TrainView(View):
    """What the Train page is set to; a file that was uploaded is in no link.

    `lender` is "" or "auto" for what suits the rows best, "train", the name of an experiment, or that of a file of
    vectors; `epochs` is None for what suits their number, `probes` for sentences of ours.
    """

    rows: str = linked("file", name="data")
    lender: str = linked("")
    epochs: int | None = linked(None, EPOCH)
    hidden_dim: int = linked(128, NUMBER, name="hidden")
    vocab_size: int = linked(20_000, NUMBER, name="words")
    learning_rate: float = linked(0.002, FRACTION, name="rate")
    embedding_learning_rate: float | None = linked(None, FRACTION, name="vectors")
    scorer: str = linked("linear")
    dropout: float = linked(0.5, FRACTION)
    language_model_epochs: int = linked(0, NUMBER, name="reading")
    seed: int = linked(0, NUMBER)
    variants: tuple[str, ...] = linked(("frozen", "fine-tuned"), NAMES, name="trained")
    language: str = linked("", name="spoken")
    units: str = linked("words", name="read")
    probes: str | None = linked(None, long=True, name="watched")
    name: str = linked("", long=True, name="called")


AnyView = TypeVar("AnyView", bound=View)


def read(kind: type[AnyView], query: Mapping[str, str]) -> AnyView:
    """Return the view that a link tells; what it does not name has its default."""
    if kind is ErrorsView and "marked" in query:  # a link of before, which counted the rows of a data set from 0
        query = {"marks": ROWS.write(tuple(place + 1 for place in PLACES.read(query["marked"]))), **query}
    told = ((one, query.get(_parameter(one))) for one in fields(kind))
    return kind(**{one.name: one.metadata["codec"].read(text) for one, text in told if text is not None})


def write(view: View) -> dict[str, str]:
    """Return the link of a view: its fields that differ from their defaults."""
    values = ((one, getattr(view, one.name)) for one in fields(view))
    return {_parameter(one): one.metadata["codec"].write(value) for one, value in values if value != one.default}


def fitting(kind: type[View], query: dict[str, str]) -> dict[str, str]:
    """Return a view's link, without its long fields if it is too long to be followed."""
    if len(urlencode(query, errors="replace")) <= LONGEST:
        return query
    short = [_parameter(one) for one in fields(kind) if not one.metadata["long"]]
    return {name: query[name] for name in short if name in query}


def restricted(view: AnyView, **offered: Container[Any]) -> AnyView:
    """Return a view in which fields that have nothing of what is `offered` for them have their defaults."""
    lost = (name for name, values in offered.items() if getattr(view, name) not in values)
    return replace(view, **{name: getattr(type(view), name) for name in lost})


def outdated(kind: type[View], changed: Iterable[str]) -> set[str]:
    """Return which fields of a view mean nothing any more once others have `changed`."""
    found: set[str] = set()
    while more := {one.name for one in fields(kind) if {*changed, *found} & set(one.metadata["reset_by"])} - found:
        found |= more
    return found


def _parameter(one: Field[Any]) -> str:
    return one.metadata["name"] or one.name
