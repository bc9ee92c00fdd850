"""Reads who sends text messages: a webhook of one's own, Twilio, or nobody, and then they become files. PURE."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

FILES = "mfa.channels.files.TextFileChannel"
WEBHOOK = "mfa.channels.sms_webhook.WebhookChannel"
TWILIO = "mfa.channels.sms_twilio.TwilioChannel"
SHORTEST_SECRET = 32
_TWILIO_NAMES = ("TWILIO_ACCOUNT_SID", "TWILIO_AUTH_TOKEN", "TWILIO_FROM")
_COUNTRY = re.compile(r"[A-Z]{2}")


@dataclass(frozen=True, slots=True)
class Sms:
    """`channel`: the dotted path of who sends. The other fields are empty where another one does. `sender`: a number, or a Twilio service."""

    channel: str
    url: str = ""
    secret: str = field(default="", repr=False)
    account: str = ""
    token: str = field(default="", repr=False)
    sender: str = ""


def read(*, webhook_url: str, webhook_secret: str, twilio: tuple[str, str, str]) -> Sms:
    """Raises ImproperlyConfigured with a sentence that names what is missing or wrong."""
    if webhook_url and any(twilio):
        raise ImproperlyConfigured("Text messages go through SMS_WEBHOOK_URL or through TWILIO_…, not both.")
    if webhook_url:
        return _webhook(webhook_url, webhook_secret)
    if not any(twilio):
        return Sms(FILES)
    missing = [name for name, value in zip(_TWILIO_NAMES, twilio, strict=True) if not value]
    if missing:
        raise ImproperlyConfigured(f"Twilio needs {', '.join(_TWILIO_NAMES)}; missing: {', '.join(missing)}.")
    return Sms(TWILIO, account=twilio[0], token=twilio[1], sender=twilio[2])


def _webhook(url: str, secret: str) -> Sms:
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.username is not None:
        raise ImproperlyConfigured(f"SMS_WEBHOOK_URL must be an address such as https://sms.example.org/send, without a password; it is {url!r}.")
    if len(secret) < SHORTEST_SECRET:
        raise ImproperlyConfigured(f"SMS_WEBHOOK_SECRET must have {SHORTEST_SECRET} characters or more: it signs what is posted.")
    return Sms(WEBHOOK, url=url, secret=secret)


def countries(given: Iterable[str]) -> frozenset[str]:
    """Country codes in capitals. Raises ImproperlyConfigured for anything that is none."""
    codes = frozenset(code.strip().upper() for code in given if code.strip())
    wrong = sorted(code for code in codes if not _COUNTRY.fullmatch(code))
    if wrong:
        raise ImproperlyConfigured(f"SMS_COUNTRIES takes codes of two letters, such as FR,BE,CH; it has {wrong[0]!r}.")
    return codes
