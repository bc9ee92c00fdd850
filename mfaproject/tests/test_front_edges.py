"""What lies between two requests, two answers and two deadlines: looked at from within, so that no
clock of a slow machine decides."""

import asyncio
import os
import resource
import socket
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from mfaproject.front import limits, listener
from mfaproject.front.connection import Connection
from mfaproject.front.jobs import Job
from mfaproject.front.messages import File
from mfaproject.front.phase import Phase
from mfaproject.front.threads import Lane
from mfaproject.lib.hub import Hold
from mfaproject.lib.patience import PATIENCE
from mfaproject.tests.fronting import Client, Fronted, get, post
from mfaproject.tests.standing_time import Gate, Pieces, until
from mfaproject.tests.wires import Said

pytestmark = pytest.mark.slow

BIG = 30_000_000


@pytest.fixture
def fronted(monkeypatch: pytest.MonkeyPatch) -> Iterator[Fronted]:
    """No deadline of sockets comes by itself."""
    for name in ("HEAD", "BODY", "IDLE", "WRITE", "LINGER", "PIECE"):
        monkeypatch.setattr(limits, f"{name}_SECONDS", PATIENCE)
    with Fronted().running() as running:
        yield running


def only(fronted: Fronted) -> Connection:
    """The one socket that there is."""
    until(lambda: len(fronted.front.sockets) == 1)
    (connection,) = fronted.front.sockets
    return connection


def on_loop(fronted: Fronted, work: Callable[[], object]) -> object:
    """What it gives, called where the front calls it."""
    found: list[object] = []
    done = threading.Event()

    def call() -> None:
        found.append(work())
        done.set()

    fronted.loop.call_soon_threadsafe(call)
    assert done.wait(PATIENCE)
    return found[0]


def sized(environ: dict[str, Any], start_response: Any) -> list[bytes]:
    start_response("200 OK", [])
    return [b"b" * BIG] if environ["PATH_INFO"] == "/big" else [b"small"]


def streams(fronted: Fronted, pieces: Iterator[bytes]) -> Pieces:
    """From now on each answer is made of these while it is sent."""
    answer = Pieces(pieces)

    def application(_environ: dict[str, Any], start_response: Any) -> Any:
        start_response("200 OK", [])
        return answer

    fronted.application = application
    return answer


@pytest.fixture
def reader(fronted: Fronted) -> Iterator[Client]:
    """It has asked for much, and reads when a test reads."""
    fronted.application = sized
    with fronted.client() as client:
        # Else the system would take all of it, and wait for nobody.
        client.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 256 * 1024)
        client.send(get("/big"))
        until(lambda: len(fronted.front.writing) == 1)
        yield client


