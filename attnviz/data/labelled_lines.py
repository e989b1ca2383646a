"""FastText's own files: a line a text, `__label__positive It was fun.` -> a table of texts and labels."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from attnviz.data.limits import Limits
from attnviz.errors import AttnvizError

if TYPE_CHECKING:
    import pandas as pd

_MARK = "__label__"
_LINE = re.compile(rf"\s*{_MARK}(\S*)\s*(.*)", re.DOTALL)


def has_labelled_lines(text: str) -> bool:
    """Whether the first line that is not blank begins as FastText's files do."""
    return text.lstrip()[: len(_MARK)] == _MARK


def read_labelled_lines(text: str, path: Path, limits: Limits) -> pd.DataFrame:
    """Return the columns text and label; the index is the line.

    Raises `AttnvizError` for a line with several labels, and for one without: it may be what is left of a line.
    """
    import pandas as pd

    lines = {number: line for number, line in enumerate(re.split("\r\n|\n|\r", text), start=1) if line.strip()}
    limits.check_rows(len(lines), path)
    rows = []
    for number, line in lines.items():
        found = _LINE.match(line)
        if not found:
            raise AttnvizError(
                "{file}: line {line} has no label. Begin each line with one {mark}, as the first does.",
                file=path.name,
                line=number,
                mark=_MARK,
            )
        if found[2].startswith(_MARK):
            raise AttnvizError(
                "{file}: line {line} has several labels, and a text has one class here. Leave one {mark} in each line.",
                file=path.name,
                line=number,
                mark=_MARK,
            )
        rows.append((found[2], found[1]))
    return pd.DataFrame(rows, columns=["text", "label"], index=list(lines), dtype=str)
