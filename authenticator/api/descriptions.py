"""The endpoints as the schema tells of them. What the bytes must be, and how they are signed, is
nod-push-v1's to say.
"""

from functools import partial
from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, extend_schema_view
from rest_framework import serializers

from authenticator.api import views
from authenticator.canonical import LONGEST
from mfaproject.lib import openapi
from mfaproject.lib.openapi import EMPTY, EVENTS, Named

NOW, CHALLENGE, SECRET = (
    1_800_000_000,
    "jcRllffcANcwRjsQnByjyA",
    "h7Jk2LmN4pQr6StU8vWx0Yc3Vb5nMq7wEr9tYu1iOpA",
)
DEVICE, ACCOUNT, ECHO = "eY2JfQw6eXWbD1zrokOtrg", "sUNhQEwHj_1UnAPbRDw_7Q", "kR3vD1mZq8sT5uXy7wAbCg"
# Signed for https://nod.example: the vectors decide-approve, decide-deny-not-me and rotate-…, and a
# pairing whose key was thrown away.
PAIRING = {
    "iat": NOW,
    "name": "Pixel 8",
    "sig": "IE0c-Fra7e61NzjAA1Cyi764ff4ODgFMZ0hqtrLMfMIFdAt2EtzX84Bxrmq0O5MY0NQqdtTj1OyRzpkuXdbFMg",
    "sub": None,
    "token": SECRET,
    "x": "y9zudaFjFJuD0X0TlsY0zYtz03gRsUqTgR68U7F5OCg",
    "y": "ToL2vDdWWpwGbrwXgM-wAUV-wbkKc-Ovas21vZfN3WE",
}
APPROVAL = {
    "decision": "approve",
    "iat": NOW,
    "number": "471",
    "reason": None,
    "sig": "U14d-IKrcAhYW3J2YMIMeldkK-9qNlf65bEdjjbyY0NFxN8KkVVzvTgwsvfydY9GycDsXzZa6_uJmYbKUyYU7A",
}
DENIAL = {
    "decision": "deny",
    "iat": NOW,
    "number": None,
    "reason": "not_me",
    "sig": "RrYXpT3e7nLXzvLsIiXi4Zo8wQH6_WgRqDHCUOAiz_Pif97VeQDtwItfh0scGU5ggJnQC6jo65fHkLLpXBLCcQ",
}
SUBSCRIBED = {
    "iat": NOW,
    "new_sig": None,
    "sig": "odl92Lox29k3zSjBQHzjZRE2QuC0YHS7dsP-dOWlHZaxLJL7_LbDEfZLt38hwdBv-xOTHo49f0R0uLD-4O2wCw",
    "sub": (
        '{"auth":"zsBo_qhp203vFCuM_e4rCw",'
        '"endpoint":"https://updates.push.services.mozilla.com/wpush/v2/gAAA","kind":"webpush",'
        '"p256dh":"BL44Q80ujs_RBR9reyr1en4aqQEfBYjre7gUMLqi0-'
        'Xp8sScwLcv85oZfY0CFRsgcFXXZp8Qdkfs7gaJEUb3Pb8"}'
    ),
    "x": None,
    "y": None,
}
SILENT = SUBSCRIBED | {
    "sig": "1dxb_st0hCB9XyFFt3ReRdRbYvpHtBUpaM37Nr73ruIzDmR6cfvbigmAX4OWJF3hxAra__vVEhEJu_RJDt4R-g",
    "sub": None,
}
CONTEXT = {
    "account": "ana@example.org",
    "app": "Example",
    "at": NOW - 5,
    "browser": "Firefox 140",
    "ip": "192.0.2.7",
    "os": "Linux",
    "place": "Lyon, France",
}
QUESTION = {
    "challenge_id": CHALLENGE,
    "nonce": "Daz6aftuYUhfEP8MwTr4ElMAuUpcEOVSo_mFROyS48A",
    "exp": NOW + 90,
    "context": CONTEXT,
    "digits": 3,
}
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


def _id(**options: Any) -> serializers.RegexField:
    """128 random bits."""
    return serializers.RegexField(r"^[A-Za-z0-9_-]{22}$", **options)


def _secret(**options: Any) -> serializers.RegexField:
    """256 bits."""
    return serializers.RegexField(r"^[A-Za-z0-9_-]{43}$", **options)


def _signature(**options: Any) -> serializers.RegexField:
    """r || s."""
    return serializers.RegexField(r"^[A-Za-z0-9_-]{86}$", **options)


def _time(**options: Any) -> serializers.IntegerField:
    return serializers.IntegerField(
        min_value=10**9, max_value=10**10 - 1, help_text="seconds since 1970", **options
    )


class LookAtLink(serializers.Serializer[Any]):
    token = _secret(help_text="of the pairing link, after its #")


class LinkSeen(serializers.Serializer[Any]):
    account = serializers.CharField()
    username = serializers.CharField()
    app = serializers.CharField()
    site = serializers.CharField()
    exp = _time()
    now = _time()


class Pair(serializers.Serializer[Any]):
    """`sub`: the subscription as text, null for none. `x`, `y`: the point of the new key, which
    signs.
    """

    iat = _time()
    name = serializers.CharField(max_length=64)
    sig = _signature()
    sub = serializers.CharField(allow_null=True)
    token = _secret()
    x = _secret()
    y = _secret()


class Paired(serializers.Serializer[Any]):
    device_id = _id()
    user = _id()
    now = _time()


class Asked(serializers.Serializer[Any]):
    """Every field of `context` is shown, and the digest of its canonical form is signed. `digits`:
    how long the number is.
    """

    challenge_id = _id()
    nonce = _secret()
    exp = _time()
    context = serializers.DictField()  # type: ignore[assignment]  # a field by this name
    digits = serializers.IntegerField()


class Inbox(serializers.Serializer[Any]):
    now = _time()
    challenges = Asked(many=True)


class Decision(serializers.Serializer[Any]):
    """Approve with a number and no reason, or deny with a reason and no number."""

    decision = serializers.ChoiceField(choices=["approve", "deny"])
    iat = _time()
    number = serializers.RegexField(r"^([0-9]{3}|[0-9]{6})$", allow_null=True)
    reason = serializers.ChoiceField(choices=["not_me", "cancelled"], allow_null=True)
    sig = _signature()


class Decided(serializers.Serializer[Any]):
    state = serializers.ChoiceField(choices=["approved", "denied", "not_me"])
    now = _time()


class DeviceChange(serializers.Serializer[Any]):
    """A new subscription, or null for none. A new key is refused for now."""

    iat = _time()
    new_sig = _signature(allow_null=True)
    sig = _signature()
    sub = serializers.CharField(allow_null=True)
    x = _secret(allow_null=True)
    y = _secret(allow_null=True)


class Echo(serializers.Serializer[Any]):
    echo = _id(help_text="the value that was pushed")


class ServerTime(serializers.Serializer[Any]):
    now = _time()


class PushFacts(serializers.Serializer[Any]):
    """Of a device's subscription. Times are null for never."""

    kind = serializers.CharField()
    reason = serializers.CharField(allow_blank=True)
    undeliverable = serializers.BooleanField()
    created_at = _time(allow_null=True)
    proven_at = _time(allow_null=True)
    last_success = _time(allow_null=True)
    last_failure = _time(allow_null=True)


class Health(serializers.Serializer[Any]):
    """What is known of this device's push, null where it has none, and of the services that carry
    it.
    """

    now = _time()
    push = PushFacts(allow_null=True)
    services = serializers.DictField(child=serializers.ChoiceField(choices=["ok", "stopped"]))


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
