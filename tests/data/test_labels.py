from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from attnviz.data.labels import classes_of, places, readable
from attnviz.errors import AttnvizError

FILE = Path("t.csv")


def labels(*cells: str, **label_map: str) -> list[str]:
    return readable(pd.Series(cells, dtype=str), label_map)


def test_labels_are_tidied() -> None:
    assert labels(" very  good", "Cafe\u0301") == ["very good", "Café"]
    assert labels("1.0", "0") == ["1", "0"]
    assert labels("1.0", "good") == ["1.0", "good"]
    assert labels("\x1b[31mred\x07") == ["[31mred"]
    assert labels("good", "nan", "#N/A", "") == ["good", "", "", ""]


def test_classes_have_an_order() -> None:
    assert classes_of(["10", "9", "9"], "label", FILE) == ("9", "10")
    assert classes_of(["b", "a"], "label", FILE) == ("a", "b")
    assert classes_of(["Sci/Tech", "Business", "Sports", "World"], "label", FILE)[0] == "World"


def test_places_are_those_of_names_or_of_numbers() -> None:
    assert places(["b", "a"], ("a", "b"), "label", FILE) == [1, 0]
    assert places(["1", "0"], ("a", "b"), "label", FILE) == [1, 0]
    for other in (["1", "2"], ["1"], ["0"]):
        with pytest.raises(AttnvizError, match=f"not among the classes: {', '.join(other)}"):
            places(other, ("a", "b"), "label", FILE)
