from __future__ import annotations

from dataclasses import fields
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from attnviz.ui.views import (
    CROSSING,
    LONGEST,
    EmbeddingsView,
    ErrorsView,
    SelfAttentionView,
    SentenceView,
    StepsView,
    SubwordsView,
    TrainView,
    View,
    fitting,
    outdated,
    read,
    write,
)

NAMES = st.text(alphabet="abcdefghijklmnopqrstuvwxyz-", min_size=1, max_size=12)
PLACES = st.lists(st.integers(0, 600), unique=True, max_size=8).map(lambda places: tuple(sorted(places)))
VIEWS = st.builds(
    SentenceView,
    experiment=NAMES,
    lang=st.sampled_from(["auto", "en", "ko"]),
    text=st.none() | st.text(max_size=80),
    without=PLACES,
    variants=st.lists(NAMES, min_size=1, max_size=3, unique=True).map(tuple),
    shade=st.text(min_size=1, max_size=12),
    unknown=st.sampled_from(["subword", "unk"]),
    pin=st.none() | st.text(max_size=80),
    pin_without=PLACES,
    numbers=st.booleans(),
    epoch=st.none() | st.integers(0, 1000),
    growing=st.booleans(),
    baseline=st.sampled_from(["unk", "zero"]),
)


@given(VIEWS)
def test_a_link_tells_exactly_the_view_it_was_made_from(view: SentenceView) -> None:
    assert read(SentenceView, write(view)) == view


@given(
    st.builds(
        SubwordsView,
        word=st.none() | st.text(max_size=80),
        other=st.none() | st.text(max_size=80),
        vectors=NAMES,
        typos=st.booleans(),
        ngrams=st.booleans(),
    )
)
def test_so_does_a_link_to_words(view: SubwordsView) -> None:
    assert read(SubwordsView, write(view)) == view


WORDS = st.text(alphabet="abcdefg가나다,.'", min_size=1, max_size=9)


@given(
    st.builds(
        EmbeddingsView,
        word=st.none() | st.text(max_size=80),
        part=NAMES,
        zoom=st.booleans(),
        least=st.integers(0, 10**8),
        among=st.text(max_size=80),
        pairs=st.lists(st.tuples(WORDS, WORDS), max_size=5).map(tuple),
        text=st.none() | st.text(max_size=80),
    )
)
def test_and_one_to_what_fine_tuning_did(view: EmbeddingsView) -> None:
    assert read(EmbeddingsView, write(view)) == view


@given(
    st.builds(
        StepsView,
        text=st.none() | st.text(max_size=80),
        step=st.integers(0, 99),
        heat=st.integers(0, 100).map(lambda turns: turns / 20),
        spot=st.just(-1) | st.integers(0, 600),
        hand=st.text(alphabet="0123456789.", max_size=40),
        predict=st.booleans(),
        marks=PLACES,
        reveal=st.integers(0, 10),
        present=st.booleans(),
    )
)
def test_and_one_to_a_step(view: StepsView) -> None:
    assert read(StepsView, write(view)) == view


def test_a_temperature_is_a_plain_number_or_none() -> None:
    assert [read(StepsView, {"heat": text}).heat for text in ("0", "0.25", "-1", "nan", "1e9", "٣")] == [
        0, 0.25, -1, -1, -1, -1,
    ]  # fmt: skip


def test_what_is_as_usual_is_not_in_the_link() -> None:
    assert write(SentenceView()) == {}
    assert write(SentenceView(text="hm", without=(3, 5))) == {"text": "hm", "without": "3,5"}


def test_an_empty_sentence_is_not_the_default_one() -> None:
    assert write(SentenceView(text="")) == {"text": ""}
    assert read(SentenceView, {"text": ""}).text == ""


@given(st.dictionaries(st.sampled_from([field.name for field in fields(SentenceView)]), st.text(max_size=30)))
def test_any_link_can_be_read(query: dict[str, str]) -> None:
    view = read(SentenceView, query)
    assert all(isinstance(place, int) and place >= 0 for place in view.without + view.pin_without)


