"""Between two transactions nothing is kept in a connection, so a pooler may give the next one
another (`make e2e-full` has a real one).
"""

import pytest
from django.db import connection

from accounts.models import User
from mfaproject.lib.testing import person
from risk.history import locks

pytestmark = [pytest.mark.services, pytest.mark.django_db(transaction=True)]


def kept(view: str, condition: str = "true") -> int:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {view} WHERE {condition}")
        return int(cursor.fetchone()[0])


def test_no_cursor_waits_for_the_rest_of_a_long_reading() -> None:
    for name in ("alice", "bob", "carol"):
        person(name)
    rows = User.objects.order_by("pk").iterator(chunk_size=1)
    assert next(rows).username == "alice"
    assert kept("pg_cursors") == 0
    assert [row.username for row in rows] == ["bob", "carol"]


def test_no_statement_is_prepared_in_the_server() -> None:
    for _ in range(20):
        assert not User.objects.filter(username_key="alice").exists()
    assert kept("pg_prepared_statements") == 0


def test_no_lock_outlives_its_transaction() -> None:
    from_here = "locktype = 'advisory' AND pid = pg_backend_pid()"
    with connection.cursor() as cursor:
        cursor.execute("BEGIN")
        locks.only_one_for_everybody()
        assert kept("pg_locks", from_here) == 1
        cursor.execute("COMMIT")
    assert kept("pg_locks", from_here) == 0
