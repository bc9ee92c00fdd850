"""Undoing a sign-in from a mail. GET shows, POST acts: mail scanners press links, and some even
submit forms.
"""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts import cookies
from accounts.context import arrival
from accounts.models import Link
from accounts.services import disavow as service
from accounts.services import throttle
from accounts.views.common import answer_of, forget_first, limited
from risk import services as risk

GONE, DONE = "accounts/link_gone.html", "accounts/disavow_done.html"


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request: HttpRequest) -> HttpResponse:
    """What, where and when; two buttons, the harmless one first."""
    token = cookies.link(request, Link.Purpose.DISAVOW)
    link = service.find(token)
    if wait := throttle.page_wait(arrival(request).network, link):
        return limited(request, GONE, wait)
    if link is None:
        return render(request, GONE, status=410)
    answer = answer_of(request)
    if not answer:
        login = risk.login_views([link.ledger_id]).get(link.ledger_id) if link.ledger_id else None
        return render(
            request,
            "accounts/disavow.html",
            {"login": login},
            status=400 if request.method == "POST" else 200,
        )
    if answer == "mine":
        return render(request, DONE, {"mine": True})
    if not service.by_link(token):
        return render(request, GONE, status=410)
    response = render(request, DONE, {"mine": False})
    cookies.drop_link(response)
    cookies.drop_session(response)
    forget_first(request, response, link.user.username)
    return response
