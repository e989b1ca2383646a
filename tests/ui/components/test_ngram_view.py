from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from attnviz.analysis.subwords import Table, compare, dissect
from attnviz.analysis.typos import random_pair_cosines
from attnviz.model.experiment import Experiment
from attnviz.ui.components.ngram_view.ngram_view import payload
from attnviz.vectors.fasttext import FastTextVectors


def drawn(vectors: FastTextVectors, *typed: str) -> dict[str, Any]:
    found = [dissect(vectors, word) for word in typed]
    table = Table.of(vectors)
    pair = compare(found[0], found[1]) if len(found) == 2 else None
    return payload(
        dict(zip(("word", "other"), found, strict=False)), pair, vectors, table, random_pair_cosines(table), str
    )


def test_no_bar_lies_over_another(tiny: Experiment) -> None:
    [panel] = drawn(tiny.vectors, "runninggggg")["panels"]
    assert_apart(panel)


def assert_apart(panel: dict[str, Any]) -> None:
    taken = [(bar["row"], bar["column"] + i) for bar in panel["bars"] for i in range(sum(bar["widths"]))]
    assert len(taken) == len(set(taken))
    assert {row for row, _ in taken} == set(range(max(row for row, _ in taken) + 1))


@given(word=st.text("재밌값ㅋ<a😀", min_size=1, max_size=12))
def test_letters_stand_below_the_syllables_they_come_from(word: str) -> None:
    rows = np.ones((1, 2), np.float32)
    vectors = FastTextVectors(["밌"], rows, rows, min_n=1, max_n=3, ngram_units="jamo")
    [panel] = drawn(vectors, word)["panels"]
    assert_apart(panel)
    columns = panel["columns"]
    for bar in panel["bars"]:
        at = bar["column"]
        for letter, width in zip(bar["letters"], bar["widths"], strict=True):
            above = panel["letters"][at // columns]
            spelled = panel["spelling"][at // columns] if bar["ofLetters"] else ""
            assert letter == (spelled[at % columns // width] if spelled else above)
            at += width


def test_what_the_letters_are_is_said_of_korean_words_only(tiny: Experiment) -> None:
    assert not drawn(tiny.vectors, "amazing")["panels"][0]["spelling"]
    plain = drawn(tiny.vectors, "재밌다")
    assert plain["panels"][0]["spelling"] == ["", "ㅈㅐ", "ㅁㅣㅆ", "ㄷㅏ", ""]
    assert not any(bar["ofLetters"] for bar in plain["panels"][0]["bars"])
    assert "its letters are no n-grams" in plain["lines"][-1]
    rows = np.ones((1, 2), np.float32)
    jamo = FastTextVectors(["재밌다"], rows, rows, min_n=1, max_n=3, ngram_units="jamo")
    shown = drawn(jamo, "재밌다", "재밋다")
    assert "n-grams of 3–5 of these letters" in shown["lines"][-1]
    bars = {bar["text"]: bar for bar in shown["panels"][1]["bars"]}
    assert bars["ㅐㅁㅣ"]["shared"] and not bars["ㅐㅁㅣ"]["strange"]
    assert bars["ㅁㅣㅅ"]["strange"] and not bars["ㅁㅣㅅ"]["shared"]
    assert bars["ㅐㅁㅣ"]["readout"].startswith("letters of 재밋 · length")


def test_ngrams_are_marked_that_are_shared_or_strange(tiny: Experiment) -> None:
    known, oov = drawn(tiny.vectors, "amazing", "amaaazing")["panels"]
    assert {bar["text"] for bar in known["bars"] if bar["shared"]} >= {"<am", "ing>"}
    assert not any(bar["strange"] for bar in known["bars"])
    assert {bar["text"] for bar in oov["bars"] if bar["strange"]} >= {"aaa", "maaa"}


def test_the_three_ways_of_reading_differ_for_unknown_words_only(tiny: Experiment) -> None:
    words_only, unk, fasttext = drawn(tiny.vectors, "amazing", "amaaazing")["contrast"]["rows"]
    known = [row["cells"][0]["nearest"] for row in (words_only, unk, fasttext)]
    assert known[0] == known[1] == known[2] != []
    assert words_only["cells"][1]["nearest"] == [] and words_only["cosine"] == "–"
    assert unk["cells"][1]["nearest"] != fasttext["cells"][1]["nearest"]
    both = drawn(tiny.vectors, "amaaazing", "runninggggg")["contrast"]["rows"]
    assert both[1]["cosine"] == "1.00"
    assert both[1]["cells"][0] == both[1]["cells"][1]
    assert both[2]["cosine"] not in ("–", "1.00")
