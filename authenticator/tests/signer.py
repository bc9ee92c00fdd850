"""An authenticator for tests: makes the bodies and headers that a phone would send."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

from authenticator.canonical import base64url, canonical, digest, from_base64url
from authenticator.shapes import subscription_digest
from authenticator.signing import PublicKey, bytes_to_sign
from mfaproject.lib import clock, tokens

ENDPOINT = "https://updates.push.services.mozilla.com/wpush/v2/1"
WEBPUSH = canonical(
    {"kind": "webpush", "endpoint": ENDPOINT, "p256dh": "B" * 87, "auth": "a" * 22}
).decode()


def new_key() -> ec.EllipticCurvePrivateKey:
    """A fresh P-256 key."""
    return ec.generate_private_key(ec.SECP256R1())


def key_of(jwk: Mapping[str, str]) -> ec.EllipticCurvePrivateKey:
    """The private key of a JWK with `d`."""
    return ec.derive_private_key(
        int.from_bytes(from_base64url(jwk["d"], 32, "bad_key")), ec.SECP256R1()
    )


def public(key: ec.EllipticCurvePrivateKey) -> PublicKey:
    """The point as it travels."""
    numbers = key.public_key().public_numbers()
    return PublicKey(base64url(numbers.x.to_bytes(32)), base64url(numbers.y.to_bytes(32)))


def raw_signature(key: ec.EllipticCurvePrivateKey, data: bytes) -> bytes:
    """r || s, 64 bytes, as WebCrypto gives it."""
    r, s = decode_dss_signature(key.sign(data, ec.ECDSA(hashes.SHA256())))
    return r.to_bytes(32) + s.to_bytes(32)


def sign(key: ec.EllipticCurvePrivateKey, message: str, fields: Mapping[str, Any]) -> str:
    """A message's signature, base64url."""
    return base64url(raw_signature(key, bytes_to_sign(message, fields)))


Forged = Mapping[str, Any]
"""Fields that are signed otherwise than they are sent or known."""


@dataclass
class Phone:
    """One installed authenticator. `device_id` and `user` are what the pairing answer gave it."""

    aud: str
    device_id: str = ""
    user: str = ""
    name: str = "Pixel 8"
    key: ec.EllipticCurvePrivateKey = field(default_factory=new_key)

    @property
    def public(self) -> PublicKey:
        return public(self.key)

    def pair_body(
        self,
        token: str,
        *,
        sub: str | None = None,
        iat: int | None = None,
        forged: Forged | None = None,
    ) -> bytes:
        """What asks for a pairing with this token."""
        iat, key = clock.timestamp() if iat is None else iat, self.public
        fields = {
            "aud": self.aud,
            "iat": iat,
            "key": key.thumbprint,
            "name": self.name,
            "token": digest(token),
        }
        sig = sign(
            self.key, "pair", fields | {"sub": subscription_digest(sub)} | dict(forged or {})
        )
        return canonical(
            {
                "iat": iat,
                "name": self.name,
                "sig": sig,
                "sub": sub,
                "token": token,
                "x": key.x,
                "y": key.y,
            }
        )

    def header(
        self,
        method: str,
        path: str,
        body: bytes,
        *,
        iat: int | None = None,
        jti: str | None = None,
        forged: Forged | None = None,
    ) -> str:
        """The Authorization header of one request."""
        iat, jti = clock.timestamp() if iat is None else iat, jti or tokens.new_id()
        fields = {
            "htm": method,
            "htu": self.aud + path,
            "body": digest(body),
            "device_id": self.device_id,
            "iat": iat,
            "jti": jti,
        }
        signature = sign(self.key, "request", fields | dict(forged or {}))
        return f"Nod {self.device_id}.{iat}.{jti}.{signature}"

    def approve(
        self,
        challenge: Mapping[str, Any],
        number: str,
        *,
        iat: int | None = None,
        forged: Forged | None = None,
    ) -> bytes:
        """The body that approves one item of the inbox."""
        return self._decide(
            challenge, {"decision": "approve", "number": number, "reason": None}, iat, forged
        )

    def deny(
        self,
        challenge: Mapping[str, Any],
        reason: str = "cancelled",
        *,
        iat: int | None = None,
        forged: Forged | None = None,
    ) -> bytes:
        """The body that denies one item of the inbox."""
        return self._decide(
            challenge, {"decision": "deny", "number": None, "reason": reason}, iat, forged
        )

    def _decide(
        self,
        challenge: Mapping[str, Any],
        said: Mapping[str, Any],
        iat: int | None,
        forged: Forged | None,
    ) -> bytes:
        sent = {"iat": clock.timestamp() if iat is None else iat, **said}
        known = {name: challenge[name] for name in ("challenge_id", "nonce", "exp")} | {
            "ctx": digest(canonical(challenge["context"]))
        }
        fields = {"aud": self.aud, "device_id": self.device_id, "user": self.user} | known | sent
        return canonical(sent | {"sig": sign(self.key, "decide", fields | dict(forged or {}))})

    def rotate_body(
        self,
        *,
        sub: str | None = None,
        new_key: ec.EllipticCurvePrivateKey | None = None,
        forged: Forged | None = None,
    ) -> bytes:
        """The body that changes the subscription, and with `new_key` the key."""
        iat, after = clock.timestamp(), public(new_key or self.key)
        fields = {
            "aud": self.aud,
            "device_id": self.device_id,
            "iat": iat,
            "key": after.thumbprint,
            "old_key": self.public.thumbprint,
        }
        fields |= {"sub": subscription_digest(sub)} | dict(forged or {})
        sent = {
            "iat": iat,
            "sub": sub,
            "sig": sign(self.key, "rotate", fields),
            "new_sig": None,
            "x": None,
            "y": None,
        }
        if new_key:
            sent |= {"new_sig": sign(new_key, "rotate", fields), "x": after.x, "y": after.y}
        return canonical(sent)


def flipped(raw: bytes) -> list[bytes]:
    """The same bytes with one bit turned, for each bit."""
    return [
        raw[:at] + bytes([raw[at] ^ (1 << bit)]) + raw[at + 1 :]
        for at in range(len(raw))
        for bit in range(8)
    ]
