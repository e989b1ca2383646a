from __future__ import annotations

from attnviz.analysis.evaluation.token_index import TokenIndex


def test_texts_are_found_by_their_words() -> None:
    index = TokenIndex.of(["A good film", "", "good good BAD", "one two three four"], max_tokens=3)
    assert index.words == ("a", "good", "film", "bad", "one", "two", "three")
    assert len(index) == 4 and index.lengths.tolist() == [3, 0, 3, 3]
    assert index.last() == ["film", "", "bad", "three"]
    assert index.having(["good", "two", "missing"]).tolist() == [True, False, True, True]
    assert not index.having(["missing"]).any()
    assert index.presence[2].toarray().tolist() == [[0, 1, 0, 1, 0, 0, 0]], "however often"


def test_no_text_is_no_error() -> None:
    assert len(TokenIndex.of([], 10)) == 0
