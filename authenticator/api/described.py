"""The endpoints as the schema tells of them. What the bytes must be, and how they are signed, is nod-push-v1's to say."""

from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_view
from rest_framework import serializers

from authenticator.api import views
from mfaproject.lib.describing import EVENTS, described

NOW = 1_773_144_000
DEVICE = "kR3vD1mZq8sT5uXy7wAbCg"
POINT = "h7Jk2LmN4pQr6StU8vWx0Yc3Vb5nMq7wEr9tYu1iOpA"
SIGNATURE = POINT + POINT
_SIGNED = ("bad_request", "unauthorized", "clock_skew", "payload_too_large", "unsupported_media_type", "rate_limited")
_OPEN = ("bad_request", "expired", "payload_too_large", "unsupported_media_type", "rate_limited")
TAG = "Authenticator"


class DeviceScheme(OpenApiAuthenticationExtension):
    """How a device signs."""

    target_class = "authenticator.api.base.NodAuthentication"
    name = "device"

    def get_security_definition(self, _auto_schema: Any) -> dict[str, str]:
        return {"type": "http", "scheme": "nod", "description": "`Authorization: Nod <device_id>.<iat>.<jti>.<sig>`: see nod-push-v1."}


class Nothing(serializers.Serializer[Any]):
    """`{}`: the signature says all."""


class LookAtLink(serializers.Serializer[Any]):
    token = serializers.CharField()


class LinkSeen(serializers.Serializer[Any]):
    account = serializers.CharField()
    username = serializers.CharField()
    app = serializers.CharField()
    site = serializers.CharField()
    exp = serializers.IntegerField()
    now = serializers.IntegerField()


class Pair(serializers.Serializer[Any]):
    """Canonical JSON. `sub`: the subscription as text, null for none."""

    iat = serializers.IntegerField()
    name = serializers.CharField(max_length=64)
    sub = serializers.CharField(allow_null=True)
    token = serializers.CharField()
    x = serializers.CharField()
    y = serializers.CharField()
    sig = serializers.CharField()


class Paired(serializers.Serializer[Any]):
    device_id = serializers.CharField()
    user = serializers.CharField()
    now = serializers.IntegerField()


class Asked(serializers.Serializer[Any]):
    """Every field of `context` is shown, and the digest of its canonical form is signed."""

    challenge_id = serializers.CharField()
    nonce = serializers.CharField()
    exp = serializers.IntegerField()
    context = serializers.DictField()  # type: ignore[assignment]  # a field by this name


class Inbox(serializers.Serializer[Any]):
    now = serializers.IntegerField()
    challenges = Asked(many=True)


class Decision(serializers.Serializer[Any]):
    """Approve with a number and no reason, or deny with a reason and no number."""

    decision = serializers.ChoiceField(choices=["approve", "deny"])
    iat = serializers.IntegerField()
    number = serializers.CharField(allow_null=True)
    reason = serializers.ChoiceField(choices=["not_me", "cancelled"], allow_null=True)
    sig = serializers.CharField()


class Decided(serializers.Serializer[Any]):
    state = serializers.ChoiceField(choices=["approved", "denied", "not_me"])
    now = serializers.IntegerField()


class DeviceChange(serializers.Serializer[Any]):
    """A new subscription, or null for none. A new key is refused for now."""

    iat = serializers.IntegerField()
    sub = serializers.CharField(allow_null=True)
    x = serializers.CharField(allow_null=True)
    y = serializers.CharField(allow_null=True)
    sig = serializers.CharField()
    new_sig = serializers.CharField(allow_null=True)


class Echo(serializers.Serializer[Any]):
    echo = serializers.CharField()


class Now(serializers.Serializer[Any]):
    now = serializers.IntegerField()


class Health(serializers.Serializer[Any]):
    """What is known of this device's push, null where it has none, and of the services that carry it."""

    now = serializers.IntegerField()
    push = serializers.DictField(allow_null=True)
    services = serializers.DictField()


_NOW = {"now": NOW}

PairLookView = extend_schema_view(
    post=described(
        "pair_look",
        "Which account a pairing link is for. Spends nothing.",
        {200: (LinkSeen, {"account": DEVICE, "username": "alice", "app": "Nod", "site": "https://login.example.org", "exp": NOW + 300, "now": NOW})},
        *_OPEN,
        body=LookAtLink,
        sent={"token": POINT},
        tag=TAG,
    )
)(views.PairLookView)
PairView = extend_schema_view(
    post=described(
        "pair",
        "A new device's key. It counts after the question on the first screen.",
        {201: (Paired, {"device_id": DEVICE, "user": DEVICE, "now": NOW})},
        *_OPEN,
        "unauthorized",
        "clock_skew",
        body=Pair,
        sent={"iat": NOW, "name": "Pixel 8", "sub": None, "token": POINT, "x": POINT, "y": POINT, "sig": SIGNATURE},
        tag=TAG,
    )
)(views.PairView)
InboxView = extend_schema_view(
    post=described(
        "inbox",
        "Every question that this device may answer now.",
        {200: (Inbox, {"now": NOW, "challenges": []})},
        *_SIGNED,
        body=Nothing,
        sent={},
        caller="device",
        tag=TAG,
    )
)(views.InboxView)
InboxEventsView = extend_schema_view(
    post=described(
        "inbox_events",
        "A stream of events for at most two minutes: each says that there may be something new in the inbox. 204: ask now and then instead.",
        {(200, EVENTS): (OpenApiTypes.STR, "data: look\n\n"), 204: (None, None)},
        *_SIGNED,
        body=Nothing,
        sent={},
        caller="device",
        tag=TAG,
    )
)(views.InboxEventsView)
AnswerView = extend_schema_view(
    post=described(
        "answer",
        "One decision, signed over everything that was shown.",
        {200: (Decided, {"state": "approved", "now": NOW})},
        *_SIGNED,
        "wrong_number",
        "not_found",
        "already_decided",
        "expired",
        body=Decision,
        sent={"decision": "approve", "iat": NOW, "number": "402", "reason": None, "sig": SIGNATURE},
        caller="device",
        tag=TAG,
    )
)(views.AnswerView)
DeviceView = extend_schema_view(
    put=described(
        "change_device",
        "What holds afterwards for this device: its push subscription.",
        {200: (Now, _NOW)},
        *_SIGNED,
        "method_unavailable",
        body=DeviceChange,
        sent={"iat": NOW, "sub": None, "x": None, "y": None, "sig": SIGNATURE, "new_sig": None},
        caller="device",
        tag=TAG,
    )
)(views.DeviceView)
EchoView = extend_schema_view(
    post=described(
        "echo",
        "A value that was pushed to this device, sent back: its push arrives.",
        {200: (Now, _NOW)},
        *_SIGNED,
        "not_found",
        body=Echo,
        sent={"echo": POINT},
        caller="device",
        tag=TAG,
    )
)(views.EchoView)
TestPushView = extend_schema_view(
    post=described(
        "test_push",
        "Another value is pushed to this device.",
        {202: (Now, _NOW)},
        *_SIGNED,
        "method_unavailable",
        body=Nothing,
        sent={},
        caller="device",
        tag=TAG,
    )
)(views.TestPushView)
HealthView = extend_schema_view(
    post=described(
        "device_health",
        "What is known of this device's push.",
        {200: (Health, {"now": NOW, "push": None, "services": {"webpush": "up"}})},
        *_SIGNED,
        body=Nothing,
        sent={},
        caller="device",
        tag=TAG,
    )
)(views.HealthView)
