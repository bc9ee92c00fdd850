"""Where our server lets itself be sent: a URL from outside must not make it
knock on doors inside.
"""

from collections.abc import Callable
from typing import Any

import pytest
import requests
from pytest_django import Settings

from authenticator import endpoints
from authenticator.endpoints import BadEndpoint, Endpoint
from authenticator.push import resolver
from authenticator.push.webpush import WebPush
from authenticator.tests.fakes import Browser
from mfa.channels.base import DeliveryError
from mfaproject import webpush as defaults

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


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:6379/", "http://localhost:8080/x", "https://localhost:8443/x"]
)
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
    "host",
    [
        "fcm.googleapis.com",
        "jmt17.google.com",
        "updates.push.services.mozilla.com",
        "web.push.apple.com",
        "wns2-par02p.notify.windows.com",
    ],
)
def test_every_browser_s_service_is_listed(host: str) -> None:
    assert endpoints.is_listed(host, defaults.HOSTS)


@pytest.mark.parametrize(
    "ip",
    ["8.8.8.8", "142.250.1.1", "2a00:1450:4007:80e::200a", "64:ff9b::8.8.8.8", "::ffff:8.8.8.8"],
)
def test_public_addresses(ip: str) -> None:
    assert endpoints.is_public(ip)


@pytest.mark.parametrize(
    "ip",
    [
        *(
            "127.0.0.1",
            "127.8.8.8",
            "0.0.0.0",
            "10.0.0.1",
            "172.16.0.1",
            "192.168.1.1",
            "100.64.0.1",
            "169.254.169.254",
            "192.0.0.1",
            "192.0.2.1",
        ),
        *("198.18.0.1", "198.51.100.1", "203.0.113.1", "224.0.0.1", "240.0.0.1", "255.255.255.255"),
        *(
            "::",
            "::1",
            "fe80::1",
            "fe80::1%eth0",
            "fc00::1",
            "fd12::1",
            "ff02::1",
            "ff0e::1",
            "fec0::1",
            "2001:db8::1",
            "::7f00:1",
        ),
        *(
            "::ffff:127.0.0.1",
            "::ffff:10.0.0.1",
            "::ffff:169.254.169.254",
            "64:ff9b::10.0.0.1",
            "64:ff9b::a9fe:a9fe",
            "64:ff9b:1::1",
        ),
        *("2002:7f00:1::", "2002:0a00:0001::1", "2001:0:7f00:1::1", "fd00:ec2::254"),
    ],
)
def test_everything_else_is_not_public(ip: str) -> None:
    assert not endpoints.is_public(ip)


@pytest.fixture
def names(monkeypatch: pytest.MonkeyPatch, settings: Settings) -> Names:
    """`names("127.0.0.1")`: what every name resolves to. Each further set of
    addresses is what the next look-up finds."""
    settings.PUSH_HOSTS = HOSTS

    def resolve(*answers: list[str]) -> None:
        left = list(answers)

        def lookup(host: str, port: int) -> list[str]:
            return left.pop(0) if len(left) > 1 else left[0]

        monkeypatch.setattr(resolver, "lookup", lookup)

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
    [
        ["127.0.0.1"],
        ["10.0.0.1"],
        ["169.254.169.254"],
        ["::1"],
        ["::ffff:10.0.0.1"],
        ["fe80::1%eth0"],
        ["8.8.8.8", "10.0.0.1"],
        ["64:ff9b::7f00:1"],
    ],
)
def test_a_name_that_leads_inside_is_not_followed(
    names: Names, monkeypatch: pytest.MonkeyPatch, found: list[str]
) -> None:
    names(found)
    seen = connected_to(monkeypatch)
    assert pushed(f"https://{NAME}/x") == "bad_address"
    assert seen == []


def test_a_name_is_looked_up_once_and_that_address_is_connected_to(
    names: Names, monkeypatch: pytest.MonkeyPatch
) -> None:
    """DNS rebinding: public when it is checked, inside when it is connected to."""
    names(["8.8.8.8"], ["127.0.0.1"])
    seen = connected_to(monkeypatch)
    assert pushed(f"https://{NAME}/x") == "unavailable"
    assert seen == ["https://8.8.8.8:443/x"]


def test_the_first_address_of_each_family_is_tried() -> None:
    found = ["2a00::1", "2a00::2", "8.8.8.8", "8.8.4.4"]
    endpoint = Endpoint("https", NAME, 443)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(resolver, "lookup", lambda *_: found)
        assert resolver.addresses(endpoint) == ["2a00::1", "8.8.8.8"]


def test_a_name_without_address_may_have_one_later(
    names: Names, monkeypatch: pytest.MonkeyPatch
) -> None:
    def nothing(*_: Any) -> list[str]:
        raise OSError("no such name")

    names(["8.8.8.8"])
    monkeypatch.setattr(resolver, "lookup", nothing)
    assert pushed(f"https://{NAME}/x") == "unavailable"


def test_this_machine_by_another_name_is_refused(names: Names, settings: Settings) -> None:
    settings.PUSH_ALLOW_LOOPBACK = True
    names(["10.0.0.1"])
    assert pushed("http://localhost:8080/x") == "bad_address"
    names(["127.0.0.1"])
    assert pushed(f"https://{NAME}/x") == "bad_address"
