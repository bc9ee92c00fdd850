"""What several views do alike: answers for being let in, for the end of a journey, and for limits."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.middleware.csrf import rotate_token
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts import cookies, sessions
from accounts.journey import Admitted, Over, StepUp
from accounts.services import passwords, questions
from mfaproject.lib import http

View = Callable[..., HttpResponseBase]


def session_of(request: HttpRequest) -> sessions.BrowserSession:
    """The session the middleware attached, with its type."""
    return request.session  # type: ignore[return-value]


def admitted(request: HttpRequest, result: Admitted) -> HttpResponse:
    """In: the new session's cookie, the known browser's, a new CSRF secret, and on to where the person wanted to go."""
    if not result.renewed:
        sessions.end(session_of(request))
    rotate_token(request)
    response = HttpResponseRedirect(http.safe_next(result.next_url))
    sessions.set_cookie(response, result.session_key)
    cookies.set_known_browser(response, result.browser_cookie)
    cookies.drop_ticket(response)
    return response


def stepped_up(result: StepUp) -> HttpResponse:
    """On to the question, the journey in its cookie."""
    response = HttpResponseRedirect(reverse("accounts:wait" if result.way in ("push", "none") else "accounts:code"))
    cookies.set_ticket(response, result.ticket)
    return response


def over(request: HttpRequest, end: Over, **context: Any) -> HttpResponse:
    """The journey's end. An unknown browser reads one sentence for a denial, "not me" and a wrong number.

    Who comes back to a page of a sign-in that went well, by "back" or in another tab, is told so.
    """
    if end.why == "gone" and session_of(request).user is not None and cookies.ticket(request) is None:
        return render(request, "accounts/signed_in.html")
    no = end.why in questions.NOES
    status = 403 if no else 200 if end.why == "expired" else 410
    shown = {"why": "denied" if no else end.why, "reason": end.why if no and end.known else "", "known": end.known}
    return render(request, "accounts/wait_over.html", context | shown, status=status)


def limited(request: HttpRequest, template: str, retry_after: int, **context: Any) -> HttpResponse:
    """429 with Retry-After, on the page where it happened."""
    response = render(request, template, {"retry_after": retry_after, **context}, status=429)
    response["Retry-After"] = str(max(1, retry_after))
    return response


def busy_is_503(view: View) -> View:
    """All cores are hashing: 503 with Retry-After, said kindly."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            return view(request, *args, **kwargs)
        except passwords.Busy:
            context = {"status": 503, "title": _("Very busy right now"), "words": _("Many people are signing in. Try again in a few seconds.")}
            response = render(request, "error.html", context, status=503)
            response["Retry-After"] = "3"
            return response

    return guarded
