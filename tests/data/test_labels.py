from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from attnviz.data.columns import choose_column, guess_columns, usual_column
from attnviz.data.labels import check_mapping, classes_of, parse_mapping, place_of, places, readable
from attnviz.data.names import match_key, shown
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


INVISIBLE = st.text(
    st.sampled_from("\u200b\u200d\u2060\ufeff\u00ad\u200e\u202e\x00\x1b\u3164 \t\n\u00a0\u3000"), max_size=4
)


@given(st.sampled_from(["positive", "Café", "ΣΊΣΥΦΟΣ", "긍정", "very good"]), INVISIBLE, INVISIBLE, st.booleans())
def test_what_cannot_be_seen_and_case_make_no_other_label(name: str, before: str, after: str, upper: bool) -> None:
    written = before + (name.upper() if upper else name) + after
    assert match_key(written) == match_key(name)
    assert labels(name, name, name, written) == [name] * 4
    assert place_of({shown(written)}, ("other", name)) == {shown(written): 1}


def test_the_usual_spelling_is_shown() -> None:
    assert labels("Positive", "positive\u200b", "positive", "NEG") == ["positive"] * 3 + ["NEG"]
    assert labels("True", "true", "FALSE") == ["True", "True", "FALSE"]
    assert labels("👩\u200d🚀", "❤\ufe0f") == ["👩\u200d🚀", "❤\ufe0f"]


def test_labels_mean_what_the_mapping_says() -> None:
    assert labels("Pos", "positive", "2.0", pos="positive") == ["positive", "positive", "2.0"]
    assert readable(pd.Series(["1.0", "2.0"]), {"1": "negative", "2": "positive"}) == ["negative", "positive"]
    assert labels("a", "b", a="b", b="c") == ["b", "c"]  # once, not on and on
    assert parse_mapping(["pos=positive", " neg = negative ", "pos=positive"]) == {"pos": "positive", "neg": "negative"}
    for wrong in ("pos", "=positive", "pos=", "pos=\u200b"):
        with pytest.raises(AttnvizError, match="LABEL=CLASS"):
            parse_mapping([wrong])
    with pytest.raises(AttnvizError, match="cannot mean both “a” and “b”"):
        parse_mapping(["x=a", "x=b"])


def test_a_mapping_that_does_nothing_is_said() -> None:
    [said] = check_mapping({"pos": "positive", "gone": "positive"}, ["Pos", "negative"], None, FILE)
    assert "no row has the label gone" in str(said)
    assert not list(check_mapping({"1": "bad"}, ["1.0", "0.0"], ("bad", "good"), FILE))
    with pytest.raises(AttnvizError, match=r"Labels are to mean bda, .*The classes are: bad, good"):
        list(check_mapping({"pos": "bda"}, ["pos"], ("bad", "good"), FILE))


def test_classes_that_differ_in_case_alone_need_the_exact_label() -> None:
    assert place_of({"Good", "good", "GOOD"}, ("Good", "good")) == {"Good": 0, "good": 1}


def test_columns_are_found_whatever_cannot_be_seen_in_their_names() -> None:
    assert usual_column(["\u200bLabel\ufeff", "x"], ("label",)) == "\u200bLabel\ufeff"
    assert choose_column(["Review", "x"], "review ", (), FILE) == "Review"
    with pytest.raises(AttnvizError, match="no column called review"):
        choose_column(["Review", "REVIEW"], "review", (), FILE)
    table = pd.DataFrame({"words": ["so good", "so bad"], "said": ["Positive", "NEG"]})
    assert guess_columns(table, None, None, ["positive", "negative"]) == ("words", "said")


@pytest.mark.parametrize("mark", ["=", " = ", "＝", "\u3000＝\u3000", ":", " : ", "：", "\u3000：\u3000"])
@pytest.mark.parametrize(("label", "name"), [("pos", "positive"), ("긍정", "positive"), ("True", "1"), ("3.0", "a b")])
def test_a_mapping_is_written_with_any_sign_of_equality(label: str, name: str, mark: str) -> None:
    assert parse_mapping([f" {label}{mark}{name} "]) == {label: name}


def test_a_label_of_a_mapping_may_hold_a_colon() -> None:
    assert parse_mapping(["a:b=c"]) == {"a:b": "c"} and parse_mapping(["a＝b:c"]) == {"a": "b:c"}
