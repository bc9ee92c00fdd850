"""The one seam for randomness, and the comparison of what it made."""

import base64
import hashlib
import hmac
import secrets

TOKEN_BYTES = 32  # 256 bits: nobody guesses it, so a plain SHA-256 at rest is enough
ID_BYTES = 16


def _b64u(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def new_token() -> str:
    """256 random bits, base64url, 43 characters: references, session keys, mailed links."""
    return _b64u(secrets.token_bytes(TOKEN_BYTES))


def new_id() -> str:
    """128 random bits, base64url, 22 characters: handles that may be seen but not guessed."""
    return _b64u(secrets.token_bytes(ID_BYTES))


def new_bytes(size: int) -> bytes:
    """So many random bytes, for secrets that are written in an alphabet of their own."""
    return secrets.token_bytes(size)


def new_code(digits: int = 6) -> str:
    """A decimal code with leading zeros, uniformly drawn."""
    return str(secrets.randbelow(10**digits)).zfill(digits)


def new_epoch() -> int:
    """A random positive 63-bit stamp (a signed 64-bit column): random, so that a restored old value
    cannot come up again."""
    return secrets.randbits(63)


def jitter(spread: float) -> float:
    """A random delay in seconds, 0 to `spread`, so that retries do not march in step."""
    return secrets.randbelow(1_000_000) / 1_000_000 * spread


def digest(purpose: str, token: str) -> str:
    """SHA-256 of a high-entropy token, base64url. The purpose is hashed in: a
    token serves one end only."""
    return _b64u(hashlib.sha256(f"{purpose}\0{token}".encode("utf-8", "surrogatepass")).digest())


def same(left: str | bytes, right: str | bytes) -> bool:
    """Equality in constant time."""
    a = left.encode("utf-8", "surrogatepass") if isinstance(left, str) else left
    b = right.encode("utf-8", "surrogatepass") if isinstance(right, str) else right
    return hmac.compare_digest(a, b)
