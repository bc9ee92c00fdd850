"""Reads who sends text messages: a webhook of one's own, Twilio, or nobody, and then they become
files. PURE.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

from mfaproject import environment

FILES = "mfa.channels.files.TextFileChannel"
WEBHOOK = "mfa.channels.sms_webhook.WebhookChannel"
TWILIO = "mfa.channels.sms_twilio.TwilioChannel"
SHORTEST_SECRET = 32
_TWILIO_NAMES = ("TWILIO_ACCOUNT_SID", "TWILIO_AUTH_TOKEN", "TWILIO_FROM")
_COUNTRY = re.compile(r"[A-Z]{2}")
_WEBHOOK = re.compile(r"https?://[\x21-\x7e]+", re.IGNORECASE)
# A number, a short code, a messaging service, or a name of letters and digits, which some countries
# show instead of a number.
_SENDER = re.compile(
    r"\+[1-9][0-9]{6,14}|[0-9]{3,8}|MG[0-9a-fA-F]{32}|(?!MG)(?=[A-Za-z0-9 ]*[A-Za-z])[A-Za-z0-9"
    r" ]{1,11}"
)
_CREDENTIAL = re.compile(r"[\x21-\x7e]+")


@dataclass(frozen=True, slots=True)
class Sms:
    """`channel`: the dotted path of who sends. The other fields are empty where another one does.
    `sender`: a number, or a Twilio service."""

    channel: str
    url: str = ""
    secret: str = field(default="", repr=False)
    account: str = ""
    token: str = field(default="", repr=False)
    sender: str = ""


def read(*, webhook_url: str, webhook_secret: str, twilio: tuple[str, str, str]) -> Sms:
    """Raises ImproperlyConfigured with a sentence that names what is missing or wrong."""
    if webhook_url and any(twilio):
        raise ImproperlyConfigured(
            "Text messages go through SMS_WEBHOOK_URL or through TWILIO_…, not both."
        )
    if webhook_url:
        return _webhook(webhook_url, webhook_secret)
    if webhook_secret and not any(twilio):
        raise ImproperlyConfigured("SMS_WEBHOOK_SECRET is set and SMS_WEBHOOK_URL is not.")
    if not any(twilio):
        return Sms(FILES)
    missing = [name for name, value in zip(_TWILIO_NAMES, twilio, strict=True) if not value]
    if missing:
        raise ImproperlyConfigured(
            f"Twilio needs {', '.join(_TWILIO_NAMES)}; missing: {', '.join(missing)}."
        )
    odd = next(
        (
            name
            for name, value in zip(_TWILIO_NAMES[:2], twilio, strict=False)
            if not _CREDENTIAL.fullmatch(value)
        ),
        "",
    )
    if odd:
        raise ImproperlyConfigured(f"{odd} has a character that none of Twilio's has.")
    if not _SENDER.fullmatch(twilio[2]):
        raise ImproperlyConfigured(
            "TWILIO_FROM must be a number such as +15005550006, or a messaging service"
            f" (MG…){environment.shown(twilio[2])}."
        )
    return Sms(TWILIO, account=twilio[0], token=twilio[1], sender=twilio[2])


def _webhook(url: str, secret: str) -> Sms:
    """The address is not shown: whoever sends may want a key in it."""
    if not _WEBHOOK.fullmatch(url) or not _is_reachable(url):
        raise ImproperlyConfigured(
            "SMS_WEBHOOK_URL must be an address such as https://sms.example.org/send, without a"
            " password."
        )
    if len(secret) < SHORTEST_SECRET:
        raise ImproperlyConfigured(
            f"SMS_WEBHOOK_SECRET must have {SHORTEST_SECRET} characters or more: it signs what is"
            " posted."
        )
    return Sms(WEBHOOK, url=url, secret=secret)


def _is_reachable(url: str) -> bool:
    try:
        parts = urlsplit(url)
        return (
            bool(environment.host(parts.hostname or ""))
            and parts.username is None
            and parts.port != 0
        )
    except ValueError:  # brackets that do not close, a port that is none
        return False


def countries(given: Iterable[str]) -> frozenset[str]:
    """Country codes in capitals. Raises ImproperlyConfigured for anything that is none."""
    codes = frozenset(code.strip().upper() for code in given if code.strip())
    wrong = sorted(code for code in codes if not _COUNTRY.fullmatch(code))
    if wrong:
        raise ImproperlyConfigured(
            f"SMS_COUNTRIES takes codes of two letters, such as FR,BE,CH; it has {wrong[0][:40]!r}."
        )
    return codes
