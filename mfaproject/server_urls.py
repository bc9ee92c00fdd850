"""Addresses of servers, with a user and a password in them: looked at before anybody else reads
them. PURE.

Libraries read such an address each in its own way, and put pieces of it into their errors. What is
wrong is said here, in a sentence that names the variable and shows nothing of the address but its
scheme.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

from mfaproject import environment

HIGHEST_PORT = 65_535
ESCAPES = (
    "In user and password write # as %23, % as %25, / as %2F, : as %3A, ? as %3F, @ as %40, [ as"
    " %5B, a space as %20."
)
_SCHEME = re.compile(r"([a-z][a-z0-9+.-]{0,30})://", re.IGNORECASE)
_HALF_ESCAPE = re.compile(r"%(?![0-9a-fA-F]{2})")
_PORT = re.compile(r":([^:\]]*)\Z")
_SMALL = re.compile(r"[0-9]{1,5}")

Rule = Callable[[str, SplitResult], None]


def _database(name: str, parts: SplitResult) -> None:
    if not parts.path.strip("/"):
        raise ImproperlyConfigured(
            f"{name} names no database; it must be an address such as {POSTGRES.example}."
        )


def _mail(name: str, parts: SplitResult) -> None:
    if parts.path.strip("/") or parts.query:
        raise ImproperlyConfigured(f"{name} must end after host and port. {ESCAPES}")
    if bool(parts.username) != bool(parts.password):
        raise ImproperlyConfigured(f"{name} must have both a user and a password, or neither.")
    if not unquote(f"{parts.username}{parts.password}").isascii():
        raise ImproperlyConfigured(f"{name}: user and password can have ASCII characters only.")


def _redis(name: str, parts: SplitResult) -> None:
    """Clients take any other path in silence, for database 0. Brokers of other
    kinds have names there."""
    chosen = parse_qs(parts.query).get("db", []) + [
        each for each in [parts.path.strip("/")] if each and parts.netloc
    ]
    if parts.scheme in ("redis", "rediss", "unix") and not all(
        _SMALL.fullmatch(each) for each in chosen
    ):
        raise ImproperlyConfigured(
            f"{name} must end with the number of a database, such as /0. {ESCAPES}"
        )


@dataclass(frozen=True, slots=True)
class Kind:
    """What an address may look like. `sockets`: schemes that name a file in place of a host.
    `rule`: what else must hold."""

    example: str
    schemes: tuple[str, ...]
    rule: Rule
    sockets: tuple[str, ...] = ()
    several: str = ""


POSTGRES = Kind("postgres://user:password@host/name", ("postgres", "postgresql"), _database)
MAIL = Kind("smtp+tls://user:password@host:587", ("smtp", "smtps", "smtp+tls", "smtp+ssl"), _mail)
CACHE = Kind("redis://host:6379/0", ("redis", "rediss"), _redis, ("unix",))
BROKER = Kind(
    "redis://host:6379/0",
    ("redis", "rediss", "sentinel", "amqp", "amqps"),
    _redis,
    ("unix", "redis+socket"),
    ";",
)


def checked(name: str, url: str, kind: Kind) -> str:
    """The address as it was given, "" for none. Raises ImproperlyConfigured for
    one that cannot be used."""
    for each in url.split(kind.several) if kind.several else [url]:
        if url:
            _check(name, each, kind)
    return url


def _check(name: str, url: str, kind: Kind) -> None:
    found = _SCHEME.match(url)
    scheme = found[1].lower() if found else ""
    if scheme not in kind.schemes + kind.sockets:
        began = f"; it begins with {scheme}://" if scheme else ""
        raise ImproperlyConfigured(f"{name} must be an address such as {kind.example}{began}.")
    parts = _split(name, url)
    if scheme not in kind.sockets:
        _check_hosts(name, parts, kind)
    elif not parts.path.strip("/") or parts.netloc.rpartition("@")[2]:
        raise ImproperlyConfigured(
            f"{name} must name the socket's file: {scheme}:///run/redis.sock."
        )
    kind.rule(name, parts)


def _split(name: str, url: str) -> SplitResult:
    # `urlsplit` would cut a password at the first of these, or leave the character out.
    odd = "#" in url or _HALF_ESCAPE.search(url) or any(char.isspace() for char in url)
    try:
        parts = urlsplit("" if odd else url)
        for each in (parts.username, parts.password):
            unquote(each or "", errors="strict")
        odd = odd or "@" in parts.path + parts.query  # the end of a password that held a / or a ?
    except ValueError:  # what it says holds a piece of the address
        odd = True
    if odd:
        raise ImproperlyConfigured(f"{name} cannot be read. {ESCAPES}")
    return parts


def _check_hosts(name: str, parts: SplitResult, kind: Kind) -> None:
    """Each host and port: a cluster of PostgreSQL has several."""
    given = parts.netloc.rpartition("@")[2]
    if kind is POSTGRES and not given and "/" in "".join(parse_qs(parts.query).get("host", [])):
        return  # the folder of its socket, as libpq writes it
    for each in given.split(","):
        port = _PORT.search(each)
        if port and not (_SMALL.fullmatch(port[1]) and 0 < int(port[1]) <= HIGHEST_PORT):
            raise ImproperlyConfigured(
                f"{name} has a port that is no number from 1 to {HIGHEST_PORT}. {ESCAPES}"
            )
        if not _is_host(each[: port.start()] if port else each):
            raise ImproperlyConfigured(
                f"{name} names no host; it must be an address such as {kind.example}. {ESCAPES}"
            )


def _is_host(given: str) -> bool:
    try:
        return bool(environment.host(given))
    except ValueError:
        return False
