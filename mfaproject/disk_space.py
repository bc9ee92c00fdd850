"""Whether what is written can be kept. A disk that is full is said in `/readyz`, and a start that
meets one ends in a sentence.
"""

import errno
import os
import sqlite3
import threading
import time

from django.conf import settings
from django.db import OperationalError, connection

from mfaproject.lib import tokens
from mfaproject.lib.breaker import Breaker

FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
LEAST_FREE = 16 * 1024 * 1024
"""Bytes. Below, somebody should make room before it is full."""
LOOK_EVERY = 10.0
"""Seconds between two tries to write: whoever asks `/readyz` more often costs nothing."""
REMEMBERED = 30.0
"""Seconds for which a write that the database refused is news. The next one
tells whether there is room again."""
_SQLITE = (
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_READONLY,
    sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_PERM,
)
_READ_ONLY = "25006"
# disk full, input/output error, read only, no privilege
_POSTGRES = ("53100", "58030", _READ_ONLY, "42501")

refused = Breaker(REMEMBERED)
_was_read_only = False
_looking = threading.Lock()
_seen: tuple[float, str] = (-LOOK_EVERY, "up")


def cannot_write(error: BaseException) -> bool:
    """Whether the database said that it cannot keep what it is given: full,
    broken, or read only."""
    cause = _cause(error)
    if isinstance(cause, sqlite3.Error):
        # the higher bits say which file
        return getattr(cause, "sqlite_errorcode", 0) & 0xFF in _SQLITE
    return getattr(cause, "sqlstate", None) in _POSTGRES


def _cause(error: BaseException) -> BaseException:
    """What the database itself raised: Django wraps it, and its migrations wrap that."""
    while not isinstance(error, sqlite3.Error) and not getattr(error, "sqlstate", None):
        below = error.__cause__ or error.__context__
        if below is None:
            break
        error = below
    return error


def is_the_operators(error: BaseException) -> bool:
    """Whether this is for an operator to mend. SQLite calls a missing column an operational error
    too, and that is a defect."""
    return cannot_write(error) or (
        isinstance(error, OperationalError) and not isinstance(_cause(error), sqlite3.Error)
    )


def note(fault: BaseException | None) -> None:
    """A request met this."""
    global _was_read_only  # noqa: PLW0603 - one database for each process
    if fault is not None and cannot_write(fault):
        _was_read_only = getattr(_cause(fault), "sqlstate", None) == _READ_ONLY
        refused.trip()


def database_is_full() -> bool:
    """Whether nobody can sign in because nothing can be written.

    Whether there is room again, only the next write tells; whether writing is allowed again, the
    database does.
    """
    if refused.open and _was_read_only and not _is_read_only():
        refused.reset()
    return refused.open or (connection.vendor == "sqlite" and report() == "full")


def _is_read_only() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SHOW transaction_read_only")
        return bool(cursor.fetchone()[0] == "on")


def report() -> str:
    """Gives "up", "low" where little room is left for DATA_DIR, "full" where
    nothing can be written to it."""
    global _seen  # noqa: PLW0603 - one disk for each process
    with _looking:
        now = time.monotonic()
        if now - _seen[0] >= LOOK_EVERY:
            _seen = now, _look()
        return _seen[1]


def _look() -> str:
    path = settings.DATA_DIR / f"probe.{tokens.new_id()}"
    try:
        with path.open("xb") as file:
            file.write(b"\0" * 4096)
            file.flush()
            os.fsync(file.fileno())
    except OSError:
        return "full"
    finally:
        path.unlink(missing_ok=True)
    room = os.statvfs(settings.DATA_DIR)
    return "low" if room.f_bavail * room.f_frsize < LEAST_FREE else "up"
