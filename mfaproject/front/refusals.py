"""Answers for which Django is not asked: `/healthz`, bad requests, and "not now".

They look like every other answer of Nod: words, headers, policy, request id, metrics. A page is
rendered once for each language and kept: it is needed when there is no time to spare.
"""

from collections.abc import Callable
from http.cookies import CookieError, SimpleCookie

from django.conf import settings
from django.http import HttpRequest
from django.utils import translation

from mfaproject import errors, middleware, ops
from mfaproject.front.front import Answer
from mfaproject.front.messages import Fields, Request
from mfaproject.lib import metrics, request_id, tokens

_ID = "request-id-goes-here"
_HTML = "text/html; charset=utf-8"


class Refusals:
    """Called with a status, the request as far as it was read, and whether its work was begun."""

    def __init__(self) -> None:
        self._pages: dict[tuple[int, str, bool, bool], bytes] = {}

    def __call__(self, status: int, request: Request | None, begun: bool) -> Answer:
        path = request.path.decode("latin-1") if request else "/"
        if path == "/healthz":
            fields, body = _plain(status)
        else:
            fields, body = self._said(status, path, _language(request), begun=begun)
        fields = fields + _usual(path)
        if status == 503:
            fields.append(("retry-after", str(errors.RETRY_AFTER)))
        known = request.method if request and request.method in ops.METHODS else "other"
        metrics.request_answered(known, "front", status, 0.0)
        return Answer(status, fields, body)

    def _said(self, status: int, path: str, language: str, *, begun: bool) -> tuple[Fields, bytes]:
        is_problem, request = path.startswith("/v1/"), tokens.new_id()
        key = (status, language, begun, is_problem)
        body = self._pages.get(key)
        if body is None:
            body = self._pages[key] = _rendered(status, language, begun=begun, problem=is_problem)
        kind = errors.PROBLEM if is_problem else _HTML
        fields = [("content-type", kind), ("content-language", language), ("x-request-id", request)]
        return fields, body.replace(_ID.encode(), request.encode())


def _plain(status: int) -> tuple[Fields, bytes]:
    return [("content-type", "text/plain")], b"ok\n" if status == 200 else b"ending\n"


def _rendered(status: int, language: str, *, begun: bool, problem: bool) -> bytes:
    make: Callable[..., bytes] = errors.problem if problem else errors.page
    with translation.override(language), request_id.given(_ID):
        return make(status, begun=begun)


def _usual(path: str) -> Fields:
    """What `HeadersMiddleware` would have said."""
    fields = [(name.lower(), value) for name, value in middleware.HEADERS.items()]
    fields += [("content-security-policy", middleware.policy(path)), ("cache-control", "no-store")]
    if settings.SECURE_HSTS_SECONDS:
        fields.append(("strict-transport-security", middleware.hsts()))
    return fields


def _language(request: Request | None) -> str:
    """As `LanguageMiddleware` would have chosen."""
    asked = HttpRequest()
    if request is not None:
        asked.META["HTTP_ACCEPT_LANGUAGE"] = request.field("accept-language")
        try:
            cookies = SimpleCookie(request.field("cookie"))
        except CookieError:
            cookies = SimpleCookie()
        name = settings.LANGUAGE_COOKIE_NAME
        asked.COOKIES = {name: cookies[name].value} if name in cookies else {}
    return translation.get_language_from_request(asked)
