"""For tests: a frozen clock, and the cast."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from unittest import mock

from django.contrib.auth import get_user_model

from mfaproject.lib import clock
from mfaproject.lib.hub import Hub, hub


@dataclass
class FrozenClock:
    """Stands still until moved."""

    at: datetime

    def forward(self, **span: float) -> None:
        """Moves on by a timedelta's keyword arguments: `forward(minutes=5)`."""
        self.at += timedelta(**span)


@contextmanager
def frozen(at: datetime) -> Iterator[FrozenClock]:
    """`clock.now()` gives `at` inside the block, and later if the yielded clock
    is moved forward."""
    clock = FrozenClock(at)
    with mock.patch("mfaproject.lib.clock.now", lambda: clock.at):
        yield clock


class Loop:
    """A loop that does at once what is to be done soon."""

    def call_soon_threadsafe(self, call: Callable[..., object], *given: object) -> None:
        call(*given)


@contextmanager
def open_hub() -> Iterator[Hub]:
    """As in a process with the front: somebody may wait here, and would be told."""
    loop: Any = Loop()
    with mock.patch.multiple(hub, _loop=loop, _hears=True):
        yield hub


PASSWORD = "a walk along the river"  # noqa: S105 - the cast has no secrets


def person(username: str = "alice", **fields: Any) -> Any:
    """Somebody of the cast (alice, bob, mallory) with a confirmed address and
    the password `PASSWORD`."""
    values = {
        "email": f"{username}@example.org",
        "full_name": f"{username.title()} Example",
        "email_confirmed_at": clock.now(),
        "password": PASSWORD,
    }
    return get_user_model()._default_manager.create_user(username=username, **(values | fields))  # type: ignore[arg-type]
