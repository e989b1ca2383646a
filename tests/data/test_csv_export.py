from __future__ import annotations

import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from attnviz.data.csv_export import csv, inert


@given(st.text(max_size=20))
def test_no_cell_begins_like_a_formula(text: str) -> None:
    cell = inert(text)
    assert cell.endswith(text) and not (len(cell) > 1 and cell[0] in "=+-@\t\r\n＝＋－＠")
    frame = pd.DataFrame({text or "x": [text, "plain"], "number": [-1.5, 2]})
    assert "-1.5" in csv(frame).decode("utf-8-sig")
