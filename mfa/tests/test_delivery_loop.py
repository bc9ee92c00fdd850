"""The loop, its couriers, and the command that runs it alone."""

import os
import signal
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.management import call_command

from mfa import delivery_loop, delivery_threads, outbox
from mfa.delivery_threads import Crew
from mfa.outbox import Job
from mfaproject.lib import clock as clock_seam
from mfaproject.lib.patience import LONG, PATIENCE

swept: list[str] = []


def sweep_well() -> None:
    swept.append("well")


def sweep_badly() -> None:
    swept.append("badly")
    raise ValueError("no")


class Turns(threading.Event):
    """Says "go on" so many times, then "stop"."""

    def __init__(self, turns: int) -> None:
        super().__init__()
        self.turns = turns

    def is_set(self) -> bool:
        self.turns -= 1
        return self.turns < 0


class Rows:
    """Rows that wait, without a database: what a delivery does is the test's to say."""

    def __init__(self, **waiting: str) -> None:
        self.waiting = {
            name: Job(name, channel, clock_seam.now()) for name, channel in waiting.items()
        }
        self.held: set[str] = set()
        self.let_go = threading.Event()
        self.inside, self.delivered = threading.Semaphore(0), threading.Semaphore(0)

    def due(self, *, push: bool) -> list[Job]:
        return [job for job in list(self.waiting.values()) if (job.channel == "push") is push]

    def deliver(self, name: str) -> None:
        if name in self.held:
            self.inside.release()
            self.let_go.wait(LONG)
        self.waiting.pop(name, None)
        self.delivered.release()

    @property
    def left(self) -> set[str]:
        return set(self.waiting)


