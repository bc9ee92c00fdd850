"""The two push services as one contract sees them: the real libraries against loopback."""

import json
from typing import Any, Protocol

from authenticator.push import fcm
from authenticator.push.base import PushService
from authenticator.push.webpush import WebPush
from authenticator.tests.fakes import Answer, Browser, FakeGoogle, FakeService
from mfa.channels.base import DeliveryError

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
            "busy until": (
                429,
                "RESOURCE_EXHAUSTED",
                "QUOTA_EXCEEDED",
                {"headers": {"Retry-After": "Tue, 10 Mar 2026 12:00:30 GMT"}},
            ),
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
        return {
            name.lower(): value for name, value in self._message()["webpush"]["headers"].items()
        }


def sent(side: Side, payload: dict[str, int | str] = PAYLOAD) -> DeliveryError | None:
    """Sends once; gives what went wrong."""
    try:
        side.service.send(side.address, payload, ttl=97, topic=TOPIC)
    except DeliveryError as error:
        return error
    return None
