"""Delivery by real workers: their own processes, a real broker, a real database."""

import os
import signal
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any
from unittest import mock

import pytest
from kombu import pools
from redis import Redis

from mfa import outbox
from mfa.models import OutboxMessage
from mfa.tests.helpers import JOURNEY, OTHER_JOURNEY, answer, ask_push, opened, phone
from mfa.tests.workers import Works, child_of, kill, wait_until, working
from mfaproject import celery
from mfaproject.broker import broker_url
from mfaproject.lib import clock
from mfaproject.lib.patience import LONG, PATIENCE
from mfaproject.lib.testing import person
from mfaproject.tests.services import Service, start_valkey

pytestmark = [pytest.mark.services, pytest.mark.django_db(transaction=True)]

HASTE = celery.HASTE


@dataclass
class Broker:
    """A Valkey that may die and come back, empty and under the same address."""

    folder: Path
    server: Service
    pid: int = 0

    @property
    def url(self) -> str:
        return broker_url(self.server.url)

    def get(self, how: signal.Signals) -> None:
        """It gets this signal."""
        with Redis.from_url(self.server.url) as client:
            self.pid = client.info("server")["process_id"]
        os.kill(self.pid, how)

    def left(self) -> tuple[int, int]:
        """How many pushes nobody has taken, and how many are taken and not done with."""
        with Redis.from_url(self.server.url, decode_responses=True) as client:
            return client.llen(celery.PUSHES), client.hlen("unacked")

    def come_back(self) -> None:
        """After `get`."""
        os.kill(self.pid, signal.SIGCONT)  # who stands still could not end either
        self.server.stop()
        self.server = start_valkey(self.folder)


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Broker]:
    made = Broker(tmp_path, start_valkey(tmp_path))
    yield made
    made.server.stop()


@pytest.fixture
def works(
    tmp_path: Path, broker: Broker, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Works]:
    """This process hands its messages to that broker, as the site does."""
    settings.OUTBOX_DISPATCH = "mfaproject.celery.publish"
    monkeypatch.setitem(celery.app.conf, "broker_url", broker.url)
    monkeypatch.setattr(celery, "HASTE", PATIENCE)
    for name in ("socket_connect_timeout", "socket_timeout"):
        monkeypatch.setitem(celery._IN_A_REQUEST, name, PATIENCE)
    celery.breaker.reset()
    with working(tmp_path, broker.url) as all_of_them:
        yield all_of_them
    pools.reset()
    celery.breaker.reset()


@pytest.fixture
def alice(transactional_db: None) -> Any:
    return person("alice")


def write(user: Any, **changes: Any) -> str:
    """A mail; the name of its row."""
    before = set(OutboxMessage.objects.values_list("pk", flat=True))
    values = {
        "channel": "email",
        "template": "reset_link",
        "destination": user.email,
        "context": {"name": "Alice", "reset_url": "x"},
        "language": "en",
    }
    outbox.enqueue(
        **(
            values
            | {"user_id": user.pk, "expires_at": clock.now() + timedelta(minutes=30)}
            | changes
        )
    )
    (new,) = set(OutboxMessage.objects.values_list("pk", flat=True)) - before
    return new


def wake(user: Any) -> str:
    """A push without a question; the name of its row."""
    return write(
        user,
        channel="push",
        template="echo",
        destination=str(phone(user)),
        context={"v": 1, "echo": "x" * 22},
        epoch=user.auth_epoch,
    )


def row(row_id: str) -> OutboxMessage:
    return OutboxMessage.objects.get(pk=row_id)


def ended(row_id: str, state: str = "sent") -> None:
    wait_until(lambda: row(row_id).state == state, f"the row is {row(row_id).state}")


def lease_ends(row_id: str) -> None:
    """Twenty seconds later."""
    OutboxMessage.objects.filter(pk=row_id).update(due_at=clock.now())


def end_of(process: subprocess.Popen[bytes], how: signal.Signals) -> int:
    process.send_signal(how)
    return process.wait(PATIENCE)


def test_a_worker_delivers_what_was_committed_and_wipes_it(alice: Any, works: Works) -> None:
    worker = works.worker()
    pixel, tablet = phone(alice), phone(alice, "Tablet")
    asked = opened(ask_push(alice))
    rows = list(OutboxMessage.objects.filter(challenge_id=asked.challenge_id))
    works.wait_for(*(f"sent {each.pk}" for each in rows))
    for each in rows:
        ended(each.pk)
        assert (row(each.pk).payload, row(each.pk).attempts) == ("", 1)
    assert {each.factor_id for each in rows} == {pixel, tablet}
    assert end_of(worker, signal.SIGTERM) == 0


def test_a_message_of_the_broker_names_a_row_and_says_nothing_else(
    alice: Any, works: Works
) -> None:
    row_id = wake(alice)
    with celery.app.connection_for_read() as connection:
        message = connection.SimpleQueue(celery.PUSHES).get(timeout=PATIENCE)
    (arguments, options, _) = message.payload
    assert (arguments, options) == ([row_id], {})
    assert message.content_type == "application/json"
    headers: dict[str, Any] = dict(message.headers)
    assert (headers["task"], headers["timelimit"]) == ("mfa.deliver", [18, 15])
    assert headers["expires"]
    raw = f"{headers} {message.body!r}"
    assert not any(
        secret in raw for secret in (alice.email, alice.username, row(row_id).payload, "xxxxx")
    )


