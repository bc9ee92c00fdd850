"""What holds for every push service, with the real libraries against loopback: one contract, two
sides.
"""

import base64
import json
from typing import Any

import firebase_admin
import pytest
from py_vapid import Vapid02
from pytest_django import Settings

from authenticator.push.base import LARGEST, CredentialRefused
from authenticator.service_worker import push_key
from authenticator.tests.fakes import Answer, Browser, FakeService, running
from authenticator.tests.sides import PAYLOAD, TOPIC, FcmSide, Side, WebPushSide, sent
from mfaproject.firebase import Firebase

pytestmark = pytest.mark.slow


def test_a_push_holds_exactly_what_was_given(side: Side) -> None:
    assert sent(side) is None
    got = side.payload()
    assert {name: str(value) for name, value in got.items()} == {"v": "1", "id": "c" * 22}


def test_it_carries_life_urgency_and_topic(side: Side) -> None:
    sent(side)
    got = side.headers()
    assert (got["ttl"], got["urgency"], got["topic"]) == ("97", "high", TOPIC)


def test_the_same_wake_up_may_be_sent_again(side: Side) -> None:
    """A worker that died after sending: the device shows one question, whatever comes twice."""
    assert sent(side) is sent(side) is None
    assert len(side.fake.seen) == 2


@pytest.mark.parametrize(
    ("outcome", "reason", "permanent"),
    [
        ("missing", "gone", True),
        ("gone", "gone", True),
        ("busy", "busy", False),
        ("down", "unavailable", False),
        ("broken", "unavailable", False),
        ("malformed", "rejected", True),
        ("large", "too_large", True),
        ("elsewhere", "rejected", True),
        ("no permission", "credential", False),
        ("who are you", "credential", False),
    ],
)
def test_each_refusal_has_its_word(side: Side, outcome: str, reason: str, permanent: bool) -> None:
    side.says(outcome)
    error = sent(side)
    assert error is not None
    assert (error.reason, error.permanent) == (reason, permanent)


@pytest.mark.usefixtures("_impatient")
def test_a_slow_service_is_not_waited_for(side: Side) -> None:
    side.says("slow")
    error = sent(side)
    assert error is not None
    assert (error.reason, error.permanent) == ("timeout", False)
    assert len(side.fake.seen) == 1


@pytest.mark.parametrize("outcome", ["down", "broken", "busy", "elsewhere"])
def test_nothing_is_repeated_behind_our_back(side: Side, outcome: str) -> None:
    """The outbox repeats; it knows until when that makes sense."""
    side.says(outcome)
    sent(side)
    assert len(side.fake.seen) == 1


@pytest.mark.parametrize(
    ("outcome", "seconds"), [("busy", 17), ("busy until", 30), ("down", 9), ("broken", None)]
)
def test_the_wish_to_be_left_alone_is_told(
    side: Side, outcome: str, seconds: int | None, clock: object
) -> None:
    side.says(outcome)
    error = sent(side)
    assert error is not None
    assert error.retry_after == seconds


def test_a_service_that_is_not_there_may_come_back(side: Side) -> None:
    side.fake.server.shutdown()
    side.fake.server.server_close()
    error = sent(side)
    assert error is not None
    assert (error.reason, error.permanent) == ("unavailable", False)


def test_what_no_service_takes_is_not_sent(side: Side) -> None:
    room = LARGEST - len('{"v":1,"id":""}')
    assert sent(side, {"v": 1, "id": "x" * room}) is None
    error = sent(side, {"v": 1, "id": "x" * (room + 1)})
    assert error is not None
    assert (error.reason, error.permanent) == ("too_large", True)
    assert len(side.fake.seen) == 1


def test_the_largest_payload_makes_a_body_of_four_kilobytes(webpush: WebPushSide) -> None:
    sent(webpush, {"v": 1, "id": "x" * (LARGEST - len('{"v":1,"id":""}'))})
    assert len(webpush.fake.seen[0].body) == 4096


# Web Push alone


def claims_of(token: str) -> dict[str, Any]:
    part = token.split(".")[1]
    claims: dict[str, Any] = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    return claims


