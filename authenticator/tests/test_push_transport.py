"""The way out: to the address that was checked, by nobody's detour, and no
longer than it may take.
"""

import ssl
import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
import requests
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID
from pytest_django import Settings

from authenticator import endpoints
from authenticator.endpoints import Endpoint
from authenticator.push import resolver, transport
from authenticator.tests.fakes import Answer, FakeService, running
from authenticator.tests.test_push_endpoints import NAME, pushed
from mfaproject.lib import clock
from mfaproject.lib.patience import PATIENCE


@pytest.fixture
def fake(settings: Settings) -> Iterator[FakeService]:
    settings.PUSH_ALLOW_LOOPBACK = True
    with running(FakeService()) as service:
        yield service


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_not_followed(fake: FakeService, status: int) -> None:
    fake.answer = Answer(status, {"Location": f"{fake.origin}/inside"})
    assert pushed(f"{fake.origin}/x") == "rejected"
    assert [seen.path for seen in fake.seen] == ["/x"]


def test_proxies_of_the_environment_are_not_asked(
    fake: FakeService, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)
    assert pushed(f"{fake.origin}/x") == "ok"


def test_a_long_answer_is_read_so_far_and_no_further(fake: FakeService) -> None:
    fake.answer = Answer(201, body=b"x" * 1_000_000)
    answer = transport.Session().post(f"{fake.origin}/x", data=b"", timeout=PATIENCE)
    assert len(answer.content) <= transport.LONGEST_ANSWER


def test_an_answer_that_never_ends_holds_nobody_up(
    fake: FakeService, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(transport, "READ", 0.5)
    fake.answer = Answer(201, {"Content-Length": "4000"}, body=b"a few bytes, and then silence")
    assert pushed(f"{fake.origin}/x") == "ok"


def test_cookies_are_not_kept(fake: FakeService) -> None:
    fake.answer = Answer(201, {"Set-Cookie": "a=b; Path=/"})
    pushed(f"{fake.origin}/x")
    pushed(f"{fake.origin}/x")
    assert "cookie" not in fake.seen[-1].headers


def test_the_next_push_finds_the_connection_open(
    fake: FakeService, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[Any] = []
    monkeypatch.setattr(
        fake.server, "process_request", _noting(opened, fake.server.process_request)
    )
    session = transport.Session()
    for _ in range(3):
        assert session.post(f"{fake.origin}/x", data=b"1", timeout=PATIENCE).status_code == 201
    session.close()
    assert len(opened) == 1


def _noting(opened: list[Any], go_on: Callable[..., None]) -> Callable[..., None]:
    def noted(request: Any, address: Any) -> None:
        opened.append(address)
        go_on(request, address)

    return noted


def test_where_one_address_is_dead_the_other_is_tried(
    fake: FakeService, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`::1` where nobody listens, then 127.0.0.1."""
    monkeypatch.setattr(resolver, "lookup", lambda *_: ["::1", "127.0.0.1"])
    assert pushed(f"http://localhost:{fake.port}/x") == "ok"
    assert fake.seen[0].headers["host"] == f"localhost:{fake.port}"


@pytest.mark.parametrize(
    ("answer", "reason"), [(Answer(201, delay=9), "timeout"), (Answer(0), "unavailable")]
)
def test_what_may_have_arrived_is_not_sent_to_the_other_address(
    fake: FakeService, monkeypatch: pytest.MonkeyPatch, answer: Answer, reason: str
) -> None:
    monkeypatch.setattr(resolver, "addresses", lambda endpoint: ["127.0.0.1", "127.0.0.1"])
    monkeypatch.setattr(transport, "READ", 0.5)
    fake.answer = answer
    assert pushed(f"{fake.origin}/x") == reason
    assert len(fake.seen) == 1


# TLS: the address is ours to choose, the name is checked all the same


def certificate(folder: Path, name: str) -> tuple[Path, Path]:
    """A self-signed one for this name, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = clock.now()
    builder = x509.CertificateBuilder(
        subject, subject, key.public_key(), x509.random_serial_number()
    ).not_valid_before(now - timedelta(days=1))
    builder = builder.not_valid_after(now + timedelta(days=1)).add_extension(
        x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False
    )
    builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
    cert_path, key_path = folder / f"{name}.crt", folder / f"{name}.key"
    cert_path.write_bytes(builder.sign(key, hashes.SHA256()).public_bytes(Encoding.PEM))
    key_path.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return cert_path, key_path


class Created(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(201)
        self.send_header("Content-Length", "0")
        self.send_header("Echo-Host", self.headers["Host"])
        self.end_headers()

    def log_message(self, *_: Any) -> None:
        """Nothing on stderr."""


@pytest.fixture(params=[NAME, "other.example"])
def tls(
    request: pytest.FixtureRequest, tmp_path: Path
) -> Iterator[tuple[str, int, Path, list[str | None]]]:
    """A server with a certificate for one name: the name, its port, the certificate, and the names
    that clients asked for."""
    cert, key = certificate(tmp_path, request.param)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(cert, key)
    asked: list[str | None] = []
    context.sni_callback = lambda _socket, name, _context: asked.append(name)
    server = HTTPServer(("127.0.0.1", 0), Created)
    server.handle_error = lambda *_: None  # type: ignore[method-assign]
    server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(
        target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True
    )
    thread.start()
    yield request.param, server.server_address[1], cert, asked
    server.shutdown()
    thread.join()
    server.server_close()


def test_the_certificate_must_be_for_the_name(
    tls: tuple[str, int, Path, list[str | None]], monkeypatch: pytest.MonkeyPatch
) -> None:
    name, port, cert, asked = tls
    monkeypatch.setattr(resolver, "lookup", lambda *_: ["127.0.0.1"])
    monkeypatch.setattr(resolver, "is_public", lambda ip: True)
    monkeypatch.setattr(endpoints, "read", lambda url, **_: Endpoint("https", NAME, port))
    with transport.Session() as session:
        session.verify = str(cert)
        if name == NAME:
            answer = session.post(f"https://{NAME}/x", data=b"1", timeout=PATIENCE)
            assert (answer.status_code, answer.headers["Echo-Host"]) == (201, NAME)
        else:
            with pytest.raises(requests.exceptions.SSLError):
                session.post(f"https://{NAME}/x", data=b"1", timeout=PATIENCE)
    assert asked == [NAME]


def test_an_unknown_authority_is_refused(
    tls: tuple[str, int, Path, list[str | None]], monkeypatch: pytest.MonkeyPatch
) -> None:
    _, port, _, _ = tls
    monkeypatch.setattr(resolver, "lookup", lambda *_: ["127.0.0.1"])
    monkeypatch.setattr(resolver, "is_public", lambda ip: True)
    monkeypatch.setattr(endpoints, "read", lambda url, **_: Endpoint("https", NAME, port))
    with transport.Session() as session, pytest.raises(requests.exceptions.SSLError):
        session.post(f"https://{NAME}/x", data=b"1", timeout=PATIENCE)
