"""What holds for every push service, with the real libraries against loopback: one contract, two sides."""

import base64
import json
from collections.abc import Iterator
from typing import Any, Protocol

import firebase_admin
import pytest
from firebase_admin import messaging
from py_vapid import Vapid02
from pytest_django import Settings

from authenticator.push import fcm, transport
from authenticator.push.base import LARGEST, CredentialRefused, PushService
from authenticator.push.webpush import WebPush
from authenticator.service_worker import push_key
from authenticator.tests.fakes import Answer, Browser, FakeGoogle, FakeService, running
from mfa.channels.base import DeliveryError
from mfaproject.firebase import Firebase

PAYLOAD: dict[str, int | str] = {"v": 1, "id": "c" * 22}
TOPIC = "t" * 22
QUICK = 1.0  # seconds: the time-out where the fake is slow


class Side(Protocol):
    """A push service as the contract sees it."""

    fake: FakeService
    address: dict[str, str]
    service: PushService

    def says(self, outcome: str) -> None:
        """From now on the fake answers so."""

    def payload(self) -> Any:
        """What the device reads of the last push."""

    def headers(self) -> dict[str, str]:
        """TTL, urgency and topic of the last push, names in lower case."""


class WebPushSide:
    def __init__(self, fake: FakeService) -> None:
        self.fake: FakeService = fake
        self.service: PushService = WebPush()
        self.browser = Browser(f"{fake.origin}/wpush/v2/1")
        self.address = self.browser.address

    def says(self, outcome: str) -> None:
        said = {
            "missing": Answer(404),
            "gone": Answer(410),
            "busy": Answer(429, {"Retry-After": "17"}),
            "busy until": Answer(429, {"Retry-After": "Tue, 10 Mar 2026 12:00:30 GMT"}),
            "down": Answer(503, {"Retry-After": "9"}),
            "broken": Answer(500, {"Retry-After": "soon"}),
            "malformed": Answer(400),
            "large": Answer(413),
            "no permission": Answer(403, body=b"BadJwtToken"),
            "who are you": Answer(401),
            "slow": Answer(201, delay=9),
            "elsewhere": Answer(307, {"Location": f"{self.fake.origin}/elsewhere"}),
        }
        self.fake.answer = said[outcome]

    def payload(self) -> Any:
        return self.browser.read(self.fake.seen[-1].body)

    def headers(self) -> dict[str, str]:
        return dict(self.fake.seen[-1].headers)


class FcmSide:
    def __init__(self, fake: FakeGoogle) -> None:
        self.fake: FakeService = fake
        self.google = fake
        self.service: PushService = fcm.Fcm()
        self.address = {"kind": "fcm-token", "value": "abc:def"}

    def says(self, outcome: str) -> None:
        retry = {"Retry-After": "17"}
        said: dict[str, tuple[int, str, str, dict[str, Any]]] = {
            "missing": (404, "NOT_FOUND", "UNREGISTERED", {}),
            "gone": (403, "PERMISSION_DENIED", "SENDER_ID_MISMATCH", {}),
            "busy": (429, "RESOURCE_EXHAUSTED", "QUOTA_EXCEEDED", {"headers": retry}),
            "busy until": (429, "RESOURCE_EXHAUSTED", "QUOTA_EXCEEDED", {"headers": {"Retry-After": "Tue, 10 Mar 2026 12:00:30 GMT"}}),
            "down": (503, "UNAVAILABLE", "UNAVAILABLE", {"headers": {"Retry-After": "9"}}),
            "broken": (500, "INTERNAL", "INTERNAL", {"headers": {"Retry-After": "soon"}}),
            "malformed": (400, "INVALID_ARGUMENT", "INVALID_ARGUMENT", {}),
            "large": (413, "", "", {}),
            "no permission": (403, "PERMISSION_DENIED", "", {}),
            "who are you": (401, "UNAUTHENTICATED", "", {}),
            "slow": (200, "OK", "", {"delay": 9}),
            "elsewhere": (404, "NOT_FOUND", "", {}),
        }
        status, state, code, more = said[outcome]
        self.google.refuses(status, state, code, **more)

    def _message(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.fake.seen[-1].body)["message"]
        return found

    def payload(self) -> Any:
        return self._message()["data"]

    def headers(self) -> dict[str, str]:
        return {name.lower(): value for name, value in self._message()["webpush"]["headers"].items()}


@pytest.fixture
def webpush(settings: Settings) -> Iterator[WebPushSide]:
    settings.PUSH_ALLOW_LOOPBACK = True
    with running(FakeService()) as fake:
        yield WebPushSide(fake)


@pytest.fixture
def google(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[FcmSide]:
    fake = FakeGoogle()
    monkeypatch.setattr(messaging._MessagingService, "FCM_URL", fake.origin + "/v1/projects/{0}/messages:send")
    settings.FCM = Firebase(fake.account, {"projectId": "nod-test"}, push_key())
    with running(fake):
        yield FcmSide(fake)
    for app in list(firebase_admin._apps.values()):
        app._services["_messaging"]._client.close()
        firebase_admin.delete_app(app)


@pytest.fixture
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transport, "READ", QUICK)
    monkeypatch.setattr(fcm, "TIMEOUT", QUICK)


@pytest.fixture(params=["webpush", "google"])
def side(request: pytest.FixtureRequest) -> Side:
    found: Side = request.getfixturevalue(request.param)
    return found


def sent(side: Side, payload: dict[str, int | str] = PAYLOAD) -> DeliveryError | None:
    """Sends once; gives what went wrong."""
    try:
        side.service.send(side.address, payload, ttl=97, topic=TOPIC)
    except DeliveryError as error:
        return error
    return None


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


@pytest.mark.parametrize(("outcome", "seconds"), [("busy", 17), ("busy until", 30), ("down", 9), ("broken", None)])
def test_the_wish_to_be_left_alone_is_told(side: Side, outcome: str, seconds: int | None, clock: object) -> None:
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


def test_it_is_signed_with_our_key_for_this_service(webpush: WebPushSide, settings: Settings) -> None:
    settings.VAPID_SUBJECT = "mailto:ops@example.org"
    for _ in range(2):
        sent(webpush)
    for seen in webpush.fake.seen:
        authorization = seen.headers["authorization"]
        assert Vapid02.verify(authorization)
        token, _, key = authorization.removeprefix("vapid t=").partition(",k=")
        claims = claims_of(token)
        assert (claims["aud"], claims["sub"], key) == (webpush.fake.origin, "mailto:ops@example.org", push_key())


def test_each_service_gets_claims_of_its_own(webpush: WebPushSide) -> None:
    """The library writes the audience into the claims it is given: shared ones would go on naming the first service."""
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
        (Answer(400, body=b'{"error": "invalid_grant", "error_description": "Invalid JWT Signature."}'), "credential"),
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


def test_an_account_whose_key_is_none_is_a_refused_credential(google: FcmSide, settings: Settings) -> None:
    settings.FCM = Firebase(google.google.account | {"private_key": "no key"}, {}, "")
    error = sent(google)
    assert isinstance(error, CredentialRefused)
    assert error.certain
