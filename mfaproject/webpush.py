"""Defaults of Web Push, as settings read them. PURE."""

import re
from email.utils import parseaddr
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

HOSTS = ["fcm.googleapis.com", "jmt17.google.com", "*.push.services.mozilla.com", "*.push.apple.com", "*.notify.windows.com"]
"""Where browsers let themselves be woken: Chrome and what is built on it, Debian's Chromium, Firefox, Safari, Edge."""
NOBODY = "mailto:nod@example.org"
"""The last resort: a name that belongs to nobody (RFC 2606). Services want the form of an address, and Apple's refuses `localhost`."""
_DOMAIN = r"[a-z0-9-]+(\.[a-z0-9-]+)+"
_SUBJECT = re.compile(rf"mailto:[^\s@<>]+@{_DOMAIN}|https://{_DOMAIN}", re.IGNORECASE)


def subject(given: str, *, sender: str, origin: str) -> str:
    """Whom a push service may write to when our pushes trouble it (RFC 8292, 2.1).

    Empty: the sender of our mails, else our https origin, each where its host is a name that others know, else NOBODY. Raises
    ImproperlyConfigured for a given one of another form: Apple answers 403 to it, and then no iPhone is woken.
    """
    if given and not _SUBJECT.fullmatch(given):
        raise ImproperlyConfigured(f"VAPID_SUBJECT must be mailto:name@example.org or https://example.org; it is {given!r}.")
    parts = urlsplit(origin)
    made = [given, f"mailto:{parseaddr(sender)[1]}", f"{parts.scheme}://{parts.hostname}"]
    return next((each for each in made if _SUBJECT.fullmatch(each)), NOBODY)
