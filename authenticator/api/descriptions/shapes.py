"""What goes in and comes out."""

from typing import Any

from rest_framework import serializers


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
    """`sub`: the subscription as text, null for none. `x`, `y`: the point of
    the new key, which signs."""

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
    how long the number is."""

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
    """What is known of this device's push, null where it has none, and of the
    services that carry it."""

    now = _time()
    push = PushFacts(allow_null=True)
    services = serializers.DictField(child=serializers.ChoiceField(choices=["ok", "stopped"]))
