"""Our cookies, all alike: `__Host-` and Secure exactly when the site is https, HttpOnly,
SameSite=Lax, path /.
"""

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from accounts.journey import Ticket

KNOWN_BROWSER_AGE = 400 * 86_400  # the longest that browsers keep a cookie
TICKET_AGE = 24 * 3_600


def _set(response: HttpResponse, name: str, value: str, max_age: int) -> None:
    response.set_cookie(
        name,
        value,
        max_age=max_age,
        path="/",
        secure=settings.IS_HTTPS,
        httponly=True,
        samesite="Lax",
    )


def _drop(response: HttpResponse, name: str) -> None:
    response.set_cookie(
        name, "", max_age=0, path="/", secure=settings.IS_HTTPS, httponly=True, samesite="Lax"
    )


def session(request: HttpRequest) -> str | None:
    return request.COOKIES.get(settings.SESSION_COOKIE_NAME)


def set_session(response: HttpResponse, key: str, max_age: int) -> None:
    _set(response, settings.SESSION_COOKIE_NAME, key, max_age)


def drop_session(response: HttpResponse) -> None:
    _drop(response, settings.SESSION_COOKIE_NAME)


def known_browser(request: HttpRequest) -> str | None:
    return request.COOKIES.get(settings.KNOWN_BROWSER_COOKIE_NAME)


def set_known_browser(response: HttpResponse, value: str | None) -> None:
    """None leaves the cookie alone: another tab has just been given the newer one."""
    if value is not None:
        _set(response, settings.KNOWN_BROWSER_COOKIE_NAME, value, KNOWN_BROWSER_AGE)


def first(request: HttpRequest) -> str:
    """For whom this browser goes first: see `services.first_in_line`. "" where it says nothing."""
    return request.COOKIES.get(settings.FIRST_COOKIE_NAME, "")


def set_first(response: HttpResponse, value: str, max_age: int) -> None:
    _set(response, settings.FIRST_COOKIE_NAME, value, max_age if value else 0)


def ticket(request: HttpRequest) -> Ticket | None:
    """The journey this browser is on, if it says so in the right shape."""
    reference, dot, binding = request.COOKIES.get(settings.LOGIN_COOKIE_NAME, "").partition(".")
    return Ticket(reference, binding) if dot and len(reference) == len(binding) == 43 else None


def set_ticket(response: HttpResponse, value: Ticket) -> None:
    _set(response, settings.LOGIN_COOKIE_NAME, f"{value.reference}.{value.binding}", TICKET_AGE)


def drop_ticket(response: HttpResponse) -> None:
    _drop(response, settings.LOGIN_COOKIE_NAME)


def link(request: HttpRequest, purpose: str) -> str:
    """The token of a mailed link of this purpose that this browser opened, "" if none."""
    kind, _dot, token = request.COOKIES.get(settings.LINK_COOKIE_NAME, "").partition(".")
    return token if kind == purpose else ""


def set_link(response: HttpResponse, purpose: str, token: str) -> None:
    """Takes the token out of the address bar: no history, referrer or log keeps it."""
    _set(response, settings.LINK_COOKIE_NAME, f"{purpose}.{token}", 3_600)


def drop_link(response: HttpResponse) -> None:
    _drop(response, settings.LINK_COOKIE_NAME)
