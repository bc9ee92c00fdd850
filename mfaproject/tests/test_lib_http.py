"""What a request says of its sender is read with suspicion."""

from ipaddress import ip_network

import pytest
from django.http import HttpRequest
from pytest_django.fixtures import Settings

from mfaproject.lib import http, ip_addresses, proxy_hops


def request(peer: str, forwarded: str | None = None) -> HttpRequest:
    made = HttpRequest()
    made.META["REMOTE_ADDR"] = peer
    if forwarded is not None:
        made.META["HTTP_X_FORWARDED_FOR"] = forwarded
    return made


@pytest.mark.parametrize(
    ("proxies", "forwarded", "expected"),
    [
        (0, "198.51.100.9", "192.0.2.1"),
        (1, "198.51.100.9", "198.51.100.9"),
        (1, "203.0.113.5, 198.51.100.9", "198.51.100.9"),
        (2, "203.0.113.5, 198.51.100.9", "203.0.113.5"),
        (2, "198.51.100.9", "192.0.2.1"),
        (1, "", "192.0.2.1"),
        (1, "garbage", "192.0.2.1"),
        (1, "198.51.100.9:8080", "198.51.100.9"),
        (1, "[2001:db8::1]:443", "2001:db8::1"),
        (1, "[2001:db8::1]", "2001:db8::1"),
        (1, '"[2001:db8::1]:443"', "2001:db8::1"),
        (1, "198.51.100.9:", "192.0.2.1"),
        (1, "198.51.100.9:80:80", "192.0.2.1"),
        (1, "198.51.100.9:port", "192.0.2.1"),
        (1, "198.51.100.9:\u0661", "192.0.2.1"),
        (1, "unknown", "192.0.2.1"),
        (1, "_hidden", "192.0.2.1"),
        (1, "for=198.51.100.9", "192.0.2.1"),
        (1, "198.51.100.9, ", "192.0.2.1"),
        (1, "198.51.100.09", "192.0.2.1"),
        (2, "203.0.113.5:1, 198.51.100.9:2", "203.0.113.5"),
        (1, "::ffff:198.51.100.9", "198.51.100.9"),
        (1, "2001:DB8::1", "2001:db8::1"),
        (1, "fe80::1%eth0", "fe80::1"),
    ],
)
def test_the_address_is_the_nth_from_the_right_or_the_peer(
    settings: Settings, proxies: int, forwarded: str, expected: str
) -> None:
    settings.TRUSTED_PROXY_COUNT = proxies
    assert http.client_ip(request("192.0.2.1", forwarded)) == expected


PROXIES = [ip_network(each) for each in ("10.0.0.0/8", "192.0.2.1", "fd00::/8")]


@pytest.mark.parametrize(
    ("peer", "count", "forwarded", "expected"),
    [
        ("192.0.2.1", 0, "198.51.100.9", "198.51.100.9"),
        ("192.0.2.1", 0, "203.0.113.5, 198.51.100.9, 10.0.0.3", "198.51.100.9"),
        ("192.0.2.1", 0, "203.0.113.5, [fd00::7]:443, 10.0.0.3:80", "203.0.113.5"),
        ("192.0.2.1", 0, "203.0.113.5, garbage, 10.0.0.3", "192.0.2.1"),
        ("192.0.2.1", 0, "10.0.0.3", "192.0.2.1"),
        ("192.0.2.1", 2, "203.0.113.5, 198.51.100.9", "203.0.113.5"),
        ("192.0.2.2", 0, "198.51.100.9", "192.0.2.2"),
        ("192.0.2.2", 1, "198.51.100.9", "192.0.2.2"),
        ("::ffff:192.0.2.1", 0, "198.51.100.9", "198.51.100.9"),
    ],
)
def test_only_our_proxies_speak_for_others(
    settings: Settings, peer: str, count: int, forwarded: str, expected: str
) -> None:
    settings.TRUSTED_PROXIES, settings.TRUSTED_PROXY_COUNT = PROXIES, count
    assert http.client_ip(request(peer, forwarded)) == expected


