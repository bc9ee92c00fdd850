"""How a device wants to be woken: kept sealed, one for each device."""

from authenticator.canonical import digest
from authenticator.models import PushSubscription
from authenticator.shapes import subscription_kind
from mfaproject.lib import clock, seal, tokens

_PURPOSE = "subscription"


def put(device_id: int, text: str | None) -> None:
    """From now on this one, or none. The same text again changes nothing, so that a resync does not wipe what is known of it.

    Raises Rejected for a text of another shape.
    """
    if text is None:
        PushSubscription.objects.filter(device_id=device_id).delete()
        return
    text_digest = digest(text)
    if PushSubscription.objects.filter(device_id=device_id, text_digest=text_digest).exists():
        return
    fresh = {
        "kind": subscription_kind(text),
        "sealed": seal.seal(_PURPOSE, {"device": device_id, "text": text}),
        "text_digest": text_digest,
        "topic": tokens.new_id(),
        "created_at": clock.now(),
        "last_success": None,
        "last_failure": None,
        "reason": "",
        "undeliverable": False,
    }
    PushSubscription.objects.update_or_create(device_id=device_id, defaults=fresh)
