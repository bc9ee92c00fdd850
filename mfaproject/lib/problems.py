"""One shape for errors of the JSON side: RFC 9457 problem documents with `code`
and `request_id`.
"""

from typing import Any

from django.http import HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from rest_framework import exceptions, status
from rest_framework.response import Response
from rest_framework.views import exception_handler as default_handler

from mfaproject.lib import request_id

CONTENT_TYPE = "application/problem+json"


class Problem(Exception):
    """An expected refusal: HTTP status, machine-readable code, one plain sentence; `retry_after` in
    seconds, extra members by name.

    `challenge`: how to come in, for the header WWW-Authenticate. `allow`: the methods that there
    are.
    """

    def __init__(
        self,
        status_code: int,
        code: str,
        detail: str,
        *,
        retry_after: int | None = None,
        challenge: str = "",
        allow: str = "",
        **members: Any,
    ) -> None:
        super().__init__(code)
        self.status_code, self.code, self.detail, self.members = status_code, code, detail, members
        waits = "" if retry_after is None else str(max(1, retry_after))
        named = {"Retry-After": waits, "WWW-Authenticate": challenge, "Allow": allow}
        self.headers = {name: value for name, value in named.items() if value}


def invalid(errors: dict[str, Any]) -> Problem:
    """400 that names the fields: `errors` has sentences for each."""
    return Problem(400, "bad_request", _("Some fields need another look."), errors=errors)


def document(status_code: int, code: str, detail: str, **members: Any) -> dict[str, Any]:
    """The problem document. `type` is about:blank: the code says what happened,
    the title repeats the status."""
    title = code.replace("_", " ").capitalize()
    told = {
        "type": "about:blank",
        "title": title,
        "status": status_code,
        "detail": detail,
        "code": code,
        "request_id": request_id.current(),
    }
    return told | members


def problem_response(problem: Problem) -> HttpResponse:
    """A Django response, for middleware and error pages."""
    body = document(problem.status_code, problem.code, problem.detail, **problem.members)
    return JsonResponse(
        body, status=problem.status_code, content_type=CONTENT_TYPE, headers=problem.headers
    )


_CODES = {
    status.HTTP_400_BAD_REQUEST: "bad_request",
    status.HTTP_401_UNAUTHORIZED: "unauthorized",
    status.HTTP_403_FORBIDDEN: "access_denied",
    status.HTTP_404_NOT_FOUND: "not_found",
    status.HTTP_405_METHOD_NOT_ALLOWED: "method_not_allowed",
    status.HTTP_413_REQUEST_ENTITY_TOO_LARGE: "payload_too_large",
    status.HTTP_415_UNSUPPORTED_MEDIA_TYPE: "unsupported_media_type",
    status.HTTP_429_TOO_MANY_REQUESTS: "rate_limited",
}


def _by_field(detail: Any) -> Any:
    """Always a dictionary; what belongs to no field stands under ""."""
    return detail if isinstance(detail, dict) else {"": detail}


def _sentence(error: Exception) -> str:
    """REST framework's own, but for the one that says again what the client has
    sent, however long that is."""
    if isinstance(error, exceptions.UnsupportedMediaType):
        return _("A body is JSON here, sent with Content-Type: application/json.")
    return str(getattr(error, "detail", "The request was refused."))


def exception_handler(error: Exception, context: dict[str, Any]) -> Response | None:
    """REST framework's hook: every refusal leaves as a problem document."""
    if isinstance(error, Problem):
        body = document(error.status_code, error.code, error.detail, **error.members)
        return Response(
            body, status=error.status_code, headers=error.headers, content_type=CONTENT_TYPE
        )
    response = default_handler(error, context)
    if response is None:
        return None
    code = _CODES.get(response.status_code, "error")
    if isinstance(error, exceptions.ValidationError):
        response.data = document(
            response.status_code,
            code,
            _("Some fields need another look."),
            errors=_by_field(error.detail),
        )
    else:
        response.data = document(response.status_code, code, _sentence(error))
    response.content_type = CONTENT_TYPE
    return response
