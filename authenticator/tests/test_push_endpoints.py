"""Where our server lets itself be sent: a URL from outside must not make it knock on doors inside."""

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

from authenticator.push import endpoints, transport
from authenticator.push.endpoints import BadEndpoint, Endpoint
from authenticator.push.webpush import WebPush
from authenticator.tests.fakes import Answer, Browser, FakeService, running
from mfa.channels.base import DeliveryError
from mfaproject import webpush as defaults
from mfaproject.lib import clock

HOSTS = ["push.example", "*.wild.example"]
NAME = "push.example"

Names = Callable[..., None]


def refusal(url: str, *, loopback: bool = False) -> str:
    try:
        endpoints.read(url, hosts=HOSTS, loopback=loopback)
    except BadEndpoint as error:
        return error.refusal
    return "none"


@pytest.mark.parametrize(
    "url",
    [
        "https://push.example/",
        "https://push.example/a/b-c_d~e.f?g=h&i=%20:@!$'()*+,;=",
        "https://push.example:443/send/1",
        "https://a.wild.example/1",
        "https://a.b.wild.example/1",
    ],
)
def test_push_hosts_are_let_through(url: str) -> None:
    assert refusal(url) == "none"


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("http://push.example/", "shape"),
        ("ftp://push.example/", "shape"),
        ("//push.example/", "shape"),
        ("https:push.example/", "shape"),
        ("https://push.example", "shape"),
        ("https://push.example:80/", "shape"),
        ("https://push.example:8443/", "shape"),
        ("https://push.example:0443/", "shape"),
        ("https://push.example:/", "shape"),
        ("https://me@push.example/", "shape"),
        ("https://me:secret@push.example/", "shape"),
        ("https://push.example@127.0.0.1/", "shape"),
        ("https://push.example\\@127.0.0.1/", "shape"),
        ("https://127.0.0.1\\@push.example/", "shape"),
        ("https://push.example#@127.0.0.1/", "shape"),
        ("https://push.example/#fragment", "shape"),
        ("https://push.example?@127.0.0.1/", "shape"),
        ("https://push.example%2f@127.0.0.1/", "shape"),
        ("https://push.example/\r\nHost: other", "shape"),
        ("https://push.example/\t", "shape"),
        ("https://push.example/ö", "shape"),
        ("https://push.example/\n", "shape"),
        (" https://push.example/", "shape"),
        ("https://PUSH.example/", "shape"),
        ("HTTPS://push.example/", "shape"),
        ("https://push.example./", "shape"),
        ("https://[::1]/", "shape"),
        ("https://[::ffff:127.0.0.1]/", "shape"),
        ("https://ｐush.example/", "shape"),
        ("", "shape"),
        ("https://127.0.0.1/", "host"),
        ("https://2130706433/", "host"),
        ("https://0x7f000001/", "host"),
        ("https://0177.0.0.1/", "host"),
        ("https://169.254.169.254/latest/meta-data/", "host"),
        ("https://metadata.google.internal/", "host"),
        ("https://localhost/", "host"),
        ("https://push.example.evil.example/", "host"),
        ("https://evilpush.example/", "host"),
        ("https://wild.example/", "host"),
        ("https://notwild.example/", "host"),
        ("https://a.wild.example.evil.example/", "host"),
    ],
)
def test_all_else_is_refused(url: str, why: str) -> None:
    assert refusal(url) == why


@pytest.mark.parametrize("url", ["http://127.0.0.1:6379/", "http://localhost:8080/x", "https://localhost:8443/x"])
def test_this_machine_only_where_tests_say_so(url: str) -> None:
    assert refusal(url) != "none"
    assert refusal(url, loopback=True) == "none"


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.2:80/",
        "http://localhost.evil.example:80/",
        "http://localhost:99999/",
        "http://localhost/",
        "http://[::1]:80/",
        "http://10.0.0.1:80/",
    ],
)
def test_this_machine_means_this_machine(url: str) -> None:
    assert refusal(url, loopback=True) != "none"


@pytest.mark.parametrize(
    "host", ["fcm.googleapis.com", "jmt17.google.com", "updates.push.services.mozilla.com", "web.push.apple.com", "wns2-par02p.notify.windows.com"]
)
def test_every_browser_s_service_is_listed(host: str) -> None:
    assert endpoints.is_listed(host, defaults.HOSTS)


@pytest.mark.parametrize("ip", ["8.8.8.8", "142.250.1.1", "2a00:1450:4007:80e::200a", "64:ff9b::8.8.8.8", "::ffff:8.8.8.8"])
def test_public_addresses(ip: str) -> None:
    assert endpoints.is_public(ip)


