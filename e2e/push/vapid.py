"""What a push service checks of whoever sends: who signed (RFC 8292), how long it keeps (RFC 8030),
how it is encrypted (RFC 8188).
"""

import base64
from typing import Any

import jwt
from aiohttp import web
from cryptography.hazmat.primitives.asymmetric import ec

from mfaproject.lib import clock

DAY = 86_400
LARGEST = 4096  # bytes, what every push service takes


class Refused(Exception):
    """The answer for a sender who did it wrong."""

    def __init__(self, status: int, why: str) -> None:
        super().__init__(f"{status} {why}")
        self.status, self.why = status, why

    def response(self) -> web.Response:
        return web.json_response({"code": self.status, "message": self.why}, status=self.status)


def decoded(text: str) -> bytes:
    """base64url, padded or not."""
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def check(request: web.Request, body: bytes, *, key: str, audience: str) -> dict[str, Any]:
    """The claims of a request signed by `key`, the one given at the
    subscription. Raises Refused."""
    claims = _claims(request.headers.get("Authorization", ""), key, audience)
    if not str(claims.get("sub", "")).startswith(("mailto:", "https:")):
        raise Refused(403, "sub must be a mailto: or https: address")
    if claims.get("exp", 0) > clock.timestamp() + DAY:
        raise Refused(403, "exp is more than a day ahead")
    if not request.headers.get("TTL", "").isdigit():
        raise Refused(400, "TTL is missing")
    if request.headers.get("Content-Encoding") != "aes128gcm":
        raise Refused(400, "Content-Encoding must be aes128gcm")
    if len(body) > LARGEST:
        raise Refused(413, "too large")
    return claims


def _claims(header: str, key: str, audience: str) -> dict[str, Any]:
    scheme, _, rest = header.partition(" ")
    parts = dict(part.strip().split("=", 1) for part in rest.split(",") if "=" in part)
    if scheme.lower() != "vapid" or not {"t", "k"} <= set(parts):
        raise Refused(401, "no vapid header")
    point = decoded(parts["k"])
    if point != decoded(key):
        raise Refused(403, "not the key of the subscription")
    public = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)
    try:
        return jwt.decode(
            parts["t"],
            public,
            algorithms=["ES256"],
            audience=audience,
            options={"require": ["exp", "aud", "sub"]},
        )
    except jwt.InvalidTokenError as error:
        raise Refused(403, str(error)) from error
