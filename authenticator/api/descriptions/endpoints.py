"""Each endpoint: its view, what it takes, and each of its answers."""

from functools import partial
from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, extend_schema_view

from authenticator.api import views
from authenticator.api.descriptions.examples import (
    ACCOUNT,
    APPROVAL,
    CHALLENGE,
    DENIAL,
    DEVICE,
    ECHO,
    NOW,
    PAIRING,
    QUESTION,
    SECRET,
    SILENT,
    SUBSCRIBED,
)
from authenticator.api.descriptions.shapes import (
    Decided,
    Decision,
    DeviceChange,
    Echo,
    Health,
    Inbox,
    LinkSeen,
    LookAtLink,
    Pair,
    Paired,
    ServerTime,
)
from authenticator.canonical import LONGEST
from mfaproject.lib import openapi
from mfaproject.lib.openapi import EMPTY, EVENTS, Named

_SIGNED = (
    "bad_request",
    "unauthorized",
    "clock_skew",
    "payload_too_large",
    "unsupported_media_type",
    "rate_limited",
)
_OPEN = ("bad_request", "expired", "payload_too_large", "unsupported_media_type", "rate_limited")
_WORDS = {
    "bad_request": "This request is not in the form that nod-push-v1 asks for.",
    "unauthorized": "No device of ours signed this request.",
    "payload_too_large": f"A body has at most {LONGEST} bytes.",
    "expired": "This question is over: its time has run out.",
    "not_found": "There is no such question for this device.",
    "rate_limited": "Too many requests. Wait a moment.",
}
_LINK = _WORDS | {
    "expired": (
        "This pairing link has been used or has run out. Ask for a new one where you are signed in."
    )
}
_KEY = _WORDS | {
    "method_unavailable": "A device keeps its key. Pair it again to give it a new one."
}
_VALUE = _WORDS | {"not_found": "No such value waits for this device."}
_TEST = _WORDS | {"method_unavailable": "This device has said no way to be woken."}
described = partial(openapi.described, tag="Authenticator")


class DeviceScheme(OpenApiAuthenticationExtension):
    """How a device signs."""

    target_class = "authenticator.api.base.NodAuthentication"
    name = "device"

    def get_security_definition(self, _auto_schema: Any) -> dict[str, str]:
        return {
            "type": "http",
            "scheme": "nod",
            "description": "`Authorization: Nod <device_id>.<iat>.<jti>.<sig>`: see nod-push-v1.",
        }


_NOW = {"now": NOW}

FACTS = {
    "kind": "webpush",
    "reason": "",
    "undeliverable": False,
    "created_at": NOW,
    "proven_at": NOW,
    "last_success": None,
    "last_failure": None,
}
_QUESTION_ID = OpenApiParameter(
    "challenge_id",
    {"type": "string", "pattern": "^[A-Za-z0-9_-]{22}$"},
    OpenApiParameter.PATH,
    examples=[OpenApiExample("one of the inbox", value=CHALLENGE)],
)

PairLookView = extend_schema_view(
    post=described(
        "pair_look",
        "Which account a pairing link is for. Spends nothing.",
        {
            200: (
                LinkSeen,
                {
                    "account": "Ana Example",
                    "username": "ana",
                    "app": "Nod",
                    "site": "https://login.example",
                    "exp": NOW + 300,
                    "now": NOW,
                },
            )
        },
        *_OPEN,
        body=LookAtLink,
        sent={"token": SECRET},
        words=_LINK,
    )
)(views.PairLookView)
PairView = extend_schema_view(
    post=described(
        "pair",
        "A new device's key. It counts after the question on the first screen.",
        {201: (Paired, {"device_id": DEVICE, "user": ACCOUNT, "now": NOW})},
        *_OPEN,
        "unauthorized",
        "clock_skew",
        body=Pair,
        sent=PAIRING,
        words=_LINK,
    )
)(views.PairView)
InboxView = extend_schema_view(
    post=described(
        "inbox",
        "Every question that this device may answer now.",
        {200: (Inbox, {"now": NOW, "challenges": [QUESTION]})},
        *_SIGNED,
        body=EMPTY,
        sent={},
        caller="device",
        words=_WORDS,
    )
)(views.InboxView)
InboxEventsView = extend_schema_view(
    post=described(
        "inbox_events",
        "A stream of events for at most two minutes: each says that there may be something new in"
        " the inbox. 204: ask now and then instead.",
        {(200, EVENTS): (OpenApiTypes.STR, "data: look\n\n"), 204: (None, None)},
        *_SIGNED,
        body=EMPTY,
        sent={},
        caller="device",
        words=_WORDS,
    )
)(views.InboxEventsView)
AnswerView = extend_schema_view(
    post=described(
        "answer",
        "One decision, signed over everything that was shown.",
        {
            200: (
                Decided,
                Named(
                    {
                        "approve": {"state": "approved", "now": NOW},
                        "it was not me": {"state": "not_me", "now": NOW},
                    }
                ),
            )
        },
        *_SIGNED,
        "wrong_number",
        "not_found",
        "already_decided",
        "expired",
        body=Decision,
        sent=Named({"approve": APPROVAL, "it was not me": DENIAL}),
        parameters=[_QUESTION_ID],
        caller="device",
        words=_WORDS,
    )
)(views.AnswerView)
DeviceView = extend_schema_view(
    put=described(
        "change_device",
        "What holds afterwards for this device: its push subscription.",
        {200: (ServerTime, _NOW)},
        *_SIGNED,
        "method_unavailable",
        body=DeviceChange,
        sent=Named({"a new subscription": SUBSCRIBED, "none any more": SILENT}),
        caller="device",
        words=_KEY,
    )
)(views.DeviceView)
EchoView = extend_schema_view(
    post=described(
        "echo",
        "A value that was pushed to this device, sent back: its push arrives.",
        {200: (ServerTime, _NOW)},
        *_SIGNED,
        "not_found",
        body=Echo,
        sent={"echo": ECHO},
        caller="device",
        words=_VALUE,
    )
)(views.EchoView)
TestPushView = extend_schema_view(
    post=described(
        "test_push",
        "Another value is pushed to this device.",
        {202: (ServerTime, _NOW)},
        *_SIGNED,
        "method_unavailable",
        body=EMPTY,
        sent={},
        caller="device",
        words=_TEST,
    )
)(views.TestPushView)
HealthView = extend_schema_view(
    post=described(
        "device_health",
        "What is known of this device's push.",
        {200: (Health, {"now": NOW, "push": FACTS, "services": {"webpush": "ok"}})},
        *_SIGNED,
        body=EMPTY,
        sent={},
        caller="device",
        words=_WORDS,
    )
)(views.HealthView)
