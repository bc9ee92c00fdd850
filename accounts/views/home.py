"""The signed-in home page and the history of sign-ins."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.views.common import session_of
from mfa.services import enrolment
from mfaproject.lib.proof import signed_in
from risk import services as risk

PER_PAGE, LONGEST_HISTORY = 20, 500


@never_cache
@require_safe
@signed_in
def home(request: HttpRequest) -> HttpResponse:
    """Says first what is still missing: an authenticator."""
    session = session_of(request)
    user_id = session.user_id or 0
    devices = enrolment.devices(user_id)
    recent = risk.recent_logins(user_id, limit=5)
    first = sum(login.outcome == "admitted" for login in recent) <= 1
    silent = bool(devices) and all(device.unreachable_since for device in devices)
    shown = {
        "user": session.user,
        "devices": devices,
        "has_device": bool(devices),
        "silent": silent,
        "recent": recent,
        "first": first,
    }
    return render(request, "accounts/home.html", shown)


@never_cache
@require_safe
@signed_in
def history(request: HttpRequest) -> HttpResponse:
    """All sign-ins, twenty a page."""
    logins = risk.recent_logins(session_of(request).user_id or 0, limit=LONGEST_HISTORY)
    return render(
        request,
        "accounts/history.html",
        {"page": Paginator(logins, PER_PAGE).get_page(request.GET.get("page"))},
    )
