"""A resolver that hangs costs a delivery its try, and nobody else's."""

import socket
import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest

from authenticator.push import resolver
from authenticator.tests.sides import FcmSide, Side, sent
from authenticator.tests.test_push_endpoints import HOSTS, NAME, pushed
from mfaproject.lib.patience import PATIENCE

pytestmark = pytest.mark.slow

QUICK = 0.2
EVER = PATIENCE


class Hanging:
    """A resolver that answers when it is let go."""

    def __init__(self) -> None:
        self.let_go, self.asked = threading.Event(), 0

    def __call__(self, *_args: Any, **_options: Any) -> list[Any]:
        self.asked += 1
        self.let_go.wait(EVER)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("8.8.8.8", 443))]


@pytest.fixture
def hanging(monkeypatch: pytest.MonkeyPatch) -> Iterator[Hanging]:
    system = Hanging()
    monkeypatch.setattr(resolver, "DEADLINE", QUICK)
    monkeypatch.setattr(resolver, "_free", threading.BoundedSemaphore(resolver.AT_ONCE))
    monkeypatch.setattr(socket, "getaddrinfo", system)
    yield system
    system.let_go.set()


def took(begun: float) -> float:
    return time.monotonic() - begun


def test_it_is_given_up_at_the_deadline(hanging: Hanging) -> None:
    begun = time.monotonic()
    with pytest.raises(TimeoutError):
        resolver.lookup(NAME, 443)
    assert took(begun) >= QUICK


def test_look_ups_that_hang_are_few_however_many_are_wanted(hanging: Hanging) -> None:
    for _ in range(resolver.AT_ONCE + 3):
        with pytest.raises(TimeoutError):
            resolver.lookup(NAME, 443)
    assert hanging.asked == resolver.AT_ONCE


def test_once_it_answers_again_so_do_we(hanging: Hanging, monkeypatch: pytest.MonkeyPatch) -> None:
    for _ in range(resolver.AT_ONCE):
        with pytest.raises(TimeoutError):
            resolver.lookup(NAME, 443)
    hanging.let_go.set()
    monkeypatch.setattr(resolver, "DEADLINE", EVER)
    assert resolver.lookup(NAME, 443) == ["8.8.8.8"]


def test_web_push_says_that_it_took_too_long(hanging: Hanging, settings: Any) -> None:
    settings.PUSH_HOSTS = HOSTS
    assert pushed(f"https://{NAME}/x") == "timeout"


def test_each_service_is_tried_again_and_not_given_up(side: Side, hanging: Hanging) -> None:
    error = sent(side)
    assert error is not None
    assert (error.reason, error.permanent) == ("timeout", False)


def test_firebase_is_held_up_by_no_message_either(
    google: FcmSide, request: pytest.FixtureRequest
) -> None:
    """The sign-in is done; the look-up for the message hangs."""
    assert sent(google) is None
    system: Hanging = request.getfixturevalue("hanging")
    error = sent(google)
    assert error is not None
    assert (error.reason, error.permanent, system.asked) == ("timeout", False, 1)


@pytest.mark.parametrize(
    "error", [socket.gaierror(-2, "Name or service not known"), UnicodeError("label too long")]
)
def test_what_the_system_raises_is_raised(
    monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    def refuse(*_args: Any, **_options: Any) -> list[Any]:
        raise error

    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    with pytest.raises(type(error)):
        resolver.lookup(NAME, 443)


def test_firebase_goes_through_a_proxy_of_the_environment(
    google: FcmSide, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its hosts are Google's, so a proxy leads nowhere else. Nobody listens at this one: nothing
    may reach Google past it."""
    for name in ("HTTP_PROXY", "http_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
    error = sent(google)
    assert error is not None
    assert (error.reason, google.fake.seen, google.google.sign_ins) == ("unavailable", [], 0)
