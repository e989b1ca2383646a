"""A tiny experiment, really trained: small enough for seconds, good enough to tell good from bad."""

from __future__ import annotations

import csv
import itertools
import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from filelock import FileLock
from hypothesis import settings

os.environ.setdefault("OMP_NUM_THREADS", "1")  # before torch comes: threads cost tiny matrices more than they gain

from attnviz.data.datasets import Dataset, load_dataset
from attnviz.model.experiment import Experiment, load, unfinished_work
from attnviz.morphemes import Segmenter
from attnviz.training.config import TrainingConfig
from attnviz.training.train import train

settings.register_profile("untimed", deadline=None)  # a busy machine is no fault of what is tested
settings.load_profile("untimed")


@pytest.fixture(scope="session", autouse=True)
def _cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Keep what is worked out in a folder of these tests, not in the user's cache."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ATTNVIZ_CACHE", str(tmp_path_factory.mktemp("cache")))
        yield


_THINGS = ("film", "movie", "story", "plot", "acting", "music", "ending", "script", "picture", "scene")
_GOOD = ("good", "great", "wonderful", "amazing", "funny", "moving", "brilliant")
_BAD = ("bad", "awful", "boring", "dull", "terrible", "poor", "clumsy")
_FRAMES = ("the {thing} was {word}", "a {word} {thing} !", "i think this {thing} is {word} .", "such {word} {thing}")


def sentences() -> list[tuple[str, str]]:
    """Return (text, label) rows: four frames, and some with the verdict turned by a “not”."""
    rows = []
    for frame, thing, (good, bad) in itertools.product(_FRAMES, _THINGS, zip(_GOOD, _BAD, strict=True)):
        rows.append((frame.format(thing=thing, word=good), "positive"))
        rows.append((frame.format(thing=thing, word=bad), "negative"))
        if thing in _THINGS[:4]:
            rows.append((frame.format(thing=thing, word=f"not {good}"), "negative"))
            rows.append((frame.format(thing=thing, word=f"not {bad}"), "positive"))
    return rows


EPOCHS = 6
TINY = TrainingConfig(
    embedding_dim=16,
    hidden_dim=16,
    buckets=500,
    max_tokens=60,
    dropout=0.2,
    epochs=EPOCHS,
    batch_size=16,
    learning_rate=1e-2,
    embedding_learning_rate=1e-2,
    word_dropout=0,
    input_dropout=0,
    distillation=0,
    bfloat16=False,  # where it pays is measured, and two runs of a test may measure differently
    probes=("the movie was not good",),
    second_seed=True,
)


@pytest.fixture(scope="session")
def tiny_csv(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the rows of `sentences` as a CSV file."""
    path = tmp_path_factory.mktemp("data") / "tiny.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([("text", "label"), *sentences()])
    return path


@pytest.fixture(scope="session")
def tiny_data(tiny_csv: Path) -> Dataset:
    """Return the rows of `sentences`, split."""
    return load_dataset(tiny_csv)


def made_once(factory: pytest.TempPathFactory, name: str, make: Callable[[Path], None]) -> Path:
    """Return a process's own copy of a folder that the first of the run's processes fills: a run takes seconds."""
    own = factory.getbasetemp()
    everybodys = own.parent if "PYTEST_XDIST_WORKER" in os.environ else own
    filled = everybodys / f"{name}_made_once"
    with FileLock(everybodys / f"{name}.lock"):
        if not filled.exists():
            folder = factory.mktemp(name)
            make(folder)
            folder.rename(filled)
    return shutil.copytree(filled, factory.mktemp(name), dirs_exist_ok=True)


@pytest.fixture(scope="session")
def tiny_models(tiny_data: Dataset, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder that holds the experiment tiny-en."""

    def make(folder: Path) -> None:
        for _ in train(tiny_data, "tiny-en", TINY, out=folder):
            pass

    return made_once(tmp_path_factory, "models", make)


@pytest.fixture(scope="session")
def tiny(tiny_models: Path) -> Experiment:
    """Return the experiment tiny-en."""
    return load(tiny_models / "tiny-en")


@pytest.fixture(scope="session")
def transformer_models(tiny_data: Dataset, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder that holds the experiment tiny-both: the same rows, and a transformer beside the twins."""

    def make(folder: Path) -> None:
        config = replace(TINY, variants=(*TINY.variants, "transformer"), epochs=2 * EPOCHS, second_seed=False)
        for _ in train(tiny_data, "tiny-both", config, out=folder):
            pass

    return made_once(tmp_path_factory, "transformer_models", make)


@pytest.fixture(scope="session")
def with_transformer(transformer_models: Path) -> Experiment:
    """Return the experiment tiny-both."""
    return load(transformer_models / "tiny-both")


MORPHEMES = dict.fromkeys(("영화", "음악", "는", "은", "재미있", "재미없", "좋", "싫", "지", "않"), 4_000) | {
    "다": 9_900
}


@pytest.fixture(scope="session")
def tiny_ko_data(tmp_path_factory: pytest.TempPathFactory) -> Dataset:
    """Return Korean rows whose words are morphemes without a space between them."""
    path = tmp_path_factory.mktemp("data") / "tiny_ko.csv"
    verdicts = [
        ("재미있다", "긍정"),
        ("좋다", "긍정"),
        ("재미없다", "부정"),
        ("싫다", "부정"),
        ("재미있지 않다", "부정"),
    ]
    rows = [
        (f"{thing} {number}번 {verdict}", label)
        for thing in ("영화는", "음악은", "이 영화는", "한서진은")
        for verdict, label in verdicts
        for number in range(12)
    ]
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([("text", "label"), *rows])
    return load_dataset(path)


@pytest.fixture(scope="session")
def tiny_ko(tiny_ko_data: Dataset, tmp_path_factory: pytest.TempPathFactory) -> Experiment:
    """Return the experiment tiny-ko, which reads morphemes; they were counted before the run was stopped."""

    def make(folder: Path) -> None:
        work = unfinished_work(folder, "tiny-ko")
        work.mkdir()
        counts = Segmenter.of_counts(MORPHEMES).morphemes
        assert counts is not None
        counts.save(work / "morphemes.txt")
        settings = replace(TINY, language="ko", units="morphemes", probes=("영화는 재미있지 않다",), second_seed=False)
        for _ in train(tiny_ko_data, "tiny-ko", replace(settings, epochs=3), out=folder, resume=True):
            pass

    return load(made_once(tmp_path_factory, "models_ko", make) / "tiny-ko")