def test_a_hop_that_cannot_be_read_is_told_once_and_shown(
    settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    settings.TRUSTED_PROXY_COUNT = 1
    assert http.client_ip(request("192.0.2.1", "198.51.100.9")) == "198.51.100.9"
    assert proxy_hops.report() == "up"
    for _each in range(3):
        http.client_ip(request("192.0.2.1", "unknown"))
    assert proxy_hops.report() == "unreadable_hop"
    assert len([record for record in caplog.records if record.name == "nod.proxy"]) == 1


def test_without_a_proxy_nobody_looks_at_hops(settings: Settings) -> None:
    settings.TRUSTED_PROXY_COUNT = 0
    http.client_ip(request("192.0.2.1", "unknown"))
    assert proxy_hops.report() == "up"


@pytest.mark.parametrize(
    ("given", "scheme", "expected"),
    [
        ("auth.example.org", "https", "auth.example.org"),
        ("AUTH.Example.org.", "https", "auth.example.org"),
        ("auth.example.org.:443", "https", "auth.example.org"),
        ("auth.example.org:443", "http", "auth.example.org:443"),
        ("auth.example.org:80", "http", "auth.example.org"),
        ("localhost:8000", "http", "localhost:8000"),
        ("[::1]", "http", "[::1]"),
        ("[::1]:80", "http", "[::1]"),
        ("[::1]:8000", "http", "[::1]:8000"),
        ("auth.example.org..", "http", "auth.example.org."),
        ("", "http", ""),
        (":80", "http", ""),
    ],
)
def test_hosts_are_spelt_in_one_way(given: str, scheme: str, expected: str) -> None:
    assert http.host(given, scheme) == expected


@pytest.mark.parametrize(
    ("ip", "expected"),
    [
        (None, "unknown"),
        ("192.0.2.1", "192.0.2.1"),
        ("2001:db8::1", "2001:db8::/64"),
        ("2001:db8:0:0:ffff::9", "2001:db8::/64"),
    ],
)
def test_limits_count_by_address_or_by_household(ip: str | None, expected: str) -> None:
    assert ip_addresses.network(ip) == expected


@pytest.mark.parametrize(
    "ip", [None, "127.0.0.1", "10.1.2.3", "100.64.0.1", "169.254.1.1", "::1", "fe80::1", "fd00::1"]
)
def test_addresses_that_everybody_has_say_nothing(ip: str | None) -> None:
    assert not ip_addresses.is_public(ip)


@pytest.mark.parametrize(
    "url",
    [
        "",
        None,
        "//evil.example",
        "/" + "x" * 500,
        "/\\evil.example",
        "https:evil.example",
        "https://evil.example/",
        "javascript:alert(1)",
        "/a\r\nSet-Cookie: x=1",
        "///evil.example",
        "\t//evil.example",
        "/\u2028x",
        "http:///evil.example",
        "evil",
        "/%5cevil\\x",
    ],
)
def test_nobody_is_sent_elsewhere_after_signing_in(url: str | None) -> None:
    assert http.safe_next(url) == "/"


@pytest.mark.parametrize("url", ["/", "/security/", "/admin/?q=a%20b", "/security/prove/?next=/x/"])
def test_paths_of_this_site_are_kept(url: str) -> None:
    assert http.safe_next(url) == url


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a\r\nb", "a b"),
        ("\x1b[31mred", "[31mred"),
        ("  padded  ", "padded"),
        ("x\u2028y\u202ez", "x y z"),
        ("long" * 10, "longlong"),
        ("ends in space", "ends in"),
    ],
)
def test_text_from_outside_becomes_one_clean_line(text: str, expected: str) -> None:
    assert http.clean(text, 8) == expected


def test_what_is_too_long_for_an_address_is_not_remembered() -> None:
    before = ip_addresses._canonical.cache_info()
    assert ip_addresses.parse_ip("2001:db8::" + "0" * ip_addresses.LONGEST_ADDRESS) is None
    assert ip_addresses._canonical.cache_info() == before
