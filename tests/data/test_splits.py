from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from attnviz.data.splits import SPLITS, cut_from_train, hash_split, key, unbroken


def test_the_hash_never_changes() -> None:
    splits = [hash_split(f"row {number}")[0] for number in range(40)]  # other ones would change everybody's data
    assert "".join(splits) == "ttttttttvttttvttttttttttttttttvtttttvvtt"


@given(st.text(), st.sampled_from(["", " ", "\n"]))
def test_duplicates_share_a_key_and_a_split(text: str, space: str) -> None:
    assert key(space + text + space) == key(text)
    assert hash_split(space + text) == hash_split(text) in SPLITS


@given(st.lists(st.tuples(st.sampled_from(SPLITS), st.text()), max_size=20), st.sets(st.sampled_from(SPLITS[1:])))
def test_only_train_rows_are_cut(rows: list[tuple[str, str]], missing: set[str]) -> None:
    splits, texts = [split for split, _ in rows], [text for _, text in rows]
    for before, after, text in zip(splits, cut_from_train(splits, texts, missing), texts, strict=True):
        assert after == (hash_split(text) if before == "train" and hash_split(text) in missing else before)


@given(st.text(st.sampled_from([*"<bBrR /> \n\t\xa0x"])))
def test_line_breaks_of_html_are_spaces(text: str) -> None:
    assert unbroken(text) == re.sub(r"(?:<br\s*/?>\s*)+", " ", text, flags=re.IGNORECASE)