def test_nobody_else_reads_it(webpush: WebPushSide) -> None:
    sent(webpush)
    assert b"c" * 22 not in webpush.fake.seen[0].body
    with pytest.raises(Exception, match=r"(?i)decrypt|tag"):
        Browser(webpush.address["endpoint"]).read(webpush.fake.seen[0].body)


def test_it_is_signed_with_our_key_for_this_service(
    webpush: WebPushSide, settings: Settings
) -> None:
    settings.VAPID_SUBJECT = "mailto:ops@example.org"
    for _ in range(2):
        sent(webpush)
    for seen in webpush.fake.seen:
        authorization = seen.headers["authorization"]
        assert Vapid02.verify(authorization)
        token, _, key = authorization.removeprefix("vapid t=").partition(",k=")
        claims = claims_of(token)
        assert (claims["aud"], claims["sub"], key) == (
            webpush.fake.origin,
            "mailto:ops@example.org",
            push_key(),
        )


def test_each_service_gets_claims_of_its_own(webpush: WebPushSide) -> None:
    """The library writes the audience into the claims it is given: shared ones
    would go on naming the first service."""
    with running(FakeService()) as second:
        sent(webpush)
        webpush.service.send(Browser(f"{second.origin}/x").address, PAYLOAD, ttl=9, topic=TOPIC)
        assert claims_of(second.seen[0].headers["authorization"])["aud"] == second.origin


@pytest.mark.parametrize("key", ["B" * 87, "A" * 87])
def test_keys_that_are_none_are_a_bad_address(webpush: WebPushSide, key: str) -> None:
    webpush.address["p256dh"] = key
    error = sent(webpush)
    assert error is not None
    assert (error.reason, error.permanent, webpush.fake.seen) == ("bad_address", True, [])


def test_a_refusal_may_be_about_the_address(webpush: WebPushSide) -> None:
    webpush.says("no permission")
    error = sent(webpush)
    assert isinstance(error, CredentialRefused)
    assert (error.certain, error.detail) == (False, "127.0.0.1 answered 403")


# Firebase alone


@pytest.mark.parametrize(("kind", "field"), [("fcm-token", "token"), ("fcm-fid", "fid")])
def test_tokens_and_installations_are_both_reached(google: FcmSide, kind: str, field: str) -> None:
    google.address = {"kind": kind, "value": "abc"}
    assert sent(google) is None
    assert google._message()[field] == "abc"


def test_one_sign_in_serves_many_messages(google: FcmSide) -> None:
    for _ in range(3):
        assert sent(google) is None
    assert google.google.sign_ins == 1
    assert len(firebase_admin._apps) == 1


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (
            Answer(
                400,
                body=b'{"error": "invalid_grant", "error_description": "Invalid JWT Signature."}',
            ),
            "credential",
        ),
        (Answer(401, body=b'{"error": "invalid_client"}'), "credential"),
        (Answer(200, delay=9), "timeout"),
    ],
)
@pytest.mark.usefixtures("_impatient")
def test_a_sign_in_that_fails_has_its_word(google: FcmSide, answer: Answer, reason: str) -> None:
    google.google.token_answer = answer
    error = sent(google)
    assert error is not None
    assert (error.reason, error.permanent, google.fake.seen) == (reason, False, [])
    assert google.google.sign_ins == 1


def test_a_refused_account_is_our_own_fault_for_certain(google: FcmSide) -> None:
    google.says("no permission")
    error = sent(google)
    assert isinstance(error, CredentialRefused)
    assert error.certain


def test_a_refused_certificate_may_be_about_the_token(google: FcmSide) -> None:
    google.google.refuses(401, "UNAUTHENTICATED", "THIRD_PARTY_AUTH_ERROR")
    error = sent(google)
    assert isinstance(error, CredentialRefused)
    assert not error.certain


def test_an_account_whose_key_is_none_is_a_refused_credential(
    google: FcmSide, settings: Settings
) -> None:
    settings.FCM = Firebase(google.google.account | {"private_key": "no key"}, {}, "")
    error = sent(google)
    assert isinstance(error, CredentialRefused)
    assert error.certain
