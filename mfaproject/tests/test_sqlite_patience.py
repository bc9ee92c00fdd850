"""SQLite has one writer: how long others wait for it, and what a file that cannot be written to is
taken for.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, nullcontext
from pathlib import Path
from time import monotonic
from typing import Any

import pytest
from django.db import Error, OperationalError, connections, transaction

from mfaproject.lib import deadlines
from mfaproject.lib.database_faults import is_database_fault

OWN = "own"


@pytest.fixture
def file(tmp_path: Path, django_db_blocker: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """`connections["own"]` leads to a file, set up as the site's own."""
    monkeypatch.setattr(deadlines, "SQLITE_LOCK", 2.0)
    path = tmp_path / "own.sqlite3"
    with closing(sqlite3.connect(path)) as made:
        made.execute("PRAGMA journal_mode=WAL")
        made.execute("CREATE TABLE thing (id INTEGER PRIMARY KEY, text TEXT)")
    options = {"transaction_mode": "IMMEDIATE", "init_command": "PRAGMA synchronous=NORMAL"}
    settings = {
        "ENGINE": "mfaproject.backends.sqlite3",
        "NAME": path,
        "CONN_MAX_AGE": 600,
        "OPTIONS": options,
    }
    connections.databases[OWN] = connections.configure_settings({"default": {}, OWN: settings})[OWN]
    with django_db_blocker.unblock():
        yield path
        connections[OWN].close()
    del connections[OWN], connections.databases[OWN]


@contextmanager
def writer(path: Path) -> Iterator[None]:
    """Somebody else who does not come to an end."""
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield
        other.execute("ROLLBACK")


def run(statement: str) -> Any:
    with connections[OWN].cursor() as cursor:
        return cursor.execute(statement).fetchall()


def write() -> None:
    run("INSERT INTO thing (text) VALUES ('x')")


def patience() -> int:
    """Milliseconds for which a lock would be waited for."""
    return int(run("PRAGMA busy_timeout")[0][0])


def test_a_lock_is_waited_for_two_seconds_in_a_request_and_twenty_elsewhere(file: Path) -> None:
    assert patience() == 20_000, "the delivery thread, a command"
    with deadlines.request(monotonic() + 60):
        assert patience() == 2_000
    assert patience() == 20_000


@pytest.mark.parametrize("way", ["transaction", "alone"])
def test_what_the_request_has_left_bounds_all_of_its_waits(file: Path, way: str) -> None:
    with writer(file), deadlines.request(monotonic() + 0.2, grace=0.1) as budget:
        for _ in range(3):
            with pytest.raises(OperationalError, match="locked"):
                one_change(way)
        assert budget.left() < 0.05
        assert patience() <= 50
    one_change(way)


def one_change(way: str) -> None:
    with transaction.atomic(OWN) if way == "transaction" else nullcontext():
        write()


def test_who_reads_does_not_wait_for_who_writes(file: Path) -> None:
    with writer(file), deadlines.request(monotonic() - 1, grace=0.0):
        assert run("SELECT count(*) FROM thing") == [(0,)]


def test_what_a_request_has_changed_is_noted(file: Path) -> None:
    with deadlines.request(monotonic() + 60) as budget:
        run("SELECT 1")
        assert not budget.changed
        with transaction.atomic(OWN):
            write()
            assert not budget.changed
        assert budget.changed
    with deadlines.request(monotonic() + 60) as budget:
        write()
        assert budget.changed


def test_what_was_rolled_back_was_not_changed(file: Path) -> None:
    with deadlines.request(monotonic() + 60) as budget:
        with transaction.atomic(OWN):
            write()
            transaction.set_rollback(True, OWN)
        assert not budget.changed


@pytest.mark.parametrize(
    ("setting", "said"),
    [("query_only = 1", "readonly"), ("max_page_count = 2", "full")],
)
def test_a_file_that_cannot_be_written_to_is_a_fault_of_the_database(
    file: Path, setting: str, said: str
) -> None:
    run(f"PRAGMA {setting}")
    with pytest.raises(OperationalError, match=said) as fault:
        run("INSERT INTO thing (text) VALUES (hex(zeroblob(100000)))")
    assert is_database_fault(fault.value)


def test_a_file_that_is_damaged_is_a_fault_of_the_database(file: Path) -> None:
    file.write_bytes(b"SQLite format 3\0" + b"\xff" * 5000)
    connections[OWN].close()
    with pytest.raises(Error) as fault:
        run("SELECT * FROM thing")
    assert is_database_fault(fault.value)
