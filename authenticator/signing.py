"""nod-push-v1: what an authenticator signs, and how it is verified. PURE.

The verifier builds the signed bytes from what it knows itself; the client sends only what nobody
else can know. A field that differs, or that somebody forgot, therefore gives other bytes and a
refusal. Everything a verifier relies on is a keyword argument.
"""

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

from authenticator.canonical import Rejected, canonical, digest, from_base64url, parse
from authenticator.shapes import (
    check,
    is_name,
    is_number,
    is_secret,
    is_time,
    require,
    subscription_digest,
)

SKEW = 60  # seconds that a phone's clock may be off, either way; it corrects itself from `now`

_HEADER = re.compile(
    r"Nod ([A-Za-z0-9_-]{22})\.([1-9][0-9]{9})\.([A-Za-z0-9_-]{22})\.([A-Za-z0-9_-]{1,200})"
)


def bytes_to_sign(message: str, fields: Mapping[str, Any]) -> bytes:
    """`message` is pair, request, decide or rotate: the first line keeps a signature of one kind
    from serving as another."""
    return f"nod-push-v1:{message}\n".encode() + canonical(fields)


@dataclass(frozen=True, slots=True)
class PublicKey:
    """A point of P-256 as it travels: two coordinates, each 43 characters base64url."""

    x: str
    y: str

    @property
    def thumbprint(self) -> str:
        """RFC 7638."""
        return digest(canonical({"crv": "P-256", "kty": "EC", "x": self.x, "y": self.y}))

    def point(self) -> ec.EllipticCurvePublicKey:
        """Raises Rejected("bad_key") where the coordinates are no point of the curve."""
        x, y = (int.from_bytes(from_base64url(part, 32, "bad_key")) for part in (self.x, self.y))
        try:
            return ec.EllipticCurvePublicNumbers(x, y, ec.SECP256R1()).public_key()
        except ValueError:
            raise Rejected("bad_key") from None

    def verify(self, signature: object, data: bytes) -> None:
        """`signature` is raw r || s. Low and high s both pass: WebCrypto does not normalise, and no
        signature is used as an identifier."""
        raw = from_base64url(signature, 64, "bad_encoding")
        der = encode_dss_signature(int.from_bytes(raw[:32]), int.from_bytes(raw[32:]))
        try:
            self.point().verify(der, data, ec.ECDSA(hashes.SHA256()))
        except InvalidSignature:  # r or s of 0, or not below n, ends here too
            raise Rejected("bad_signature") from None


@dataclass(frozen=True, slots=True)
class Pairing:
    """A browser that asks to become an authenticator, rightly signed by its own new key."""

    token: str
    key: PublicKey
    name: str
    subscription: str | None


@dataclass(frozen=True, slots=True)
class RequestHeader:
    """The four parts of `Authorization: Nod …`, of the right shape, not yet believed."""

    device_id: str
    iat: int
    jti: str
    signature: str


@dataclass(frozen=True, slots=True)
class Decision:
    """A rightly signed answer.

    `number_right` is True for a deny, which carries none. `repeated`: these very bytes decided the
    challenge before, so time and number were not looked at again.
    """

    decision: Literal["approve", "deny"]
    reason: Literal["not_me", "cancelled"] | None
    number_right: bool
    repeated: bool


@dataclass(frozen=True, slots=True)
class Rotation:
    """What holds from now on."""

    key: PublicKey
    subscription: str | None


def _check_clock(iat: int, now: int) -> None:
    if abs(now - iat) > SKEW:
        raise Rejected("clock_skew")


def read_token(body: bytes) -> str:
    """The pairing token in the body of `pair/look`: `{"token": …}` and nothing else."""
    got = parse(body)
    require(got, "token")
    check(is_secret(got["token"]))
    return str(got["token"])


def verify_pair(body: bytes, *, aud: str, refused_keys: Collection[str], now: int) -> Pairing:
    """`refused_keys` are thumbprints that no running system may take. The caller spends the token
    in the transaction that writes the device."""
    got: dict[str, Any] = dict(parse(body))
    require(got, "iat name sig sub token x y")
    check(is_time(got["iat"]), is_name(got["name"]), is_secret(got["token"]))
    key = PublicKey(got["x"], got["y"])
    key.point()
    if key.thumbprint in refused_keys:
        raise Rejected("bad_key")
    fields = {"aud": aud, "iat": got["iat"], "key": key.thumbprint, "name": got["name"]}
    fields |= {"sub": subscription_digest(got["sub"]), "token": digest(got["token"])}
    key.verify(got["sig"], bytes_to_sign("pair", fields))
    _check_clock(got["iat"], now)
    return Pairing(token=got["token"], key=key, name=got["name"], subscription=got["sub"])