LINKS: dict[type[View], tuple[dict[str, str], dict[str, Any]]] = {  # of before, and their views
    SentenceView: (
        {
            "experiment": "tiny-en", "lang": "ko", "text": "not bad", "without": "0,1", "variants": "uniform,frozen",
            "shade": "positive", "unknown": "unk", "pin": "so bad", "pin_without": "1", "numbers": "1", "epoch": "3",
            "against": "tiny-ko", "against_variants": "uniform", "twins": "1",
            "growing": "1", "belief": "1", "examined": "frozen", "baseline": "zero", "masked": "1",
            "class": "B7KDX",
        },
        {
            "experiment": "tiny-en", "lang": "ko", "text": "not bad", "without": (0, 1),
            "variants": ("uniform", "frozen"), "shade": "positive", "unknown": "unk", "pin": "so bad",
            "pin_without": (1,), "numbers": True, "epoch": 3, "growing": True, "belief": True, "examined": "frozen",
            "against": "tiny-ko", "against_variants": ("uniform",), "baseline": "zero", "masked": True,
            "classroom": "B7KDX",
            "both": True,
        },
    ),
    SubwordsView: (
        {"word": "good", "other": "goood", "vectors": "cc.ko.300.bin", "typos": "1", "ngrams": "1"},
        {"word": "good", "other": "goood", "vectors": "cc.ko.300.bin", "typos": True, "ngrams": True},
    ),
    EmbeddingsView: (
        {
            "word": "good", "part": "moved", "method": "tsne", "zoom": "1", "least": "20", "leans": "negative",
            "towards": "positive", "among": "a good film", "pairs": "good bad hot cold", "text": "not bad",
            "epoch": "2", "rate": "0.004",
            "against": "tiny-ko",
        },
        {
            "word": "good", "part": "moved", "method": "tsne", "zoom": True, "least": 20, "leans": "negative",
            "towards": "positive", "among": "a good film", "pairs": (("good", "bad"), ("hot", "cold")),
            "text": "not bad", "epoch": 2, "rate": "0.004",
            "against": "tiny-ko",
        },
    ),
    StepsView: (
        {
            "text": "not bad", "step": "4", "reader": "frozen", "side": "negative", "heat": "0.5", "spot": "1",
            "hand": "shuffle-2", "predict": "1", "marks": "0,1", "reveal": "1", "of": "12ab34cd", "present": "1",
            "twins": "1", "sentences": "not bad\nso good", "class": "B7KDX",
        },
        {
            "text": "not bad", "step": 4, "reader": "frozen", "side": "negative", "heat": 0.5, "spot": 1,
            "hand": "shuffle-2", "predict": True, "marks": (0, 1), "reveal": 1, "of": "12ab34cd", "present": True,
            "both": True, "sentences": "not bad\nso good", "classroom": "B7KDX",
        },
    ),
    SelfAttentionView: (
        {
            "text": "not bad", "step": "3", "spot": "1", "way": "asked", "head": "2", "off": "1,4", "predict": "1",
            "marks": "0,1", "reveal": "2", "of": "12ab34cd", "present": "1",
        },
        {
            "text": "not bad", "step": 3, "spot": 1, "way": "asked", "head": 2, "off": (1, 4), "predict": True,
            "marks": (0, 1), "reveal": 2, "of": "12ab34cd", "present": True,
        },
    ),
    ErrorsView: (
        {
            "data": "upload", "judged": "frozen", "cell": "0-1", "sort": "length", "contains": "not",
            "truth": "negative", "strange": "20", "size": "11-30", "having": "negation", "row": "7", "struck": "2,4",
            "shade": "positive", "look": "words", "swap": "1", "near": "1", "unseen": "1", "marks": "3,5",
            "against": "tiny-ko", "against_judged": "uniform", "suspect": "9", "test": "names", "case": "3",
        },
        {
            "data": "upload", "judged": "frozen", "cell": "0-1", "sort": "length", "contains": "not",
            "label": "negative", "oov_percent": 20, "length": "11-30", "having": "negation", "row": 7,
            "removed": (2, 4), "shade": "positive", "look": "words", "swap": True, "near": True, "unseen": True,
            "marked": (3, 5), "against": "tiny-ko", "against_judged": "uniform", "suspect": 9, "test": "names",
            "case": 3,
        },
    ),
    TrainView: (
        {
            "data": "nsmc", "lender": "tiny-en", "epochs": "7", "hidden": "64", "words": "5000", "rate": "0.01",
            "vectors": "0.003", "scorer": "additive", "dropout": "0.3",
            "reading": "2", "seed": "9", "trained": "frozen", "spoken": "ko",
            "read": "morphemes", "watched": "so good", "called": "mine",
        },
        {
            "rows": "nsmc", "lender": "tiny-en", "epochs": 7, "hidden_dim": 64, "vocab_size": 5000,
            "learning_rate": 0.01, "embedding_learning_rate": 0.003, "scorer": "additive", "dropout": 0.3,
            "language_model_epochs": 2, "seed": 9,
            "variants": ("frozen",), "language": "ko", "units": "morphemes", "probes": "so good", "name": "mine",
        },
    ),
}  # fmt: skip


@pytest.mark.parametrize("kind", LINKS, ids=lambda kind: kind.__name__)
def test_links_of_before_open_what_they_opened(kind: type[View]) -> None:
    link, told = LINKS[kind]
    view = kind(**told)
    assert read(kind, link) == view
    assert write(view) == link
    assert {field.name for field in fields(kind)} == {*told, "experiment", "lang"}


def test_links_of_before_counted_the_marked_rows_from_0() -> None:
    assert read(ErrorsView, {"marked": "2,4"}) == ErrorsView(marked=(3, 5))
    assert read(ErrorsView, {"marked": "2", "marks": "7"}) == ErrorsView(marked=(7,))


def test_what_counts_words_or_rows_is_set_back_once_they_are_others() -> None:
    assert outdated(SentenceView, {"text"}) == {"without", "epoch"}
    assert outdated(ErrorsView, {"data"}) == {"row", "removed", "marked", "suspect", "test", "case"}
    assert outdated(SubwordsView, {"text", "lang"}) == set()
    names = {field.name for kind in LINKS for field in fields(kind)}
    assert {*CROSSING} <= names
    for kind in LINKS:
        assert {name for field in fields(kind) for name in field.metadata["reset_by"]} <= names


def test_places_are_those_that_are_numbers() -> None:
    assert read(SentenceView, {"without": "5,2,x,-1,,2,٣,+3,1_0, 4,삼"}).without == (2, 5)


def test_a_place_of_5000_digits_is_none() -> None:
    endless = "9" * 5_000
    assert read(SentenceView, {"without": endless, "pin_without": f"1,{endless}"}) == SentenceView(pin_without=(1,))


def test_every_page_tells_experiment_and_language() -> None:
    assert read(View, {"experiment": "tiny-en", "lang": "ko", "text": "hm"}) == View("tiny-en", "ko")


def test_a_link_too_long_to_follow_leaves_the_texts_out() -> None:
    short = {"text": "x" * 100, "shade": "positive"}
    assert fitting(SentenceView, short) == short
    too_long = {"text": "글" * LONGEST, "without": "1", "shade": "positive"}
    assert fitting(SentenceView, too_long) == {"shade": "positive"}
