"""Looking a name up within a deadline. The system's own call has none: where no resolver answers it
takes half a minute and more.
"""

import socket
import threading
import time
from queue import Empty, SimpleQueue

from authenticator.endpoints import BadEndpoint, Endpoint, is_loopback, is_public

DEADLINE = 1.5
"""Seconds. With connecting and waiting, and Firebase's sign-in before it, a
delivery still ends within its lease."""
AT_ONCE = 16
"""Look-ups of this process that may be under way, those that nobody waits for
any more among them."""

_free = threading.BoundedSemaphore(AT_ONCE)
_Answer = list[str] | Exception


def addresses(endpoint: Endpoint) -> list[str]:
    """Addresses to try: the first of each family. Raises BadEndpoint if any address of the name is
    not public, OSError if there is none."""
    found = lookup(endpoint.host, endpoint.port)
    good = is_loopback if endpoint.loopback else is_public
    if not all(good(each) for each in found):
        raise BadEndpoint("private")
    families = {":" in each: each for each in reversed(found)}
    return sorted(families.values(), key=found.index)


def lookup(host: str, port: int) -> list[str]:
    """Every address of a name, in the order in which the system would try them. Raises OSError;
    TimeoutError, which is one, at the deadline."""
    deadline, free = time.monotonic() + DEADLINE, _free
    if not free.acquire(timeout=DEADLINE):
        raise TimeoutError(f"{AT_ONCE} look-ups are under way and none ends")
    answer: SimpleQueue[_Answer] = SimpleQueue()
    # A daemon: a look-up that hangs must not hold up the end of the process.
    threading.Thread(
        target=_ask, args=(host, port, answer, free), name="resolver", daemon=True
    ).start()
    try:
        found = answer.get(timeout=max(0.0, deadline - time.monotonic()))
    except Empty:
        raise TimeoutError("no resolver answered in time") from None
    if isinstance(found, Exception):
        raise found
    return found


def _ask(
    host: str, port: int, answer: SimpleQueue[_Answer], free: threading.BoundedSemaphore
) -> None:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        answer.put([str(address[0]) for *_, address in found])
    except Exception as error:  # noqa: BLE001 - raised where somebody waits for it
        answer.put(error)
    finally:
        free.release()