@pytest.mark.parametrize(
    "ip",
    [
        *("127.0.0.1", "127.8.8.8", "0.0.0.0", "10.0.0.1", "172.16.0.1", "192.168.1.1", "100.64.0.1", "169.254.169.254", "192.0.0.1", "192.0.2.1"),
        *("198.18.0.1", "198.51.100.1", "203.0.113.1", "224.0.0.1", "240.0.0.1", "255.255.255.255"),
        *("::", "::1", "fe80::1", "fe80::1%eth0", "fc00::1", "fd12::1", "ff02::1", "ff0e::1", "fec0::1", "2001:db8::1", "::7f00:1"),
        *("::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:169.254.169.254", "64:ff9b::10.0.0.1", "64:ff9b::a9fe:a9fe", "64:ff9b:1::1"),
        *("2002:7f00:1::", "2002:0a00:0001::1", "2001:0:7f00:1::1", "fd00:ec2::254"),
    ],
)
def test_everything_else_is_not_public(ip: str) -> None:
    assert not endpoints.is_public(ip)


@pytest.fixture
def names(monkeypatch: pytest.MonkeyPatch, settings: Settings) -> Names:
    """`names("127.0.0.1")`: what every name resolves to. Each further set of addresses is what the next look-up finds."""
    settings.PUSH_HOSTS = HOSTS

    def resolve(*answers: list[str]) -> None:
        left = list(answers)

        def lookup(host: str, port: int) -> list[str]:
            return left.pop(0) if len(left) > 1 else left[0]

        monkeypatch.setattr(endpoints, "lookup", lookup)

    return resolve


