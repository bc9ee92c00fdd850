"""What the verifier refuses of calls, pairings and changes, beyond the frozen vectors."""

from typing import Any

import pytest

from authenticator.canonical import Rejected, canonical, parse
from authenticator.published_keys import PUBLISHED
from authenticator.signing import PublicKey, read_header, verify_pair, verify_request, verify_rotate
from authenticator.tests.signer import WEBPUSH, Phone, flipped, key_of, new_key, public
from authenticator.tests.test_vectors import SUITE
from mfaproject.lib import tokens
from mfaproject.lib.testing import FrozenClock

AUD = "https://auth.example"


@pytest.fixture
def now(clock: FrozenClock) -> int:
    return int(clock.at.timestamp())


@pytest.fixture
def phone(clock: FrozenClock) -> Phone:
    return Phone(AUD, device_id=tokens.new_id(), user=tokens.new_id())


# Requests


def ask(
    phone: Phone, header: str, now: int, *, body: bytes = b"{}", seen: frozenset[str] = frozenset()
) -> None:
    known: dict[str, Any] = {
        "device_id": phone.device_id,
        "key": phone.public,
        "htm": "POST",
        "htu": AUD + "/v1/authenticator/inbox",
        "now": now,
    }
    verify_request(read_header(header), body=body, remember=lambda jti: jti not in seen, **known)


def test_a_request_is_remembered_only_when_everything_else_was_right(
    phone: Phone, now: int
) -> None:
    remembered: list[str] = []

    def remember(jti: str) -> bool:
        remembered.append(jti)
        return True

    known: dict[str, Any] = {
        "device_id": phone.device_id,
        "key": phone.public,
        "htm": "POST",
        "htu": AUD + "/x",
        "body": b"{}",
        "remember": remember,
    }
    early = phone.header("POST", "/x", b"{}", iat=now - 61, jti="j" * 22)
    with pytest.raises(Rejected, match="clock_skew"):
        verify_request(read_header(early), now=now, **known)
    assert remembered == []
    verify_request(read_header(phone.header("POST", "/x", b"{}", jti="j" * 22)), now=now, **known)
    assert remembered == ["j" * 22]


def test_a_request_may_be_used_once(phone: Phone, now: int) -> None:
    header = phone.header("POST", "/v1/authenticator/inbox", b"{}", jti="j" * 22)
    ask(phone, header, now)
    with pytest.raises(Rejected, match="replayed"):
        ask(phone, header, now, seen=frozenset({"j" * 22}))


@pytest.mark.parametrize(
    ("field", "forged"),
    [
        ("htm", "PUT"),
        ("htu", AUD + "/v1/authenticator/device"),
        ("htu", "https://evil.example/v1/authenticator/inbox"),
        ("body", "b" * 43),
        ("device_id", "d" * 22),
    ],
)
def test_each_signed_field_of_a_request_wrong_alone_is_refused(
    phone: Phone, now: int, field: str, forged: str
) -> None:
    with pytest.raises(Rejected, match="bad_signature"):
        ask(
            phone,
            phone.header("POST", "/v1/authenticator/inbox", b"{}", forged={field: forged}),
            now,
        )


def test_every_flipped_bit_of_a_header_is_refused(phone: Phone, now: int) -> None:
    header = phone.header("POST", "/v1/authenticator/inbox", b"{}")
    for other in flipped(header.encode()):
        with pytest.raises(Rejected):
            ask(phone, other.decode("latin-1"), now)


# Pairing and changes


def test_a_pairing_tells_what_was_signed(phone: Phone, now: int) -> None:
    token = tokens.new_token()
    found = verify_pair(
        phone.pair_body(token, sub=WEBPUSH), aud=AUD, refused_keys=PUBLISHED, now=now
    )
    assert (found.token, found.key, found.name, found.subscription) == (
        token,
        phone.public,
        "Pixel 8",
        WEBPUSH,
    )


@pytest.mark.parametrize(
    ("field", "forged"),
    [
        ("aud", "https://evil.example"),
        ("token", "t" * 43),
        ("key", "k" * 43),
        ("name", "Pixel 9"),
        ("sub", None),
        ("iat", 1773144001),
    ],
)
def test_each_signed_field_of_a_pairing_wrong_alone_is_refused(
    phone: Phone, now: int, field: str, forged: str | int | None
) -> None:
    with pytest.raises(Rejected, match="bad_signature"):
        verify_pair(
            phone.pair_body(tokens.new_token(), sub=WEBPUSH, forged={field: forged}),
            aud=AUD,
            refused_keys=PUBLISHED,
            now=now,
        )


@pytest.mark.parametrize("name", sorted(SUITE["keys"]))
def test_the_keys_of_the_vectors_are_published_and_so_refused(name: str, now: int) -> None:
    jwk = SUITE["keys"][name]
    assert PublicKey(jwk["x"], jwk["y"]).thumbprint in PUBLISHED


def test_a_published_key_cannot_pair(now: int) -> None:
    known = Phone(AUD, key=key_of(SUITE["keys"]["phone"]))
    with pytest.raises(Rejected, match="bad_key"):
        verify_pair(known.pair_body(tokens.new_token()), aud=AUD, refused_keys=PUBLISHED, now=now)


def test_another_subscription_is_signed_by_the_present_key(phone: Phone, now: int) -> None:
    after = verify_rotate(
        phone.rotate_body(sub=WEBPUSH),
        aud=AUD,
        device_id=phone.device_id,
        key=phone.public,
        now=now,
    )
    assert (after.key, after.subscription) == (phone.public, WEBPUSH)


def test_another_key_has_to_show_that_it_is_held(phone: Phone, now: int) -> None:
    fresh = new_key()
    body = phone.rotate_body(new_key=fresh)
    assert verify_rotate(
        body, aud=AUD, device_id=phone.device_id, key=phone.public, now=now
    ).key == public(fresh)
    borrowed: dict[str, Any] = dict(parse(body))
    with pytest.raises(Rejected, match="bad_signature"):
        verify_rotate(
            canonical(borrowed | {"new_sig": borrowed["sig"]}),
            aud=AUD,
            device_id=phone.device_id,
            key=phone.public,
            now=now,
        )
