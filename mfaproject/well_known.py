"""Addresses that programs look for on every site. They read no cookie, set none, and ask no
database.

`/favicon.ico` and `/robots.txt` are files (static/root), which WhiteNoise serves before anything
else.
"""

from datetime import timedelta

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from mfaproject.lib import clock

GOOD_FOR = timedelta(days=180)
"""A contact is to be looked at again within a year (RFC 9116, 2.5.5); each
start vouches for it anew."""
CACHED = {"public": True, "max_age": 86_400}


@require_safe
@cache_control(**CACHED)
def change_password(request: HttpRequest) -> HttpResponse:
    """Where password managers send people (W3C, A Well-Known URL for Changing Passwords)."""
    return HttpResponseRedirect(reverse("accounts:password_change"))


@require_safe
@cache_control(**CACHED)
def security_txt(request: HttpRequest) -> HttpResponse:
    """Whom to tell of a weakness (RFC 9116). Nobody is made up where the operator named none."""
    if not settings.SECURITY_CONTACT:
        raise Http404
    expires = (clock.now() + GOOD_FOR).replace(hour=0, minute=0, second=0, microsecond=0)
    lines = [f"Contact: {contact}" for contact in settings.SECURITY_CONTACT]
    lines += [f"Expires: {expires:%Y-%m-%dT%H:%M:%SZ}"]
    lines += [f"Preferred-Languages: {', '.join(code for code, _ in settings.LANGUAGES)}"]
    lines += [
        f"Canonical: {origin}/.well-known/security.txt"
        for origin in dict.fromkeys((settings.PUBLIC_ORIGIN, settings.AUTHENTICATOR_ORIGIN))
    ]
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")
