"""Codes that are typed: how they are read, and what is kept of them."""

import re

from mfaproject.lib import seal

DIGITS = 6
# ASCII digits only: `int()` and `\d` would also take １２３４５６ and Arabic-Indic digits, `int()` even `1_0`. People write `123 456`.
_TYPED = re.compile(r"[0-9]+ ?[0-9]+")
_PURPOSE = "code"


def normalised(typed: object) -> str | None:
    """Six ASCII digits, one inner space left out; None for anything else, whatever its type or length."""
    if not isinstance(typed, str) or len(typed) > DIGITS + 1 or not _TYPED.fullmatch(typed):
        return None
    code = typed.replace(" ", "")
    return code if len(code) == DIGITS else None


def mac(*, challenge: str, purpose: str, code: str) -> str:
    """What is stored: it binds the code to one challenge (its public id) and one purpose, under a key that is not in the database."""
    return seal.mac(_PURPOSE, challenge, purpose, code)


def matches(stored: str, *, challenge: str, purpose: str, typed: object) -> bool:
    """Whether the typed text is the code behind `stored`, in constant time."""
    code = normalised(typed)
    return code is not None and seal.mac_matches(stored, _PURPOSE, challenge, purpose, code)
