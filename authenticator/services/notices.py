"""Which mail goes out when a device changes or says "that was not me". Rows only: the delivery loop sends them."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Protocol

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


def _send(user: Person, template: str, context: dict[str, str], at: datetime) -> None:
    site = {"name": user.first_word, "site": settings.PUBLIC_ORIGIN, "at": int(at.timestamp())}  # `at` is put into words at delivery
    outbox.enqueue(
        channel="email",
        template=template,
        destination=user.email,
        context=site | {"security_url": settings.PUBLIC_ORIGIN + reverse("accounts:security")} | context,
        language=user.language or settings.LANGUAGE_CODE,
        user_id=user.pk,
        expires_at=at + LIFE,
    )


def device_changed(user: Person, change: str, *, name: str, at: datetime, ip: str | None) -> None:
    """`change` is device_added, device_renamed or device_removed: it names the sentence in the template. Inside the caller's transaction."""
    _send(user, "factor_changed", {"change": change, "item": name, "ip": ip or ""}, at)


def not_me(user: Person, *, device: str, shown: Mapping[str, Any], at: datetime) -> None:
    """Somebody typed the right password, and the owner's phone said that it was not her. `shown` is what the phone showed."""
    facts = {name: str(shown.get(name) or "") for name in ("browser", "os", "place", "ip")}
    _send(user, "not_me", facts | {"device": device, "change_url": settings.PUBLIC_ORIGIN + reverse("accounts:reset")}, at)
