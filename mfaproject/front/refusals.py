"""Answers for which Django is not asked: `/healthz`, bad requests, and "not now".

They are made as Django makes them: words, headers, policy, request id, metrics. One that says the
same to everybody is made once and kept, because it is needed when there is no time to spare; one
that gives back what was typed into a form is made for its reader, while there are not too many.
"""

from collections.abc import Callable
from dataclasses import dataclass
from time import monotonic

from django.core.handlers.wsgi import WSGIRequest
from django.http import HttpRequest, HttpResponse
from django.utils import translation

from mfaproject import errors, middleware, ops
from mfaproject.front.front import Answer
from mfaproject.front.messages import Request, environ
from mfaproject.lib import http, metrics, request_id, tokens, unavailable

_ID = "request-id-goes-here"
MADE_A_SECOND = 100
"""Answers that are made for one reader: each takes the loop a few milliseconds."""

HEALTH = b"/healthz"
Made = tuple[int, list[tuple[str, str]], bytes]
Say = Callable[[HttpRequest], HttpResponse]


@dataclass(frozen=True, slots=True)
class Key:
    """What the words and headers of an answer that is kept depend on."""

    status: int
    begun: bool
    language: str
    is_document: bool
    policy: str


class Refusals:
    """Called with a status, the request as far as it was read, and whether its work was begun."""

    def __init__(self) -> None:
        self._kept: dict[Key, Made] = {}
        self._second, self._made = 0, 0

    def __call__(self, status: int, request: Request | None, begun: bool) -> Answer:
        method = request.method if request and request.method in ops.METHODS else "other"
        metrics.request_answered(method, "front", status, 0.0)
        if request is not None and request.path == HEALTH:
            key = Key(status, begun=False, language="", is_document=False, policy="")
            return self._named(self._keep(HEALTH, lambda _asked: _health(status), key))
        asked = WSGIRequest(environ(request or _nobody(b"/")))
        said = _said(status, begun=begun)
        if self._is_made_for_one(status, asked):
            return Answer(*_made(asked, said, tokens.new_id()))
        path = asked.path.encode()
        return self._named(self._keep(path, said, _key(asked, status, begun=begun)))

    def _is_made_for_one(self, status: int, asked: HttpRequest) -> bool:
        """A form that was posted, or a page of another site that may read the answer."""
        if not (status == 503 and asked.method == "POST") and "HTTP_ORIGIN" not in asked.META:
            return False
        if int(monotonic()) != self._second:
            self._second, self._made = int(monotonic()), 0
        self._made += 1
        return self._made <= MADE_A_SECOND

    def _keep(self, path: bytes, said: Say, key: Key) -> Made:
        found = self._kept.get(key)
        if found is None:
            bare = WSGIRequest(environ(_nobody(path)))
            bare.META["HTTP_ACCEPT_LANGUAGE"] = key.language
            found = self._kept[key] = _made(bare, said, _ID)
        return found

    @staticmethod
    def _named(kept: Made) -> Answer:
        status, fields, body = kept
        name = tokens.new_id()
        named = [(field, name if value == _ID else value) for field, value in fields]
        return Answer(status, named, body.replace(_ID.encode(), name.encode()))


def _nobody(path: bytes) -> Request:
    """A request of which nothing is known."""
    return Request("GET", path, b"", "1.1", [], "", ("localhost", 80), "http", 0.0, False)


def _key(asked: HttpRequest, status: int, *, begun: bool) -> Key:
    is_document = asked.path.startswith("/v1/")
    policy = middleware.policy(asked.path)
    return Key(status, begun, http.language(asked), is_document, policy)


def _said(status: int, *, begun: bool) -> Say:
    if status == 503:
        why = unavailable.UNKNOWN if begun else unavailable.AWAY
        return lambda asked: unavailable.answer(asked, why)
    return lambda asked: _error(asked, status)


def _error(asked: HttpRequest, status: int) -> HttpResponse:
    language = http.language(asked)
    with translation.override(language):
        response = errors.answer(asked, status)
    response["Content-Language"] = language
    return response


def _health(status: int) -> HttpResponse:
    word = "ok\n" if status == 200 else "ending\n"
    return HttpResponse(word, status=status, content_type="text/plain")


def _made(asked: HttpRequest, said: Say, name: str) -> Made:
    """What `said` says, with what is the same for every answer."""
    with request_id.given(name):
        response = middleware.HeadersMiddleware(said)(asked)
    response["X-Request-ID"] = name
    cookies = [("Set-Cookie", each.OutputString()) for each in response.cookies.values()]
    return response.status_code, [*response.items(), *cookies], response.content