class TestReaders:
    @staticmethod
    def read(client: Client, connection: Connection) -> None:
        """Until something has left since the last look."""
        before = connection.unread
        client.socket.settimeout(PATIENCE)
        while connection.unread == before:
            assert client.socket.recv(65_536)

    @pytest.mark.usefixtures("reader")
    def test_who_has_read_nothing_since_the_last_look_is_cut_off(self, fronted: Fronted) -> None:
        on_loop(fronted, only(fronted)._writer.too_slow)
        until(lambda: not fronted.front.sockets)

    def test_who_has_read_enough_is_looked_at_again(
        self, fronted: Fronted, reader: Client, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(limits, "WRITE_RATE", 0.001)
        connection = only(fronted)
        self.read(reader, connection)
        fronted.front.writing.clear(connection._writer)
        on_loop(fronted, connection._writer.too_slow)
        assert len(fronted.front.writing) == 1
        assert connection.phase is not Phase.GONE

    def test_who_has_read_something_but_too_little_is_cut_off(
        self, fronted: Fronted, reader: Client, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(limits, "WRITE_RATE", BIG)
        connection = only(fronted)
        self.read(reader, connection)
        on_loop(fronted, connection._writer.too_slow)
        until(lambda: not fronted.front.sockets)

    def test_while_something_waits_to_be_read_threads_send_nothing(
        self, fronted: Fronted, reader: Client
    ) -> None:
        connection = only(fronted)
        assert on_loop(fronted, connection.descriptor) == -1
        reader.send(get("/small"))
        assert (len(reader.hear().body), reader.hear().body) == (BIG, b"small")

    def test_an_answer_shorter_than_it_said_is_not_taken_for_a_whole_one(
        self, fronted: Fronted
    ) -> None:
        class Short:
            closed = False

            def read(self, _size: int) -> bytes:
                return b""

            def close(self) -> None:
                self.closed = True

        file = Short()

        def application(_environ: dict[str, Any], start: Any) -> Any:
            start("200 OK", [("content-length", str(BIG))])
            return File(file)

        fronted.application = application
        with fronted.client() as client:
            client.send(get())
            assert client.rest().endswith(b"\r\n\r\n")
        until(lambda: file.closed)

    def test_a_file_that_nobody_waits_for_is_closed(self, fronted: Fronted) -> None:
        file = open("/dev/zero", "rb")  # noqa: PTH123, SIM115 - closed by whom this is about

        def application(_environ: dict[str, Any], start: Any) -> Any:
            start("200 OK", [("content-length", str(BIG))])
            return File(file)

        fronted.application = application
        with fronted.client() as client:
            client.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 256 * 1024)
            client.send(get())
            until(lambda: only(fronted).unread > 0)
        until(lambda: file.closed)


class TestBetweenRequests:
    def test_what_comes_while_one_is_answered_waits_outside(self, fronted: Fronted) -> None:
        gate = fronted.application = Gate()
        with fronted.client() as client:
            client.send(get("/first"))
            gate.wait_for(1)
            client.send(post("x" * 60_000, path="/next") * 4)
            connection = only(fronted)
            until(lambda: connection._paused)
            assert len(connection._late) < 1_000_000
            gate.open.set()
            assert [client.hear().body for _each in range(5)] == [b"/first"] + [b"/next"] * 4

    def test_who_said_all_before_the_answer_is_there_still_gets_it(self, fronted: Fronted) -> None:
        gate = fronted.application = Gate()
        with fronted.client() as client:
            client.send(get("/asked"))
            gate.wait_for(1)
            client.socket.shutdown(socket.SHUT_WR)
            until(lambda: only(fronted)._eof)
            gate.open.set()
            assert client.hear().body == b"/asked"
            assert client.is_closed

    def test_nothing_follows_a_request_for_another_protocol(self, fronted: Fronted) -> None:
        with fronted.client() as client:
            client.send(get("/", "Connection: Upgrade", "Upgrade: websocket") + get("/smuggled"))
            heard = client.hear()
            assert (heard.status, heard.fields["connection"]) == (200, "close")
            assert client.is_closed

    def test_who_speaks_http_1_0_is_not_told_to_go_on(self, fronted: Fronted) -> None:
        with fronted.client() as client:
            client.send("POST / HTTP/1.0\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\nok")
            assert client.hear().status == 200

    def test_a_refusal_arrives_though_the_body_is_still_being_sent(self, fronted: Fronted) -> None:
        """Closing at once would end the socket with an error, in which the refusal may be lost."""
        with fronted.client() as client:
            client.send(get("/", f"Content-Length: {BIG}", method="POST"))
            assert client.hear().status == 413
            client.send("x" * 1_000_000)
            client.send("x" * 1_000_000)
            assert client.socket.recv(1) == b"", "the end, and no error"


class TestWhoLeft:
    def test_before_a_turn_is_not_worked_for(self) -> None:
        gate = Gate()
        with (
            Fronted(gate, lambda _request: Lane.HASH, cores=1).running() as fronted,
            fronted.client() as first,
        ):
            first.send(get("/first"))
            gate.wait_for(1)
            with fronted.client() as gone:
                gone.send(get("/gone"))
                until(lambda: fronted.front.threads.waiting == 1)
            until(lambda: fronted.front.threads.waiting == 0)
            with fronted.client() as third:
                third.send(get("/third"))
                until(lambda: fronted.front.threads.waiting == 1)
                gate.open.set()
                assert (first.hear().body, third.hear().body) == (b"/first", b"/third")
        assert gate.done == 2

    def test_leaves_no_file_behind(self, fronted: Fronted) -> None:
        """Descriptors that threads had for answering."""
        gate = fronted.application = Gate()
        taken: list[int] = []
        put = fronted.front.threads.put

        def noted(job: Any) -> None:
            taken.append(job.descriptor)
            put(job)

        fronted.front.threads.put = noted  # type: ignore[method-assign]
        clients = [fronted.client() for _each in range(limits.THREADS + 4)]
        for client in clients:
            client.send(get())
        gate.wait_for(limits.THREADS)
        until(lambda: len(taken) == len(clients))
        jobs = list(fronted.front.under_way)
        assert {job.descriptor >= 0 for job in jobs} == {True}
        for client in clients:
            client.socket.close()
        until(lambda: fronted.front.threads.waiting == 0)
        gate.open.set()
        until(lambda: {job.descriptor for job in jobs} == {-1})

    def test_ends_what_is_made_for_it(self, fronted: Fronted) -> None:
        pieces = streams(fronted, (b"x" * 100_000 for _each in iter(int, 1)))
        with fronted.client() as client:
            client.send(get())
            until(lambda: only(fronted).is_full)
        assert pieces.closed.wait(PATIENCE / 2), "it does not wait until a piece is late"
        until(lambda: not fronted.front.pieces)


def test_pieces_are_made_as_they_are_read(fronted: Fronted) -> None:
    made: list[int] = []

    def pieces() -> Iterator[bytes]:
        for number in iter(int, 1):
            made.append(number)
            yield b"x" * 100_000

    streams(fronted, pieces())
    with fronted.client() as client:
        client.send(get())
        until(lambda: only(fronted).is_full)
        on_loop(fronted, lambda: None)
        before = len(made)
        time.sleep(0.2)
        assert len(made) <= before + 1


def test_without_files_for_more_sockets_it_looks_now_and_then(
    fronted: Fronted, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """The kernel would say at once, and again and again, that somebody waits."""
    monkeypatch.setattr(listener, "REST", 0.5)
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    with socket.socket() as waiting:
        next_free = os.dup(waiting.fileno())
        os.close(next_free)
        resource.setrlimit(resource.RLIMIT_NOFILE, (next_free, hard))
        try:
            waiting.connect(("127.0.0.1", fronted.port))
            until(lambda: "no room for more sockets" in caplog.text)
            time.sleep(0.2)
            looks = caplog.text.count("no room for more sockets")
        finally:
            resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
        assert looks < 20
        waiting.sendall(get().encode())
        assert waiting.recv(12) == b"HTTP/1.1 200"


class TestThreads:
    def test_whether_it_lives_is_answered_while_all_of_them_are_taken(
        self, fronted: Fronted
    ) -> None:
        gate = fronted.application = Gate()
        clients = [fronted.client() for _each in range(limits.THREADS)]
        for client in clients:
            client.send(get())
        gate.wait_for(limits.THREADS)
        assert fronted.ask(get("/healthz")).body == b"refused 200"
        gate.open.set()
        for client in clients:
            assert client.hear().status == 200
            client.socket.close()

    @pytest.mark.parametrize("by", ["thread", "loop"])
    def test_a_late_answer_goes_nowhere_whoever_would_send_it(
        self, monkeypatch: pytest.MonkeyPatch, by: str
    ) -> None:
        if by == "loop":  # as with TLS
            monkeypatch.setattr(Connection, "descriptor", lambda _connection: -1)
        gate = Gate()
        with Fronted(gate, patience=0.1).running() as fronted, fronted.client() as client:
            client.send(get("/late"))
            assert client.hear().status == 503
            gate.open.set()
            until(lambda: gate.done == 1)
            client.send(get("/next"))
            assert client.hear().body == b"/next"

    def test_a_late_file_is_closed(self) -> None:
        # Closed by whom this is about.
        gate, file = threading.Event(), open("/dev/zero", "rb")  # noqa: PTH123, SIM115

        def application(_environ: dict[str, Any], start: Any) -> Any:
            assert gate.wait(PATIENCE)
            start("200 OK", [("content-length", str(BIG))])
            return File(file)

        with Fronted(application, patience=0.1).running() as fronted:
            assert fronted.ask(get()).status == 503
            gate.set()
            until(lambda: file.closed)

    def test_a_hash_that_is_done_makes_room_for_the_next(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(limits, "HASH_SECONDS", PATIENCE)
        with Fronted(lane=lambda _request: Lane.HASH, cores=1).running() as fronted:
            assert [fronted.ask(get()).status for _each in range(3)] == [200] * 3
            until(lambda: fronted.front.threads._hashing == 0)

    def test_a_deadline_that_fails_stops_no_other(
        self, fronted: Fronted, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        look, failed = fronted.front._look, threading.Event()

        def fails_once(now: float) -> None:
            if not failed.is_set():
                failed.set()
                raise RuntimeError("for the log")
            look(now)

        monkeypatch.setattr(fronted.front, "_look", fails_once)
        assert failed.wait(PATIENCE)
        monkeypatch.setattr(limits, "HEAD_SECONDS", 0.1)
        with fronted.client() as client:
            assert client.is_closed


class TestEnding:
    @staticmethod
    def ended(fronted: Fronted) -> Callable[[], bool]:
        """Tells whether nothing is waited for any more; it has been looked at once."""
        waiting = asyncio.run_coroutine_threadsafe(fronted.front.idle(), fronted.loop)
        for _each in range(3):
            on_loop(fronted, lambda: None)
        return waiting.done

    def test_nothing_waits_for_nothing(self, fronted: Fronted) -> None:
        until(self.ended(fronted))

    def test_it_waits_for_what_threads_have_begun(self, fronted: Fronted) -> None:
        gate = fronted.application = Gate()
        with fronted.client() as client:
            client.send(get())
            gate.wait_for(1)
            ended = self.ended(fronted)
            assert not ended()
            gate.open.set()
            until(ended)

    def test_it_waits_for_an_answer_that_is_about_to_be_sent(
        self, fronted: Fronted, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        sending, go_on, send = threading.Event(), threading.Event(), Job._send

        def slowly(job: Job, data: bytes) -> bytes:
            sending.set()
            assert go_on.wait(PATIENCE)
            return send(job, data)

        monkeypatch.setattr(Job, "_send", slowly)
        with fronted.client() as client:
            client.send(get())
            assert sending.wait(PATIENCE)
            ended = self.ended(fronted)
            assert not ended()
            go_on.set()
            assert client.hear().status == 200
            until(ended)

    def test_what_the_system_did_not_take_is_sent_before_the_end(
        self, fronted: Fronted, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(Job, "_send", lambda _job, data: data)
        # the loop has not come to it
        monkeypatch.setattr(fronted.front, "soon", lambda *_call: None)
        monkeypatch.setattr(fronted.front, "_look", lambda _now: None)
        with fronted.client() as client:
            client.send(get())
            until(lambda: bool(fronted.front._sent))
            until(self.ended(fronted))
            assert client.hear().status == 200

    def test_what_a_thread_has_to_say_after_the_end_is_said_to_nobody(
        self, caplog: pytest.LogCaptureFixture
    ) -> None:
        gate = Gate()

        def holds(environ: dict[str, Any], start_response: Any) -> Said:
            gate(environ, start_response)
            return Said(hold=Hold(("topic",), (), seconds=1, since=0))

        with Fronted(holds).running() as fronted, fronted.client() as client:
            client.send(get())
            gate.wait_for(1)
        assert fronted.loop.is_closed()
        gate.open.set()
        until(lambda: not fronted.front.threads.busy)
        assert not caplog.records

    def test_it_waits_for_who_still_reads(self, fronted: Fronted, reader: Client) -> None:
        ended = self.ended(fronted)
        assert not ended()
        reader.hear()
        until(ended)

    def test_it_waits_for_what_is_made_while_it_is_sent(self, fronted: Fronted) -> None:
        go_on = threading.Event()

        def pieces() -> Iterator[bytes]:
            yield b"one,"
            assert go_on.wait(PATIENCE)
            yield b"two"

        streams(fronted, pieces())
        with fronted.client() as client:
            client.send(get())
            client.until(b"one,")
            ended = self.ended(fronted)
            assert not ended()
            go_on.set()
            until(ended)
