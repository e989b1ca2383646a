from __future__ import annotations

import csv
import html
from collections.abc import Collection
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from attnviz.data.rationales.reading import read_rationales
from attnviz.errors import AttnvizError

HEADER = ("Input.label", "Input.text", "Answer.Q1Answer", "Answer.html_output")
TEXT = 'We had the "best" soup here.\n\nVery friendly & quick, <3'


def painted(text: str, marked: Collection[int]) -> str:
    """Return a map as the page wrote it: a word that was marked and then not any more has an empty class."""
    spans = []
    for place, word in enumerate(text.split()):
        kind = ' class="active"' if place in marked else ' class=""' if place == 1 else ""
        spans.append(f"<span{kind}>{html.escape(word, quote=False)}</span> ")
    return f"{''.join(spans)}<span></span>"


def written(path: Path, *rows: tuple[str, str, str, str]) -> Path:
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([HEADER, *rows])
    return path


def test_several_people_mark_a_text(tmp_path: Path) -> None:
    path = written(
        tmp_path / "maps.csv",
        ("1", TEXT, "yes", painted(TEXT, {3, 6})),
        ("1", TEXT, "yes", painted(TEXT, {3})),
        ("0", "Never again, slow!", "no", painted("Never again, slow!", {0, 1})),
        ("1", TEXT, "yes", painted(TEXT, ())),
    )
    found = read_rationales(path)
    first, second = found.rationales
    assert (first.row, first.label, first.text) == (2, "1", TEXT)
    assert [[TEXT[start:end] for start, end in spans] for spans in first.marks] == [['"best"', "Very"], ['"best"'], []]
    assert (second.label, second.marks) == ("0", (((0, 5), (6, 12)),))
    assert (found.rows, found.left_out, found.remarks) == (4, 0, ())


@pytest.mark.parametrize(
    ("row", "fault"),
    [
        (("1", TEXT, "no", painted(TEXT, {3})), "took the text for another class than its label, or for none"),
        (("1", TEXT, "idk", painted(TEXT, {3})), "took the text for another class than its label, or for none"),
        (("1", TEXT, "yes", "{}"), "the words of its map are not those of its text"),
        (("1", TEXT, "yes", painted(TEXT[:20], {3})), "the words of its map are not those of its text"),
        (("1", " ", "yes", painted(TEXT, {3})), "there is no text to read"),
    ],
)
def test_a_map_that_cannot_be_used_is_counted(tmp_path: Path, row: tuple[str, str, str, str], fault: str) -> None:
    path = written(tmp_path / "maps.csv", ("1", TEXT, "yes", painted(TEXT, {3})), row)
    found = read_rationales(path)
    assert (found.rows, found.left_out) == (2, 1)
    assert fault in str(found.remarks[-1]) and "row 3 (1 in all)" in str(found.remarks[-1])
    with pytest.raises(AttnvizError, match=fault):
        read_rationales(written(tmp_path / "alone.csv", row))


def test_labels_and_answers_are_not_needed(tmp_path: Path) -> None:
    path = tmp_path / "maps.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([HEADER[1::2], (TEXT, painted(TEXT, {3}))])
    (rationale,) = read_rationales(path).rationales
    assert rationale.label == "" and rationale.marks == (((11, 17),),)


WORDS = st.lists(st.text(st.sampled_from("ab&<>\"'é한;#"), min_size=1, max_size=5), min_size=1, max_size=8)


@settings(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(words=WORDS, data=st.data())
def test_any_words_come_back_as_they_were_marked(tmp_path: Path, words: list[str], data: st.DataObject) -> None:
    marked = data.draw(st.sets(st.integers(0, len(words) - 1)))
    text = "Soup  " + "\n".join(words)
    path = written(tmp_path / "maps.csv", ("1", text, "yes", painted(text, {place + 1 for place in marked})))
    (rationale,) = read_rationales(path).rationales
    assert [text[start:end] for start, end in rationale.marks[0]] == [words[place] for place in sorted(marked)]
