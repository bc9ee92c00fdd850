"""Who is asking, and whether the proof they gave is enough to go on."""

from collections.abc import Callable

from django.contrib.auth import middleware as auth
from django.contrib.auth.models import AnonymousUser
from django.contrib.sessions import middleware as sessions_middleware
from django.db import Error
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.cache import patch_vary_headers

from accounts import cookies, sessions
from mfaproject import errors
from mfaproject.lib.database_faults import is_database_fault

ENROLMENT_PATHS = ("/security/authenticators/", "/logout/", "/static/", "/help/")
"""All that a staff account without strong factor reaches."""


class SessionMiddleware(sessions_middleware.SessionMiddleware):
    """Reads the session's row; sets no cookie by itself: the views that open
    and end sessions do."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.answer = self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        read = self.applies(request)
        try:
            found = sessions.load(cookies.session(request)) if read else sessions.BrowserSession()
        except (
            Error
        ) as fault:  # here, because it is here that a database which is away is noticed first
            if not is_database_fault(fault):
                raise
            return errors.database_fault(request, fault)
        sessions.attach(request, found)
        response = self.answer(request)
        if read and cookies.session(request):
            patch_vary_headers(response, ("Cookie",))
        return response

    @staticmethod
    def applies(request: HttpRequest) -> bool:
        """The API never reads the session cookie, nor does the authenticator, nor what programs
        look for on every site."""
        return not request.path.startswith(
            (
                "/v1/",
                "/authenticator/",
                "/static/",
                "/.well-known/",
                "/healthz",
                "/readyz",
                "/metrics",
            )
        )


class AuthenticationMiddleware(auth.AuthenticationMiddleware):
    """`request.user` from the row that is already there."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.answer = self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.user = request.session.user or AnonymousUser()  # type: ignore[attr-defined]
        return self.answer(request)


class ProofGateMiddleware:
    """A session from an enrolment link, and a staff session without strong proof, lead to one
    place: adding a strong factor."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        session: sessions.BrowserSession = request.session  # type: ignore[assignment]
        if session.is_confined and not request.path.startswith(ENROLMENT_PATHS):
            return HttpResponseRedirect(reverse("authenticator:add"))
        return self.get_response(request)
