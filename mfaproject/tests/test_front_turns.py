"""Whose turn it is where more ask than threads are there, and who goes where there is no room."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import pytest

from mfaproject.front import limits
from mfaproject.front.messages import Request
from mfaproject.front.threads import Lane
from mfaproject.lib.patience import PATIENCE
from mfaproject.tests.fronting import Client, Fronted, get
from mfaproject.tests.standing_time import Gate, until

pytestmark = pytest.mark.slow


class TestTurns:
    """Each client, as clients are counted, waits for his own requests alone."""

    @pytest.fixture
    def crowd(self, monkeypatch: pytest.MonkeyPatch) -> Iterator["Crowd"]:
        monkeypatch.setattr(limits, "THREADS", 1)
        monkeypatch.setattr(limits, "QUEUE_SECONDS", PATIENCE)
        with Crowd.running() as crowd:
            yield crowd

    def test_one_request_of_each_in_turn(self, crowd: "Crowd") -> None:
        for path in (
            "/mallory/1",
            "/mallory/2",
            "/mallory/3",
            "/alice/1",
            "/mallory/4",
            "/bob/1",
            "/alice/2",
        ):
            crowd.asks(path)
        crowd.gate.open.set()
        until(lambda: len(crowd.begun) == 8)
        assert crowd.begun[1:] == [
            "/mallory/1",
            "/alice/1",
            "/bob/1",
            "/mallory/2",
            "/alice/2",
            "/mallory/3",
            "/mallory/4",
        ]

    def test_where_there_is_no_room_the_newest_of_who_has_most_goes(
        self, crowd: "Crowd", monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(limits, "QUEUED", 3)
        mallory = [crowd.asks(f"/mallory/{number}") for number in range(3)]
        alice, bob = crowd.asks("/alice/1"), crowd.asks("/bob/1")
        assert [client.hear().status for client in reversed(mallory[1:])] == [503, 503]
        assert crowd.asks("/bob/2", waits=False).hear().status == 503, "now nobody has more than he"
        crowd.gate.open.set()
        assert [client.hear().status for client in (mallory[0], alice, bob)] == [200, 200, 200]
        assert crowd.fronted.refused == [(503, False)] * 3

    def test_among_those_who_wait_for_a_hash_too(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(limits, "HASH_SECONDS", PATIENCE)
        with Crowd.running(lambda _request: Lane.HASH) as crowd:
            for path in ("/mallory/1", "/mallory/2", "/mallory/3", "/alice/1"):
                crowd.asks(path)
            crowd.gate.open.set()
            until(lambda: len(crowd.begun) == 5)
            assert crowd.begun[1:] == ["/mallory/1", "/alice/1", "/mallory/2", "/mallory/3"]


class Crowd:
    """Clients whose path begins with their name, before one thread that stands at a gate."""

    def __init__(self, fronted: Fronted, gate: Gate, begun: list[str], clients: ExitStack) -> None:
        self.fronted, self.gate, self.begun, self._clients = fronted, gate, begun, clients

    @classmethod
    @contextmanager
    def running(
        cls, lane: Callable[[Request], Lane] = lambda _request: Lane.USUAL
    ) -> Iterator["Crowd"]:
        gate, begun = Gate(), list[str]()

        def application(environ: dict[str, Any], start_response: Any) -> list[bytes]:
            begun.append(environ["PATH_INFO"])
            return gate(environ, start_response)

        def whose(request: Request) -> str:
            return request.path.decode().split("/")[1]

        with (
            Fronted(application, lane, whose, cores=1).running() as fronted,
            ExitStack() as clients,
        ):
            crowd = cls(fronted, gate, begun, clients)
            crowd.asks("/first", waits=False)
            gate.wait_for(1)
            yield crowd
            gate.open.set()

    def asks(self, path: str, *, waits: bool = True) -> Client:
        """It has arrived when this returns, or will be refused."""
        client = self._clients.enter_context(self.fronted.client())
        client.send(get(path))
        if waits:
            until(
                lambda: any(
                    job.request.path == path.encode() for job in tuple(self.fronted.front.under_way)
                )
            )
        return client
