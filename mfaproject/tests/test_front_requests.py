"""What the front takes for a request, and what it answers to what is none."""

import socket
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import pytest

from mfaproject.front import limits
from mfaproject.front.connection import Connection
from mfaproject.lib.patience import until
from mfaproject.tests.fronting import Client, Fronted, get, post


@pytest.fixture(scope="module")
def fronted() -> Iterator[Fronted]:
    with Fronted().running() as running:
        yield running


@pytest.fixture
def client(fronted: Fronted) -> Iterator[Client]:
    with fronted.client() as client:
        yield client


def seen(fronted: Fronted, text: str) -> dict[str, Any]:
    """The WSGI environment that a request becomes."""
    found: list[dict[str, Any]] = []

    def note(environ: dict[str, Any], start_response: Any) -> list[bytes]:
        found.append(environ)
        start_response("204 No Content", [])
        return []

    before, fronted.application = fronted.application, note
    try:
        assert fronted.ask(text).status == 204
    finally:
        fronted.application = before
    return found[0]


def test_a_request_with_a_length(fronted: Fronted) -> None:
    heard = fronted.ask(post("hello", path="/a%20b?c=d"))
    assert (heard.status, heard.body) == (200, b"POST /a b?c=d 5 hello")
    assert heard.fields["content-length"] == str(len(heard.body)), "ours, not the application's"
    assert "server" not in heard.fields
    assert "date" in heard.fields


def test_a_chunked_body_is_read_like_any_other(client: Client) -> None:
    client.send(get("/", "Transfer-Encoding: chunked", method="POST"))
    client.send("5;name=value\r\nhello\r\n6\r\n world\r\n0\r\nX-Forwarded-For: 8.8.8.8\r\n\r\n")
    assert client.hear().body.endswith(b"11 hello world")


def test_what_follows_a_body_is_no_header(fronted: Fronted) -> None:
    chunked = get("/", "Transfer-Encoding: chunked", "Trailer: Authorization", method="POST")
    environ = seen(fronted, chunked + "1\r\na\r\n0\r\nAuthorization: Bearer x\r\n\r\n")
    assert "HTTP_AUTHORIZATION" not in environ


@pytest.mark.parametrize(
    "name",
    [
        "X_Forwarded_For",
        "X-Forwarded_For",
        "x_forwarded_proto",
        "Content_Length",
        "X_Device_ID",
        "_",
        "Authorization_",
    ],
)
def test_a_name_with_an_underscore_is_dropped(fronted: Fronted, name: str) -> None:
    environ = seen(fronted, get("/", f"{name}: 8.8.8.8", "X-Kept: yes"))
    assert "8.8.8.8" not in map(str, environ.values())
    assert environ["HTTP_X_KEPT"] == "yes"


def test_the_real_header_wins_over_one_that_looks_like_it(fronted: Fronted) -> None:
    fields = (
        "X_Forwarded_For: 8.8.8.8",
        "X-Forwarded-For: 203.0.113.7",
        "X_Forwarded_For: 8.8.8.8",
    )
    assert seen(fronted, get("/", *fields))["HTTP_X_FORWARDED_FOR"] == "203.0.113.7"


def test_headers_that_come_twice_are_joined(fronted: Fronted) -> None:
    fields = ("X-Forwarded-For: 1.1.1.1", "X-Forwarded-For: 2.2.2.2", "Cookie: a=b", "Cookie: c=d")
    environ = seen(fronted, get("/", *fields))
    assert environ["HTTP_X_FORWARDED_FOR"] == "1.1.1.1,2.2.2.2"
    assert environ["HTTP_COOKIE"] == "a=b; c=d"


def test_bytes_beyond_ascii_arrive(fronted: Fronted) -> None:
    environ = seen(fronted, get("/%C3%A9%FF", "User-Agent: caf\xc3\xa9"))
    assert environ["PATH_INFO"] == "/\xc3\xa9\xff"
    assert environ["HTTP_USER_AGENT"] == "caf\xc3\xa9"