def connected_to(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Where the library below would connect to, instead of doing so."""
    seen: list[str] = []

    def send(self: Any, request: requests.PreparedRequest, **_: Any) -> requests.Response:
        seen.append(str(request.url))
        raise requests.ConnectionError("not from here")

    monkeypatch.setattr(requests.adapters.HTTPAdapter, "send", send)
    return seen


def pushed(endpoint: str) -> str:
    try:
        WebPush().send(Browser(endpoint).address, {"v": 1, "id": "x"}, ttl=9, topic="t")
    except DeliveryError as error:
        return error.reason
    return "ok"


@pytest.mark.parametrize(
    "found",
    [["127.0.0.1"], ["10.0.0.1"], ["169.254.169.254"], ["::1"], ["::ffff:10.0.0.1"], ["fe80::1%eth0"], ["8.8.8.8", "10.0.0.1"], ["64:ff9b::7f00:1"]],
)
def test_a_name_that_leads_inside_is_not_followed(names: Names, monkeypatch: pytest.MonkeyPatch, found: list[str]) -> None:
    names(found)
    seen = connected_to(monkeypatch)
    assert pushed(f"https://{NAME}/x") == "bad_address"
    assert seen == []


def test_a_name_is_looked_up_once_and_that_address_is_connected_to(names: Names, monkeypatch: pytest.MonkeyPatch) -> None:
    """DNS rebinding: public when it is checked, inside when it is connected to."""
    names(["8.8.8.8"], ["127.0.0.1"])
    seen = connected_to(monkeypatch)
    assert pushed(f"https://{NAME}/x") == "unavailable"
    assert seen == ["https://8.8.8.8:443/x"]


def test_the_first_address_of_each_family_is_tried() -> None:
    found = ["2a00::1", "2a00::2", "8.8.8.8", "8.8.4.4"]
    endpoint = Endpoint("https", NAME, 443)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(endpoints, "lookup", lambda *_: found)
        assert endpoints.addresses(endpoint) == ["2a00::1", "8.8.8.8"]


def test_a_name_without_address_may_have_one_later(names: Names, monkeypatch: pytest.MonkeyPatch) -> None:
    def nothing(*_: Any) -> list[str]:
        raise OSError("no such name")

    names(["8.8.8.8"])
    monkeypatch.setattr(endpoints, "lookup", nothing)
    assert pushed(f"https://{NAME}/x") == "unavailable"


def test_this_machine_by_another_name_is_refused(names: Names, settings: Settings) -> None:
    settings.PUSH_ALLOW_LOOPBACK = True
    names(["10.0.0.1"])
    assert pushed("http://localhost:8080/x") == "bad_address"
    names(["127.0.0.1"])
    assert pushed(f"https://{NAME}/x") == "bad_address"


# The way out


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


def test_proxies_of_the_environment_are_not_asked(fake: FakeService, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)
    assert pushed(f"{fake.origin}/x") == "ok"


def test_a_long_answer_is_read_so_far_and_no_further(fake: FakeService) -> None:
    fake.answer = Answer(201, body=b"x" * 1_000_000)
    answer = transport.Session().post(f"{fake.origin}/x", data=b"", timeout=2)
    assert len(answer.content) <= transport.LONGEST_ANSWER


def test_an_answer_that_never_ends_holds_nobody_up(fake: FakeService, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transport, "READ", 0.3)
    fake.answer = Answer(201, {"Content-Length": "4000"}, body=b"a few bytes, and then silence")
    assert pushed(f"{fake.origin}/x") == "ok"


def test_cookies_are_not_kept(fake: FakeService) -> None:
    fake.answer = Answer(201, {"Set-Cookie": "a=b; Path=/"})
    pushed(f"{fake.origin}/x")
    pushed(f"{fake.origin}/x")
    assert "cookie" not in fake.seen[-1].headers


def test_the_next_push_finds_the_connection_open(fake: FakeService, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[Any] = []
    monkeypatch.setattr(fake.server, "process_request", _noting(opened, fake.server.process_request))
    session = transport.Session()
    for _ in range(3):
        assert session.post(f"{fake.origin}/x", data=b"1", timeout=2).status_code == 201
    session.close()
    assert len(opened) == 1


def _noting(opened: list[Any], go_on: Callable[..., None]) -> Callable[..., None]:
    def noted(request: Any, address: Any) -> None:
        opened.append(address)
        go_on(request, address)

    return noted


def test_where_one_address_is_dead_the_other_is_tried(fake: FakeService, monkeypatch: pytest.MonkeyPatch) -> None:
    """`::1` where nobody listens, then 127.0.0.1."""
    monkeypatch.setattr(endpoints, "lookup", lambda *_: ["::1", "127.0.0.1"])
    assert pushed(f"http://localhost:{fake.port}/x") == "ok"
    assert fake.seen[0].headers["host"] == f"localhost:{fake.port}"


def test_what_may_have_arrived_is_not_sent_to_the_other_address(fake: FakeService, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(endpoints, "lookup", lambda *_: ["127.0.0.1", "::1"])
    monkeypatch.setattr(transport, "READ", 0.2)
    fake.answer = Answer(201, delay=1)
    assert pushed(f"http://localhost:{fake.port}/x") == "timeout"
    assert len(fake.seen) == 1


# TLS: the address is ours to choose, the name is checked all the same


def certificate(folder: Path, name: str) -> tuple[Path, Path]:
    """A self-signed one for this name, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = clock.now()
    builder = x509.CertificateBuilder(subject, subject, key.public_key(), x509.random_serial_number()).not_valid_before(now - timedelta(days=1))
    builder = builder.not_valid_after(now + timedelta(days=1)).add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
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
def tls(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[str, int, Path, list[str | None]]]:
    """A server with a certificate for one name: the name, its port, the certificate, and the names that clients asked for."""
    cert, key = certificate(tmp_path, request.param)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(cert, key)
    asked: list[str | None] = []
    context.sni_callback = lambda _socket, name, _context: asked.append(name)
    server = HTTPServer(("127.0.0.1", 0), Created)
    server.handle_error = lambda *_: None  # type: ignore[method-assign]
    server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    yield request.param, server.server_address[1], cert, asked
    server.shutdown()
    thread.join()
    server.server_close()


def test_the_certificate_must_be_for_the_name(tls: tuple[str, int, Path, list[str | None]], names: Names, monkeypatch: pytest.MonkeyPatch) -> None:
    name, port, cert, asked = tls
    names(["127.0.0.1"])
    monkeypatch.setattr(endpoints, "is_public", lambda ip: True)
    monkeypatch.setattr(endpoints, "read", lambda url, **_: Endpoint("https", NAME, port))
    with transport.Session() as session:
        session.verify = str(cert)
        if name == NAME:
            answer = session.post(f"https://{NAME}/x", data=b"1", timeout=2)
            assert (answer.status_code, answer.headers["Echo-Host"]) == (201, NAME)
        else:
            with pytest.raises(requests.exceptions.SSLError):
                session.post(f"https://{NAME}/x", data=b"1", timeout=2)
    assert asked == [NAME]


def test_an_unknown_authority_is_refused(tls: tuple[str, int, Path, list[str | None]], names: Names, monkeypatch: pytest.MonkeyPatch) -> None:
    _, port, _, _ = tls
    names(["127.0.0.1"])
    monkeypatch.setattr(endpoints, "is_public", lambda ip: True)
    monkeypatch.setattr(endpoints, "read", lambda url, **_: Endpoint("https", NAME, port))
    with transport.Session() as session, pytest.raises(requests.exceptions.SSLError):
        session.post(f"https://{NAME}/x", data=b"1", timeout=2)
