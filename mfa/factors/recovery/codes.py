"""Codes on paper: how they are drawn, read and kept."""

import base64
import re

from mfaproject.lib import seal, tokens

SIZE = 10  # bytes: 80 bits are 16 characters, and nobody guesses them
_PURPOSE = "recovery"
_LONGEST = 40
# Crockford's alphabet: what looks alike is one character, so that a code can be read from paper.
_ALPHABET = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", "0123456789abcdefghjkmnpqrstvwxyz")
_ALIKE = str.maketrans("oil", "011", " -")
_CODE = re.compile(r"[0-9a-hjkmnp-tv-z]{16}")


def new_code() -> str:
    """`7k3m-9x2p-…`: four groups of four."""
    code = base64.b32encode(tokens.new_bytes(SIZE)).decode().translate(_ALPHABET)
    return "-".join(code[n : n + 4] for n in range(0, len(code), 4))


def normalised(typed: object) -> str | None:
    """Sixteen characters as they were drawn, however they were typed; None for anything else,
    whatever its type or length."""
    if not isinstance(typed, str) or len(typed) > _LONGEST or not typed.isascii():
        return None
    code = typed.lower().translate(_ALIKE)
    return code if _CODE.fullmatch(code) else None


def mac(user_id: int, code: str) -> str:
    """What is kept of a code, under a key that is not in the database."""
    return seal.mac(_PURPOSE, str(user_id), normalised(code) or "")


def macs(user_id: int, code: str) -> tuple[str, ...]:
    """What may be kept of a normalised code: one for each key that still counts."""
    return tuple(seal.macs(_PURPOSE, str(user_id), code))
