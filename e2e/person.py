"""Who signs in."""

from dataclasses import dataclass
from itertools import count

PASSWORD = "a quiet walk along the river"
LONG_DEVICE = "The very old telephone of the whole family, second drawer, hall"
_numbers = count(1)


@dataclass(frozen=True)
class Person:
    """Somebody with an account, or about to have one."""

    username: str
    full_name: str
    email: str
    password: str = PASSWORD


def somebody(name: str = "alice", full_name: str = "Alice Martin") -> Person:
    """A person whose name no other test of this run uses."""
    username = f"{name}{next(_numbers)}"
    return Person(username, full_name, f"{username}@example.org")


def longest() -> Person:
    """A name of forty letters, none of which wants to break."""
    short = somebody(
        "m" * 34,
        "Maximiliane Alexandra Hohenstein-Bergmannshausen von und zu"
        " Unterwaldhausen-Oberwaldhausen",
    )
    return Person(f"{short.username:m<40}", short.full_name, f"{short.username:m<40}@example.org")


def wrong(digits: str) -> str:
    """A number or code of the same length that is another one."""
    return f"{(int(digits) + 1) % 10 ** len(digits):0{len(digits)}}"
