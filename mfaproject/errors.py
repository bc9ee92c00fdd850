"""What people and programs see when something went wrong: a kind page with the request's id, or a
problem document under /v1/.
"""

import logging
import sys

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse
from django.template import TemplateDoesNotExist, TemplateSyntaxError
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _

from mfaproject import disk_space
from mfaproject.lib import cors, http, request_id, unavailable
from mfaproject.lib.breaker import Breaker
from mfaproject.lib.database_faults import is_database_fault
from mfaproject.lib.problems import Problem, problem_response

log = logging.getLogger("nod.errors")

_scanned = Breaker(60.0)
_PROBLEMS = {
    400: ("bad_request", "The request could not be understood."),
    403: ("access_denied", "This is not allowed."),
    404: ("not_found", "There is nothing here."),
    405: ("method_not_allowed", "This method is not served here."),
    408: ("request_timeout", "The request took too long to arrive."),
    413: ("payload_too_large", "The request is too large."),
    414: ("uri_too_long", "The address of the request is too long."),
    417: ("expectation_failed", "Nothing but 100-continue may be expected."),
    431: ("headers_too_large", "The headers of the request are too large."),
    500: ("error", "Something went wrong on our side."),
    505: ("version_not_supported", "HTTP/1.0 and HTTP/1.1 are spoken here."),
}
_BARE = (
    "<!doctype html><html lang=en><meta charset=utf-8><title>Something went"
    " wrong</title><h1>Something went wrong</h1><p>Please try again. {id}</p>"
)


def is_api(path: str) -> bool:
    """Where programs ask, the address itself included."""
    return f"{path}/".startswith("/v1/")


def answer(request: HttpRequest, status: int, *, csrf: bool = False) -> HttpResponse:
    """The page or document for a status. Nothing here asks the database: it may
    be what is broken."""
    if status == 503:
        return unavailable.answer(request, unavailable.AWAY)
    if is_api(request.path):
        code, detail = _PROBLEMS[status]
        return cors.tell(request, problem_response(Problem(status, code, detail)))
    return HttpResponse(_page(status, csrf=csrf), status=status)


def _page(status: int, *, csrf: bool) -> str:
    # Without the request, so that no context processor looks for the user: that would ask the
    # database.
    try:
        return render_to_string(
            "error.html", {"status": status, "csrf": csrf, "request_id": request_id.current()}
        )
    except (TemplateDoesNotExist, TemplateSyntaxError):
        log.exception("the error page itself is broken")
        return _BARE.format(id=request_id.current())


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return answer(request, 413 if isinstance(exception, RequestDataTooBig) else 400)


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    return answer(request, 403)


def wrong_host(request: HttpRequest) -> HttpResponse:
    """400 for a Host that is none of ours, with the address that is. Scanners ask for many: one
    line a minute is told of them."""
    if not _scanned.open:
        _scanned.trip()
        host = http.clean(request.META.get("HTTP_HOST", ""), 100)
        log.warning(
            "a host that is none of ours was asked for; set EXTRA_HOSTS if it is",
            extra={"host": host, "path": request.path[:100]},
        )
    if request.path.startswith("/v1/"):
        return problem_response(
            Problem(400, "bad_request", f"This site is at {settings.PUBLIC_ORIGIN}.")
        )
    with translation.override(translation.get_language_from_request(request)):
        told = {
            "title": _("Wrong address"),
            "words": _("This server answers under another name."),
            "origin": settings.PUBLIC_ORIGIN,
        }
        return HttpResponse(
            render_to_string(
                "error.html", told | {"status": 400, "request_id": request_id.current()}
            ),
            status=400,
        )


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return answer(request, 404)


def server_error(request: HttpRequest) -> HttpResponse:
    """Django calls this while it handles the exception. A database fault inside a middleware comes
    by here and not by the middleware's hook."""
    fault = sys.exc_info()[1]
    return database_fault(request, fault) if is_database_fault(fault) else answer(request, 500)


def database_fault(request: HttpRequest, fault: BaseException | None) -> HttpResponse:
    """503, and a disk that is full is remembered for `/readyz`."""
    disk_space.note(fault)
    return unavailable.after_fault(request, fault)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form from another site, or, nearly always, one that lay open for too long."""
    log.warning("a form was refused", extra={"reason": reason, "path": request.path})
    return answer(request, 403, csrf=True)
