"""Who is worked for, and when: answers in pieces, lanes and queues of threads, and what was begun
for somebody who has gone. Time stands until a test lets it pass.
"""

import socket
import threading
from collections.abc import Iterator
from contextlib import ExitStack
from functools import partial
from typing import Any

import pytest

from mfaproject.front import limits
from mfaproject.front.messages import Request
from mfaproject.front.threads import Lane
from mfaproject.lib.patience import PATIENCE
from mfaproject.tests.fronting import Fronted, get
from mfaproject.tests.standing_time import Gate, Pieces, Time, until


@pytest.fixture(autouse=True)
def time(monkeypatch: pytest.MonkeyPatch) -> Time:
    return Time.standing(monkeypatch)


@pytest.fixture
def fronted() -> Iterator[Fronted]:
    with Fronted().running() as running:
        yield running


class TestStreams:
    def streaming(self, fronted: Fronted, pieces: Iterator[bytes]) -> Pieces:
        answer = Pieces(pieces)

        def application(environ: dict[str, Any], start: Any) -> Any:
            start("200 OK", [])
            return answer if environ["PATH_INFO"] == "/export" else [b"ok"]

        fronted.application = application
        return answer

    def test_pieces_arrive_and_threads_of_others_are_not_taken(self, fronted: Fronted) -> None:
        answer = self.streaming(fronted, iter([b"one,", b"", b"two,", b"three"]))
        heard = fronted.ask(get("/export"))
        assert (heard.fields["transfer-encoding"], heard.body) == ("chunked", b"one,two,three")
        assert answer.closed.wait(PATIENCE)
        assert answer.thread.startswith("stream-")

    def test_with_http_1_0_the_end_is_the_end_of_the_socket(self, fronted: Fronted) -> None:
        self.streaming(fronted, iter([b"one,", b"two"]))
        heard = fronted.ask("GET /export HTTP/1.0\r\nConnection: keep-alive\r\n\r\n")
        assert "transfer-encoding" not in heard.fields
        assert (heard.fields["connection"], heard.body) == ("close", b"one,two")

    def test_an_answer_without_pieces(self, fronted: Fronted) -> None:
        self.streaming(fronted, iter([]))
        assert fronted.ask(get("/export")).body == b""

    def test_one_that_breaks_off_is_not_taken_for_a_whole_one(self, fronted: Fronted) -> None:
        def broken() -> Iterator[bytes]:
            yield b"one,"
            raise RuntimeError("for the log")

        answer = self.streaming(fronted, broken())
        with fronted.client() as client:
            client.send(get("/export"))
            assert not client.rest().endswith(b"0\r\n\r\n")
        assert answer.closed.wait(PATIENCE)

    def test_one_that_fails_at_once_is_a_500(self, fronted: Fronted) -> None:
        def broken() -> Iterator[bytes]:
            raise RuntimeError("for the log")
            yield b""

        self.streaming(fronted, broken())
        assert fronted.ask(get("/export")).status == 500

    def test_who_does_not_read_holds_a_stream_for_a_moment_and_nobody_else(
        self, fronted: Fronted, time: Time
    ) -> None:
        answer = self.streaming(fronted, (b"x" * 1_000_000 for _each in range(1000)))
        with fronted.client() as client:
            client.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            client.send(get("/export"))
            until(lambda: len(fronted.front.pieces) == 1)
            assert fronted.ask(get()).body == b"ok"
            time.passes_until(answer.closed.is_set)
            until(lambda: not fronted.front.pieces)

    def test_a_piece_that_does_not_come_ends_it(self, fronted: Fronted, time: Time) -> None:
        go_on = threading.Event()

        def stuck() -> Iterator[bytes]:
            yield b"one,"
            go_on.wait(PATIENCE)
            yield b"two"

        answer = self.streaming(fronted, stuck())
        with fronted.client() as client:
            client.send(get("/export"))
            client.until(b"one,")
            time.passes_until(lambda: not fronted.front.sockets)
            assert b"two" not in client.rest()
        go_on.set()
        assert answer.closed.wait(PATIENCE)

    def test_who_leaves_ends_it(self, fronted: Fronted) -> None:
        answer = self.streaming(fronted, (b"x" * 10_000 for _each in iter(int, 1)))
        with fronted.client() as client:
            client.send(get("/export"))
            client.until(b"xxx")
        assert answer.closed.wait(PATIENCE)


