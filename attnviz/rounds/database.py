"""The database of the rounds: SQLite in a file of its own with no set-up, or what `ATTNVIZ_DATABASE` names.

What was written is on the disk when it is said to be: SQLite writes ahead (WAL) and waits for the disk at every commit
(synchronous FULL), and so does PostgreSQL as it comes.
"""

from __future__ import annotations

import math
import os
import sqlite3
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from threading import Lock
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError, OperationalError
from sqlalchemy.exc import TimeoutError as NoneFree

from attnviz.data.files import cache_folder
from attnviz.errors import AttnvizError
from attnviz.rounds.refusals import Away, msg
from attnviz.rounds.tables import ADDED, METADATA, VERSION, VERSIONS

T = TypeVar("T")
DATABASE = "ATTNVIZ_DATABASE"
_CONNECTIONS = 8  # of a process
_WAITED = 5  # seconds: for a connection, for a lock, for an answer
_PAUSE = 0.5  # seconds in which no connection is tried after one was refused
_ONE_AT_A_TIME = 7_204_511  # a number of ours among PostgreSQL's advisory locks


class Database:
    """Connections to it, made when they are wanted first; what fails for its absence raises `Away`."""

    def __init__(self, url: str | None = None) -> None:
        self._engine = _engine(url or os.environ.get(DATABASE, ""))
        self._sqlite = self._engine.dialect.name == "sqlite"
        # SQLite has one writer, and lets those that wait look again at ever longer intervals
        self._writing: AbstractContextManager[object] = Lock() if self._sqlite else nullcontext()
        self._checking, self._checked = Lock(), False

    @property
    def kind(self) -> str:
        """What it is: sqlite or postgresql."""
        return self._engine.dialect.name

    @contextmanager
    def reading(self) -> Iterator[sa.Connection]:
        """Give a connection for questions."""
        self._check()
        with _away(), self._engine.connect() as connection:
            yield connection

    def write(self, work: Callable[[sa.Connection], T]) -> T:
        """Do some changes and return once they are on the disk: all of them, or, where `work` raises, none."""
        self._check()
        return self._alone(work)

    def write_all(self, works: Sequence[Callable[[sa.Connection], T]]) -> list[T | Exception]:
        """Do what several ask for, and return once it is on the disk; what one raises undoes what it did itself."""

        def all_of_them(connection: sa.Connection) -> list[T | Exception]:
            outcomes: list[T | Exception] = []
            for work in works:
                try:
                    with connection.begin_nested():
                        outcomes.append(work(connection))
                except OperationalError:
                    raise
                except Exception as refused:
                    outcomes.append(refused)
            return outcomes

        return self.write(all_of_them)

    def _alone(self, work: Callable[[sa.Connection], T]) -> T:
        with self._writing, _away(), self._engine.execution_options(writes=True).begin() as connection:
            return work(connection)

    def close(self) -> None:
        """Let go of all connections."""
        self._engine.dispose()

    def _check(self) -> None:
        """Make the tables in an empty database, bring older ones up to date, and refuse those of a newer attnviz."""
        if self._checked:
            return
        with self._checking:
            if not self._checked:
                self._alone(self._make)
                self._checked = True

    def _make(self, connection: sa.Connection) -> None:
        if not self._sqlite:
            connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_ONE_AT_A_TIME)))
        if not sa.inspect(connection).has_table(VERSIONS.name):
            METADATA.create_all(connection, checkfirst=False)
            connection.execute(VERSIONS.insert().values(version=VERSION))
        found = connection.execute(sa.select(VERSIONS.c.version)).scalars().all()
        if len(found) == 1 and 0 < found[0] < VERSION:
            _bring_up_to_date(connection, found[0])
        elif found != [VERSION]:
            raise AttnvizError(
                "The database of the rounds ({name}) was made by another version of attnviz (its tables are {found}, "
                "these are {known}): run that version, or name another database by ATTNVIZ_DATABASE.",
                name=self._engine.url.database,
                found=", ".join(map(str, found)) or "–",
                known=VERSION,
            )


