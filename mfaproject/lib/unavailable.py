"""503: what is told when something could not be done, and how nothing that was
typed is lost by it.
"""

import logging
import re
from dataclasses import dataclass

from django.core.exceptions import SuspiciousOperation
from django.http import HttpRequest, HttpResponse
from django.http.multipartparser import MultiPartParserError
from django.http.request import RawPostDataException, UnreadablePostError
from django.middleware.csrf import get_token
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.cache import patch_vary_headers
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework.authentication import CSRFCheck

from mfaproject.lib import cors, deadlines, http, request_id
from mfaproject.lib.database_faults import CommitUnknown
from mfaproject.lib.problems import Problem, problem_response

log = logging.getLogger("nod.errors")

SAFE = ("GET", "HEAD", "OPTIONS", "TRACE")


@dataclass(frozen=True, slots=True)
class Why:
    """Why something could not be done, in a page and in a document, and the
    seconds until the next try."""

    title: Promise
    words: Promise
    code: str
    detail: Promise
    after: int


AWAY = Why(
    gettext_lazy("One moment, please"),
    gettext_lazy(
        "The service is busy or starting. Nothing was changed. Try again in a few seconds."
    ),
    "unavailable",
    gettext_lazy("This does not work right now, and nothing was changed. Try again in a moment."),
    after=2,
)
BUSY = Why(
    gettext_lazy("Very busy right now"),
    gettext_lazy("Many people are signing in. Try again in a few seconds."),
    "unavailable",
    gettext_lazy("Many people are signing in. Try again in a few seconds."),
    after=3,
)
UNKNOWN = Why(
    gettext_lazy("We cannot say whether this went through"),
    gettext_lazy(
        "Our database did not answer in time. Look whether it happened before you try again."
    ),
    "outcome_unknown",
    gettext_lazy(
        "We cannot say whether this went through. Look whether it happened before you try again."
    ),
    after=2,
)


def after_fault(request: HttpRequest, fault: BaseException | None) -> HttpResponse:
    """Nobody gets in, nothing is lost, and nothing is called undone that may have been done."""
    unknown = isinstance(fault, CommitUnknown) or _changed_something(request)
    said = "nobody can say what was kept" if unknown else "the database does not answer"
    log.error(said, extra={"reason": str(fault), "path": request.path})
    return answer(request, UNKNOWN if unknown else AWAY)


def _changed_something(request: HttpRequest) -> bool:
    """Whether a part of what was wanted was done before the database fell silent."""
    budget = deadlines.current()
    return budget is not None and budget.changed and request.method not in SAFE


def answer(request: HttpRequest, why: Why) -> HttpResponse:
    """The page or document, in the language of whoever asked. Nothing here asks the database."""
    language = http.language(request)
    with translation.override(language):
        response = (
            _document(request, why) if request.path.startswith("/v1/") else _page(request, why)
        )
    response["Retry-After"] = str(why.after)
    response["Content-Language"] = language
    patch_vary_headers(response, ("Accept-Language",))
    return response


def _document(request: HttpRequest, why: Why) -> HttpResponse:
    return cors.tell(request, problem_response(Problem(503, why.code, str(why.detail))))


def _page(request: HttpRequest, why: Why) -> HttpResponse:
    # Without the request, so that no context processor looks for the user: that would ask the
    # database.
    context = {
        "status": 503,
        "title": why.title,
        "words": why.words,
        "again": _again(request),
        "unknown": why is UNKNOWN,
        # By GET a page of the admin shows what is there now; elsewhere the first page does.
        "look": "" if request.path.startswith("/admin/") else "/",
        "request_id": request_id.current(),
    }
    return HttpResponse(render_to_string("error.html", context), status=503)


# What was typed

_FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")
_SECRET = re.compile(r"pass|code|number|token|secret|key|otp|pin$", re.IGNORECASE)
_TOKEN = "csrfmiddlewaretoken"  # noqa: S105 - a name


@dataclass(frozen=True, slots=True)
class Field:
    """A secret that has to be typed once more: it is nowhere in the page."""

    name: str
    label: str
    kind: str
    autocomplete: str
    inputmode: str = "text"


@dataclass(frozen=True, slots=True)
class Again:
    """What is sent when somebody presses "Try again": what was typed before,
    and what is asked for now."""

    csrf: str
    kept: list[tuple[str, str]]
    asked: list[Field]


def _again(request: HttpRequest) -> Again | None:
    """None where nothing was sent, or what was sent is no form of ours."""
    if request.method != "POST" or request.content_type not in _FORMS:
        return None
    try:
        fields = list(request.POST.lists())
        if request.FILES or not _is_ours(request):
            return None
    except (SuspiciousOperation, MultiPartParserError, RawPostDataException, UnreadablePostError):
        return None
    kept = [
        (name, str(value))
        for name, values in fields
        for value in values
        if name != _TOKEN and not _SECRET.search(name)
    ]
    asked = [_field(name) for name, _values in fields if name != _TOKEN and _SECRET.search(name)]
    return Again(get_token(request), kept, asked)


def _is_ours(request: HttpRequest) -> bool:
    """Whether it came from a page of ours: else this one would lend its own
    token to a form of somebody else."""
    guard = CSRFCheck(lambda _request: HttpResponse())  # as Django's, without a page of its own
    guard.process_request(request)
    return guard.process_view(request, answer, (), {}) is None


def _field(name: str) -> Field:
    words = name.replace("_", " ").strip().capitalize()
    if "pass" in name.lower():
        label = _("Password") if name == "password" else words
        return Field(name, label, "password", "current-password")
    if "code" in name.lower():
        return Field(name, _("Code") if name == "code" else words, "text", "one-time-code")
    return Field(name, words, "text", "off", "numeric" if "number" in name.lower() else "text")