class TestThreads:
    def test_what_no_thread_takes_in_time_is_never_begun(
        self, fronted: Fronted, time: Time
    ) -> None:
        gate = fronted.application = Gate()
        with ExitStack() as crowd:
            held = [crowd.enter_context(fronted.client()) for _each in range(limits.THREADS)]
            for client in held:
                client.send(get("/held"))
            gate.wait_for(limits.THREADS)
            late = crowd.enter_context(fronted.client())
            late.send(get("/late"))
            until(lambda: fronted.front.threads.waiting == 1)
            time.passes(limits.QUEUE_SECONDS)
            assert late.hear().status == 503
            assert fronted.refused == [(503, False)]
            gate.open.set()
            assert [client.hear().status for client in held] == [200] * limits.THREADS
        assert gate.done == limits.THREADS

    def test_more_than_can_ever_be_begun_is_refused_at_once(
        self, fronted: Fronted, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(limits, "QUEUED", 2)
        monkeypatch.setattr(limits, "QUEUE_SECONDS", PATIENCE)
        gate = fronted.application = Gate()
        with ExitStack() as crowd:
            held = [crowd.enter_context(fronted.client()) for _each in range(limits.THREADS + 2)]
            for client in held[:-2]:
                client.send(get())
                gate.wait_for(1)  # a thread has it before the next one comes
            for client in held[-2:]:
                client.send(get())
            until(lambda: fronted.front.threads.waiting == 2)
            assert fronted.ask(get()).status == 503
            gate.open.set()
            assert [client.hear().status for client in held] == [200] * len(held)

    def test_an_answer_that_does_not_come_is_told_as_unknown(self, time: Time) -> None:
        gate = Gate()
        with Fronted(gate).running() as fronted, fronted.client() as client:
            client.send(get())
            gate.wait_for(1)
            time.passes(limits.QUEUE_SECONDS + fronted.patience)
            assert client.hear().status == 503
            assert fronted.refused == [(503, True)]
            gate.open.set()
            until(lambda: gate.done == 1)
            client.send(get("/next"))
            assert client.hear().body == b"/next", "the late answer went nowhere"

    def test_hashes_leave_threads_to_others(self) -> None:
        gate = Gate()

        def lane(request: Request) -> Lane:
            return Lane.HASH if request.path == b"/hash" else Lane.USUAL

        with Fronted(gate, lane, cores=2).running() as fronted, ExitStack() as crowd:
            hashes = [crowd.enter_context(fronted.client()) for _each in range(20)]
            for client in hashes:
                client.send(get("/hash"))
            gate.wait_for(2)
            until(lambda: fronted.front.threads.waiting == 18)
            with fronted.client() as other:
                other.send(get("/other"))
                gate.wait_for(1)
                gate.open.set()
                assert other.hear().body == b"/other"
            assert {client.hear().status for client in hashes} == {200}

    @staticmethod
    def under_way(fronted: Fronted, many: int) -> bool:
        return len(fronted.front.under_way) == many

    def test_who_is_known_is_first_in_line(self) -> None:
        begun: list[str] = []
        gate = Gate()

        def application(environ: dict[str, Any], start: Any) -> list[bytes]:
            begun.append(environ["PATH_INFO"])
            return gate(environ, start)

        def lane(request: Request) -> Lane:
            return Lane.FIRST if request.path.startswith(b"/known") else Lane.HASH

        with Fronted(application, lane, cores=1).running() as fronted, ExitStack() as crowd:
            for number, path in enumerate(("/now", "/stranger", "/stranger", "/known")):
                client = crowd.enter_context(fronted.client())
                client.send(get(path))
                until(partial(self.under_way, fronted, number + 1))
            gate.open.set()
            until(lambda: len(begun) == 4)
        assert begun == ["/now", "/known", "/stranger", "/stranger"]

    def test_after_three_who_are_known_one_of_the_others_is_next(self) -> None:
        gate, begun = Gate(), []

        def application(environ: dict[str, Any], start: Any) -> list[bytes]:
            begun.append(environ["PATH_INFO"])
            return gate(environ, start)

        def lane(request: Request) -> Lane:
            return Lane.FIRST if request.path.startswith(b"/known") else Lane.HASH

        paths = ["/now", *["/known"] * 8, *["/stranger"] * 2]
        with Fronted(application, lane, cores=1).running() as fronted, ExitStack() as crowd:
            for number, path in enumerate(paths):
                client = crowd.enter_context(fronted.client())
                client.send(get(path))
                until(partial(self.under_way, fronted, number + 1))
            gate.open.set()
            until(lambda: len(begun) == len(paths))
        once = ["/known"] * 3 + ["/stranger"]
        assert begun == ["/now", *once, *once, "/known", "/known"]
