"""Tables of which a cell or a line can be chosen: a confusion matrix, a list of sentences."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass

from attnviz.ui.components.base import component


@dataclass(frozen=True)
class Choice:
    """A cell: what it says, small print beside it, how dark it is (0 to 1), and what is chosen with it, if anything.

    `name` is what a screen reader says in place of a bare number.
    """

    text: str
    id: str = ""
    note: str = ""
    name: str = ""
    dark: float | None = None


@dataclass(frozen=True)
class Board:
    """Lines of cells under heads. A `grid` has heads on its left too; of a `list` a whole line is chosen at once."""

    heading: str
    heads: tuple[str, ...]
    rows: tuple[tuple[Choice, ...], ...]
    about: str = ""
    corner: str = ""  # what is counted down and across, where the heads of a grid meet
    grid: bool = False


def choice_table(boards: Sequence[Board], *, chosen: str, key: str, on_choose: Callable[[str], None]) -> None:
    """Draw boards; a click, and in a list an arrow key, calls `on_choose(id)`. What is chosen already is pressed."""
    data = {"boards": [asdict(board) for board in boards], "chosen": chosen}
    _mount(data, key=key, on_choose=lambda told: on_choose(str(told)))


_mount = component("choice_table")
