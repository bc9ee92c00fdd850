"""Whoever sends slowly, reads slowly or says nothing costs a socket, for a while, and nobody else
anything. Here with a small application, and time that stands until a test lets it pass;
`test_front_crowd` has the real server."""

import os
import resource
import socket
import ssl
import tempfile
import threading
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Any

import pytest

from mfaproject.front import limits, listener, peers, worker
from mfaproject.front.front import Front
from mfaproject.front.messages import File
from mfaproject.front.parent import Parent
from mfaproject.front.phase import Phase
from mfaproject.lib.ip_addresses import network, parse_ip
from mfaproject.lib.patience import PATIENCE
from mfaproject.tests.fronting import Client, Fronted, get, post
from mfaproject.tests.standing_time import Gate, Time, stands, until
from mfaproject.tests.test_checks import write_pair

SHORT = 0.3


@pytest.fixture(autouse=True)
def time(monkeypatch: pytest.MonkeyPatch) -> Time:
    return Time.standing(monkeypatch)


@pytest.fixture
def fronted() -> Iterator[Fronted]:
    with Fronted().running() as running:
        yield running


class TestSending:
    def test_a_socket_that_says_nothing_is_closed(self, fronted: Fronted, time: Time) -> None:
        with fronted.client() as client:
            stands(fronted, Phase.IDLE)
            time.passes(limits.HEAD_SECONDS)
            assert client.is_closed
        assert fronted.refused == []

    @pytest.mark.parametrize("start", ["G", "GET / HTTP/1.1\r\nHost: lo", "\r\n\r\nPOST "])
    def test_half_a_head_is_told_that_it_took_too_long(
        self, fronted: Fronted, time: Time, start: str
    ) -> None:
        with fronted.client() as client:
            client.send(start)
            stands(fronted, Phase.HEAD)
            time.passes(limits.HEAD_SECONDS)
            assert client.hear().status == 408
            assert client.is_closed

    def test_half_a_body_is_told_that_it_took_too_long(self, fronted: Fronted, time: Time) -> None:
        with fronted.client() as client:
            client.send(post("x" * 1000)[:-994])
            stands(fronted, Phase.BODY)
            time.passes(limits.BODY_SECONDS)
            assert client.hear().status == 408
            assert client.is_closed

    @pytest.mark.parametrize(
        ("start", "phase"),
        [
            ("", Phase.IDLE),
            ("GET / HTTP/1.1\r\nX: ", Phase.HEAD),
            (post("x" * 60_000)[:-59_999], Phase.BODY),
        ],
    )
    def test_one_byte_now_and_then_wins_no_time(
        self, fronted: Fronted, time: Time, start: str, phase: Phase
    ) -> None:
        with fronted.client() as client:
            client.send(start)
            stands(fronted, phase)

            def ends_with_another_byte() -> bool:
                with suppress(OSError):
                    client.send("x" if start else "\n")
                return not fronted.front.sockets

            time.passes_until(ends_with_another_byte)

    def test_a_socket_that_has_been_answered_may_rest_and_is_closed_then(
        self, fronted: Fronted, time: Time
    ) -> None:
        with fronted.client() as client:
            client.send(get())
            assert client.hear().status == 200
            until(lambda: len(fronted.front.reading) == 1)
            time.passes(limits.IDLE_SECONDS)
            assert client.is_closed

    def test_others_are_answered_beside_hundreds_of_them(
        self, fronted: Fronted, time: Time
    ) -> None:
        fronted.front.peers._each = 10_000
        with ExitStack() as crowd:
            for number in range(400):
                client = crowd.enter_context(fronted.client())
                client.send(("", "GET / HT", post("abc")[:-2])[number % 3])
            until(lambda: len(fronted.front.reading) == 400)
            assert fronted.ask(get("/honest")).status == 200
            time.passes_until(lambda: not fronted.front.sockets)

    def test_bodies_that_never_end_take_no_more_than_there_is(
        self, fronted: Fronted, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(limits, "UNFINISHED_BYTES", 100_000)
        with ExitStack() as crowd:
            oldest, *others = (crowd.enter_context(fronted.client()) for _each in range(3))
            oldest.send(post("x" * 50_000)[:-1])
            until(lambda: fronted.front._unfinished == 49_999)
            for other in others:
                other.send(post("x" * 50_000)[:-1])
            assert oldest.is_closed
            until(lambda: fronted.front._unfinished == 99_998)
            assert fronted.ask(post("small")).status == 200
        until(lambda: not fronted.front.sockets)
        until(lambda: fronted.front._unfinished == 0)

    def test_what_comes_early_is_counted_until_its_turn(self, fronted: Fronted) -> None:
        gate = fronted.application = Gate()
        with fronted.client() as client:
            client.send(get())
            gate.wait_for(1)
            client.send(post("x" * 30_000))
            until(lambda: fronted.front._unfinished > 10_000)
            gate.open.set()
            assert [client.hear().status for _each in range(2)] == [200, 200]
            until(lambda: fronted.front._unfinished == 0)

    def test_one_that_takes_all_room_by_itself_is_ended_while_it_is_read(
        self, fronted: Fronted, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(limits, "UNFINISHED_BYTES", 10)
        faults: list[Any] = []
        fronted.loop.set_exception_handler(lambda _loop, context: faults.append(context))
        with fronted.client() as client:
            client.send(post("x" * 100))
            assert client.is_closed
        until(lambda: not fronted.front.sockets)
        assert (faults, fronted.front._unfinished, fronted.refused) == ([], 0, [])

    def test_nothing_is_left_of_them(self, fronted: Fronted) -> None:
        for text in ("", "GET", post("abc")[:-1], get("/", "X: y")):
            with fronted.client() as client:
                client.send(text)
        front = fronted.front
        until(lambda: not front.sockets)
        assert (len(front.peers), len(front.reading), len(front.writing)) == (0, 0, 0)
        until(lambda: not front.under_way)  # a thread may still work for the one that asked whole


class TestPeers:
    @pytest.fixture(autouse=True)
    def _few(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(limits, "SOCKETS_PER_PEER", 3)

    def test_one_socket_too_many_ends_the_oldest(self, fronted: Fronted) -> None:
        with ExitStack() as crowd:
            silent = [crowd.enter_context(fronted.client()) for _each in range(3)]
            until(lambda: len(fronted.front.sockets) == 3)
            assert fronted.ask(get()).status == 200, "the newest is heard"
            assert silent[0].is_closed
            for other in silent[1:]:
                other.send(get())
                assert other.hear().status == 200

    def test_of_many_at_once_as_many_end(self) -> None:
        """One that is told to end is gone only when the loop has come round."""

        class Lingering:
            peer, ended = "203.0.113.7", 0

            def end(self) -> None:
                self.ended += 1

        counted = peers.Peers(each=3, trusted=lambda _peer: False)
        crowd = [Lingering() for _each in range(10)]
        for each in crowd:
            counted.waits(each)
        assert [each.ended for each in crowd] == [1] * 7 + [0] * 3
        assert counted.end_oldest()
        assert counted.end_oldest()
        assert [each.ended for each in crowd] == [1] * 9 + [0]

    def test_who_does_not_read_the_answer_counts(self, fronted: Fronted) -> None:
        big = b"x" * 6_000_000
        fronted.application = lambda _environ, start: start("200 OK", []) or [big]
        with ExitStack() as crowd:
            for number in range(6):
                client = crowd.enter_context(fronted.client())
                client.send(get("/", "Connection: close"))
                client.until(b"xxx")
                # At once.
                until(lambda: len(fronted.front.sockets) == min(3, number + 1))  # noqa: B023
            assert len(client.rest()) > len(big) - 100_000, "the newest is answered"

    def test_a_file_that_is_being_sent_takes_room_as_well(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(limits, "WRITE_SECONDS", PATIENCE)

        def application(environ: dict[str, Any], start: Any) -> Any:
            start("200 OK", [("content-length", "20000000")])
            return File(Path("/dev/zero").open("rb")) if environ["PATH_INFO"] == "/big" else [b"ok"]

        proxied = Fronted(application, trusted=lambda _peer: True, room=5)
        with proxied.running() as fronted, ExitStack() as crowd:
            for number in range(4):
                client = crowd.enter_context(fronted.client())
                client.send(get("/big"))
                client.until(b"\0\0")
                until(lambda: fronted.front.files == min(3, number + 1))  # noqa: B023 - at once
            assert fronted.ask(get()).status == 200
        until(lambda: not fronted.front.files)

    def test_sockets_that_are_being_answered_do_not_count(self, fronted: Fronted) -> None:
        gate = fronted.application = Gate()
        with ExitStack() as crowd:
            waiting: list[Client] = []
            for _each in range(6):
                waiting.append(crowd.enter_context(fronted.client()))
                waiting[-1].send(get())
                gate.wait_for(1)
            gate.open.set()
            assert [client.hear().status for client in waiting] == [200] * 6

    def test_a_proxy_of_ours_is_not_counted(self) -> None:
        with (
            Fronted(trusted=lambda peer: peer == "127.0.0.1").running() as fronted,
            ExitStack() as crowd,
        ):
            silent = [crowd.enter_context(fronted.client()) for _each in range(10)]
            until(lambda: len(fronted.front.peers) == 10)
            for client in silent:
                client.send(get())
                assert client.hear().status == 200

    def test_a_socket_that_becomes_a_connection_counts_once(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        seen, opened = list[int](), Front.opened

        def note(front: Front, *given: Any) -> None:
            opened(front, *given)
            seen.append(len(front.sockets) + len(front.coming))

        monkeypatch.setattr(Front, "opened", note)
        with Fronted().running() as fronted:
            assert fronted.ask(get()).status == 200
        assert seen == [1]

    def test_where_all_room_is_taken_the_oldest_silent_one_goes(self) -> None:
        with Fronted(trusted=lambda _peer: True, room=5).running() as fronted, ExitStack() as crowd:
            silent = [crowd.enter_context(fronted.client()) for _each in range(5)]
            until(lambda: len(fronted.front.sockets) == 5)
            assert fronted.ask(get()).status == 200
            assert silent[0].is_closed


class TestReading:
    SIZE = 30_000_000

    def answers_with(self, fronted: Fronted, file: File, length: str) -> None:
        def application(_environ: dict[str, Any], start: Any) -> Any:
            start("200 OK", [("content-length", length)])
            return file

        fronted.application = application

    def test_who_does_not_read_is_cut_off(self, fronted: Fronted, time: Time) -> None:
        fronted.application = lambda _environ, start: start("200 OK", []) or [b"x" * self.SIZE]
        with fronted.client() as client:
            client.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            client.send(get())
            client.until(b"xxx")
            time.passes_until(lambda: not fronted.front.sockets)

    def test_a_file_is_read_as_it_is_sent(self, fronted: Fronted, time: Time) -> None:
        class Counted:
            left, closed = TestReading.SIZE, False

            def read(self, size: int) -> bytes:
                self.left -= size
                return b"x" * size

            def close(self) -> None:
                self.closed = True

        file = Counted()
        self.answers_with(fronted, File(file), str(self.SIZE))
        with fronted.client() as client:
            client.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            client.send(get())
            client.until(b"xxx")
            time.passes_until(lambda: file.closed)
            assert file.left > self.SIZE / 2, "most of it was never taken into memory"

    def test_a_whole_file_arrives(self, fronted: Fronted) -> None:
        with tempfile.TemporaryFile() as file:
            file.write(bytes(range(256)) * 4000)
            file.seek(0)
            self.answers_with(fronted, File(file), "1024000")
            assert fronted.ask(get()).body == bytes(range(256)) * 4000
            until(lambda: file.closed)

    def test_answers_that_nobody_reads_do_not_pile_up(self, fronted: Fronted) -> None:
        asked, big = [0], b"x" * 2_000_000

        def application(_environ: dict[str, Any], start: Any) -> list[bytes]:
            asked[0] += 1
            start("200 OK", [])
            return [big]

        fronted.application = application
        with fronted.client() as client:
            for _each in range(limits.PIPELINED - 1):
                client.send(get())
                threading.Event().wait(SHORT / 10)  # so that each comes by itself
            until(lambda: asked[0] > 1)
            (connection,) = fronted.front.sockets
            until(lambda: connection.unread > 0)
            assert connection.unread < 2 * len(big)
            assert asked[0] < limits.PIPELINED - 1
            assert [len(client.hear().body) for _each in range(limits.PIPELINED - 1)] == [
                len(big)
            ] * (limits.PIPELINED - 1)

    def test_slow_readers_hold_no_thread(self, fronted: Fronted) -> None:
        big = b"x" * 6_000_000
        fronted.application = lambda environ, start: (
            start("200 OK", []) or [big if environ["PATH_INFO"] == "/big" else b"ok"]
        )
        with ExitStack() as crowd:
            for _each in range(3 * limits.THREADS):
                client = crowd.enter_context(fronted.client())
                client.send(get("/big"))
            until(lambda: fronted.front.threads.waiting == 0)
            assert fronted.ask(get("/small")).body == b"ok"


class TestEnding:
    def test_what_has_begun_ends_and_the_rest_is_refused(self, fronted: Fronted) -> None:
        gate = fronted.application = Gate()
        with ExitStack() as crowd:
            begun, silent, half, body = (
                crowd.enter_context(fronted.client()) for _each in range(4)
            )
            half.send("GET / HT")
            body.send(post("abc")[:-1])
            begun.send(get())
            gate.wait_for(1)
            until(lambda: len(fronted.front.reading) == 3)
            fronted.loop.call_soon_threadsafe(fronted.front.close)
            assert silent.is_closed
            assert (half.hear().status, body.hear().status) == (503, 503)
            late = crowd.enter_context(fronted.client())
            late.send(get())
            heard = late.hear()
            assert (heard.status, heard.fields["connection"]) == (503, "close")
            gate.open.set()
            heard = begun.hear()
            assert (heard.status, heard.fields["connection"]) == (200, "close")
        assert gate.done == 1


def test_a_tls_socket_that_says_nothing_is_closed(
    tls_pair: tuple[Any, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    server, trusting = tls_pair
    monkeypatch.setattr(limits, "HANDSHAKE_SECONDS", SHORT)  # which is asyncio's to count
    with (
        Fronted(tls=server).running() as fronted,
        socket.create_connection(("127.0.0.1", fronted.port), PATIENCE) as silent,
    ):
        until(lambda: len(fronted.front.peers) == 1)
        monkeypatch.setattr(limits, "HANDSHAKE_SECONDS", PATIENCE)
        client = Client(fronted.port, trusting)
        client.send(get("/beside"))
        assert client.hear().status == 200
        assert silent.recv(1) == b""
        client.socket.close()


@pytest.fixture
def tls_pair(tmp_path: Any) -> tuple[Any, Any]:
    cert, key = write_pair(tmp_path, "localhost")
    trusting = ssl.create_default_context(cafile=cert)
    trusting.check_hostname = False
    return listener.tls(cert, key), trusting


@pytest.mark.parametrize(
    ("peer", "counted"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("2001:db8:0:1::7", "2001:db8:0:1::/64"),
        ("2001:db8:0:1:ffff::9", "2001:db8:0:1::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("", "unknown"),
    ],
)
def test_what_is_counted_as_one(peer: str, counted: str) -> None:
    assert network(parse_ip(peer)) == counted


@pytest.mark.parametrize(
    ("files", "sockets"), [(256, 128), (1024, 512), (4096, 3396), (100_000, 15_000)]
)
def test_sockets_leave_files_for_the_rest(
    monkeypatch: pytest.MonkeyPatch, files: int, sockets: int
) -> None:
    monkeypatch.setattr(resource, "getrlimit", lambda _what: (files, files))
    monkeypatch.setattr(resource, "setrlimit", lambda _what, _limits: None)
    assert worker.room() == sockets


def test_where_no_process_can_be_made_it_is_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails() -> int:
        raise BlockingIOError("no more processes")

    monkeypatch.setattr(os, "fork", fails)
    parent = Parent(lambda _number, _line: None, 1)
    with parent._ear, parent._mouth:
        parent._start(0)
    assert list(parent._due) == [0]
    assert not parent._workers
