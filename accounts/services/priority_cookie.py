"""Who goes first where many wait: a small signed cookie that names accounts to which this browser
was known when they last signed in.

It orders queues and lets nobody in, so it may be judged before anything is read: no request, no
database, only strings. What it names cannot be read from it, nor made for a name without our keys.
That trust in a browser was ended is not known here: an entry is good for some months after a
sign-in, and the real recognition comes later, for whoever stands in front.
"""

from accounts.models.user import name_key
from mfaproject.lib import clock, seal

MOST = 4
"""Accounts that one browser is remembered for, the newest first."""
GOOD_FOR = 90
"""Days after a sign-in. Whoever comes back later stands in line like everybody, once."""
LONGEST_NAME = 150
"""What the login form takes."""
_LONGEST_ENTRY = 64
_BETWEEN = "~"
LONGEST = MOST * (_LONGEST_ENTRY + len(_BETWEEN))
"""Characters of a cookie that is looked at."""


def is_first(cookie_value: str, typed_name: str) -> bool:
    """Whether this browser was known for the name typed.

    Takes anything at all in either: never raises, and costs a few MACs at most.
    """
    if not cookie_value or len(cookie_value) > LONGEST or not 0 < len(typed_name) <= LONGEST_NAME:
        return False
    key = name_key(typed_name)
    return any(_is_of(entry, key) for entry in _good(cookie_value))


def remembered(cookie_value: str, username: str) -> str:
    """The cookie after this person signed in and the browser is known to her."""
    key = name_key(username)
    day = str(_today())
    kept = [entry for entry in _good(cookie_value) if not _is_of(entry, key)]
    return _BETWEEN.join([f"{day}:{_mac(day, key)}", *kept][:MOST])


def forgotten(cookie_value: str, username: str) -> str:
    """The cookie without this person; "" where nobody is left in it."""
    key = name_key(username)
    return _BETWEEN.join(entry for entry in _good(cookie_value) if not _is_of(entry, key))


def _today() -> int:
    return clock.timestamp() // 86_400


def _mac(day: str, key: str) -> str:
    return seal.mac("first-in-line", day, key)


def _good(cookie_value: str) -> list[str]:
    """The entries in our shape that are not too old, as many as we write. Whose is seen by name."""
    if len(cookie_value) > LONGEST or not cookie_value.isascii():
        return []
    return [entry for entry in cookie_value.split(_BETWEEN, MOST)[:MOST] if _is_fresh(entry)]


def _is_fresh(entry: str) -> bool:
    day, colon, mac = entry.partition(":")
    if not (colon and mac) or len(entry) > _LONGEST_ENTRY or not (day.isdigit() and len(day) <= 6):
        return False
    return 0 <= _today() - int(day) <= GOOD_FOR


def _is_of(entry: str, key: str) -> bool:
    day, _colon, mac = entry.partition(":")
    return seal.mac_matches(mac, "first-in-line", day, key)