def read_header(header: str) -> RequestHeader:
    """Splits the header, so that the caller can find the device. Raises Rejected("bad_header")."""
    found = _HEADER.fullmatch(header)
    if found is None:
        raise Rejected("bad_header")
    device_id, iat, jti, signature = found.groups()
    return RequestHeader(device_id, int(iat), jti, signature)


def verify_request(
    header: RequestHeader,
    *,
    device_id: str,
    key: PublicKey,
    htm: str,
    htu: str,
    body: bytes,
    now: int,
    remember: Callable[[str], bool],
) -> None:
    """`htu` comes from the configured origin and the path, never from Host.

    `remember(jti)` keeps it for 150 s and gives False if it was kept already. It is called last: a
    clock that is off spends nothing.
    """
    if header.device_id != device_id:
        raise Rejected("unknown_device")
    fields = {
        "body": digest(body),
        "device_id": device_id,
        "htm": htm,
        "htu": htu,
        "iat": header.iat,
        "jti": header.jti,
    }
    key.verify(header.signature, bytes_to_sign("request", fields))
    _check_clock(header.iat, now)
    if not remember(header.jti):
        raise Rejected("replayed")


def _read_decision(body: bytes) -> dict[str, Any]:
    got: dict[str, Any] = dict(parse(body))
    require(got, "decision iat number reason sig")
    check(is_time(got["iat"]), got["decision"] in ("approve", "deny"))
    if got["decision"] == "approve":
        check(is_number(got["number"]), got["reason"] is None)
    else:
        check(got["number"] is None, got["reason"] in ("not_me", "cancelled"))
    return got


def verify_decide(
    body: bytes,
    *,
    aud: str,
    challenge_id: str,
    nonce: str,
    device_id: str,
    user: str,
    context: Mapping[str, Any],
    exp: int,
    key: PublicKey,
    now: int,
    decided_by: str | None,
    number_matches: Callable[[str], bool],
) -> Decision:
    """`context` is the object that was served, `decided_by` the digest of the body that decided
    this challenge, if one has.

    A wrong number comes back as a decision, not as a refusal: rightly signed, it was the one try
    and ends the challenge.
    """
    got = _read_decision(body)
    fields = {
        "aud": aud,
        "challenge_id": challenge_id,
        "nonce": nonce,
        "device_id": device_id,
        "user": user,
        "exp": exp,
    }
    fields |= {"ctx": digest(canonical(context))} | {
        name: got[name] for name in ("decision", "iat", "number", "reason")
    }
    key.verify(got["sig"], bytes_to_sign("decide", fields))
    if decided_by == digest(body):
        return Decision(got["decision"], got["reason"], number_right=True, repeated=True)
    if now >= exp:
        raise Rejected("expired")
    _check_clock(got["iat"], now)
    number_right = got["number"] is None or number_matches(got["number"])
    return Decision(got["decision"], got["reason"], number_right, repeated=False)


def verify_rotate(body: bytes, *, aud: str, device_id: str, key: PublicKey, now: int) -> Rotation:
    """What the device wants to hold afterwards, signed by the present `key`; a new key signs the
    same bytes to show that it is held."""
    got: dict[str, Any] = dict(parse(body))
    require(got, "iat new_sig sig sub x y")
    changes = got["x"] is not None
    check(
        is_time(got["iat"]),
        (got["y"] is not None) == changes,
        (got["new_sig"] is not None) == changes,
    )
    after = PublicKey(got["x"], got["y"]) if changes else key
    after.point()
    fields = {
        "aud": aud,
        "device_id": device_id,
        "iat": got["iat"],
        "key": after.thumbprint,
        "old_key": key.thumbprint,
    }
    data = bytes_to_sign("rotate", fields | {"sub": subscription_digest(got["sub"])})
    key.verify(got["sig"], data)
    if changes:
        after.verify(got["new_sig"], data)
    _check_clock(got["iat"], now)
    return Rotation(after, got["sub"])