def test_an_address_with_a_host_overrides_the_header(fronted: Fronted) -> None:
    environ = seen(fronted, get("http://other.example:81/x?y", "X-A: b"))
    assert (environ["HTTP_HOST"], environ["PATH_INFO"], environ["QUERY_STRING"]) == (
        "other.example:81",
        "/x",
        "y",
    )
    assert seen(fronted, get("http://[::1]:81/"))["HTTP_HOST"] == "[::1]:81"
    environ = seen(fronted, get("http://other.example?y"))
    assert (environ["PATH_INFO"], environ["QUERY_STRING"]) == ("/", "y")


def test_the_peer_is_told_without_its_port(fronted: Fronted) -> None:
    environ = seen(fronted, get())
    assert (environ["REMOTE_ADDR"], environ["SERVER_PORT"]) == ("127.0.0.1", str(fronted.port))


def test_several_requests_on_one_socket_are_answered_in_order(client: Client) -> None:
    client.send(get("/1") + post("two", path="/2") + get("/3"))
    assert [client.hear().body for _each in range(3)] == [
        b"GET /1? 0 ",
        b"POST /2? 3 two",
        b"GET /3? 0 ",
    ]


def test_a_request_may_come_in_any_pieces(client: Client) -> None:
    for byte in post("hello", "X-Long: " + "x" * 100) + get("/next"):
        client.send(byte)
    assert client.hear().body.endswith(b"hello")
    assert client.hear().body == b"GET /next? 0 "


def test_who_asks_before_sending_is_told_to_go_on(client: Client) -> None:
    client.send(get("/", "Content-Length: 5", "Expect: 100-continue", method="POST"))
    assert client.hear().status == 100
    client.send("hello")
    assert client.hear().status == 200


@pytest.mark.parametrize(
    ("version", "says", "kept"),
    [("1.0", "", False), ("1.0", "keep-alive", True), ("1.1", "close", False), ("1.1", "", True)],
)
def test_the_socket_stays_as_long_as_the_client_wants(
    client: Client, version: str, says: str, kept: bool
) -> None:
    client.send(
        f"GET / HTTP/{version}\r\nHost: localhost\r\n"
        + (f"Connection: {says}\r\n" if says else "")
        + "\r\n"
    )
    heard = client.hear()
    assert heard.fields.get("connection", "") == (
        "close" if not kept else "keep-alive" if version == "1.0" else ""
    )
    if kept:
        client.send(get("/again"))
        assert client.hear().status == 200
    else:
        assert client.is_closed


def test_head_gets_the_head_alone(client: Client) -> None:
    client.send(get(method="HEAD") + get("/next"))
    assert client.hear(head_only=True).fields["content-length"] == "10"
    assert client.hear().body == b"GET /next? 0 "


def test_who_has_said_all_and_closes_that_side_is_answered(client: Client) -> None:
    client.send(get())
    client.socket.shutdown(1)
    assert client.hear().status == 200
    assert client.is_closed


