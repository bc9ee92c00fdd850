"""The security page: what can approve sign-ins, and where somebody is signed in."""

from dataclasses import dataclass
from datetime import datetime

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import cookies, sessions
from accounts.context import arrival
from accounts.forms import ProveForm
from accounts.journey import Limited, Refused, StepUp
from accounts.models import Session
from accounts.services import disavow as disavowing
from accounts.services import own_factors, proof
from accounts.services import security as service
from accounts.views.common import (
    answer_of,
    busy_is_503,
    forget_first,
    limited,
    session_of,
    stepped_up,
)
from accounts.views.home import LONGEST_HISTORY
from mfaproject.lib import http
from mfaproject.lib.proof import recent_proof, signed_in
from risk import services as risk


@dataclass(frozen=True, slots=True)
class SessionView:
    """One place where the person is signed in."""

    id: str
    label: str
    place: str
    since: datetime
    this: bool


def _places(session: sessions.BrowserSession) -> list[SessionView]:
    rows = list(sessions.of(session.user_id or 0))
    logins = risk.login_views([row.ledger_id for row in rows if row.ledger_id])
    return [
        _place(row, logins.get(row.ledger_id or 0), row.public_id == session.public_id)
        for row in rows
    ]


def _place(row: Session, login: risk.LoginView | None, this: bool) -> SessionView:
    where = (login.place or login.ip or "") if login else ""
    return SessionView(
        row.public_id,
        row.name or (login.browser_label if login else _("A browser")),
        where,
        row.created_at,
        this,
    )


@never_cache
@require_safe
@signed_in
def security(request: HttpRequest) -> HttpResponse:
    """Everything on one page, each row with one action."""
    session = session_of(request)
    user_id = session.user_id or 0
    context = {
        "user": session.user,
        "recent": risk.recent_logins(user_id, limit=5),
        "own": own_factors.of(user_id),
        "email": session.user.email if session.user else "",
        "email_confirmed": bool(session.user and session.user.email_confirmed_at),
        "browsers": risk.browsers(user_id, this=session.browser),
        "sessions": _places(session),
    }
    return render(request, "accounts/security.html", context)


@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
@busy_is_503
@signed_in
def prove(request: HttpRequest) -> HttpResponse:
    """The password once more, then a factor; then back to what was wanted."""
    form = ProveForm(request.POST or None, initial={"next": request.GET.get("next", "")})
    if request.method != "POST" or not form.is_valid():
        return render(
            request, "accounts/prove.html", {"form": form}, status=400 if form.is_bound else 200
        )
    data = form.cleaned_data
    back = http.safe_next(data["next"], reverse("accounts:security"))
    before = cookies.ticket(request)
    match proof.begin(
        arrival(request),
        session_of(request),
        password=data["password"],
        next_url=back,
        before=before,
    ):
        case StepUp() as result:
            return stepped_up(result)
        case Limited(retry_after=seconds):
            return limited(request, "accounts/prove.html", seconds, form=form)
        case Refused():
            form.add_error("password", _("That is not your password."))
            return render(request, "accounts/prove.html", {"form": form}, status=401)


def _done(request: HttpRequest, words: str) -> HttpResponse:
    messages.success(request, words)
    return HttpResponseRedirect(reverse("accounts:security"))


@require_POST
@signed_in
def forget_browser(request: HttpRequest, browser_id: int) -> HttpResponse:
    """One click makes a browser unknown. Taking trust away needs no fresh proof."""
    session = session_of(request)
    if session.user is None or not service.forget_browser(
        session.user, browser_id, arrival(request)
    ):
        raise Http404
    response = _done(request, _("That browser is forgotten. It is asked again next time."))
    if not risk.recognise(cookies.known_browser(request)).knows(session.user.pk):
        forget_first(request, response, session.user.username)
    return response


@require_POST
@signed_in
def end_session(request: HttpRequest, public_id: str) -> HttpResponse:
    """Signs one browser out."""
    if not sessions.end_one(session_of(request).user_id or 0, public_id):
        raise Http404
    return _done(request, _("Signed out there."))


@require_POST
@signed_in
def end_other_sessions(request: HttpRequest) -> HttpResponse:
    """Signs out everywhere but here."""
    sessions.end_others(session_of(request))
    return _done(request, _("Signed out everywhere else."))


def _asked_again(request: HttpRequest, log_id: int) -> HttpResponse:
    """The question about a sign-in of the person's own list."""
    logins = risk.recent_logins(session_of(request).user_id or 0, limit=LONGEST_HISTORY)
    login = next((login for login in logins if login.id == log_id), None)
    if login is None:
        return render(request, "accounts/link_gone.html", status=410)
    return render(
        request,
        "accounts/disavow.html",
        {"login": login},
        status=400 if request.method == "POST" else 200,
    )


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@recent_proof
def disavow_recent(request: HttpRequest, log_id: int) -> HttpResponse:
    """For a sign-in of one's own list. GET asks once more: who had to prove it
    first comes back by GET."""
    session, answer = session_of(request), answer_of(request)
    if not answer:
        return _asked_again(request, log_id)
    if answer == "mine":
        return HttpResponseRedirect(reverse("accounts:security"))
    if session.user is None or not disavowing.recent(session.user, log_id):
        raise Http404
    response = render(request, "accounts/disavow_done.html", {"mine": False})
    cookies.drop_session(response)
    forget_first(request, response, session.user.username)
    return response
