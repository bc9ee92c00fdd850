"""Keys by purpose, and what they do: MAC short values, seal secrets at rest.

One root key per generation (`settings.ROOT_KEYS`, newest first); HKDF (RFC 5869) gives one key per
purpose, so a value made for one end means nothing at another. Every MAC and sealed value starts
with its root key's id: older keys still open, the newest writes.
"""

import base64
import hashlib
import hmac
import json
from functools import lru_cache
from typing import Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings


class BrokenSeal(Exception):
    """A sealed value that no key of ours opens, or that was sealed for something else."""


@lru_cache(maxsize=64)
def key_id(root: str) -> str:
    """Eight characters that name a root key without telling it."""
    return hashlib.sha256(b"nod-key-id\0" + root.encode()).hexdigest()[:8]


@lru_cache(maxsize=256)
def _derive(root: str, purpose: str) -> bytes:
    return HKDF(
        algorithm=hashes.SHA256(), length=32, salt=None, info=f"nod/{purpose}".encode()
    ).derive(root.encode())


@lru_cache(maxsize=64)
def _fernet(roots: tuple[str, ...], purpose: str) -> MultiFernet:
    return MultiFernet(
        [Fernet(base64.urlsafe_b64encode(_derive(root, "seal/" + purpose))) for root in roots]
    )


def _joined(parts: tuple[str, ...]) -> bytes:
    """Unambiguous: each part carries its length, so ("ab", "c") and ("a", "bc") differ."""
    raw = [part.encode("utf-8", "surrogatepass") for part in parts]
    return b"".join(len(part).to_bytes(4) + part for part in raw)


def _mac(root: str, purpose: str, parts: tuple[str, ...]) -> str:
    raw = hmac.digest(_derive(root, "mac/" + purpose), _joined(parts), "sha256")
    return key_id(root) + "." + base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def mac(purpose: str, *parts: str) -> str:
    """HMAC-SHA256 under the newest key: `key id.base64url`. For codes and for digests of values
    that could be guessed."""
    return _mac(settings.ROOT_KEYS[0], purpose, parts)


def macs(purpose: str, *parts: str) -> list[str]:
    """The MAC of these parts under each key we hold, the newest first: for look-ups that must find
    what an older key wrote."""
    return [_mac(root, purpose, parts) for root in settings.ROOT_KEYS]


def mac_matches(stored: str, purpose: str, *parts: str) -> bool:
    """Whether `stored` is the MAC of these parts under any key we hold.
    Constant time for each key."""
    found = [hmac.compare_digest(stored.encode(), made.encode()) for made in macs(purpose, *parts)]
    return any(found)


def number(purpose: str, digits: int, *parts: str) -> str:
    """Decimal digits derived from the parts under the newest key: shown and
    checked, never stored."""
    raw = hmac.digest(_derive(settings.ROOT_KEYS[0], "number/" + purpose), _joined(parts), "sha256")
    return str(int.from_bytes(raw) % 10**digits).zfill(digits)


def seal(purpose: str, payload: dict[str, Any]) -> str:
    """Encrypts and authenticates a JSON payload (MultiFernet), `key id.token`. Put what the value
    belongs to into the payload."""
    token = _fernet(tuple(settings.ROOT_KEYS), purpose).encrypt(
        json.dumps(payload, ensure_ascii=False).encode()
    )
    return key_id(settings.ROOT_KEYS[0]) + "." + token.decode()


def unseal(purpose: str, sealed: str, **expected: Any) -> dict[str, Any]:
    """Opens what `seal` made and checks that it holds `expected`; raises BrokenSeal otherwise."""
    try:
        raw = _fernet(tuple(settings.ROOT_KEYS), purpose).decrypt(sealed.partition(".")[2].encode())
    except (InvalidToken, UnicodeEncodeError):
        raise BrokenSeal("no key of ours opens this value") from None
    payload: dict[str, Any] = json.loads(raw)
    if any(payload.get(name) != value for name, value in expected.items()):
        raise BrokenSeal("this value was sealed for something else")
    return payload
