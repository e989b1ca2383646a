"""A `.bin` of gensim's, and a cache folder of the test's own."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from gensim.test.utils import datapath

from attnviz.data.files import CACHE
from attnviz.vectors.fasttext import FastTextVectors
from tests.vectors.test_fasttext import COUNTS, SENTENCES, SETTINGS


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Keep the cache folder out of the home of whoever runs this."""
    monkeypatch.setenv(CACHE, str(tmp_path / "cache"))
    return tmp_path / "cache"


@pytest.fixture
def lee(tmp_path: Path) -> Path:
    return Path(shutil.copy2(datapath("lee_fasttext.bin"), tmp_path))


@pytest.fixture(scope="session")
def vectors() -> FastTextVectors:
    return FastTextVectors.train(SENTENCES, COUNTS, **SETTINGS)
