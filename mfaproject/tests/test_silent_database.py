"""A PostgreSQL that says nothing, or not the last word: what a request gives up, and what it may
say of it.
"""

import os
import signal
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from time import monotonic
from typing import Any
from unittest import mock

import psycopg
import pytest
from django.db import (
    IntegrityError,
    InternalError,
    OperationalError,
    ProgrammingError,
    connections,
    transaction,
)

from mfaproject.backends.postgresql.base import DatabaseWrapper
from mfaproject.backends.postgresql.connection import (
    REST,
    STUCK_FOR,
    Connection,
    answers,
    commits,
    standing,
)
from mfaproject.lib import deadlines
from mfaproject.lib.database_faults import CommitUnknown
from mfaproject.lib.racing import together
from mfaproject.tests.servers import OWN, Own, inner, url_of, way_to

pytestmark = pytest.mark.services

SOON, LONG = 0.3, 60.0


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Own]:
    own = Own(tmp_path_factory.mktemp("silent"))
    own.aside("ALTER DATABASE postgres SET synchronous_commit = on")
    own.aside("CREATE TABLE thing (id int PRIMARY KEY, state text NOT NULL)")
    own.aside("CREATE TABLE part (of_thing int REFERENCES thing DEFERRABLE INITIALLY DEFERRED)")
    yield own
    own.service.thaw()
    own.service.stop()


@pytest.fixture
def own(server: Own, django_db_blocker: Any) -> Iterator[DatabaseWrapper]:
    server.aside("TRUNCATE thing, part")
    server.aside("INSERT INTO thing VALUES (1, 'new')")
    with django_db_blocker.unblock(), way_to(server.service, application_name="site") as database:
        yield database
    server.service.thaw()


@contextmanager
def request(seconds: float = SOON) -> Iterator[deadlines.Budget]:
    with deadlines.request(monotonic() + seconds, grace=0.1) as budget:
        yield budget


def run(statement: str) -> list[Any]:
    with connections[OWN].cursor() as cursor:
        cursor.execute(statement)
        return cursor.fetchall() if cursor.description else []


def claim() -> int:
    """One conditional UPDATE: whoever changes the row has done it."""
    with connections[OWN].cursor() as cursor:
        cursor.execute("UPDATE thing SET state = 'done' WHERE id = 1 AND state = 'new'")
        return int(cursor.rowcount)


def state(server: Own) -> str:
    return str(server.aside("SELECT state FROM thing WHERE id = 1")[0][0])


def stop(own: DatabaseWrapper) -> int:
    """The one process of the server that this connection talks to; gives its number."""
    pid = inner(own).info.backend_pid
    os.kill(pid, signal.SIGSTOP)
    return pid


def go_on(server: Own, *pids: int) -> None:
    """Until they have done what lay in their sockets, and have seen that nobody
    is there any more."""
    for pid in pids:
        os.kill(pid, signal.SIGCONT)
        server.until_ended(pid)


def fault_of(work: Callable[[], object]) -> Exception | None:
    try:
        work()
    except Exception as fault:  # noqa: BLE001 - which one it is, is what is looked at
        return fault
    return None


@contextmanager
def nothing_is_waited_for() -> Iterator[None]:
    with mock.patch("psycopg.waiting.wait", side_effect=AssertionError("waited for the server")):
        yield


@contextmanager
def noted_waits() -> Iterator[list[str]]:
    """Whether each wait ended with an answer."""
    ends: list[str] = []
    wait = psycopg.waiting.wait

    def noted(*args: Any, **options: Any) -> Any:
        ends.append("in vain")
        told = wait(*args, **options)
        ends[-1] = "answered"
        return told

    with mock.patch("psycopg.waiting.wait", noted):
        yield ends


# Given up


def test_a_database_that_says_nothing_costs_the_request_its_budget_once(
    server: Own, own: DatabaseWrapper
) -> None:
    with request(LONG):
        run("SELECT 1")
    own.close_if_unusable_or_obsolete()
    server.service.freeze()
    with request() as budget:
        pid = inner(own).info.backend_pid
        with pytest.raises(OperationalError, match="said nothing"):
            run("SELECT 1")
        assert budget.left() == 0.0
        own.close_if_unusable_or_obsolete()
        for _ in range(3):
            with nothing_is_waited_for(), pytest.raises(OperationalError):
                run("SELECT 1")
    server.service.thaw()
    server.until_ended(pid)


