"""Defaults of Web Push, as settings read them. PURE."""

import re
from email.utils import parseaddr
from urllib.parse import quote, urlsplit

from django.core.exceptions import ImproperlyConfigured

from mfaproject import environment

HOSTS = [
    "fcm.googleapis.com",
    "jmt17.google.com",
    "*.push.services.mozilla.com",
    "*.push.apple.com",
    "*.notify.windows.com",
]
"""Where browsers let themselves be woken: Chrome and what is built on it, Debian's Chromium,
Firefox, Safari, Edge."""
NOBODY = "mailto:nod@example.org"
"""The last resort: a name that belongs to nobody (RFC 2606). Services want the form of an address,
and Apple's refuses `localhost`."""
_ADDRESS = "@!$'*+^_`{|}~"
"""What needs no escape in a `mailto:` address (RFC 6068, 2) besides letters,
digits, `.` and `-`."""
_DOMAIN = r"[a-z0-9-]+(\.[a-z0-9-]+)+"
_SUBJECT = re.compile(rf"mailto:[^\s@<>]+@{_DOMAIN}|https://{_DOMAIN}", re.IGNORECASE)


def hosts(given: list[str]) -> list[str]:
    """As names are compared: in lower case, without a dot at the end. None:
    those of the browsers."""
    return [each.lower().removesuffix(".") for each in given] or list(HOSTS)


def subject(given: str, *, sender: str, origin: str) -> str:
    """Whom a push service may write to when our pushes trouble it (RFC 8292, 2.1).

    Empty: the sender of our mails, else our https origin, each where its host is a name that others
    know, else NOBODY. Raises ImproperlyConfigured for a given one of another form: Apple answers
    403 to it, and then no iPhone is woken.
    """
    if given and not _SUBJECT.fullmatch(given):
        raise ImproperlyConfigured(
            "VAPID_SUBJECT must be mailto:name@example.org or"
            f" https://example.org{environment.shown(given)}."
        )
    parts = urlsplit(origin)
    made = [
        given,
        f"mailto:{quote(parseaddr(sender)[1], safe=_ADDRESS)}",
        f"{parts.scheme}://{parts.hostname}",
    ]
    return next((each for each in made if _SUBJECT.fullmatch(each)), NOBODY)