def test_who_closes_that_side_while_the_answer_leaves_is_not_kept_waiting(
    fronted: Fronted, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The head says that the socket stays, because nobody knew better when it was made."""
    whole = Connection.whole

    def slowly(self: Connection, *parts: Any) -> bytes:
        data = whole(self, *parts)
        client.socket.shutdown(socket.SHUT_WR)
        until(lambda: self._eof, lambda: "it has not heard of it")
        return data

    monkeypatch.setattr(Connection, "whole", slowly)
    client.send(get())
    assert client.hear().status == 200
    client.socket.settimeout(limits.IDLE_SECONDS / 2)
    assert client.is_closed


def test_half_a_head_behind_a_large_body_is_not_counted_with_it(client: Client) -> None:
    client.send(post("x" * 60_000) + "GET /second HT")
    assert client.hear().body.startswith(b"POST /? 60000")
    client.send("TP/1.1\r\nHost: localhost\r\n\r\n")
    assert client.hear().body.startswith(b"GET /second?")


def test_an_upgrade_is_not_taken(client: Client) -> None:
    client.send(get("/", "Connection: Upgrade", "Upgrade: websocket"))
    assert client.hear().status == 200


LONG = "x" * (limits.LINE_BYTES + 1)


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("GARBAGE\r\n\r\n", 400),
        ("\x16\x03\x01\x02\x00\x01\x00\x01", 400),
        ("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 400),
        ("GET / HTTP/3.0\r\nHost: x\r\n\r\n", 400),
        ("GET / HTTP/2.0\r\nHost: x\r\n\r\n", 505),
        ("GET / HTTP/0.9\r\nHost: x\r\n\r\n", 505),
        ("GET / HTTP/1.1\r\n\r\n", 400),
        ("GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 400),
        ("GET nowhere HTTP/1.1\r\nHost: a\r\n\r\n", 400),
        ("OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n", 400),
        ("CONNECT a.example:443 HTTP/1.1\r\nHost: a\r\n\r\n", 405),
        (get(f"/{LONG}"), 414),
        (get("/", f"X-Long: {'x' * limits.HEAD_BYTES}"), 431),
        (get("/", *(f"X-{number}: 1" for number in range(limits.HEAD_FIELDS))), 431),
        (get("/", "X-Open: " + "x" * limits.HEAD_BYTES)[:-4], 431),
        (get("/", "Content-Length: 5", "Transfer-Encoding: chunked", method="POST"), 400),
        (get("/", "Content-Length: 5", "Content-Length: 6", method="POST"), 400),
        (get("/", "Content-Length: -1", method="POST"), 400),
        (get("/", "Content-Length: +5", method="POST"), 400),
        (get("/", "Content-Length: 5_0", method="POST"), 400),
        (get("/", "Content-Length: 99999999999999999999999", method="POST"), 400),
        (get("/", f"Content-Length: {limits.BODY_BYTES + 1}", method="POST"), 413),
        (get("/", "Transfer-Encoding: gzip", method="POST"), 400),
        (get("/", "Transfer-Encoding: chunked, gzip", method="POST"), 400),
        (get("/", "Transfer-Encoding: gzip, chunked", method="POST") + "0\r\n\r\n", 400),
        (get("/", "Transfer-Encoding : chunked", method="POST"), 400),
        (get("/", "Transfer-Encoding: chunked", method="POST") + "fffffffffffffffff\r\n", 400),
        (get("/", "Transfer-Encoding: chunked", method="POST") + "zz\r\n", 400),
        (get("/", "Transfer-Encoding: chunked", method="POST") + "10001\r\n" + "x" * 0x10001, 413),
        (get("/", "Transfer-Encoding: chunked", method="POST") + "1;" + "x" * 600_000, 413),
        (get("/", "Expect: a-miracle", "Content-Length: 1", method="POST"), 417),
        (get("/", "X-Line: a\nb: c"), 400),
        (get("/", "X-Nul: a\0b"), 400),
        (get("/", " folded: x"), 400),
        ("GET / HTTP/1.1\r\nHost: localhost\r\nX: y\r\n z\r\n\r\n", 400),
    ],
)
def test_what_is_no_request_is_told_so_and_the_socket_closed(
    fronted: Fronted, text: str, status: int
) -> None:
    with fronted.client() as client:
        with suppress(BrokenPipeError, ConnectionResetError):  # it has been told already
            client.send(text)
        heard = client.hear()
        assert (heard.status, heard.fields["connection"]) == (status, "close")
        assert heard.body == f"refused {status}".encode()
        assert client.is_closed


def test_too_many_requests_before_the_first_answer(client: Client) -> None:
    client.send(get() * (limits.PIPELINED + 2))
    assert client.hear().status == 400


def test_the_largest_body_is_taken(fronted: Fronted) -> None:
    assert fronted.ask(post("x" * limits.BODY_BYTES)).status == 200


def test_an_application_that_fails_is_answered_for(fronted: Fronted) -> None:
    def fails(_environ: dict[str, Any], _start_response: Any) -> list[bytes]:
        raise RuntimeError("for the log")

    before, fronted.application = fronted.application, fails
    try:
        assert fronted.ask(get()).status == 500
    finally:
        fronted.application = before
    assert fronted.refused[-1] == (500, True)