def test_what_begins_too_late_is_not_even_sent(own: DatabaseWrapper) -> None:
    run("SELECT 1")
    with deadlines.request(monotonic() - 1, grace=0.0), nothing_is_waited_for():
        with pytest.raises(OperationalError, match="no time was left"):
            run("SELECT 1")
        own.close_if_unusable_or_obsolete()
        with pytest.raises(OperationalError, match="no time was left"):
            run("SELECT 1")


def test_a_transaction_given_up_in_its_middle_is_undone_whatever_the_server_does_later(
    server: Own, own: DatabaseWrapper
) -> None:
    pids: list[int] = []

    def work() -> None:
        with transaction.atomic(OWN):
            assert claim() == 1
            pids.append(stop(own))
            run("INSERT INTO thing VALUES (2, 'new')")

    with request():
        given_up = fault_of(work)
    assert type(given_up) is OperationalError, "nothing was changed, and that is certain"
    assert own.connection is None
    go_on(server, *pids)
    assert server.aside("SELECT * FROM thing") == [(1, "new")]


def test_a_transaction_given_up_while_it_waits_for_a_lock_is_undone_when_it_gets_it(
    server: Own, own: DatabaseWrapper
) -> None:
    pids: list[int] = []

    def work() -> None:
        with transaction.atomic(OWN):
            run("INSERT INTO thing VALUES (2, 'new')")
            pids.append(inner(own).info.backend_pid)
            claim()

    with server.holding("UPDATE thing SET state = 'held' WHERE id = 1"):
        with request():
            given_up = fault_of(work)
        assert type(given_up) is OperationalError
        [pid] = pids
        assert server.sessions(pid) == [(pid, "active", "transactionid")], (
            "it does not know yet that nobody waits"
        )
    server.until_ended(pid)
    assert server.aside("SELECT * FROM thing") == [(1, "new")]


def test_no_path_out_of_a_lost_transaction_waits_again(server: Own, own: DatabaseWrapper) -> None:
    """Rolling back, giving back, setting autocommit: Django does all of them after an error."""
    pids: list[int] = []

    def work() -> None:
        with transaction.atomic(OWN), transaction.atomic(OWN):
            claim()
            pids.append(stop(own))
            run("SELECT 1")

    with request(), noted_waits() as ends:
        given_up = fault_of(work)
        asked = own.pool.get_stats()["requests_num"] if own.pool else 0
        own.close_if_unusable_or_obsolete()
    assert type(given_up) is OperationalError
    assert ends.count("in vain") == 1
    assert ends[-1] == "in vain"
    assert asked == 1, "no new connection, only to set something on it"
    go_on(server, *pids)


def test_after_an_error_nothing_is_asked_at_the_end_of_the_request(own: DatabaseWrapper) -> None:
    """Django would ask whether the connection works: after the answer, outside of any deadline."""
    with request(LONG), pytest.raises(ProgrammingError):
        run("SELECT * FROM nowhere")
    assert own.errors_occurred
    with nothing_is_waited_for():
        own.close_if_unusable_or_obsolete()
    assert own.connection is None


