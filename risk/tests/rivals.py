"""Models for tests: as good, slow and wicked as the tests of the champion and of the challengers
need them. Named by dotted paths.
"""

import sys
import threading
from typing import Any, ClassVar, NoReturn

from django.db import connection

from mfaproject.lib.patience import LONG
from mfaproject.lib.patience import until as until_true
from risk.login.attempt import Attempt
from risk.login.context import Finding
from risk.login.history import History
from risk.scoring.model import Scored

HERE = __name__


def path(model: type) -> str:
    return f"{HERE}.{model.__name__}"


def saying(
    score: Any, name: Any = "rival", version: Any = "3", points: Any = None, **inputs: float
) -> Scored:
    return Scored(
        score,
        (Finding("said", score if points is None else points, "It said so."),),
        name,
        version,
        inputs,
    )


class Model:
    """Says 70, and notes what it was told."""

    name: ClassVar[Any] = "rival"
    version: ClassVar[Any] = "3"
    told: ClassVar[list[tuple[Attempt, str]]] = []
    threads: ClassVar[list[str]] = []

    def score(self, attempt: Attempt, history: History) -> Any:
        self.threads.append(threading.current_thread().name)
        return saying(70)

    def update(self, attempt: Attempt, outcome: str) -> None:
        self.told.append((attempt, outcome))


class Hangs(Model):
    """Until it is let go."""

    held: ClassVar[threading.Event] = threading.Event()
    calls: ClassVar[int] = 0

    def score(self, attempt: Attempt, history: History) -> Any:
        type(self).calls += 1
        self.held.wait(LONG)
        return saying(70)


class HangsToo(Hangs):
    pass


class HangsAsWell(Hangs):
    pass


class Slow(Model):
    """A twentieth of a second: within the budget, but not eight times in a row."""

    def score(self, attempt: Attempt, history: History) -> Any:
        threading.Event().wait(0.05)
        return super().score(attempt, history)


class Raises(Model):
    def score(self, attempt: Attempt, history: History) -> NoReturn:
        raise ZeroDivisionError("secret words")

    def update(self, attempt: Attempt, outcome: str) -> NoReturn:
        raise ZeroDivisionError("secret words")


class Exits(Model):
    def score(self, attempt: Attempt, history: History) -> NoReturn:
        sys.exit(3)

    def update(self, attempt: Attempt, outcome: str) -> NoReturn:
        sys.exit(3)


class Plunders(Model):
    """Takes the history apart."""

    def score(self, attempt: Attempt, history: History) -> Any:
        history.chains.clear()
        return super().score(attempt, history)


class Queries(Model):
    """Wants the database."""

    def score(self, attempt: Attempt, history: History) -> Any:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        return super().score(attempt, history)


class CannotBeMade(Model):
    def __init__(self) -> None:
        raise OSError("no weights")


class Nameless(Raises):
    """Its name would not fit into the ledger."""

    name = "n" * 41


class Says(Model):
    """Whatever the test wants."""

    words: ClassVar[Any] = None

    def score(self, attempt: Attempt, history: History) -> Any:
        return self.words


WRONG = {
    "nothing": (None, "TypeError"),
    "a number": (70, "TypeError"),
    "a float": (saying(70.5), "TypeError"),
    "not a number": (saying(float("nan")), "TypeError"),
    "too much": (saying(101), "ValueError"),
    "too little": (saying(-1), "ValueError"),
    "another sum": (saying(70, points=60), "ValueError"),
    "points that are words": (saying(70, points="70"), "TypeError"),
    "an infinite input": (saying(70, odd=float("inf")), "ValueError"),
    "an endless name": (saying(70, name="n" * 41), "ValueError"),
    "no version": (saying(70, version=None), "ValueError"),
    "a name with NUL": (saying(70, name="n\0"), "ValueError"),
    "half a pair": (Scored(70, (Finding("said", 70, "It \ud800."),), "rival", "3"), "ValueError"),
    "no finding": (Scored(70, ("said",), "rival", "3"), "AttributeError"),  # type: ignore[arg-type]
    "evidence that is no JSON": (
        Scored(70, (Finding("said", 70, "It.", {"odd": object()}),), "rival", "3"),  # type: ignore[dict-item]
        "ValueError",
    ),
}


def until(act: Any, is_right: Any) -> Any:
    """What `act` gives once it is right."""
    found: list[Any] = []

    def look() -> bool:
        found[:] = [act()]
        return bool(is_right(found[0]))

    until_true(look, lambda: found)
    return found[0]