@pytest.mark.parametrize(
    "whole", [True, False], ids=["the worker and all of it", "the one process that had it"]
)
def test_a_worker_killed_between_claim_and_send_loses_nothing_and_sends_once(
    alice: Any, works: Works, broker: Broker, whole: bool
) -> None:
    worker = works.worker()
    works.hold()
    row_id = wake(alice)
    works.wait_for(f"began {row_id}")
    if whole:
        kill(worker)
        works.let_go()
        works.worker()
    else:
        os.kill(child_of(worker), signal.SIGKILL)
        works.let_go()
        wait_until(
            lambda: broker.left() == (0, 0), "the message came back at once and found nothing to do"
        )
    assert f"sent {row_id}" not in works.trace, "its lease runs"
    assert (row(row_id).state, row(row_id).attempts) == ("queued", 1)
    lease_ends(row_id)
    works.beat()
    ended(row_id)
    assert works.trace == [f"began {row_id}", f"began {row_id}", f"sent {row_id}"]
    assert (row(row_id).attempts, row(row_id).payload) == (2, "")


def test_the_same_message_twice_sends_once(alice: Any, works: Works, broker: Broker) -> None:
    works.hold()
    row_id = wake(alice)
    celery.publish(outbox.due() * 2)
    works.worker("--queues", "nod.push")
    works.worker("--queues", "nod.push")
    works.wait_for(f"began {row_id}")
    wait_until(lambda: broker.left() == (0, 1), "the others found nothing to do")
    works.let_go()
    ended(row_id)
    assert works.trace == [f"began {row_id}", f"sent {row_id}"]


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGSTOP], ids=["gone", "hangs"])
def test_a_dead_broker_costs_one_request_a_moment_and_no_message(
    alice: Any, works: Works, broker: Broker, how: signal.Signals, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(celery, "HASTE", HASTE)
    for name in ("socket_connect_timeout", "socket_timeout"):
        monkeypatch.setitem(celery._IN_A_REQUEST, name, HASTE)
    rests: list[float] = []
    monkeypatch.setattr("kombu.utils.functional.sleep", rests.append)
    phone(alice)
    write(alice)  # the connection is open already
    broker.get(how)
    opened(ask_push(alice, JOURNEY))
    assert rests == [], "the library's own patience would be six seconds"
    assert celery.breaker.open
    with mock.patch.object(celery, "producers") as asked:
        opened(ask_push(alice, OTHER_JOURNEY))
    assert asked.mock_calls == []
    broker.come_back()
    works.worker()
    works.beat()
    rows = list(OutboxMessage.objects.values_list("pk", flat=True))
    for row_id in rows:
        ended(row_id)
    assert sorted(works.trace) == sorted(
        f"{step} {row_id}" for row_id in rows for step in ("began", "sent")
    )


def test_a_question_that_was_denied_is_not_sent_again(alice: Any, works: Works) -> None:
    pixel = phone(alice)
    worker = works.worker()
    works.hold()
    asked = opened(ask_push(alice))
    (row_id,) = OutboxMessage.objects.values_list("pk", flat=True)
    works.wait_for(f"began {row_id}")
    kill(worker)
    assert answer(asked, alice, pixel, "deny", "cancelled") == "denied"
    works.let_go()
    lease_ends(row_id)
    works.worker()
    works.beat()
    ended(row_id, "dropped")
    assert (row(row_id).reason, row(row_id).payload) == ("challenge_denied", "")
    assert works.trace == [f"began {row_id}"]


def test_of_a_question_asked_anew_only_the_second_is_sent(alice: Any, works: Works) -> None:
    phone(alice)
    first = opened(ask_push(alice))
    second = opened(ask_push(alice))
    old, new = (
        OutboxMessage.objects.get(challenge_id=asked.challenge_id).pk for asked in (first, second)
    )
    works.worker()
    ended(new)
    ended(old, "dropped")
    assert (row(old).reason, row(old).payload) == ("challenge_superseded", "")
    assert works.trace == [f"began {new}", f"sent {new}"]


@pytest.mark.parametrize(("hangs", "goes_on"), [("push", "email"), ("email", "push")])
def test_a_service_that_hangs_holds_nothing_of_another(
    alice: Any, works: Works, hangs: str, goes_on: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for queue in (celery.PUSHES, celery.OTHERS):
        monkeypatch.setitem(celery.LIMITS, queue, (LONG, 2 * LONG))  # no time limit ends what hangs
    works.worker("--queues", "nod.push,nod.chores")
    works.worker("--queues", "nod.mail,nod.chores")
    works.hold(f"hold-{hangs}")
    rows = {"push": wake(alice), "email": write(alice)}
    works.wait_for(f"sent {rows[goes_on]}", f"began {rows[hangs]}")
    assert row(rows[hangs]).state == "queued"


def test_what_takes_too_long_has_failed_and_is_tried_again(
    alice: Any, works: Works, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(celery.LIMITS, celery.PUSHES, (1, 20))
    works.worker()
    works.hold()
    row_id = wake(alice)
    wait_until(lambda: row(row_id).reason == "SoftTimeLimitExceeded", "nobody ended it")
    works.let_go()
    works.beat()
    ended(row_id)
    assert row(row_id).attempts == 2


def test_what_came_too_late_is_not_begun(alice: Any, works: Works) -> None:
    row_id = wake(alice)
    OutboxMessage.objects.update(expires_at=clock.now())
    works.worker()
    ended(row_id, "expired")
    assert (row(row_id).payload, works.trace) == ("", [])
