from __future__ import annotations

from attnviz.ui.components.word_table.word_table import Cell, Row, Subject, Table, payload, word


def test_a_cell_says_only_what_it_has_and_zero_is_something() -> None:
    table = Table("near", ("word", "cosine"), (Row((word("good"), Cell("0.00", bar=0.0))),), tall=True)
    [drawn] = payload([table], "good", None)["tables"]
    words, number = drawn["rows"][0]["cells"]
    assert words == {"words": [{"word": "good", "text": "good"}], "middle": False}
    assert number == {"text": "0.00", "bar": 0.0, "middle": False}
    assert drawn["tall"]


def test_what_is_shown_of_a_word_is_cut_and_what_is_chosen_with_it_is_whole() -> None:
    endless = "x" * 500 + "\n"
    drawn = payload([Table("", ("",), (Row((word(endless),)),))], endless, Subject(endless, "new", True, ()))
    [shown] = drawn["tables"][0]["rows"][0]["cells"][0]["words"]
    assert shown["word"] == drawn["chosen"] == endless
    assert len(shown["text"]) < 61 and drawn["subject"]["word"] == shown["text"]
