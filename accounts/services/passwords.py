"""Checking a password: as many hashes at once as there are cores, and one whoever was named."""

import os
import threading
import time
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache

from django.contrib.auth.hashers import check_password, make_password

from accounts.models import User

# seconds in the queue; then 503, so that a flood of guesses cannot hold every worker
LONGEST_WAIT = 2.0


class Busy(Exception):
    """All cores are hashing and stayed so: answer 503 with Retry-After."""


FIRST_IN_A_ROW = 3
"""So many who are first, then one of the others: a flood from a known browser keeps nobody out."""


class HashGate:
    """A semaphore with two queues. First is who is known for the very name typed."""

    def __init__(self, slots: int) -> None:
        self._free, self._first, self._others, self._in_a_row = slots, 0, 0, 0
        self._condition = threading.Condition()

    @contextmanager
    def slot(self, *, known: bool) -> Iterator[None]:
        """One of the slots for the block, or Busy after two seconds."""
        self._enter(known)
        try:
            yield
        finally:
            with self._condition:
                self._free += 1
                self._condition.notify_all()

    def _enter(self, known: bool) -> None:
        deadline = time.monotonic() + LONGEST_WAIT
        with self._condition:
            self._count(known, 1)
            try:
                while not self._is_next(known):
                    if not self._condition.wait(deadline - time.monotonic()):
                        raise Busy
                self._free -= 1
                self._in_a_row = self._in_a_row + 1 if known and self._others else 0
            finally:
                self._count(known, -1)
                self._condition.notify_all()

    def _count(self, known: bool, change: int) -> None:
        if known:
            self._first += change
        else:
            self._others += change

    def _is_next(self, known: bool) -> bool:
        turn_of_others = self._others > 0 and (not self._first or self._in_a_row >= FIRST_IN_A_ROW)
        return self._free > 0 and known != turn_of_others


gate = HashGate(os.cpu_count() or 1)


def normalised(raw: str) -> str:
    """NFKC, as NIST SP 800-63B 3.1.1.2 advises: the same keys on two keyboards
    give the same password."""
    return unicodedata.normalize("NFKC", raw)


@lru_cache(maxsize=1)
def _nobodys_hash() -> str:
    return make_password("a password that nobody has")


def matches(user: User | None, raw: str) -> bool:
    """Whether this is the person's password. Takes one hash for anybody:
    missing, without password, or wrong."""
    usable = user is not None and user.has_usable_password()
    encoded = user.password if user is not None and usable else _nobodys_hash()
    # No setter: an old cost is renewed at the next password change, not by a second, slower hash at
    # a login.
    return check_password(normalised(raw), encoded) and usable


def encode(raw: str) -> str:
    """The stored form of a new password."""
    return make_password(normalised(raw))
