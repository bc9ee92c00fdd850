"""Nod behind nginx, Caddy and HAProxy, as docs/front.md configures them."""

import http.client
import json
import socket
import ssl
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest

from e2e.full.proxies import KINDS, Proxy
from mfaproject.lib.patience import PATIENCE, until
from mfaproject.tests.serving import Served
from mfaproject.tests.test_checks import write_pair

LOGIN, AUTH = "login.example.org", "auth.example.org"
OURS, FOREIGN = "127.0.0.9", "127.0.0.77"
GUESS = json.dumps({"username": "nobody", "password": "a quiet walk along the river"})
LAST = (
    "from risk.history import addresses; from risk.models import LoginLog;"
    " print(addresses.opened(LoginLog.objects.latest('pk')))"
)


@dataclass
class Site:
    """A proxy, and Nod behind it."""

    proxy: Proxy
    nod: Served

    def ask(
        self, method: str, path: str, body: str = "", host: str = LOGIN, **headers: str
    ) -> http.client.HTTPResponse:
        """Through the proxy, from an address that is no proxy's."""
        raw = socket.create_connection(("127.0.0.1", self.proxy.port), PATIENCE, (OURS, 0))
        trusting = ssl.create_default_context()
        trusting.check_hostname, trusting.verify_mode = False, ssl.CERT_NONE
        connection = http.client.HTTPConnection(host, self.proxy.port, timeout=PATIENCE)
        with closing(raw):
            connection.sock = trusting.wrap_socket(raw, server_hostname=host)
        json_body = {"Content-Type": "application/json"} if body else {}
        named = {"Host": f"{host}:{self.proxy.port}"}
        with closing(connection):
            connection.request(method, path, body or None, named | json_body | headers)
            answer = connection.getresponse()
            answer.read()
            return answer

    def listens(self) -> bool:
        try:
            self.ask("GET", "/healthz")
        except OSError:
            return False
        return True

    def last_address(self) -> str:
        """What the ledger says of whoever tried to sign in last."""
        return self.nod.manage("shell", "-v", "0", "-c", LAST).strip()


@pytest.fixture(scope="module", params=KINDS)
def site(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Site]:
    folder: Path = tmp_path_factory.mktemp(request.param)
    cert, key = write_pair(folder, LOGIN)
    nod = Served(
        folder,
        "--no-delivery",
        PUBLIC_ORIGIN=f"https://{LOGIN}",
        AUTHENTICATOR_ORIGIN=f"https://{AUTH}",
        TRUSTED_PROXIES="127.0.0.1,::1",
    ).start()
    proxy = Proxy(request.param, folder / "proxy", nod=nod.port, cert=cert, key=key)
    made = Site(proxy, nod)
    until(made.listens, proxy.log.read_text)
    yield made
    proxy.stop()
    nod.kill()


def test_pages_come_through_and_cookies_are_for_https_alone(site: Site) -> None:
    answer = site.ask("GET", "/login/")
    assert answer.status == 200
    assert "__Host-csrf" in (answer.getheader("Set-Cookie") or "")
    assert answer.getheader("Strict-Transport-Security")


def test_the_authenticators_host_is_told_apart(site: Site) -> None:
    assert site.ask("GET", "/authenticator/", host=AUTH).status == 200
    assert site.ask("GET", "/login/", host=AUTH).status == 404


@pytest.mark.parametrize(
    "claimed",
    [
        {},
        {"X-Forwarded-For": "8.8.8.8"},
        {"X_Forwarded_For": "8.8.8.8"},
        {"Forwarded": "for=8.8.8.8"},
    ],
)
def test_the_address_is_the_clients_whatever_it_claims(site: Site, claimed: dict[str, str]) -> None:
    assert site.ask("POST", "/v1/auth/login", GUESS, **claimed).status == 401
    assert site.last_address() == OURS


def test_who_goes_round_the_proxy_cannot_speak_for_others(site: Site) -> None:
    here = ("127.0.0.1", site.nod.port)
    with closing(
        http.client.HTTPConnection(*here, timeout=PATIENCE, source_address=(FOREIGN, 0))
    ) as direct:
        headers = {
            "Host": LOGIN,
            "Content-Type": "application/json",
            "X-Forwarded-For": "8.8.8.8",
            "X-Forwarded-Proto": "https",
        }
        direct.request("POST", "/v1/auth/login", GUESS, headers)
        assert direct.getresponse().status == 401
    assert site.last_address() == FOREIGN


def test_the_proxy_is_well_read(site: Site) -> None:
    site.ask("GET", "/login/")
    with closing(http.client.HTTPConnection("127.0.0.1", site.nod.port, timeout=PATIENCE)) as one:
        one.request("GET", "/readyz")
        assert "proxy" not in json.loads(one.getresponse().read())


def test_half_a_body_through_the_proxy_stops_nobody(site: Site) -> None:
    trusting = ssl.create_default_context()
    trusting.check_hostname, trusting.verify_mode = False, ssl.CERT_NONE
    half = (
        f"POST /v1/auth/login HTTP/1.1\r\nHost: {LOGIN}\r\nContent-Length: 900\r\n\r\n{{".encode()
    )
    held = []
    for _each in range(100):
        raw = socket.create_connection(("127.0.0.1", site.proxy.port), PATIENCE)
        held.append(trusting.wrap_socket(raw, server_hostname=LOGIN))
        held[-1].sendall(half)
    assert site.ask("GET", "/login/").status == 200
    for one in held:
        one.close()


def test_a_restart_is_over_when_it_is_over(site: Site) -> None:
    assert site.nod.stop() == 0
    assert site.ask("GET", "/login/").status in (502, 503)
    site.nod.start()
    until(lambda: site.ask("GET", "/login/").status == 200, site.proxy.log.read_text)
