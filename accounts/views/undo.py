"""Undoing a change of address from the mail to the old one. GET shows, POST acts, as for an undone
sign-in.
"""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts import cookies
from accounts.context import arrival
from accounts.models import Link
from accounts.services import throttle
from accounts.services import undo as service
from accounts.views.common import answer_of, forget_first, limited
from risk import services as risk

GONE, DONE = "accounts/link_gone.html", "accounts/undo_done.html"


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request: HttpRequest) -> HttpResponse:
    """Which address, when and from where; two buttons, the harmless one first."""
    who = arrival(request)
    token = cookies.link(request, Link.Purpose.UNDO)
    link = service.find(token)
    if wait := throttle.page_wait(who.network, link):
        return limited(request, GONE, wait)
    if link is None:
        return render(request, GONE, status=410)
    answer = answer_of(request)
    if not answer:
        login = risk.login_views([link.ledger_id]).get(link.ledger_id) if link.ledger_id else None
        shown = {
            "address": link.address,
            "username": link.user.username,
            "at": link.created_at,
            "login": login,
        }
        return render(
            request, "accounts/undo.html", shown, status=400 if request.method == "POST" else 200
        )
    if answer == "mine":
        return render(request, DONE, {"mine": True, "address": link.address})
    if not service.by_link(token, who):
        return render(request, GONE, status=410)
    response = render(request, DONE, {"mine": False, "address": link.address})
    cookies.drop_link(response)
    cookies.drop_session(response)
    forget_first(request, response, link.user.username)
    return response
