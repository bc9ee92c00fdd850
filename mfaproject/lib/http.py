"""What a request says of its sender, read with suspicion."""

import ipaddress
import re

from django.conf import settings
from django.http import HttpRequest
from django.utils import translation
from django.utils.http import url_has_allowed_host_and_scheme

from mfaproject.lib import ip_addresses
from mfaproject.lib.proxy_hops import hops

LONGEST_USER_AGENT = 400
LONGEST_NEXT = 500
_UNSEEN = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ufeff\ud800-\udfff]+")


def clean(text: str, longest: int) -> str:
    """One line without control or direction characters, at most `longest` code
    points, no spaces at the ends."""
    return _UNSEEN.sub(" ", text).strip(" ")[:longest].strip(" ")


_WITH_PORT = re.compile(r"(?:\[([0-9A-Fa-f:.%\w]+)\]|([0-9.]+))(?::[0-9]{1,5})?", re.ASCII)


def parse_hop(text: str) -> str | None:
    """One entry of X-Forwarded-For. Some balancers add the port, some write quotes: `203.0.113.7`,
    `203.0.113.7:54321`, `2001:db8::1`, `[2001:db8::1]`, `"[2001:db8::1]:443"`."""
    text = text.strip().strip('"').strip()
    found = _WITH_PORT.fullmatch(text)
    return ip_addresses.parse_ip((found[1] or found[2]) if found else text)


def is_trusted_proxy(peer: str) -> bool:
    """Whether a peer's address is one of TRUSTED_PROXIES."""
    if not settings.TRUSTED_PROXIES:
        return False
    try:
        found = ipaddress.ip_address(ip_addresses.parse_ip(peer) or "")
    except ValueError:
        return False
    return any(found in net for net in settings.TRUSTED_PROXIES if net.version == found.version)


def believes_forwarded(peer: str) -> bool:
    """Whether what a peer says of somebody behind it is believed."""
    return (
        is_trusted_proxy(peer) if settings.TRUSTED_PROXIES else bool(settings.TRUSTED_PROXY_COUNT)
    )


def client_ip(request: HttpRequest) -> str | None:
    """The address of whoever asks: see `client_of`. What cannot be read of what proxies say is told
    to the operator: then everybody behind the proxy counts as one."""
    peer, forwarded = (
        request.META.get("REMOTE_ADDR", ""),
        request.META.get("HTTP_X_FORWARDED_FOR", ""),
    )
    if believes_forwarded(ip_addresses.parse_ip(peer) or ""):
        hops.noticed(readable=_claimed(forwarded.split(",")) is not None)
    return client_of(peer, forwarded)


def client_of(peer: str, forwarded: str) -> str | None:
    """The peer's address, or what proxies that we believe say of it in X-Forwarded-For.

    With `TRUSTED_PROXY_COUNT` = n the n-th from the right; with `TRUSTED_PROXIES` alone the first
    from the right that is none of them. Where that cannot be read it is the peer's.
    """
    ip = ip_addresses.parse_ip(peer)
    return (_claimed(forwarded.split(",")) if believes_forwarded(ip or "") else None) or ip


def _claimed(said: list[str]) -> str | None:
    count: int = settings.TRUSTED_PROXY_COUNT
    if count:
        return parse_hop(said[-count]) if len(said) >= count else None
    for each in reversed(said):
        found = parse_hop(each)
        if found is None or not is_trusted_proxy(found):
            return found
    return None


def host(name: str, scheme: str) -> str:
    """A Host header as a browser would have written it: lower case, no dot at the end, no port that
    the scheme means anyway. `AUTH.example.org.:443` → `auth.example.org`."""
    name, colon, port = (
        name.lower().rpartition(":") if not name.endswith("]") else (name.lower(), "", "")
    )
    if not colon:
        name, port = (name or port), ""
    name = name.removesuffix(".")
    usual = {"http": "80", "https": "443"}.get(scheme)
    return name if not port or port == usual else f"{name}:{port}"


def user_agent(request: HttpRequest) -> str:
    """The User-Agent header as one clean line."""
    return clean(request.META.get("HTTP_USER_AGENT", ""), LONGEST_USER_AGENT)


def safe_next(url: str | None, default: str = "/") -> str:
    """A path on this site, else `default`. Host, scheme, backslashes, control characters and what
    is too long to be ours are refused."""
    if (
        not url
        or len(url) > LONGEST_NEXT
        or not url.startswith("/")
        or _UNSEEN.search(url)
        or "\\" in url
    ):
        return default
    return url if url_has_allowed_host_and_scheme(url, allowed_hosts=None) else default


def chosen_language(request: HttpRequest) -> str | None:
    """The language that the address asks for: `?lang=fr`."""
    wanted = request.GET.get("lang", "")
    return wanted if wanted in dict(settings.LANGUAGES) else None


def language(request: HttpRequest) -> str:
    """What to answer in: what the address asks for, then the cookie, then what
    the browser prefers."""
    return chosen_language(request) or translation.get_language_from_request(request)
