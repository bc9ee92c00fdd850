"""A disk that is full: said in `/readyz`, and a start ends in a sentence. On real file systems of a
few megabytes.
"""

import errno
import http.client
import json
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from io import FileIO
from pathlib import Path
from typing import NoReturn
from unittest import mock

import psycopg
import pytest
from django.db import DatabaseError, OperationalError, ProgrammingError, connection, transaction
from django.test import Client, RequestFactory

from mfaproject import disk_space, errors, start
from mfaproject.lib.patience import LONG, PATIENCE, until
from mfaproject.tests.plugin import ROOT
from mfaproject.tests.serving import Served

pytestmark = pytest.mark.slow


@pytest.fixture(autouse=True)
def _nothing_seen(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(disk_space, "_seen", (-disk_space.LOOK_EVERY, "up"))
    disk_space.refused.reset()
    yield
    disk_space.refused.reset()


def fault(cause: BaseException, kind: type[DatabaseError] = OperationalError) -> DatabaseError:
    """As Django hands it on."""
    error = kind(*cause.args)
    error.__cause__ = cause
    return error


def of_sqlite(code: int, words: str) -> sqlite3.OperationalError:
    error = sqlite3.OperationalError(words)
    error.sqlite_errorcode = code
    return error


FULL = fault(psycopg.errors.DiskFull('could not extend file "base/5/1": No space left on device'))
FAULTS = [
    (FULL, True),
    (
        fault(
            psycopg.errors.ReadOnlySqlTransaction(
                "cannot execute INSERT in a read-only transaction"
            ),
            DatabaseError,
        ),
        True,
    ),
    (
        fault(
            psycopg.errors.InsufficientPrivilege("permission denied for schema public"),
            ProgrammingError,
        ),
        True,
    ),
    (fault(of_sqlite(sqlite3.SQLITE_FULL, "database or disk is full")), True),
    (fault(of_sqlite(sqlite3.SQLITE_IOERR_WRITE, "disk I/O error")), True),
    (fault(of_sqlite(sqlite3.SQLITE_READONLY, "attempt to write a readonly database")), True),
    (fault(of_sqlite(sqlite3.SQLITE_BUSY, "database is locked")), False),
    (fault(of_sqlite(sqlite3.SQLITE_ERROR, "no such table: x")), False),
    (fault(psycopg.OperationalError("connection refused")), False),
    (fault(psycopg.errors.UndefinedTable("no such table"), ProgrammingError), False),
]


@pytest.mark.parametrize(("error", "expected"), FAULTS, ids=str)
def test_a_write_that_cannot_be_kept_is_told_from_other_faults(
    error: DatabaseError, expected: bool
) -> None:
    assert disk_space.cannot_write(error) is expected


@pytest.mark.parametrize(
    ("error", "told"),
    [
        *FAULTS[:6],
        (FAULTS[6][0], False),
        (FAULTS[7][0], False),
        (FAULTS[8][0], True),
        (FAULTS[9][0], False),
    ],
)
def test_a_start_tells_what_an_operator_can_mend_and_shows_defects_whole(
    error: DatabaseError, told: bool
) -> None:
    assert bool(start.sentence(error)) is told


@pytest.mark.django_db
def test_a_database_that_refused_to_write_is_not_ready_for_a_while(client: Client) -> None:
    assert errors.database_fault(RequestFactory().get("/"), FULL).status_code == 503
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json(), answer["Retry-After"]) == (
        503,
        {"status": "down", "database": "full"},
        "2",
    )
    disk_space.refused.reset()
    assert client.get("/readyz").status_code == 200


@pytest.mark.django_db
@pytest.mark.services  # SQLite is never a standby
def test_one_that_may_be_written_to_again_is_ready_at_once(client: Client) -> None:
    disk_space.note(FAULTS[1][0])
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL transaction_read_only = on")
        assert client.get("/readyz").status_code == 503
        transaction.set_rollback(True)
    assert client.get("/readyz").status_code == 200


@pytest.mark.django_db
def test_a_database_that_is_away_is_not_called_full(client: Client) -> None:
    errors.database_fault(RequestFactory().get("/"), OperationalError("connection refused"))
    assert client.get("/readyz").status_code == 200


