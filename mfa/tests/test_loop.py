"""The loop, and the command that runs it alone."""

import os
import signal
import threading
from typing import Any

import pytest
from django.core.management import call_command

from mfa import outbox

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


@pytest.fixture(autouse=True)
def _sweepers(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.SWEEPERS = ["a.sweep_badly", "b.nowhere", "c.sweep_well"]
    monkeypatch.setattr(outbox, "import_string", lambda path: globals()[path.partition(".")[2]])
    monkeypatch.setattr(outbox, "close_old_connections", lambda: None)
    monkeypatch.setattr(outbox, "LOOK_EVERY", 0)
    monkeypatch.setattr(outbox, "REST_AFTER_FAULT", 0)
    swept.clear()


def test_one_sweeper_that_fails_does_not_stop_the_others(caplog: pytest.LogCaptureFixture) -> None:
    outbox.sweep()
    assert swept == ["badly", "well"]
    assert [record.getMessage() for record in caplog.records] == ["a.sweep_badly failed", "b.nowhere failed"]


def test_it_delivers_each_turn_and_sweeps_once_a_minute(monkeypatch: pytest.MonkeyPatch) -> None:
    seconds = iter([0.0, 0.0, 30.0, 59.9, 60.0, 60.0])
    monkeypatch.setattr("mfa.outbox.time.monotonic", lambda: next(seconds))
    rounds: list[int] = []
    monkeypatch.setattr(outbox, "deliver_due", lambda stop: rounds.append(1))
    outbox.run_forever(Turns(4))
    assert len(rounds) == 4
    assert swept.count("well") == 2


def test_a_database_that_is_down_is_waited_for(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    def broken(stop: object) -> int:
        raise ConnectionError

    monkeypatch.setattr(outbox, "deliver_due", broken)
    outbox.run_forever(Turns(3))
    assert [record.getMessage() for record in caplog.records].count("deliver failed") == 3


def test_it_stops_after_the_message_in_hand(monkeypatch: pytest.MonkeyPatch) -> None:
    stop, handled = threading.Event(), []

    def deliver(row_id: str) -> None:
        handled.append(row_id)
        stop.set()

    monkeypatch.setattr(outbox, "claim", lambda: iter(["one", "two"]))
    monkeypatch.setattr("mfa.delivery.deliver", deliver)
    assert outbox.deliver_due(stop) == 1
    assert handled == ["one"]


def test_the_bell_wakes_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outbox, "LOOK_EVERY", 60)
    stop, looked = threading.Event(), threading.Semaphore(0)
    monkeypatch.setattr(outbox, "deliver_due", lambda stop: looked.release())
    thread = threading.Thread(target=outbox.run_forever, args=(stop,))
    thread.start()
    assert looked.acquire(timeout=10)
    outbox.bell.set()
    assert looked.acquire(timeout=10)
    stop.set()
    outbox.bell.set()
    thread.join(10)
    assert not thread.is_alive()


@pytest.mark.parametrize("name", [signal.SIGTERM, signal.SIGINT])
def test_the_command_ends_on_a_signal(name: signal.Signals, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    before = {each: signal.getsignal(each) for each in (signal.SIGTERM, signal.SIGINT)}
    monkeypatch.setattr(outbox, "deliver_due", lambda stop: os.kill(os.getpid(), name))
    try:
        call_command("deliver")
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)
    assert capsys.readouterr().out == "Delivering.\n"
