"""The mail that goes out when a device changes. A row only: the delivery loop sends it."""

from datetime import datetime, timedelta
from typing import Protocol

from django.conf import settings
from django.urls import reverse

from mfa import outbox

LIFE = timedelta(days=2)  # a notice that could not be delivered for so long is old news


class Person(Protocol):
    """What a mail needs of a user row."""

    pk: int
    email: str
    language: str

    @property
    def first_word(self) -> str:
        """What a greeting calls the person."""


def device_changed(user: Person, change: str, *, name: str, at: datetime, ip: str | None) -> None:
    """`change`: device_added, device_renamed, device_removed or admin_device. It names the
    sentence. Inside the caller's transaction."""
    facts = {
        "name": user.first_word,
        "change": change,
        "item": name,
        "ip": ip or "",
        "security_url": settings.PUBLIC_ORIGIN + reverse("accounts:security"),
    }
    outbox.enqueue(
        channel="email",
        template="factor_changed",
        destination=user.email,
        context=facts | {"at": int(at.timestamp())},  # put into words at delivery, in her language
        language=user.language or settings.LANGUAGE_CODE,
        user_id=user.pk,
        expires_at=at + LIFE,
    )
