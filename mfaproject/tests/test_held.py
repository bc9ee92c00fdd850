"""Answers that wait: who is woken, who is not, and what is left of them when they end."""

import socket
import ssl
import struct
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from time import monotonic
from typing import Any

import pytest

from mfaproject.front import held, limits, listener
from mfaproject.front.deadlines import Deadlines, Timed
from mfaproject.front.held import MOST_UNREAD
from mfaproject.lib.hub import WAITED
from mfaproject.tests.fronting import get
from mfaproject.tests.test_checks import write_pair
from mfaproject.tests.wires import SHARE, Said, Told, Wire, close_wires, fronted, holding, until

pytestmark = pytest.mark.slow


def stream(served: Told, wire: Wire | None = None) -> Wire:
    """One that has begun."""
    before = len(served.hub)
    wire = (wire or Wire(served.port)).ask()
    assert wire.head()[0] == 200
    wire.look()
    until(lambda: len(served.hub) == before + 1)
    return wire


@pytest.fixture(autouse=True)
def _wires() -> Iterator[None]:
    yield
    close_wires()


def free(served: Told) -> bool:
    """Nobody waits, and nothing is kept of who did."""
    hub, front = served.hub, served.front
    return not (len(hub) or hub._listeners or hub._shares or front.holding or front.sockets)


def test_a_stream_begins_with_a_look_and_says_look_whenever_it_is_told() -> None:
    with fronted(lambda _: Said(hold=holding())) as served:
        wire = Wire(served.port).ask()
        status, fields = wire.head()
        assert (status, fields["content-type"], fields["transfer-encoding"]) == (
            200,
            "text/event-stream",
            "chunked",
        )
        assert fields["x-accel-buffering"] == "no"
        assert b"retry: " in wire.until(b"data: look\n\n")
        for _ in range(3):
            served.hub.tell(["journey"])
            wire.look()


def test_who_waits_for_something_else_hears_nothing() -> None:
    topics = iter([("known", "known/way"), ("unknown",)])
    with fronted(lambda _: Said(hold=holding(topics=next(topics)))) as served:
        known, unknown = stream(served), stream(served)
        served.hub.tell(["known/way"])
        served.hub.tell(["unknown/way", "nobody"])
        known.look()
        served.hub.tell(["known", "known/way"])
        known.look()
        assert known.is_silent(), "one telling, one look"
        assert unknown.is_silent()


def test_a_stream_holds_no_thread() -> None:
    with fronted(
        lambda environ: (
            Said(b"here") if environ["PATH_INFO"] == "/other" else Said(hold=holding(shares=()))
        )
    ) as served:
        wires = [stream(served) for _ in range(40)]
        assert Wire(served.port).ask("/other").answer()[2] == b"here"
        assert all(wire.is_silent() for wire in wires)


def test_a_stream_whose_time_is_over_ends_and_its_socket_goes_on() -> None:
    with fronted(
        lambda environ: (
            Said(b"next") if environ["PATH_INFO"] == "/next" else Said(hold=holding(seconds=1))
        )
    ) as served:
        wire = stream(served)
        wire.ends()
        assert len(served.hub) == 0
        assert wire.ask("/next").answer()[2] == b"next"


