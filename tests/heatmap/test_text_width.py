from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from attnviz.heatmap.text_width import cut, lines, right_to_left, width

ROOM = st.floats(2, 40)


@given(st.text(max_size=80), ROOM)
def test_what_is_cut_fits_and_what_fits_is_not_cut(text: str, room: float) -> None:
    shown = cut(text, room)
    assert width(shown) <= room
    assert shown == text if width(text) <= room else shown.endswith("…") and text.startswith(shown[:-1])


@given(st.text(max_size=200), ROOM)
def test_lines_fit_and_hold_all_words(text: str, room: float) -> None:
    broken = lines(text, room)
    assert all(width(line) <= room for line in broken)
    assert " ".join(broken).split() == [cut(word, room) for word in text.split()]


def test_ideographs_are_wide_and_marks_take_no_room() -> None:
    assert width("글字") == 2
    assert width("e\u0301\u200d\u202e\ufe0f") == width("e")


def test_the_first_letter_tells_the_direction() -> None:
    assert right_to_left("12 שלום film") and right_to_left("مرحبا")
    assert not right_to_left("film שלום") and not right_to_left("?!") and not right_to_left("")
