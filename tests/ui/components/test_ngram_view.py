from __future__ import annotations

from typing import Any

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
    taken = [(bar["row"], bar["start"] + i) for bar in panel["bars"] for i in range(len(bar["letters"]))]
    assert len(taken) == len(set(taken))
    assert {row for row, _ in taken} == set(range(max(row for row, _ in taken) + 1))


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