def _bring_up_to_date(connection: sa.Connection, version: int) -> None:
    """Add to the tables of an older version what came since."""
    for column in (column for at in range(version + 1, VERSION + 1) for column in ADDED[at]):
        kind = column.type.compile(connection.dialect)
        connection.execute(sa.DDL(f"ALTER TABLE {column.table.name} ADD COLUMN {column.name} {kind}"))
    connection.execute(VERSIONS.update().values(version=VERSION))


def away() -> Away:
    """Return what is said while the database does not answer."""
    return Away(msg("The server cannot reach its database at the moment: nothing was lost, it is tried again."))


@contextmanager
def _away() -> Iterator[None]:
    """Raise `Away` for what a database raises that does not answer."""
    try:
        yield
    except (OperationalError, NoneFree) as error:
        raise away() from error
    except DBAPIError as error:
        if error.connection_invalidated:
            raise away() from error
        raise


def _engine(url: str) -> sa.Engine:
    try:
        named = sa.make_url(url) if url else _usual()
        if named.drivername in ("postgresql", "postgres"):
            named = named.set(drivername="postgresql+psycopg")
        if named.get_backend_name() == "sqlite":
            return _sqlite(named)
        if named.get_backend_name() != "postgresql":
            raise NoSuchModuleError(named.drivername)
        return _postgresql(named)
    except (ArgumentError, NoSuchModuleError) as error:
        raise AttnvizError(
            "ATTNVIZ_DATABASE names no database that can be used: write it like postgresql://user@host/name, or leave "
            "it out."
        ) from error


def _usual() -> sa.URL:
    folder = cache_folder()
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise AttnvizError(
            "The rounds cannot be kept: {path} cannot be written ({reason}). Make room, or name another folder by "
            "ATTNVIZ_CACHE.",
            path=folder,
            reason=error.strerror or str(error),
        ) from error
    return sa.URL.create("sqlite", database=str(folder / "rounds.sqlite"))


def _postgresql(url: sa.URL) -> sa.Engine:
    options = f"-c lock_timeout={_WAITED}s -c statement_timeout={_WAITED}s"
    engine = sa.create_engine(
        url,
        pool_size=_CONNECTIONS,
        max_overflow=0,
        pool_timeout=_WAITED,
        pool_pre_ping=True,  # a restart of the database costs nobody an answer
        connect_args={"connect_timeout": _WAITED, "options": options},
    )
    refused = -math.inf

    @sa.event.listens_for(engine, "do_connect")
    def connect(dialect: sa.Dialect, _record: object, args: tuple[Any, ...], options: dict[str, Any]) -> Any:
        # every attempt costs PostgreSQL a process: a class that tries again and again would keep it from coming back
        nonlocal refused
        if time.monotonic() < refused + _PAUSE:
            raise away()
        try:
            return dialect.connect(*args, **options)
        except dialect.loaded_dbapi.OperationalError:
            refused = time.monotonic()
            raise

    return engine


def _sqlite(url: sa.URL) -> sa.Engine:
    engine = sa.create_engine(
        url, pool_size=_CONNECTIONS, max_overflow=0, pool_timeout=_WAITED, connect_args={"timeout": _WAITED}
    )

    @sa.event.listens_for(engine, "connect")
    def set_up(connection: sqlite3.Connection, _record: object) -> None:
        connection.isolation_level = None  # transactions begin where we say so
        try:
            for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
                connection.execute(f"PRAGMA {pragma}")
        except sqlite3.OperationalError as error:  # another process is just making it
            raise away() from error
        except sqlite3.DatabaseError as error:
            raise AttnvizError(
                "{path} is no database of rounds ({reason}): move it away, and a new one is made.",
                path=url.database,
                reason=error,
            ) from error

    @sa.event.listens_for(engine, "begin")
    def begin(connection: sa.Connection) -> None:
        # one that reads first and writes later would be refused if another had written meanwhile
        connection.exec_driver_sql("BEGIN IMMEDIATE" if connection.get_execution_options().get("writes") else "BEGIN")

    return engine
