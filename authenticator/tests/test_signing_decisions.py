"""What the verifier refuses of a decision, beyond the frozen vectors."""

from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

from authenticator.canonical import Rejected, base64url, canonical, parse
from authenticator.canonical import digest as body_digest
from authenticator.signing import Decision, PublicKey, bytes_to_sign, verify_decide
from authenticator.tests.signer import Phone, flipped, raw_signature
from mfaproject.lib import tokens
from mfaproject.lib.testing import FrozenClock

AUD = "https://auth.example"
CONTEXT: dict[str, Any] = {
    "account": "alice",
    "app": "Nod",
    "at": 1773144000,
    "browser": "Firefox 145",
    "ip": "192.0.2.7",
    "os": "Linux",
    "place": None,
}
ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551


@pytest.fixture
def now(clock: FrozenClock) -> int:
    return int(clock.at.timestamp())


@pytest.fixture
def phone(clock: FrozenClock) -> Phone:
    return Phone(AUD, device_id=tokens.new_id(), user=tokens.new_id())


@pytest.fixture
def question(now: int) -> dict[str, Any]:
    return {
        "challenge_id": tokens.new_id(),
        "nonce": tokens.new_token(),
        "exp": now + 90,
        "context": CONTEXT,
    }


def decide(
    body: bytes, phone: Phone, question: dict[str, Any], now: int, **changed: Any
) -> Decision:
    known = {
        "aud": AUD,
        "device_id": phone.device_id,
        "user": phone.user,
        "key": phone.public,
        "now": now,
        "decided_by": None,
        **question,
    }
    return verify_decide(body, **known | {"number_matches": lambda typed: typed == "471"} | changed)


def test_a_right_approval_is_a_decision(phone: Phone, question: dict[str, Any], now: int) -> None:
    assert decide(phone.approve(question, "471"), phone, question, now) == Decision(
        "approve", None, number_right=True, repeated=False
    )


def test_a_wrong_number_is_a_decision_too_because_it_ends_the_question(
    phone: Phone, question: dict[str, Any], now: int
) -> None:
    assert not decide(phone.approve(question, "472"), phone, question, now).number_right


def test_a_deny_needs_no_number(phone: Phone, question: dict[str, Any], now: int) -> None:
    found = decide(phone.deny(question, "not_me"), phone, question, now)
    assert (found.decision, found.reason, found.number_right) == ("deny", "not_me", True)


def test_the_number_is_looked_at_only_under_a_good_signature(
    phone: Phone, question: dict[str, Any], now: int
) -> None:
    tried: list[str] = []
    stranger = Phone(AUD, phone.device_id, phone.user)
    with pytest.raises(Rejected, match="bad_signature"):
        decide(stranger.approve(question, "471"), phone, question, now, number_matches=tried.append)
    assert tried == []


def test_every_flipped_bit_of_a_decision_is_refused(
    phone: Phone, question: dict[str, Any], now: int
) -> None:
    for other in flipped(phone.approve(question, "471")):
        with pytest.raises(Rejected):
            decide(other, phone, question, now)


def test_every_flipped_bit_of_a_signature_is_refused(phone: Phone) -> None:
    data = bytes_to_sign("decide", CONTEXT)
    raw = raw_signature(phone.key, data)
    phone.public.verify(base64url(raw), data)
    for other in flipped(raw):
        with pytest.raises(Rejected, match="bad_signature"):
            phone.public.verify(base64url(other), data)


@pytest.mark.parametrize(
    ("r", "s"),
    [(0, 0), (0, 1), (1, 0), (ORDER, 1), (1, ORDER), (ORDER, ORDER), (2**256 - 1, 2**256 - 1)],
)
def test_signature_values_out_of_range_are_refused(phone: Phone, r: int, s: int) -> None:
    with pytest.raises(Rejected, match="bad_signature"):
        phone.public.verify(base64url(r.to_bytes(32) + s.to_bytes(32)), b"anything")


def test_low_and_high_s_both_pass(phone: Phone) -> None:
    raw = raw_signature(phone.key, b"data")
    other = (ORDER - int.from_bytes(raw[32:])).to_bytes(32)
    phone.public.verify(base64url(raw), b"data")
    phone.public.verify(base64url(raw[:32] + other), b"data")


@pytest.mark.parametrize(
    "curve", [ec.SECP384R1(), ec.SECP256K1(), ec.SECP521R1()], ids=lambda curve: curve.name
)
def test_a_key_of_another_curve_is_no_key(curve: ec.EllipticCurve) -> None:
    numbers = ec.generate_private_key(curve).public_key().public_numbers()
    size = (curve.key_size + 7) // 8
    with pytest.raises(Rejected, match="bad_key"):
        PublicKey(base64url(numbers.x.to_bytes(size)), base64url(numbers.y.to_bytes(size))).point()


