"""A PostgreSQL of a test's own, and Django's way to it: for what must not happen to the one that
all tests share.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg
from django.db import connections

from mfaproject.backends.postgresql.base import DatabaseWrapper
from mfaproject.backends.postgresql.connection import Connection, answers, commits
from mfaproject.lib.patience import until
from mfaproject.tests.services import Service, start_postgres

OWN = "own"


def url_of(service: Service) -> str:
    """The database that a new cluster has."""
    return service.url.replace("/nod", "/postgres")


class Own:
    """The server, and beside it a connection for the test itself that no deadline holds for."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.service = folder, start_postgres(folder)
        self.port = urlsplit(self.service.url).port or 0

    def restart(self) -> None:
        self.service = start_postgres(self.folder, self.port)

    def aside(self, statement: str, *values: Any) -> list[Any]:
        """Runs a statement as somebody else; gives its rows."""
        with psycopg.connect(url_of(self.service), autocommit=True) as other:
            done = other.execute(statement, values)
            return done.fetchall() if done.description else []

    @contextmanager
    def holding(self, statement: str) -> Iterator[None]:
        """Somebody else has run it in a transaction that stays open for the block."""
        with psycopg.connect(url_of(self.service)) as other:
            other.execute(statement)
            yield
            other.rollback()

    def sessions(self, pid: int | None = None) -> list[Any]:
        """Who is connected, besides who asks: process and state."""
        return self.aside(
            "SELECT pid, state, wait_event FROM pg_stat_activity WHERE backend_type = 'client"
            " backend' AND pid <> pg_backend_pid() AND (%s::int IS NULL OR pid = %s)",
            pid,
            pid,
        )

    def until(self, holds: Callable[[], bool]) -> None:
        """Waits for what comes about by itself; raises where it does not."""
        until(holds, lambda: "it did not come about")

    def until_ended(self, pid: int) -> None:
        self.until(lambda: not self.sessions(pid))


@contextmanager
def way_to(service: Service, **options: Any) -> Iterator[DatabaseWrapper]:
    """`connections["own"]` leads there, with a pool as the site has one."""
    parts = urlsplit(url_of(service))
    where = {"NAME": "postgres", "USER": "postgres", "HOST": "127.0.0.1", "PORT": str(parts.port)}
    pool = {"min_size": 1, "max_size": 8}
    settings = {
        "ENGINE": "mfaproject.backends.postgresql",
        "OPTIONS": {"connect_timeout": 2, "pool": pool, **options},
    }
    connections.databases[OWN] = connections.configure_settings(
        {"default": {}, OWN: where | settings}
    )[OWN]
    answers.reset()
    commits.reset()
    own = connections[OWN]
    assert isinstance(own, DatabaseWrapper)
    try:
        yield own
    finally:
        own.close()
        own.close_pool()
        del connections[OWN], connections.databases[OWN]
        answers.reset()
        commits.reset()


def inner(database: DatabaseWrapper) -> Connection:
    """psycopg's side of it."""
    database.ensure_connection()
    connection: Any = database.connection
    assert isinstance(connection, Connection)
    return connection
