from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from attnviz.data.columns import choose_column, guess_columns
from attnviz.errors import AttnvizError


def test_a_column_is_chosen_by_its_name_or_by_a_usual_one() -> None:
    path, usual = Path("t.csv"), ("text", "review")
    assert choose_column(["Review", "Text", "x"], None, usual, path) == "Text"
    assert choose_column(["Review", "Text", "x"], "x", usual, path) == "x"
    with pytest.raises(AttnvizError, match=r"no column called text, review\. Its columns are: a, b\. Say which"):
        choose_column(["a", "b"], None, usual, path)
    with pytest.raises(AttnvizError, match=r"no column called x\. Its columns are: a, text"):
        choose_column(["a", "text"], "x", usual, path)
    with pytest.raises(AttnvizError, match="2 columns called text"):
        choose_column(["text", "text"], None, usual, path)


TABLE = {
    "no": [*map(str, range(8))],
    "day": ["1", "2"] * 4,
    "what they wrote": [f"the parcel {n} is late" for n in range(8)],
    "goes to": ["post", "shop", "post", "desk"] * 2,
    "split": ["train"] * 8,
}


@pytest.mark.parametrize(
    ("columns", "found"),
    [
        (TABLE, ("what they wrote", "goes to")),
        ({"Review": ["a"] * 8, **TABLE}, ("Review", "goes to")),  # a usual name goes first
        ({"CLASS": [*map(str, range(8))], **TABLE}, ("what they wrote", "CLASS")),
        ({"no": TABLE["no"], "day": TABLE["day"]}, (None, "day")),  # no words
        ({"a": TABLE["what they wrote"]}, ("a", None)),
        ({"a": TABLE["what they wrote"], "b": TABLE["no"]}, ("a", None)),  # each row a class of its own
    ],
)
def test_columns_are_guessed_by_what_they_hold(
    columns: dict[str, list[str]], found: tuple[str | None, str | None]
) -> None:
    assert guess_columns(pd.DataFrame(columns), None, None) == found


def test_where_classes_are_known_a_guessed_column_has_some_of_them() -> None:
    table = pd.DataFrame(TABLE)
    assert guess_columns(table, None, None, ("2", "3")) == ("what they wrote", "day")
    assert guess_columns(table, None, None, ("yes", "no")) == ("what they wrote", None)
    short = pd.DataFrame({"words": ["good", "bad"], "verdict": ["positive", "negative"]})
    assert guess_columns(short, None, None, ("positive", "negative")) == ("words", "verdict")


def test_what_is_given_is_no_guess() -> None:
    table = pd.DataFrame(TABLE)
    assert guess_columns(table, "goes to", None) == ("goes to", "day")
    assert guess_columns(table, None, "what they wrote") == ("goes to", "what they wrote")


def test_of_two_columns_of_one_name_none_is_guessed() -> None:
    table = pd.DataFrame([["some words", "more words", "a"], ["a b", "c d", "b"]], columns=["x", "x", "y"])
    assert guess_columns(table, None, None) == ("y", None)
