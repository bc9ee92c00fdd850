"""`/outbox/`: mails and texts of a Nod that nobody gave a mail server. It shows codes, so only
somebody at this very machine may look.
"""

import ipaddress

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from mfa.services import outbox_files
from mfaproject.lib import ip_addresses, tokens

LOCAL_HOSTS = ("localhost", "127.0.0.1", "::1")


@require_safe
@never_cache
def outbox(request: HttpRequest) -> HttpResponse:
    """The newest messages, or 404 for everybody but the person at the machine."""
    if not may_look(request):
        raise Http404
    return render(
        request,
        "mfa/outbox.html",
        {"letters": outbox_files.latest(), "again": request.get_full_path()},
    )


def may_look(request: HttpRequest) -> bool:
    """Every one of these, because each alone can be had by others: behind a proxy every peer is
    loopback, and any page may name localhost."""
    return (
        _is_trial()
        and _is_direct(request)
        and tokens.same(request.GET.get("key", ""), settings.OUTBOX_KEY)
    )


def _is_trial() -> bool:
    return bool(
        settings.EMBEDDED and not settings.EMAIL_URL and settings.IS_LOCAL and settings.OUTBOX_KEY
    )


def _is_direct(request: HttpRequest) -> bool:
    """From a browser on this machine that asked for localhost, with no proxy between."""
    peer = ip_addresses.parse_ip(request.META.get("REMOTE_ADDR", ""))
    return (
        peer is not None
        and ipaddress.ip_address(peer).is_loopback
        and _names_localhost(request)
        and not _was_forwarded(request)
    )


def _names_localhost(request: HttpRequest) -> bool:
    # The raw header: `get_host` would answer with what a proxy claims.
    host = request.META.get("HTTP_HOST", "")
    name = (
        host.partition("]")[0].removeprefix("[") if host.startswith("[") else host.partition(":")[0]
    )
    return name in LOCAL_HOSTS


def _was_forwarded(request: HttpRequest) -> bool:
    return any(
        name in ("HTTP_FORWARDED", "HTTP_VIA", "HTTP_X_REAL_IP")
        or name.startswith("HTTP_X_FORWARDED")
        for name in request.META
    )
