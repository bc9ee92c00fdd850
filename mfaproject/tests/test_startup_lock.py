"""One process at a time, of several that start together."""

import threading
from collections.abc import Callable
from contextlib import AbstractContextManager
from unittest import mock

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from mfaproject import startup_lock
from mfaproject.lib.patience import PATIENCE, until

pytestmark = pytest.mark.django_db  # the lock on its tables is the database's, or a file's

Turn = Callable[[], AbstractContextManager[None]]
OTHERS = "Somebody else is at it."
TURNS: list[Turn] = [
    lambda: startup_lock.of_files("x", OTHERS),
    lambda: startup_lock.of_tables("default", OTHERS),
]


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(startup_lock, "LOOK_EVERY", 0.01)


@pytest.mark.parametrize("turn", TURNS, ids=["files", "tables"])
class TestATurn:
    def test_waits_for_the_one_before_and_says_so_once(
        self, turn: Turn, capsys: pytest.CaptureFixture[str]
    ) -> None:
        order: list[str] = []

        def second() -> None:
            with turn():
                order.append("second")

        thread = threading.Thread(target=second)
        with turn():
            thread.start()
            said = until(lambda: capsys.readouterr().err, lambda: "it does not wait")
            order.append("first")
        thread.join(PATIENCE)
        assert order == ["first", "second"]
        assert said + capsys.readouterr().err == f"{OTHERS} Waiting for it.\n"

    def test_does_not_wait_for_ever(self, turn: Turn, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(startup_lock, "PATIENCE", 0.05)
        with turn(), pytest.raises(startup_lock.StillBusy, match=OTHERS), turn():
            pass

    def test_ends_with_whatever_ended_it(self, turn: Turn) -> None:
        with pytest.raises(RuntimeError), turn():
            raise RuntimeError
        with turn():
            pass


@pytest.mark.services
def test_the_lock_on_tables_is_a_transactions_so_that_a_pooler_keeps_it() -> None:
    held = (
        "SELECT count(*) FROM pg_locks JOIN pg_stat_activity USING (pid) "
        "WHERE locktype = 'advisory' AND state = 'idle in transaction' "
        "AND datname = current_database()"  # other tests have databases of their own beside it
    )
    with startup_lock.of_tables("default", OTHERS), connection.cursor() as cursor:
        assert cursor.execute(held).fetchone() == (1,)
    # the server hears a moment later that a connection is closed
    with connection.cursor() as cursor:
        until(lambda: cursor.execute(held).fetchone() == (0,), lambda: "it is kept")


def test_two_jobs_do_not_migrate_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(startup_lock, "PATIENCE", 0)
    with (
        startup_lock.of_tables("default", OTHERS),
        pytest.raises(CommandError, match="bringing the tables up to date"),
    ):
        call_command("migrate", verbosity=0)


def test_looking_at_the_plan_waits_for_nobody() -> None:
    with (
        startup_lock.of_tables("default", OTHERS),
        mock.patch("django.core.management.commands.migrate.Command.handle") as handled,
    ):
        call_command("migrate", plan=True, verbosity=0)
        call_command("migrate", check_unapplied=True, verbosity=0)
    assert handled.call_count == 2
