"""Words between processes: what is said, what is believed of it, and what happens where nobody can
be told.
"""

import json
from collections.abc import Iterator
from typing import Any
from unittest import mock

import pytest
from django.core.cache import cache
from pytest_django.fixtures import Settings

from mfaproject import redis_listener
from mfaproject.lib import announce, limits
from mfaproject.lib.hub import Hold, Hub, hub
from mfaproject.lib.testing import open_hub

pytestmark = pytest.mark.both


class Listening:
    def __init__(self, *topics: str) -> None:
        self.hold = Hold(topics, (), 60, hub.mark())
        self.heard: list[bool] = []

    def told(self, *, end: bool) -> None:
        self.heard.append(end)


@pytest.fixture
def page() -> Iterator[Listening]:
    with open_hub() as opened:
        waits = Listening("journey")
        assert opened.listen(waits)
        yield waits
        opened.leave(waits)


def word(**said: Any) -> bytes:
    return json.dumps(
        {"by": "another process", "topics": ["journey"], "end": False} | said
    ).encode()


@pytest.mark.parametrize(
    ("said", "heard"),
    [
        (word(), [False]),
        (word(end=True), [True]),
        (word(end="yes"), [False]),
        (word(topics=["another"]), []),
        (word(topics=["another", 7, None, "journey"]), [False]),
        (word(everybody=True, topics=[]), [False]),
    ],
)
def test_a_word_is_for_whom_it_names(page: Listening, said: bytes, heard: list[bool]) -> None:
    announce.heard(said)
    assert page.heard == heard


@pytest.mark.parametrize(
    "said",
    [
        b"",
        b"journey",
        b"[]",
        b"null",
        b"{}",
        b"\xff",
        b'{"topics": ["journey"]}',
        word(topics="journey"),
        word(topics=7),
        word(topics=["journey"] * announce.LONGEST),
        "journey",
        None,
        7,
    ],
)
def test_whatever_else_comes_is_passed_over(page: Listening, said: object) -> None:
    announce.heard(said)
    assert page.heard == []


def test_what_this_process_said_itself_comes_back_and_is_passed_over(
    page: Listening, settings: Settings
) -> None:
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    with client() as published:
        announce.tell(["journey"])
    ((channel, said),) = published
    announce.heard(said.encode())
    assert (channel, page.heard) == (announce.CHANNEL, [False])


class client:  # noqa: N801 - reads as the function that it is used as
    """Stands for the cache's own client; gives what is published, or fails."""

    def __init__(self, error: Exception | None = None) -> None:
        self.published: list[tuple[str, str]] = []
        self.error = error
        self.asked = 0

    def __enter__(self) -> list[tuple[str, str]]:
        behind = type(cache._connections[cache._alias])  # type: ignore[attr-defined]
        self.patch = mock.patch.object(behind, "client", self, create=True)
        self.patch.start()
        return self.published

    def __exit__(self, *_error: object) -> None:
        self.patch.stop()

    def get_client(self, *, write: bool) -> "client":
        assert write
        return self

    def publish(self, channel: str, said: str) -> None:
        self.asked += 1
        if self.error is not None:
            raise self.error
        self.published.append((channel, said))


@pytest.mark.parametrize("error", [ConnectionError(), TimeoutError(), RuntimeError("anything")])
def test_a_redis_that_fails_costs_one_try_and_tells_here_all_the_same(
    page: Listening, settings: Settings, error: Exception
) -> None:
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    failing = client(error)
    with failing:
        for _ in range(3):
            announce.tell(["journey"])
    assert (failing.asked, page.heard) == (1, [False] * 3)
    assert limits.breaker.open


def test_without_redis_nobody_else_is_told(page: Listening, settings: Settings) -> None:
    settings.REDIS_URL = ""
    with client() as published:
        announce.tell(["journey"])
        announce.tell([])
    assert (published, page.heard) == ([], [False])


@pytest.mark.parametrize(("redis", "embedded", "hears"), [("", True, True), ("", False, False)])
def test_who_hears_all_that_happens_lets_people_wait(
    settings: Settings, redis: str, embedded: bool, hears: bool
) -> None:
    settings.REDIS_URL, settings.EMBEDDED = redis, embedded
    made = Hub(most=1)
    with mock.patch.object(redis_listener, "hub", made):
        redis_listener.begin()()
    assert made._hears is hears
