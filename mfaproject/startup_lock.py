"""One process at a time: what several that start together must not do at once. Each turn ends with
its process, however that ends.
"""

import fcntl
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from typing import IO, Any

from django.conf import settings
from django.db import connections

PATIENCE = 300.0
"""Seconds to wait for the others; what they do takes a few, but tables can be large."""
LOOK_EVERY = 0.2
# "nodB": the number of our advisory lock, which PostgreSQL keeps for each database apart
_TABLES = 0x6E6F_6442


class StillBusy(Exception):
    """Somebody else has had the turn for too long; the sentence says at what."""


@contextmanager
def of_files(name: str, others: str) -> Iterator[None]:
    """For processes that share DATA_DIR. `others`: what is said, once, while
    somebody else has the turn."""
    settings.DATA_DIR.mkdir(parents=True, exist_ok=True)
    with (settings.DATA_DIR / f"{name}.lock").open("a") as file:
        _wait(lambda: _locked(file), others)
        yield


def _locked(file: IO[str]) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


@contextmanager
def of_tables(alias: str, others: str) -> Iterator[None]:
    """For processes that share a database.

    The lock is a transaction's, on a connection of its own: a session's would be lost behind a
    pooler that lends connections for one transaction. It is asked for again and again and not
    waited for: a statement that waits would hold up whoever builds an index.
    """
    connection: Any = connections[alias]
    if connection.vendor != "postgresql":
        with of_files("tables", others):
            yield
        return
    with (
        closing(connection.Database.connect(**connection.get_connection_params())) as other,
        other.cursor() as cursor,
    ):
        cursor.execute("SET LOCAL idle_in_transaction_session_timeout = 0")
        _wait(
            lambda: bool(
                cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [_TABLES]).fetchone()[0]
            ),
            others,
        )
        yield


def _wait(take: Callable[[], bool], others: str) -> None:
    deadline, told = time.monotonic() + PATIENCE, False
    while not take():
        if not told:
            sys.stderr.write(f"{others} Waiting for it.\n")
            sys.stderr.flush()
            told = True
        if time.monotonic() > deadline:
            raise StillBusy(f"{others} It has not ended within {PATIENCE:.0f} seconds.")
        time.sleep(LOOK_EVERY)