def test_der_is_not_raw(phone: Phone) -> None:
    der = phone.key.sign(b"data", ec.ECDSA(hashes.SHA256()))
    with pytest.raises(Rejected, match="bad_encoding"):
        phone.public.verify(base64url(der), b"data")


@pytest.mark.parametrize(
    ("field", "forged"),
    [
        ("aud", "https://evil.example"),
        ("challenge_id", "c" * 22),
        ("nonce", "n" * 43),
        ("device_id", "d" * 22),
        ("user", "u" * 22),
        ("decision", "deny"),
        ("number", "472"),
        ("reason", "cancelled"),
        ("ctx", "x" * 43),
        ("iat", 1773144001),
        ("exp", 1773144001),
    ],
)
def test_each_signed_field_wrong_alone_is_refused(
    phone: Phone, question: dict[str, Any], now: int, field: str, forged: str | int
) -> None:
    with pytest.raises(Rejected, match="bad_signature"):
        decide(phone.approve(question, "471", forged={field: forged}), phone, question, now)


@pytest.mark.parametrize("field", ["aud", "challenge_id", "nonce", "device_id", "user", "exp"])
def test_the_server_relies_on_each_thing_it_knows(
    phone: Phone, question: dict[str, Any], now: int, field: str
) -> None:
    wrong: dict[str, Any] = {"exp": question["exp"] + 1}
    with pytest.raises(Rejected, match="bad_signature"):
        decide(
            phone.approve(question, "471"),
            phone,
            question,
            now,
            **{field: wrong.get(field, "z" * 22)},
        )


@pytest.mark.parametrize("field", sorted(CONTEXT))
def test_each_thing_shown_is_signed(
    phone: Phone, question: dict[str, Any], now: int, field: str
) -> None:
    other = CONTEXT | {field: "other" if field != "at" else 1}
    with pytest.raises(Rejected, match="bad_signature"):
        decide(phone.approve(question, "471"), phone, question, now, context=other)


def test_a_signed_deny_relabelled_as_approval_is_refused(
    phone: Phone, question: dict[str, Any], now: int
) -> None:
    got: dict[str, Any] = dict(parse(phone.deny(question)))
    with pytest.raises(Rejected, match="bad_signature"):
        decide(
            canonical(got | {"decision": "approve", "number": "471", "reason": None}),
            phone,
            question,
            now,
        )


def test_a_decision_signed_as_another_message_is_refused(
    phone: Phone, question: dict[str, Any], now: int
) -> None:
    body: dict[str, Any] = dict(parse(phone.approve(question, "471")))
    data = b"nod-push-v1:request\n" + bytes_to_sign("decide", {}).partition(b"\n")[2]
    with pytest.raises(Rejected, match="bad_signature"):
        decide(
            canonical(body | {"sig": base64url(raw_signature(phone.key, data))}),
            phone,
            question,
            now,
        )


@pytest.mark.parametrize(("late", "reason"), [(89, None), (90, "expired"), (3600, "expired")])
def test_a_question_ends_on_time(
    phone: Phone,
    question: dict[str, Any],
    now: int,
    clock: FrozenClock,
    late: int,
    reason: str | None,
) -> None:
    clock.forward(seconds=late)
    body = phone.approve(question, "471")
    if reason is None:
        assert decide(body, phone, question, now + late).number_right
    else:
        with pytest.raises(Rejected, match=reason):
            decide(body, phone, question, now + late)


@pytest.mark.parametrize(("off", "fine"), [(-61, False), (-60, True), (60, True), (61, False)])
def test_clocks_may_be_a_minute_apart(
    phone: Phone, question: dict[str, Any], now: int, off: int, fine: bool
) -> None:
    body = phone.approve(question, "471", iat=now + off)
    if fine:
        assert decide(body, phone, question, now).number_right
    else:
        with pytest.raises(Rejected, match="clock_skew"):
            decide(body, phone, question, now)


def test_the_same_body_again_is_known_before_time_and_number_are_looked_at(
    phone: Phone, question: dict[str, Any], now: int
) -> None:
    from_first = phone.approve(question, "471")
    again = decide(
        from_first,
        phone,
        question,
        now + 3600,
        decided_by=body_digest(from_first),
        number_matches=lambda typed: False,
    )
    assert again.repeated


def test_a_repeated_body_still_has_to_be_signed(
    phone: Phone, question: dict[str, Any], now: int
) -> None:
    stranger = Phone(AUD, phone.device_id, phone.user)
    body = stranger.approve(question, "471")
    with pytest.raises(Rejected, match="bad_signature"):
        decide(body, phone, question, now, decided_by=body_digest(body))


def test_a_second_signature_over_the_same_words_is_another_body(
    phone: Phone, question: dict[str, Any], now: int
) -> None:
    first, second = phone.approve(question, "471"), phone.approve(question, "471")
    assert not decide(second, phone, question, now, decided_by=body_digest(first)).repeated