def test_a_lock_that_others_hold_ends_the_statement_and_keeps_the_connection(
    server: Own, own: DatabaseWrapper, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(deadlines, "LOCK", 0.05)
    with request(LONG), server.holding("UPDATE thing SET state = 'held' WHERE id = 1"):
        with pytest.raises(OperationalError, match="lock timeout") as refused:
            claim()
        assert type(refused.value) is OperationalError
        assert run("SELECT 1") == [(1,)]
        assert answers.admit()
        assert commits.admit()


def test_outside_of_a_request_a_lock_is_waited_for(server: Own, own: DatabaseWrapper) -> None:
    done: list[int] = []

    def work() -> None:
        done.append(claim())
        connections.close_all()

    with server.holding("UPDATE thing SET state = 'held' WHERE id = 1"):
        waiting = threading.Thread(target=work)
        waiting.start()
        server.until(
            lambda: any(wait == "transactionid" for _pid, _state, wait in server.sessions())
        )
    waiting.join(LONG)
    assert done == [1]
    assert own.connection is None


# Nobody can say


def test_a_commit_that_gets_no_answer_is_unknown_and_may_still_come_to_be(
    server: Own, own: DatabaseWrapper
) -> None:
    after: list[str] = []
    pids: list[int] = []

    def work() -> None:
        with transaction.atomic(OWN):
            assert claim() == 1
            transaction.on_commit(lambda: after.append("done"), using=OWN)
            pids.append(stop(own))

    with request() as budget:
        assert type(fault_of(work)) is CommitUnknown
    assert after == [], "nothing happens as if it was done"
    assert budget.left() == 0.0
    go_on(server, *pids)
    assert state(server) == "done", "the COMMIT lay in the server's socket"
    commits.reset()
    with request(LONG):
        assert claim() == 0, "who does it again is told that it is done"
    assert after == []


def test_a_change_outside_of_a_transaction_may_be_carried_out_after_it_was_given_up(
    server: Own, own: DatabaseWrapper
) -> None:
    with (
        server.holding("UPDATE thing SET state = 'held' WHERE id = 1"),
        request(),
        pytest.raises(CommitUnknown),
    ):
        claim()
    server.until(lambda: state(server) == "done")


def test_a_question_that_gets_no_answer_changed_nothing(server: Own, own: DatabaseWrapper) -> None:
    with server.holding("LOCK TABLE thing IN ACCESS EXCLUSIVE MODE"), request() as budget:
        with pytest.raises(OperationalError) as given_up:
            run("SELECT * FROM thing")
        assert type(given_up.value) is OperationalError
        assert not budget.changed


@pytest.mark.parametrize("way", ["commit", "autocommit"])
def test_a_commit_that_waits_for_a_standby_which_is_gone_is_unknown(
    server: Own, own: DatabaseWrapper, way: str
) -> None:
    with without_standby(server), request(), pytest.raises(CommitUnknown):
        change(way)


@pytest.mark.parametrize("way", ["commit", "autocommit"])
@pytest.mark.parametrize("how", ["pg_cancel_backend", "pg_terminate_backend"])
def test_a_wait_for_a_standby_that_somebody_ends_is_unknown_though_the_server_calls_it_a_success(
    server: Own, own: DatabaseWrapper, way: str, how: str
) -> None:
    after: list[str] = []
    with without_standby(server), request(LONG):
        ender = threading.Thread(target=end_waits, args=(server, how))
        ender.start()
        with pytest.raises(CommitUnknown):
            change(way, after)
        ender.join(LONG)
    assert after == []


def test_while_commits_get_stuck_no_other_is_sent_and_reading_goes_on(
    server: Own, own: DatabaseWrapper
) -> None:
    with without_standby(server):
        with request(), pytest.raises(CommitUnknown):
            change("commit")
        own.close_if_unusable_or_obsolete()
        assert standing() == "stuck", "/readyz tells"
        with request(LONG):
            assert run("SELECT 1") == [(1,)]
            for way in ("commit", "autocommit"):
                commits.trip()  # it rests for half a second only, which may be over
                with pytest.raises(OperationalError, match="none was sent") as refused:
                    change(way)
                assert type(refused.value) is OperationalError, "certain: it was never sent"
            assert run("SELECT 1") == [(1,)]
    server.until(lambda: (1,) in server.aside("SELECT of_thing FROM part"))
    server.until(lambda: monotonic() - commits.failed_at > REST)
    with request(LONG):
        with transaction.atomic(OWN):
            run("INSERT INTO thing VALUES (2, 'new')")
        assert commits.admit()
    with mock.patch.object(commits, "failed_at", monotonic() - STUCK_FOR):
        assert standing() == "up"


@contextmanager
def without_standby(server: Own) -> Iterator[None]:
    """Every commit waits for a standby that there is not."""
    set_standbys(server, "nobody")
    try:
        yield
    finally:
        set_standbys(server, "")


def set_standbys(server: Own, names: str) -> None:
    server.aside(f"ALTER SYSTEM SET synchronous_standby_names = '{names}'")
    server.aside("SELECT pg_reload_conf()")
    server.until(lambda: commit_gets_stuck(server) is bool(names))


def commit_gets_stuck(server: Own) -> bool:
    """The setting holds from when a process of the server has heard of it, which nobody can ask."""
    with psycopg.connect(url_of(server.service)) as other:
        other.execute("INSERT INTO part VALUES (NULL)")
        try:
            other.wait(other._commit_gen(), timeout=0.1)
        except psycopg.OperationalError:
            other.pgconn.finish()
            return True
    return False


def change(way: str, after: list[str] | None = None) -> None:
    statement = "INSERT INTO part VALUES (1)"
    if way == "autocommit":
        run(statement)
        return
    with transaction.atomic(OWN):
        run(statement)
        transaction.on_commit(
            lambda: after.append("done") if after is not None else None, using=OWN
        )


def end_waits(server: Own, how: str) -> None:
    """Of the site's own session, and not of the one by which the test found out."""
    found = "FROM pg_stat_activity WHERE wait_event = 'SyncRep' AND application_name = 'site'"
    server.until(lambda: server.aside(f"SELECT count(*) {found}") == [(1,)])
    server.aside(f"SELECT {how}(pid) {found}")


# Certain, though it failed


def test_a_commit_that_is_refused_is_no_mystery(own: DatabaseWrapper) -> None:
    with request(LONG), pytest.raises(IntegrityError), transaction.atomic(OWN):
        run("INSERT INTO part VALUES (7)")
    assert commits.admit()


def test_a_transaction_in_which_something_failed_is_never_reported_as_committed(
    own: DatabaseWrapper,
) -> None:
    """PostgreSQL answers such a COMMIT with a ROLLBACK that looks like success."""
    after: list[str] = []

    def work() -> None:
        with transaction.atomic(OWN):
            transaction.on_commit(lambda: after.append("done"), using=OWN)
            with suppress(IntegrityError):
                run("INSERT INTO thing VALUES (1, 'again')")

    with request(LONG):
        assert type(fault_of(work)) is InternalError
    assert after == []


def test_a_commit_on_a_connection_that_is_known_to_be_lost_was_not_sent(
    own: DatabaseWrapper,
) -> None:
    def work() -> None:
        with transaction.atomic(OWN):
            claim()
            inner(own).pgconn.finish()

    with request(LONG):
        lost = fault_of(work)
    assert type(lost) is OperationalError
    assert "nothing was kept" in str(lost)


def test_what_a_request_has_changed_is_noted(own: DatabaseWrapper) -> None:
    with request(LONG) as budget:
        run("SELECT 1")
        assert not budget.changed
        with transaction.atomic(OWN):
            claim()
            assert not budget.changed
        assert budget.changed
    with request(LONG) as budget:
        run("INSERT INTO thing VALUES (2, 'new')")
        assert budget.changed


def test_a_server_that_became_a_standby_is_away_and_not_asked_again(
    server: Own, own: DatabaseWrapper
) -> None:
    with request(LONG):
        run("SET default_transaction_read_only = on")
        pid = inner(own).info.backend_pid
        with pytest.raises(OperationalError, match="read-only"):
            claim()
        own.close_if_unusable_or_obsolete()
        server.until_ended(pid)
        assert claim() == 1


# Storms


def test_a_storm_in_which_the_server_stops_leaves_nothing_behind(
    server: Own, own: DatabaseWrapper
) -> None:
    """Of many requests at once all end; then every thread is free, no
    connection is lost, and all is well again."""
    busy: Counter[int] = Counter()
    shared: list[int] = []
    wait = psycopg.Connection.wait

    def watched(self: Connection, *args: Any, **options: Any) -> Any:
        busy[id(self)] += 1
        if busy[id(self)] > 1:
            shared.append(id(self))
        try:
            return wait(self, *args, **options)
        finally:
            busy[id(self)] -= 1

    def visit() -> str:
        for _ in range(5):
            with request():
                try:
                    with transaction.atomic(OWN):
                        run("SELECT 1")
                        run("SELECT 2")
                except OperationalError:
                    pass
                finally:
                    connections[OWN].close_if_unusable_or_obsolete()
        return "over"

    with mock.patch.object(psycopg.Connection, "wait", watched):
        freezing = threading.Timer(0.05, server.service.freeze)
        freezing.start()
        assert together(*[visit] * 24) == ["over"] * 24
        freezing.join()
        server.service.thaw()
    assert shared == []
    assert set(busy.values()) <= {0}
    server.until(lambda: monotonic() - answers.failed_at > REST)
    with request(LONG):
        assert run("SELECT 1") == [(1,)]
        pool = own.pool
        assert pool is not None
        own.close_if_unusable_or_obsolete()
        server.until(lambda: not pool.get_stats()["requests_waiting"])
        server.until(
            lambda: pool.get_stats()["pool_available"] == pool.get_stats()["pool_size"] <= 8
        )
        server.until(lambda: len(server.sessions()) <= 8)
