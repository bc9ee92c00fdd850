"""What several views do alike: answers for being let in, for the end of a
journey, and for limits.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.middleware.csrf import rotate_token
from django.shortcuts import render
from django.urls import reverse

from accounts import cookies, sessions
from accounts.journey import Admitted, Over, StepUp
from accounts.services import passwords, priority_cookie, step_up
from mfa.services import challenges
from mfaproject.lib import http, unavailable

View = Callable[..., HttpResponseBase]


def session_of(request: HttpRequest) -> sessions.BrowserSession:
    """The session the middleware attached, with its type."""
    return request.session  # type: ignore[return-value]


def answer_of(request: HttpRequest) -> str:
    """The one answer that was pressed, "mine" or "not_me"; "" for none, another or several.

    Then nothing happens, and the page asks again.
    """
    given = request.POST.getlist("answer")
    return given[0] if given in (["mine"], ["not_me"]) else ""


def admitted(request: HttpRequest, result: Admitted) -> HttpResponse:
    """In: the new session's cookie, the known browser's, a new CSRF secret, and on to where the
    person wanted to go."""
    if not result.renewed:
        sessions.end(session_of(request))
    rotate_token(request)
    response = HttpResponseRedirect(http.safe_next(result.next_url))
    sessions.set_cookie(response, result.session_key)
    cookies.set_known_browser(response, result.browser_cookie)
    if result.known_as:
        _set_first(response, priority_cookie.remembered(cookies.first(request), result.known_as))
    cookies.drop_ticket(response)
    return response


def forget_first(request: HttpRequest, response: HttpResponse, username: str) -> None:
    """This browser is not known to that person any more: it stands in line like everybody."""
    if before := cookies.first(request):
        _set_first(response, priority_cookie.forgotten(before, username))


def _set_first(response: HttpResponse, value: str) -> None:
    cookies.set_first(response, value, priority_cookie.GOOD_FOR * 86_400)


def stepped_up(result: StepUp) -> HttpResponse:
    """On to the question, the journey in its cookie."""
    response = HttpResponseRedirect(
        reverse("accounts:wait" if step_up.is_waited_for(result.way) else "accounts:code")
    )
    if not result.kept:
        cookies.set_ticket(response, result.ticket)
    return response


def over(request: HttpRequest, end: Over, **context: Any) -> HttpResponse:
    """The journey's end. An unknown browser reads one sentence for a denial, "not me" and a wrong
    number.

    Who comes back to a page of a sign-in that went well, by "back" or in another tab, is told so.
    """
    if (
        end.why == "gone"
        and session_of(request).user is not None
        and cookies.ticket(request) is None
    ):
        return render(request, "accounts/signed_in.html")
    no = end.why in challenges.REFUSALS
    status = 403 if no else 200 if end.why == "expired" else 410
    shown = {
        "why": "denied" if no else end.why,
        "reason": end.why if no and end.known else "",
        "known": end.known,
    }
    return render(request, "accounts/wait_over.html", context | shown, status=status)


def limited(request: HttpRequest, template: str, wait: int, /, **context: Any) -> HttpResponse:
    """429 with Retry-After, on the page where it happened. The page says the wait too, unless the
    context has another `retry_after`."""
    response = render(request, template, {"retry_after": wait, **context}, status=429)
    response["Retry-After"] = str(max(1, wait))
    return response


def busy_is_503(view: View) -> View:
    """All cores are hashing: 503 with Retry-After, said kindly, and what was typed is kept."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            return view(request, *args, **kwargs)
        except passwords.Busy:
            return unavailable.answer(request, unavailable.BUSY)

    # The front gives such requests lanes of their own.
    guarded.hashes_passwords = True  # type: ignore[attr-defined]
    return guarded
