"""The stand-ins themselves: they refuse a sender for what the real services refuse, and nothing
gets out of here.
"""

import base64
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import jwt
import pytest
import requests
from cryptography.hazmat.primitives.asymmetric.ec import (
    SECP256R1,
    EllipticCurvePrivateKey,
    generate_private_key,
)
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from e2e.push.autopush import Autopush
from e2e.push.background import Background
from e2e.push.certificate import Certificate
from e2e.push.gcm import Gcm
from e2e.push.mcs import Registration
from e2e.push.protobuf import field as proto
from e2e.push.protobuf import fields, first, varint, word
from mfaproject.lib import clock
from mfaproject.lib.patience import PATIENCE
from mfaproject.tests import guard

pytestmark = pytest.mark.xdist_group("stand-ins")


def signer() -> EllipticCurvePrivateKey:
    return generate_private_key(SECP256R1())


def public(key: EllipticCurvePrivateKey) -> str:
    return (
        base64.urlsafe_b64encode(
            key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        )
        .rstrip(b"=")
        .decode()
    )


@dataclass
class Desk:
    """A push service with one subscription, and a sender who knows its key."""

    origin: str
    endpoint: str
    taken: list[bytes]
    end: Callable[[], None]
    key: EllipticCurvePrivateKey

    def send(
        self,
        body: bytes = b"sealed",
        *,
        sub: str = "mailto:nod@example.org",
        life: int = 3600,
        **headers: str,
    ) -> int:
        """The status for a push. `headers` replace the usual ones; "" leaves one out."""
        claims = {"sub": sub, "aud": self.origin, "exp": clock.timestamp() + life}
        signed = f"vapid t={jwt.encode(claims, self.key, 'ES256')}, k={public(self.key)}"
        usual = {"TTL": "60", "Content-Encoding": "aes128gcm", "Authorization": signed}
        kept = {name: value for name, value in (usual | headers).items() if value}
        return requests.post(self.endpoint, body, headers=kept, timeout=PATIENCE).status_code


@pytest.fixture(params=["gcm", "autopush"])
def desk(request: pytest.FixtureRequest, background: Background, certified: Certificate) -> Desk:
    key = signer()
    if request.param == "gcm":
        gcm = Gcm.start(background, certified)
        gcm.registrations["one"] = Registration("app", "wp:one", public(key))
        return Desk(
            gcm.origin, f"{gcm.origin}/fcm/send/one", gcm.taken, lambda: gcm.forget("wp:one"), key
        )
    autopush = Autopush.start(background)
    autopush.keys["one"] = public(key)
    return Desk(
        autopush.origin,
        f"{autopush.origin}/wpush/v2/one",
        autopush.taken,
        lambda: autopush.forget("one"),
        key,
    )


def test_a_good_push_is_taken_as_it_is(desk: Desk) -> None:
    assert desk.send(b"sealed") == 201
    assert desk.taken == [b"sealed"]


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"Authorization": ""}, 401),
        ({"Authorization": "Bearer x"}, 401),
        ({"sub": "nobody"}, 403),
        ({"life": 90_000}, 403),
        ({"life": -60}, 403),
        ({"TTL": ""}, 400),
        ({"TTL": "soon"}, 400),
        ({"Content-Encoding": "aesgcm"}, 400),
    ],
)
def test_a_sender_who_does_it_wrong_is_refused(
    desk: Desk, changes: dict[str, Any], status: int
) -> None:
    assert desk.send(**changes) == status
    assert desk.taken == []


def test_only_the_key_of_the_subscription_may_send(desk: Desk) -> None:
    desk.key = signer()
    assert desk.send() == 403


def test_more_than_four_kilobytes_are_too_much(desk: Desk) -> None:
    assert desk.send(b"x" * 4096) == 201
    assert desk.send(b"x" * 4097) == 413


def test_a_subscription_that_has_ended_is_gone_and_one_that_never_was_is_not_found(
    desk: Desk,
) -> None:
    desk.end()
    assert desk.send() == 410
    desk.endpoint += "-or-another"
    assert desk.send() == 404


def test_a_request_of_the_stand_ins_cannot_leave_this_machine(background: Background) -> None:
    with pytest.raises(guard.LeftLoopback):
        requests.get("https://fcm.googleapis.com/", timeout=PATIENCE)
    guard.taken()


def test_messages_are_read_as_they_were_written() -> None:
    inner = proto(1, "name") + proto(2, b"\x00\xff")
    message = proto(1, 300) + word(7, 2**63) + proto(9, inner) + proto(9, "")
    assert list(fields(message)) == [(1, 300), (7, 2**63), (9, inner), (9, b"")]
    assert first(inner, 1) == b"name"
    assert varint(300) == b"\xac\x02"


def test_a_message_that_ends_too_early_is_no_message() -> None:
    with pytest.raises(ValueError, match="ends inside a number"):
        list(fields(b"\x08\x80"))