@pytest.mark.parametrize(
    ("trouble", "expected"),
    [
        (
            mock.patch("os.fsync", side_effect=OSError(errno.ENOSPC, "No space left on device")),
            "full",
        ),
        (
            mock.patch(
                "pathlib.Path.open", side_effect=OSError(errno.EROFS, "Read-only file system")
            ),
            "full",
        ),
        (mock.patch.object(disk_space, "LEAST_FREE", 2**63), "low"),
        (mock.patch.object(disk_space, "LEAST_FREE", 0), "up"),
    ],
)
def test_the_data_folder_is_tried(trouble: "mock._patch[object]", expected: str) -> None:
    with trouble:
        assert disk_space.report() == expected


def test_it_is_tried_every_few_seconds_and_not_at_each_question() -> None:
    with mock.patch("mfaproject.disk_space._look", return_value="up") as look:
        assert [disk_space.report() for _ in range(5)] == ["up"] * 5
    assert look.call_count == 1


@pytest.mark.django_db
def test_little_room_is_degraded(client: Client) -> None:
    with mock.patch.object(disk_space, "LEAST_FREE", 2**63):
        assert client.get("/readyz").json() | {"cache": "up"} == {
            "status": "degraded",
            "database": "up",
            "cache": "up",
            "disk": "low",
        }


SMALL = [
    "unshare",
    "--user",
    "--map-root-user",
    "--mount",
    "sh",
    "-c",
    'mount -t tmpfs -o "size=$1" none "$2" && shift 2 && exec "$@"',
    "small",
]
"""What to put before a command to give it a small file system: its size, where, and then the
command. Needs no root; unshare is of util-linux."""


class TestOnASmallFileSystem:
    @pytest.mark.parametrize(
        "size",
        ["4k", "64k", "400k", "4m"],
        ids=["secrets", "tables", "more tables", "static files"],
    )
    def test_a_start_ends_in_a_sentence(self, tmp_path: Path, size: str) -> None:
        served = Served(tmp_path, DATA_DIR=str(tmp_path / "small"))
        (tmp_path / "small").mkdir()
        command = [*SMALL, size, str(tmp_path / "small"), sys.executable, "manage.py", "serve"]
        done = subprocess.run(
            command,
            cwd=ROOT,
            env=served.environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=LONG,
        )
        assert done.returncode == 1, done.stdout + done.stderr
        (line,) = (done.stdout + done.stderr).splitlines()
        assert line.startswith("Nod cannot start: ")
        assert "disk" in line

    def test_a_server_says_that_it_is_full_and_goes_on_when_there_is_room(
        self, tmp_path: Path
    ) -> None:
        served = Served(tmp_path, "--no-delivery", DATA_DIR=str(tmp_path / "small"))
        (tmp_path / "small").mkdir()
        served.wrapper = [*SMALL, "96m", str(tmp_path / "small")]
        served.start()
        try:
            assert ready(served) == (200, "up")
            ballast = fill(served)
            assert state_at(served, 503) == "full"
            ballast.unlink()
            assert state_at(served, 200) == "up"
        finally:
            served.kill()


def fill(served: Served) -> Path:
    """Takes all the room that is left; gives the file that holds it. The server's own view of its
    file system is below /proc."""
    assert served.process is not None
    ballast = Path(f"/proc/{served.process.pid}/root{served.variables['DATA_DIR']}/ballast")
    with (
        ballast.open("wb", buffering=0) as file,
        pytest.raises(OSError, match="No space left on device"),
    ):
        pour(file)
    return ballast


def pour(file: FileIO) -> NoReturn:
    while True:
        file.write(b"\0" * 65_536)


def ready(served: Served) -> tuple[int, str]:
    """What `/readyz` answers, and what it says of the database."""
    connection = http.client.HTTPConnection("127.0.0.1", served.port, timeout=PATIENCE)
    try:
        connection.request("GET", "/readyz", headers={"Host": f"localhost:{served.port}"})
        answer = connection.getresponse()
        return answer.status, json.loads(answer.read())["database"]
    finally:
        connection.close()


def state_at(served: Served, status: int) -> str:
    """The state of the database once `/readyz` answers so; it looks every ten seconds."""

    def look() -> str:
        found, state = ready(served)
        return state if found == status else ""

    return until(look, lambda: ready(served), rest=lambda _again: time.sleep(0.5))