@pytest.fixture(autouse=True)
def _no_database(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.SWEEPERS = ["a.sweep_badly", "b.nowhere", "c.sweep_well"]
    monkeypatch.setattr(
        delivery_loop, "import_string", lambda path: globals()[path.partition(".")[2]]
    )
    monkeypatch.setattr(delivery_loop, "close_old_connections", lambda: None)
    monkeypatch.setattr(delivery_threads, "close_old_connections", lambda: None)
    monkeypatch.setattr(delivery_loop, "LOOK_EVERY", 0)
    monkeypatch.setattr(delivery_loop, "REST_AFTER_FAULT", 0)
    monkeypatch.setattr(delivery_threads, "REST_AFTER_FAULT", 0)
    monkeypatch.setattr(outbox, "due", lambda push: [])
    swept.clear()


@pytest.fixture
def rows(monkeypatch: pytest.MonkeyPatch) -> Iterator[Rows]:
    found = Rows()
    monkeypatch.setattr(outbox, "due", found.due)
    monkeypatch.setattr(outbox, "deliver_one", found.deliver)
    yield found
    found.let_go.set()


@pytest.fixture
def running(rows: Rows, monkeypatch: pytest.MonkeyPatch) -> Iterator[threading.Thread]:
    """The loop in a thread, which looks only when it is woken."""
    monkeypatch.setattr(delivery_loop, "LOOK_EVERY", 60)
    stop = threading.Event()
    thread = threading.Thread(target=delivery_loop.run_forever, args=(stop,))
    thread.start()
    yield thread
    stop.set()
    outbox.wakeup.set()
    thread.join(PATIENCE)
    assert not thread.is_alive()


def wake(rows: Rows, **waiting: str) -> None:
    """These are written, and it is woken."""
    rows.waiting |= Rows(**waiting).waiting
    outbox.wakeup.set()


def taken(rows: Rows, number: int) -> bool:
    return all(rows.delivered.acquire(timeout=PATIENCE) for _ in range(number))


def test_one_sweeper_that_fails_does_not_stop_the_others(caplog: pytest.LogCaptureFixture) -> None:
    delivery_loop.sweep()
    assert swept == ["badly", "well"]
    assert [record.getMessage() for record in caplog.records] == [
        "a.sweep_badly failed",
        "b.nowhere failed",
    ]


def test_it_looks_each_turn_and_sweeps_once_a_minute(monkeypatch: pytest.MonkeyPatch) -> None:
    seconds = iter([0.0, 0.0, 30.0, 59.9, 60.0, 60.0])
    monkeypatch.setattr("mfa.delivery_loop.time.monotonic", lambda: next(seconds))
    rounds: list[int] = []
    monkeypatch.setattr(delivery_loop, "look", lambda crews: rounds.append(1))
    monkeypatch.setattr(Crew, "end", lambda self, patience: None)
    delivery_loop.run_forever(Turns(4))
    assert len(rounds) == 4
    assert swept.count("well") == 2


def test_a_database_that_is_down_is_waited_for(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(push: bool) -> list[Job]:
        raise ConnectionError

    monkeypatch.setattr(outbox, "due", broken)
    delivery_loop.run_forever(Turns(3))
    assert [record.getMessage() for record in caplog.records].count("deliver failed") == 3


def test_a_message_wakes_it(rows: Rows, running: threading.Thread) -> None:
    wake(rows, one="email")
    assert taken(rows, 1)
    wake(rows, two="push", three="sms")
    assert taken(rows, 2)
    assert rows.left == set()


def test_what_is_committed_here_needs_no_broker_while_the_loop_runs(
    rows: Rows, running: threading.Thread, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.OUTBOX_DISPATCH = "nowhere.at_all"
    wake(rows, one="email")
    assert taken(rows, 1)
    outbox._hand_on([])
    monkeypatch.setattr(outbox, "has_worker", threading.Event())
    with pytest.raises(ModuleNotFoundError):
        outbox._hand_on([])


@pytest.mark.parametrize(("hangs", "others"), [("push", "email"), ("email", "push")])
def test_a_service_that_hangs_holds_nothing_of_another(
    rows: Rows, running: threading.Thread, hangs: str, others: str
) -> None:
    stuck = {f"stuck{n}": hangs for n in range(60)}
    rows.held = set(stuck)
    wake(rows, **stuck)
    wake(rows, one=others, two=others)
    assert taken(rows, 2)
    assert rows.left == set(stuck)


def test_a_push_waits_for_no_other_push_that_hangs(rows: Rows, running: threading.Thread) -> None:
    stuck = {"stuck": "push", "stuck too": "push", "stuck as well": "push"}
    rows.held = set(stuck)
    wake(rows, **stuck)
    wake(rows, one="push", two="push")
    assert taken(rows, 2)


def test_it_ends_quickly_though_a_service_hangs(rows: Rows) -> None:
    stop = threading.Event()
    rows.waiting, rows.held = Rows(one="push", two="email").waiting, {"one", "two"}
    thread = threading.Thread(target=delivery_loop.run_forever, args=(stop,))
    thread.start()
    assert all(rows.inside.acquire(timeout=PATIENCE) for _ in range(2))
    stop.set()
    outbox.wakeup.set()
    thread.join(PATIENCE)
    assert not thread.is_alive()
    assert not outbox.has_worker.is_set()
    left = [each for each in threading.enumerate() if each.name == "courier"]
    assert left
    assert all(each.daemon for each in left), "the process must be able to end"


def test_a_message_in_hand_is_finished_at_the_end_and_none_is_begun() -> None:
    began, let_go, done = threading.Event(), threading.Event(), []

    def deliver(name: str) -> None:
        began.set()
        let_go.wait(PATIENCE)
        done.append(name)

    crew = Crew(1, deliver, lambda: None)
    for name in ("one", "two"):
        crew.give(name)
    assert began.wait(PATIENCE)
    threading.Timer(0.1, let_go.set).start()
    crew.end(PATIENCE)
    crew.give("three")
    assert done == ["one"]


def test_a_message_in_hand_is_not_taken_on_again() -> None:
    began, let_go, done, idle = threading.Semaphore(0), threading.Event(), [], threading.Event()

    def deliver(name: str) -> None:
        began.release()
        let_go.wait(PATIENCE)
        done.append(name)

    crew = Crew(2, deliver, idle.set)
    for _ in range(3):
        crew.give("one")
    assert began.acquire(timeout=PATIENCE)
    assert len(crew) == 1
    let_go.set()
    assert idle.wait(PATIENCE)
    assert done == ["one"]
    crew.end(1)


def test_a_courier_that_fails_goes_on(caplog: pytest.LogCaptureFixture) -> None:
    idle, done = threading.Semaphore(0), []

    def deliver(name: str) -> None:
        if name == "bad":
            raise ConnectionError
        done.append(name)

    crew = Crew(1, deliver, idle.release)
    for name in ("bad", "good"):
        crew.give(name)
        assert idle.acquire(timeout=PATIENCE)
    crew.end(1)
    assert done == ["good"]
    assert [record.getMessage() for record in caplog.records] == ["a courier failed"]


@pytest.mark.parametrize("name", [signal.SIGTERM, signal.SIGINT])
def test_the_command_ends_on_a_signal(
    name: signal.Signals, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    before = {each: signal.getsignal(each) for each in (signal.SIGTERM, signal.SIGINT)}
    monkeypatch.setattr(delivery_loop, "look", lambda crews: os.kill(os.getpid(), name))
    try:
        call_command("deliver")
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)
    assert capsys.readouterr().out == "Delivering.\n"


def test_the_command_delivers_once_where_told(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(outbox, "deliver_due", lambda: 3)
    call_command("deliver", "--once")
    assert capsys.readouterr().out == "3 taken.\n"
    assert "well" in swept