def test_a_stream_on_which_nothing_happens_says_that_it_is_there(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(held, "BEAT", 1)
    with fronted(lambda _: Said(hold=holding())) as served:
        wire = stream(served)
        for _ in range(2):
            wire.until(b":\n\n")
        assert wire.is_silent()


def test_who_is_told_that_it_is_over_is_ended() -> None:
    with fronted(lambda _: Said(hold=holding())) as served:
        wires = [stream(served), stream(served)]
        served.hub.tell(["journey"], end=True)
        for wire in wires:
            wire.ends()
        assert len(served.hub) == 0


def hang_up(wire: Wire) -> None:
    wire.close()


def reset(wire: Wire) -> None:
    wire.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    wire.close()


def say_no_more(wire: Wire) -> None:
    wire.socket.shutdown(socket.SHUT_WR)


@pytest.mark.parametrize("events", [True, False])
@pytest.mark.parametrize("goes", [hang_up, reset, say_no_more])
def test_whoever_goes_away_leaves_nothing_behind(goes: Any, events: bool) -> None:
    with fronted(lambda _: Said(hold=holding(events=events))) as served:
        wire = Wire(served.port).ask()
        until(lambda: len(served.hub) == 1)
        goes(wire)
        until(lambda: free(served))


def test_one_who_never_reads_is_cut_and_holds_up_nobody() -> None:
    with fronted(lambda _: Said(hold=holding())) as served:
        deaf, other = stream(served), stream(served)
        deaf.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        small = next(
            one
            for one in served.front.sockets
            if one.transport.get_extra_info("peername") == deaf.socket.getsockname()
        )
        small.transport.get_extra_info("socket").setsockopt(
            socket.SOL_SOCKET, socket.SO_SNDBUF, 4096
        )

        def flood() -> bool:
            for _ in range(200):
                served.hub.told(("journey",))
            return len(served.hub) == 1

        until(lambda: served.on_loop(flood))
        assert small.unread <= MOST_UNREAD + 100
        other.look()
        served.hub.tell(["journey"])


@pytest.mark.parametrize(
    ("most", "shares"), [(1000, (SHARE,)), (1000, (("here", 900), SHARE)), (2, ())]
)
def test_one_too_many_asks_by_itself(most: int, shares: Any) -> None:
    with fronted(lambda _: Said(hold=holding(shares=shares)), most=most) as served:
        wires = [stream(served), stream(served)]
        third = Wire(served.port).ask()
        status, fields, body = third.answer()
        assert (status, body) == (204, b"")
        assert "content-type" not in fields
        wires.pop().close()
        until(lambda: len(served.hub) == 1)
        stream(served, third)


def test_nobody_waits_where_nothing_is_heard() -> None:
    with fronted(lambda _: Said(hold=holding())) as served:
        wire = stream(served)
        served.hub.deafen()
        wire.ends()
        assert Wire(served.port).ask().answer()[0] == 204
        served.hub.hear()
        until(lambda: served.hub.is_open)
        stream(served)


# Requests that are answered later


def later(environ: dict[str, Any]) -> Said:
    """Not yet, when asked for the first time."""
    if environ["PATH_INFO"] == "/other":
        return Said(b"other")
    return (
        Said(f"waited: {environ[WAITED]}".encode())
        if WAITED in environ
        else Said(hold=holding(events=False, seconds=600))
    )


def test_a_request_that_waits_is_answered_when_something_is_told() -> None:
    with fronted(later) as served:
        wire = Wire(served.port).ask(method="POST", body=b"who?")
        until(lambda: len(served.hub) == 1)
        assert wire.is_silent()
        served.hub.tell(["journey"])
        assert wire.answer()[2] == b"waited: True"
        assert len(served.asked) == 2
        assert [environ["wsgi.input"].read() for environ in served.asked] == [b"who?", b"who?"]
        assert len(served.hub) == 0


def test_a_request_that_waits_is_answered_when_its_time_is_over() -> None:
    short = Said(hold=holding(events=False, seconds=1))
    with fronted(lambda environ: Said(b"over") if environ.get(WAITED) else short) as served:
        assert Wire(served.port).ask().answer()[2] == b"over"


def test_what_was_told_between_looking_and_listening_is_not_lost() -> None:
    def view(environ: dict[str, Any]) -> Said:
        if WAITED in environ:
            return Said(b"seen")
        since = served.hub.mark()
        served.hub.tell(["journey"])  # by somebody who has just decided
        served.on_loop(lambda: None)  # and it arrived before this one listens
        return Said(hold=holding(events=False, since=since))

    with fronted(view) as served:
        assert Wire(served.port).ask().answer()[2] == b"seen"


def test_a_stream_that_was_ended_between_looking_and_listening_ends() -> None:
    def view(_environ: dict[str, Any]) -> Said:
        since = served.hub.mark()
        served.hub.tell(["journey"], end=True)
        served.on_loop(lambda: None)
        return Said(hold=holding(since=since))

    with fronted(view) as served:
        Wire(served.port).ask().ends()
        assert len(served.hub) == 0


def test_a_request_that_may_not_wait_is_told_so_at_once() -> None:
    with fronted(later) as served:
        waiting = [Wire(served.port).ask(), Wire(served.port).ask()]
        until(lambda: len(served.hub) == 2)
        assert Wire(served.port).ask().answer()[2] == b"waited: False"
        served.hub.deafen()
        assert [wire.answer()[2] for wire in waiting] == [b"waited: False"] * 2, (
            "so that they do not come back at once"
        )


def test_a_client_cannot_say_that_it_was_let_wait() -> None:
    with fronted(later) as served:
        wire = Wire(served.port)
        wire.socket.sendall(
            b"GET / HTTP/1.1\r\nHost: localhost\r\nNod.Waited: 1\r\nnod.waited: 1\r\nnod-waited:"
            b" 1\r\n\r\n"
        )
        until(lambda: len(served.hub) == 1)


def test_the_next_request_on_a_socket_that_waits_is_answered_after_it() -> None:
    with fronted(later) as served:
        wire = Wire(served.port).ask()
        until(lambda: len(served.hub) == 1)
        wire.ask("/other")
        served.hub.tell(["journey"])
        assert [wire.answer()[2], wire.answer()[2]] == [b"waited: True", b"other"]


def test_an_old_client_gets_its_stream_without_pieces() -> None:
    with fronted(lambda _: Said(hold=holding())) as served:
        wire = Wire(served.port).ask(version="1.0")
        assert "transfer-encoding" not in wire.head()[1]
        served.hub.tell(["journey"], end=True)
        assert wire.rest().count(b"data: look\n\n") == 1


def test_what_was_let_wait_has_all_its_time_again() -> None:
    with fronted(later) as served:
        wire = Wire(served.port).ask()
        until(lambda: len(served.hub) == 1)
        told_at = monotonic()
        served.hub.tell(["journey"])
        wire.answer()
        first, again = (environ["nod.arrived"] for environ in served.asked)
        assert first < told_at <= again, (
            "the database is asked for as long as by one who has just come"
        )


def test_all_that_are_told_at_once_do_not_queue_for_long(monkeypatch: pytest.MonkeyPatch) -> None:
    with fronted(later) as served:
        wires = [Wire(served.port).ask(), Wire(served.port).ask()]
        until(lambda: len(served.hub) == 2)
        monkeypatch.setattr(limits, "QUEUED", 0)
        served.hub.tell(["journey"])
        assert [wire.answer()[0] for wire in wires] == [503, 503]
        assert served.refused == [(503, False)] * 2
        assert len(served.asked) == 2, "nobody was asked again"


def test_who_has_hung_up_before_it_was_let_wait_is_not_kept() -> None:
    def view(environ: dict[str, Any]) -> Said:
        if WAITED not in environ:
            until(lambda: all(connection._eof for connection in served.front.sockets))
        return later(environ)

    with fronted(view) as served:
        wire = Wire(served.port).ask()
        wire.socket.shutdown(socket.SHUT_WR)
        assert wire.answer()[2] == b"waited: False"
        until(lambda: free(served))


@pytest.mark.parametrize("events", [True, False])
def test_who_sends_a_lot_while_he_waits_is_ended(events: bool) -> None:
    with fronted(lambda _: Said(hold=holding(events=events))) as served:
        wire, other = Wire(served.port).ask(), Wire(served.port).ask()
        until(lambda: len(served.hub) == 2)
        with suppress(ConnectionError):
            wire.send(b"x" * (limits.EARLY_BYTES + 1))
        wire.rest()
        until(lambda: len(served.hub) == 1)
        other.close()


NEXT = get("/next")


@pytest.mark.parametrize("cut", [1, 20, len(NEXT) - 1, len(NEXT)])
def test_who_has_sent_more_already_is_not_let_wait(cut: int) -> None:
    view = lambda environ: (  # noqa: E731
        Said(b"next") if environ["PATH_INFO"] == "/next" else Said(hold=holding())
    )
    with fronted(view) as served:
        wire = Wire(served.port)
        wire.send(get() + NEXT[:cut])
        assert wire.answer()[0] == 204
        wire.send(NEXT[cut:])
        assert wire.answer()[2] == b"next"


def test_who_has_sent_more_before_he_was_let_wait_is_not() -> None:
    def view(environ: dict[str, Any]) -> Said:
        if environ["PATH_INFO"] == "/next":
            return Said(b"next")
        wire.send(NEXT)
        until(lambda: all(connection._late for connection in served.front.sockets))
        return Said(hold=holding())

    with fronted(view) as served:
        wire = Wire(served.port)
        wire.ask()
        assert (wire.answer()[0], wire.answer()[2]) == (204, b"next")


def test_nobody_is_asked_for_who_is_told_while_he_is_ended() -> None:
    with fronted(later) as served:
        Wire(served.port).ask()
        until(lambda: len(served.hub) == 1)

        def end_and_tell() -> int:
            for connection in tuple(served.front.sockets):
                connection.end()
            served.hub.told(("journey",))
            return len(served.front.under_way)

        assert served.on_loop(end_and_tell) == 0
        until(lambda: free(served))


def test_what_comes_while_a_stream_lasts_is_answered_after_it() -> None:
    view = lambda environ: (  # noqa: E731
        Said(b"next") if environ["PATH_INFO"] == "/next" else Said(hold=holding())
    )
    with fronted(view) as served:
        wire = stream(served)
        wire.send(NEXT)
        served.hub.tell(["journey"], end=True)
        wire.ends()
        assert wire.answer()[2] == b"next"


def test_the_head_of_a_stream_can_be_asked_for_and_holds_nothing() -> None:
    with fronted(
        lambda environ: Said(b"next") if environ["PATH_INFO"] == "/next" else Said(hold=holding())
    ) as served:
        wire = Wire(served.port).ask(method="HEAD")
        status, fields = wire.head()
        assert (status, fields["content-type"], fields["transfer-encoding"]) == (
            200,
            "text/event-stream",
            "chunked",
        )
        assert wire.ask("/next").answer()[2] == b"next", "and nothing came before"
        assert len(served.hub) == 0


def test_over_tls_all_of_it_is_the_same(tmp_path: Path) -> None:
    cert, key = write_pair(tmp_path, "localhost")
    trusting = ssl.create_default_context(cafile=cert)
    view = lambda environ: (  # noqa: E731
        later(environ) if environ["PATH_INFO"] == "/later" else Said(hold=holding(shares=()))
    )
    with fronted(view, tls=listener.tls(cert, key)) as served:
        streams = [stream(served, Wire(served.port, trusting)) for _ in range(5)]
        program = Wire(served.port, trusting).ask("/later")
        until(lambda: len(served.hub) == 6)
        served.hub.tell(["journey"])
        for wire in streams:
            wire.look()
        assert program.answer()[2] == b"waited: True"
        streams.pop().close()
        until(lambda: len(served.hub) == 4)
        served.hub.tell(["journey"], end=True)
        for wire in streams:
            wire.ends()


# The end of the process


def test_at_the_end_every_stream_ends_and_every_request_that_waits_is_answered() -> None:
    with fronted(
        lambda environ: (
            later(environ) if environ["PATH_INFO"] == "/later" else Said(hold=holding(shares=()))
        )
    ) as served:
        wires, asked = [stream(served) for _ in range(200)], Wire(served.port).ask("/later")
        until(lambda: len(served.hub) == 201)
    for wire in wires:
        wire.ends()
    assert asked.answer()[2] == b"waited: False"
    assert len(served.hub) == 0


class Waiting:
    queue: dict[Timed, float] | None = None


def test_a_deadline_of_a_new_length_may_be_set_while_others_are_over() -> None:
    deadlines: Deadlines[Waiting] = Deadlines()
    first, second = Waiting(), Waiting()
    deadlines.set(first, 1)
    deadlines.set(second, 2)
    for one in deadlines.over(float("inf")):
        if one is first:
            deadlines.set(first, 1e308)
    assert len(deadlines) <= 1
    for _ in deadlines.over(float("inf")):
        pass
    assert deadlines._queues == {}, "no queue is kept for a length that nobody uses"
