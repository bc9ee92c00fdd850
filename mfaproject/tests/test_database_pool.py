"""Connections that ended while nobody looked, a server that takes none, and the limits that go
along with one.
"""

import os
import signal
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from time import monotonic, sleep
from typing import Any
from unittest import mock

import psycopg
import pytest
from django.db import OperationalError, connections
from psycopg_pool import PoolTimeout

from mfaproject.backends.postgresql import pool as pools
from mfaproject.backends.postgresql.base import DatabaseWrapper
from mfaproject.backends.postgresql.connection import REST, TELLING, Connection, answers
from mfaproject.backends.postgresql.limits import LimitedConnection
from mfaproject.lib import deadlines
from mfaproject.lib.racing import at_once, together
from mfaproject.tests.servers import OWN, Own, inner, way_to

pytestmark = pytest.mark.services

LONG = 60.0


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Own]:
    own = Own(tmp_path_factory.mktemp("pool"))
    yield own
    own.service.stop()


@pytest.fixture
def own(server: Own, django_db_blocker: Any) -> Iterator[DatabaseWrapper]:
    with django_db_blocker.unblock(), way_to(server.service) as database:
        yield database


def ask(statement: str = "SELECT 1") -> Any:
    """One request, from its arrival to its end."""
    with deadlines.request(monotonic() + LONG):
        try:
            with connections[OWN].cursor() as cursor:
                cursor.execute(statement)
                return cursor.fetchone()[0]
        finally:
            connections[OWN].close_if_unusable_or_obsolete()


def at_rest(own: DatabaseWrapper, server: Own, several: int) -> list[int]:
    """So many connections lie in the pool of the requests; gives the server's processes."""
    assert at_once(*[lambda: ask("SELECT 1 FROM pg_sleep(0.2)")] * several) == [1] * several
    pids = [pid for pid, _state, _wait in server.sessions()]
    assert len(pids) >= 2, "several are needed to see what becomes of the others"
    return pids


@contextmanager
def counted_looks() -> Iterator[list[object]]:
    """Each time that a connection is asked whether it lives."""
    looks: list[object] = []
    look = pools.Pool._ask

    def counted(conn: Connection) -> None:
        looks.append(conn)
        look(conn)

    with mock.patch.object(pools.Pool, "_ask", staticmethod(counted)):
        yield looks


def test_a_connection_that_rested_briefly_is_taken_as_it_is(own: DatabaseWrapper) -> None:
    ask()
    with counted_looks() as looks:
        for _ in range(5):
            ask()
    assert looks == [], "a round trip for every request would be dear"


def test_one_that_rested_long_is_asked_first(
    own: DatabaseWrapper, monkeypatch: pytest.MonkeyPatch
) -> None:
    ask()
    monkeypatch.setattr(pools, "IDLE_LONG", 0.0)
    with counted_looks() as looks:
        ask()
    assert len(looks) == 1


def test_after_the_server_ended_all_connections_the_first_requests_notice_nothing(
    server: Own, own: DatabaseWrapper
) -> None:
    pids = at_rest(own, server, 6)
    server.aside("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid = ANY(%s)", pids)
    server.until(lambda: not server.sessions())
    drain = pools.Pool.drain
    with mock.patch.object(pools.Pool, "drain", autospec=True, side_effect=drain) as drained:
        assert at_once(*[ask] * 12) == [1] * 12
    assert drained.call_count == 1, "what was made since is as good as new"


def test_after_a_restart_the_first_requests_notice_nothing(
    server: Own, own: DatabaseWrapper
) -> None:
    at_rest(own, server, 6)
    server.service.stop()
    server.restart()
    assert at_once(*[ask] * 12) == [1] * 12


