"""What Nod stands on: nothing but itself, or PostgreSQL and Valkey."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg

from bench import process
from bench.server import Server, nod
from mfaproject.tests.services import start_postgres, start_valkey


@dataclass(frozen=True, slots=True)
class Ground:
    """Embedded where `postgres` (a URL without database) is empty. Each server
    gets a database of its own."""

    name: str
    folder: Path
    postgres: str = ""
    valkey: str = ""

    def nod(self, name: str, rounds: int, *arguments: str) -> Server:
        """A server on a fresh database, at this bcrypt cost; `name` is that of
        its folder and database."""
        if not self.postgres:
            return nod(self.folder / name, *arguments, rounds=rounds)
        with psycopg.connect(f"{self.postgres}/postgres", autocommit=True) as connection:
            connection.execute(f'CREATE DATABASE "{name}"')
        return nod(
            self.folder / name,
            *arguments,
            rounds=rounds,
            DATABASE_URL=f"{self.postgres}/{name}",
            REDIS_URL=self.valkey,
        )

    @property
    def pids(self) -> list[int]:
        """The database and the cache, where they are processes of their own."""
        return (
            process.started_with(str(self.folder / "postgres"))
            + process.started_with(str(self.folder / "valkey"))
            if self.postgres
            else []
        )


def embedded(folder: Path) -> Ground:
    """As `make run` with nothing set."""
    return Ground("embedded", folder)


@contextmanager
def services(folder: Path) -> Iterator[Ground]:
    """The test suite's PostgreSQL and Valkey, which keep nothing and wait for no disk."""
    folder.mkdir()
    postgres, valkey = start_postgres(folder), start_valkey(folder)
    try:
        yield Ground("PostgreSQL and Valkey", folder, postgres.url.rpartition("/")[0], valkey.url)
    finally:
        valkey.stop()
        postgres.stop()
