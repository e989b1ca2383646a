from __future__ import annotations

import pytest

from attnviz.ui.components.class_board.class_board import where


@pytest.mark.parametrize(
    ("link", "typed"),
    [
        ("http://school:8501/join/B7KDX", "school:8501/join"),
        ("https://attnviz.school.example/course/join/B7KDX", "attnviz.school.example/course/join"),
    ],
)
def test_an_address_is_told_as_it_is_typed(link: str, typed: str) -> None:
    assert where(link) == typed
