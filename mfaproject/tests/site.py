"""The real addresses, and a few that go wrong on purpose."""

from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.utils.translation import get_language

from mfaproject import urls

handler400, handler403, handler404, handler500 = (
    urls.handler400,
    urls.handler403,
    urls.handler404,
    urls.handler500,
)


def crash(request: HttpRequest) -> HttpResponse:
    raise RuntimeError("something broke")


def forbid(request: HttpRequest) -> HttpResponse:
    raise PermissionDenied


def suspect(request: HttpRequest) -> HttpResponse:
    raise SuspiciousOperation("nonsense")


def lose_database(request: HttpRequest) -> HttpResponse:
    raise OperationalError("connection refused")


def too_large(request: HttpRequest) -> HttpResponse:
    return HttpResponse(str(len(request.body)))


def cached(request: HttpRequest) -> HttpResponse:
    return HttpResponse("keep me", headers={"Cache-Control": "max-age=600"})


def strict(request: HttpRequest) -> HttpResponse:
    return HttpResponse("tell nobody", headers={"Referrer-Policy": "no-referrer"})


def echo(request: HttpRequest) -> HttpResponse:
    answer = HttpResponse(f"cookies: {sorted(request.COOKIES)}; language: {get_language()}")
    answer.set_cookie("crumb", "1")
    return answer


broken = [
    path("crash", crash),
    path("forbid", forbid),
    path("suspect", suspect),
    path("database", lose_database),
    path("large", too_large),
]
urlpatterns = [
    *[path(f"test/{one.pattern}", one.callback) for one in broken],
    *[path(f"v1/test/{one.pattern}", one.callback) for one in broken],
    path("test/cached", cached),
    path("test/strict", strict),
    path("test/echo", echo),
    path("authenticator/test/echo", echo),
    path("authenticator/test/cached", cached),
    path("v1/authenticator/test/echo", echo),
    *urls.urlpatterns,
]
