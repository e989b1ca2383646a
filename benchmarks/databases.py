"""A PostgreSQL of our own: Debian's, on a free port of this machine, in a folder that is thrown away."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

import psycopg

from benchmarks.report import LeftOut
from benchmarks.servers import free_port

_NOBODY = "nobody"  # PostgreSQL does not start as root
_numbers = count(1)


@dataclass(frozen=True)
class Server:
    """A running one; it can be stopped, and started again with what it has."""

    folder: Path
    port: int
    user: str | None  # whose it is, where we are root
    programs: Path = field(repr=False)

    def new_database(self) -> str:
        """Make an empty database and return its address."""
        name = f"rounds_{next(_numbers)}"
        self._run("createdb", "--host=127.0.0.1", f"--port={self.port}", "--username=attnviz", name)
        return f"postgresql://attnviz@127.0.0.1:{self.port}/{name}"

    def emptied(self) -> str:
        """Return the address of one database that is empty again; who is connected to it is cut off."""
        address = f"postgresql://attnviz@127.0.0.1:{self.port}/postgres"
        others = (
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        with psycopg.connect(address, autocommit=True) as connection:
            for statement in (others, "DROP SCHEMA public CASCADE", "CREATE SCHEMA public"):
                connection.execute(statement)
        return address

    def start(self) -> None:
        """Start it and wait until it answers."""
        options = f"-p {self.port} -c listen_addresses=127.0.0.1 -c unix_socket_directories="
        self._run(
            "pg_ctl", "start", "--wait", f"--pgdata={self.folder}/data", "-o", options, f"--log={self.folder}/log"
        )

    def stop(self) -> None:
        """Stop it at once; who is connected is cut off."""
        self._run("pg_ctl", "stop", "--wait", "--mode=immediate", f"--pgdata={self.folder}/data")

    def _run(self, program: str, *options: str) -> None:
        command = [str(self.programs / program), *options]
        with (self.folder / "said").open("a") as said:
            subprocess.run(command, check=True, user=self.user, cwd="/", stdout=said, stderr=said)


@contextmanager
def postgresql(folder: Path) -> Iterator[Server]:
    """Run PostgreSQL; raise `LeftOut` where there is none."""
    programs = _programs()
    user = _NOBODY if os.name == "posix" and os.geteuid() == 0 else None
    # a folder of its own, for that of a test may be closed to other users
    own = Path("/tmp") / f"attnviz-{os.getpid()}-{next(_numbers)}" if user else folder
    own.mkdir(mode=0o700, parents=True, exist_ok=True)
    if user:
        shutil.chown(own, user)
    server = Server(own, free_port(), user, programs)
    try:
        server._run(
            "initdb", f"--pgdata={own}/data", "--username=attnviz", "--auth=trust", "--encoding=UTF8", "--locale=C"
        )
        server.start()
        try:
            yield server
        finally:
            server.stop()
    finally:
        shutil.rmtree(own, ignore_errors=True)


def _programs() -> Path:
    """Return the folder with PostgreSQL's programs; Debian has them on no path."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    if found:
        return found[-1].parent
    if there := shutil.which("initdb"):
        return Path(there).resolve().parent
    raise LeftOut("PostgreSQL is not installed")
