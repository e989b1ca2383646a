"""What a class typed becomes an experiment."""

from __future__ import annotations

import shutil
import time
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import pytest

from attnviz.data.datasets import load_dataset
from attnviz.errors import AttnvizError
from attnviz.model.experiment import Experiment, load
from attnviz.rounds import teaching
from attnviz.rounds.round import Round, Sentence, Task
from attnviz.training import jobs
from tests.conftest import sentences as of_films

CLASSES = ("positive", "negative")
TASK = Task("teach", "tiny-en", ("frozen",), "en", labels=CLASSES)
ROUND = Round(3, "BCDFG", 2, TASK, "closed", datetime.now(UTC))


def sent(texts: list[tuple[str, str]], shown: bool | None = None) -> list[Sentence]:
    return [Sentence(at, text, label, shown) for at, (text, label) in enumerate(texts)]


def finished(models: Path, name: str) -> None:
    """Wait for a run to end well."""
    while jobs.find(models, name).state in ("waiting", "running"):
        time.sleep(0.1)
    assert jobs.find(models, name).state == "done", jobs.find(models, name).last_words


def test_every_class_has_rows_to_learn_from_to_choose_by_and_to_test_on(tmp_path: Path) -> None:
    for count in (teaching.FEWEST, 5, 30):
        rows = [(f"{label} number {at}", label) for label in CLASSES for at in range(count)]
        path = tmp_path / f"{count}.csv"
        path.write_bytes(teaching.to_rows(CLASSES, sent(rows)))
        found = load_dataset(path)
        assert len(found.texts) == 2 * count
        for split in ("train", "validation", "test"):
            kept = Counter(found.label_names[label] for label in found.split(split).labels)
            assert kept["positive"] == kept["negative"] > 0


def test_weeded_sentences_and_second_ones_are_left_out() -> None:
    rows = [(f"{label} number {at}", label) for label in CLASSES for at in range(5)]
    weeded = [Sentence(99, "something rude", "positive", False), Sentence(98, "Positive  NUMBER 1", "negative", None)]
    kept = teaching.to_rows(CLASSES, [*sent(rows, True), *weeded]).decode()
    assert len(kept.splitlines()) == 11 and "rude" not in kept and "NUMBER" not in kept


def test_a_class_with_too_few_sentences_is_named() -> None:
    rows = [(f"negative number {at}", "negative") for at in range(9)] + [("one", "positive")]
    with pytest.raises(AttnvizError, match=r"4 different sentences.*positive"):
        teaching.to_rows(CLASSES, sent(rows))


def test_what_was_typed_is_learned_letter_for_letter(tmp_path: Path) -> None:
    rows = [(f'=cmd|"{at}", <b>', "positive") for at in range(4)] + [(f"- {at} no\ttab", "negative") for at in range(4)]
    path = tmp_path / "rows.csv"
    path.write_bytes(teaching.to_rows(CLASSES, sent(rows)))
    assert sorted(load_dataset(path).texts) == sorted(text for text, _label in rows)


def test_a_class_trains_its_own_classifier(tiny_models: Path, tmp_path: Path) -> None:
    models = tmp_path / "models"
    shutil.copytree(tiny_models / "tiny-en", models / "tiny-en")
    job = teaching.submit(models, ROUND, sent(of_films()[:80]), ["tiny-en"])
    assert job.name == "class-bcdfg-2"
    finished(models, job.name)
    made = load(models / job.name)
    assert set(made.labels) == set(CLASSES) and set(made.about.variants) == {"frozen", "fine-tuned"}
    assert made.explain("such wonderful acting", "frozen").prediction in CLASSES


def test_korean_is_cut_as_the_experiment_cuts_it_that_lends_its_vectors(tiny_ko: Experiment, tmp_path: Path) -> None:
    models = tmp_path / "models"
    tiny_ko.save(models)
    task = Task("teach", tiny_ko.name, ("frozen",), "ko", labels=("긍정", "부정"))
    rows = [
        (f"영화는 {at}번 {verdict}", label)
        for at in range(8)
        for verdict, label in (("좋다", "긍정"), ("싫다", "부정"))
    ]
    job = teaching.submit(models, Round(3, "BCDFG", 1, task, "closed", datetime.now(UTC)), sent(rows), [tiny_ko.name])
    finished(models, job.name)
    made = load(models / job.name)
    assert made.tokenize("영화는 좋지 않다") == tiny_ko.tokenize("영화는 좋지 않다") and made.about.units == "morphemes"


def test_without_vectors_of_the_language_it_says_so(tiny_models: Path) -> None:
    korean = Round(
        3, "BCDFG", 2, Task("teach", "tiny-en", ("frozen",), "sw", labels=CLASSES), "closed", datetime.now(UTC)
    )
    with pytest.raises(AttnvizError, match="lends word vectors"):
        teaching.submit(tiny_models, korean, sent(of_films()), [])
