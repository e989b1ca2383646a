"""A classroom of a database of its own, on SQLite and on PostgreSQL."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from pathlib import Path

import pytest

from attnviz.rounds.database import Database
from attnviz.rounds.round import Task, Word
from attnviz.rounds.store import Rounds
from benchmarks import databases
from benchmarks.report import LeftOut

MARK = Task(
    "mark",
    "tiny-en",
    ("frozen", "fine-tuned"),
    "en",
    "a very good film",
    tuple(map(Word, ("a", "very", "good", "film"))),
)


def token() -> str:
    """Return a token as a phone makes one."""
    return secrets.token_urlsafe(24)


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[databases.Server]:
    """Start PostgreSQL; where there is none the test is skipped, but never in CI."""
    try:
        with databases.postgresql(tmp_path_factory.mktemp("postgresql")) as started:
            yield started
    except LeftOut as why:
        assert not os.environ.get("CI"), why
        pytest.skip(str(why))


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Return the address of an empty database."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/rounds.sqlite"
    server: databases.Server = request.getfixturevalue("server")
    return server.emptied()


@pytest.fixture
def rounds(url: str) -> Iterator[Rounds]:
    database = Database(url)
    yield Rounds(database)
    database.close()
