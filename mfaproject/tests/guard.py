"""No test talks to the outside: any look-up or connection that would leave loopback fails, and
fails the test even where the code caught it.
"""

import ipaddress
import sys
from typing import Any

LOCAL_NAMES = {"", "localhost", "0.0.0.0", "::"}
_left: list[str] = []
_installed = False


class LeftLoopback(AssertionError):
    """The code under test tried to reach another machine."""


def stays_here(host: object) -> bool:
    """Whether a host given to the socket module is this machine. `*.localhost`
    never leaves (RFC 6761)."""
    name = host.decode() if isinstance(host, bytes) else host
    if name is None:
        return True
    if not isinstance(name, str):
        return False
    if name in LOCAL_NAMES or name.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(name.partition("%")[0]).is_loopback
    except ValueError:
        return False


def _refuse(what: str) -> None:
    _left.append(what)
    raise LeftLoopback(f"a test tried to leave this machine: {what}")


def _watch(event: str, arguments: tuple[Any, ...]) -> None:
    if event == "socket.getaddrinfo":
        if not stays_here(arguments[0]):
            _refuse(f"look-up of {arguments[0]!r}")
    elif event in ("socket.connect", "socket.sendto"):
        address = arguments[1]
        # A string or bytes is a socket file; a tuple starts with the host.
        if isinstance(address, tuple) and address and not stays_here(address[0]):
            _refuse(f"{event} to {address!r}")


def install() -> None:
    """An audit hook: it sees every Python-level socket of the process and
    cannot be undone, so it is set once."""
    # One hook per process, and Python has no way to ask whether it is there.
    global _installed  # noqa: PLW0603
    if not _installed:
        sys.addaudithook(_watch)
        _installed = True


def taken() -> list[str]:
    """What was tried since the last call."""
    tried = _left.copy()
    _left.clear()
    return tried