def test_connections_that_a_network_dropped_in_silence_cost_one_look(
    server: Own, own: DatabaseWrapper, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No end of it is ever heard: they take what is sent and say nothing."""
    pids = at_rest(own, server, 4)
    monkeypatch.setattr(pools, "IDLE_LONG", 0.0)
    monkeypatch.setattr(pools, "LOOK", 2 * TELLING)
    for pid in pids:
        os.kill(pid, signal.SIGSTOP)
    failed = mock.patch.object(answers, "failed", wraps=answers.failed)
    try:
        with counted_looks() as looks, failed as failures:
            assert ask() == 1
    finally:
        for pid in pids:
            os.kill(pid, signal.SIGCONT)
    assert len(looks) <= 2, "the others that are as old are not tried one by one"
    assert failures.call_count == 0, "what is dead says nothing about the database"


def test_a_server_that_takes_no_connection_fails_soon_and_then_at_once(
    server: Own, own: DatabaseWrapper
) -> None:
    ask()
    server.service.stop()
    try:
        with deadlines.request(monotonic() + LONG) as budget:
            assert own.pool is not None
            own.pool.timeout = LONG
            with pytest.raises(OperationalError):
                own.ensure_connection()
        assert budget.left() > LONG / 2, "nobody waits for what will not come"
        results = together(*[ask] * 20)
        assert all(isinstance(result, OperationalError) for result in results)
        with mock.patch.object(psycopg.Connection, "connect", side_effect=AssertionError):
            answers.trip()
            with pytest.raises(OperationalError, match="a moment ago"):
                ask()
    finally:
        server.restart()
    server.until(lambda: monotonic() - answers.failed_at > REST)
    assert at_once(*[ask] * 12) == [1] * 12, "all of them, and not the first alone"


def test_nobody_waits_longer_for_a_connection_than_the_request_has_left(
    own: DatabaseWrapper,
) -> None:
    """All are lent out, and the database is well: that is no outage."""
    ask()
    with deadlines.request(monotonic() + LONG):
        pool = own.pool
        assert pool is not None
        lent = [pool.getconn() for _ in range(8)]
    try:
        others = threading.Timer(0.1, lambda: lent[0].execute("SELECT 1"))
        others.start()
        with (
            deadlines.request(monotonic() + 0.4, grace=0.0) as budget,
            pytest.raises(OperationalError),
        ):
            own.ensure_connection()
        assert budget.left() == 0.0
        others.join()
        assert answers.admit()
    finally:
        for each in lent:
            pool.putconn(each)


def test_one_in_the_middle_of_something_is_closed_when_it_is_given_back(
    server: Own, own: DatabaseWrapper
) -> None:
    with deadlines.request(monotonic() + LONG):
        connection = inner(own)
        connection.autocommit = False
        connection.execute("SELECT 1")
        pid = connection.info.backend_pid
        with mock.patch.object(Connection, "wait", side_effect=psycopg.Error) as waited:
            own.close()
            server.until_ended(pid)
    waited.assert_not_called()


@pytest.mark.parametrize("late", [False, True])
def test_waiting_for_a_connection_draws_on_the_budget_like_any_other_wait(
    own: DatabaseWrapper, monkeypatch: pytest.MonkeyPatch, *, late: bool
) -> None:
    ask()
    asked: list[float] = []

    def never(_pool: object, began: float, end: float) -> Connection:
        asked.append(end - began)
        sleep(0.3)
        raise PoolTimeout

    monkeypatch.setattr(pools.Pool, "_getconn_until", never)
    until, grace = (monotonic(), 0.2) if late else (monotonic() + 0.2, 0.0)
    try:
        with deadlines.request(until, grace) as budget, pytest.raises(OperationalError):
            own.ensure_connection()
        assert asked[0] < 0.21, "no longer than the request has left"
        assert budget.left() == 0.0
    finally:
        answers.succeeded()


# Limits of the server

LIMITS = ("statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout")


def limits() -> list[str]:
    return [str(ask(f"SHOW {name}")) for name in LIMITS]


def as_they_are(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deadlines, "STATEMENT", 2.0)
    monkeypatch.setattr(deadlines, "LOCK", 1.5)


def test_sessions_of_requests_have_limits_and_no_others(
    own: DatabaseWrapper, monkeypatch: pytest.MonkeyPatch
) -> None:
    as_they_are(monkeypatch)
    assert limits() == ["2s", "1500ms", "10s"]
    with own.cursor() as cursor:  # a migration, a worker, a sweep
        for name in LIMITS:
            cursor.execute(f"SHOW {name}")
            assert cursor.fetchone() == ("0",)


def test_what_the_operator_sets_counts(
    server: Own, django_db_blocker: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    as_they_are(monkeypatch)
    with (
        django_db_blocker.unblock(),
        way_to(server.service, options="-c lock_timeout=700 -c search_path=elsewhere"),
    ):
        assert limits() == ["2s", "700ms", "10s"]
        assert ask("SHOW search_path") == "elsewhere"


class Between:
    """Stands before the server as PgBouncer does: it lets nobody set what it does not know."""

    REFUSAL = b"SFATAL\0VFATAL\0C08P01\0Munsupported startup parameter: options\0\0"

    def __init__(self, port: int) -> None:
        self._behind, self.refused = port, 0
        self._door = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._door.getsockname()[1])
        threading.Thread(target=self._take, daemon=True).start()

    def _take(self) -> None:
        with suppress(OSError):
            while True:
                client, _address = self._door.accept()
                threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        with client, suppress(OSError):
            start = client.recv(65_536)
            # asks for TLS, or for GSSAPI
            if start[4:8] in (b"\x04\xd2\x16\x2f", b"\x04\xd2\x16\x30"):
                client.sendall(b"N")
                start = client.recv(65_536)
            if b"\0options\0" in start:
                self.refused += 1
                client.sendall(b"E" + (4 + len(self.REFUSAL)).to_bytes(4, "big") + self.REFUSAL)
                return
            with socket.create_connection(("127.0.0.1", self._behind)) as server:
                server.sendall(start)
                back = threading.Thread(target=self._pass, args=(server, client), daemon=True)
                back.start()
                self._pass(client, server)

    @staticmethod
    def _pass(source: socket.socket, target: socket.socket) -> None:
        with suppress(OSError):
            while some := source.recv(65_536):
                target.sendall(some)
        with suppress(OSError):
            target.shutdown(socket.SHUT_WR)

    def close(self) -> None:
        self._door.close()


def test_where_nothing_may_be_set_at_the_start_it_works_without(
    server: Own,
    django_db_blocker: Any,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setattr(LimitedConnection, "refused", False)
    between = Between(server.port)
    try:
        with django_db_blocker.unblock(), way_to(server.service, port=between.port) as own:
            own.settings_dict["PORT"] = str(between.port)
            assert limits() == ["0", "0", "0"]
            refused = between.refused
            assert refused
            with deadlines.request(monotonic() + LONG):
                assert own.pool is not None
                own.pool.drain()
            assert limits() == ["0", "0", "0"]
            assert between.refused == refused, "it is remembered"
            assert "what is in between refuses them" in caplog.text
    finally:
        between.close()


def test_a_question_whether_it_lives_begins_no_transaction(own: DatabaseWrapper) -> None:
    """It may have come back from a transaction that was never begun, and then
    it takes part in none."""
    own.ensure_connection()
    own.set_autocommit(False)
    own.close()
    with mock.patch.object(pools, "IDLE_LONG", 0.0):
        own.ensure_connection()
    assert own.connection.info.transaction_status == psycopg.pq.TransactionStatus.IDLE
    with own.cursor() as cursor:
        cursor.execute("SELECT 1")
