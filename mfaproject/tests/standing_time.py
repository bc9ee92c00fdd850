"""Time that stands until a test lets it pass, and applications that wait to be let go on: for tests
of the front.
"""

import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from mfaproject.front import limits
from mfaproject.front.phase import Phase
from mfaproject.lib.patience import PATIENCE
from mfaproject.lib.patience import until as until_true
from mfaproject.tests.fronting import Fronted


class Time:
    """What the front takes for the time."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now

    def passes(self, seconds: float) -> None:
        """More than so many seconds."""
        self.now += seconds + 1

    def passes_until(self, true: Callable[[], bool]) -> None:
        """For as long as it takes, a second after the other."""

        def later() -> bool:
            self.passes(0)
            return true()

        until(later)

    @classmethod
    def standing(cls, monkeypatch: pytest.MonkeyPatch) -> "Time":
        """It stands from here on, wherever the front looks at it."""
        standing = cls()
        for module in ("parsing", "deadlines", "front", "jobs"):
            monkeypatch.setattr(f"mfaproject.front.{module}.monotonic", standing)
        monkeypatch.setattr("mfaproject.front.front.TICK", 0.01)
        monkeypatch.setattr(
            limits, "PIECE_SECONDS", PATIENCE
        )  # a thread waits as long in real time
        return standing


def until(true: Callable[[], bool]) -> None:
    until_true(true, lambda: "it never was so")


def stands(fronted: Fronted, phase: Phase) -> None:
    """The one socket, as far as the front has heard of it."""
    until(lambda: [each.phase for each in fronted.front.sockets] == [phase])


class Gate:
    """An application that stands at a gate until a test opens it."""

    def __init__(self) -> None:
        self.open, self.inside, self.done = threading.Event(), threading.Semaphore(0), 0

    def __call__(self, environ: dict[str, Any], start_response: Any) -> list[bytes]:
        self.inside.release()
        assert self.open.wait(PATIENCE)
        self.done += 1
        start_response("200 OK", [])
        return [environ["PATH_INFO"].encode()]

    def wait_for(self, many: int) -> None:
        for _each in range(many):
            assert self.inside.acquire(timeout=PATIENCE)


class Pieces:
    """A WSGI answer that is made while it is sent."""

    streaming = True

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces, self.closed, self.thread = pieces, threading.Event(), ""

    def __iter__(self) -> Iterator[bytes]:
        self.thread = threading.current_thread().name
        yield from self._pieces

    def close(self) -> None:
        self.closed.set()
