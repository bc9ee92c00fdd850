"""One id per request, from the first log line to the ledger row and the answer's `X-Request-ID`."""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from django.http import HttpRequest, HttpResponse

from mfaproject.lib import tokens

_current: ContextVar[str] = ContextVar("request_id", default="-")


def current() -> str:
    """The id of the request being answered, "-" outside one."""
    return _current.get()


@contextmanager
def given(name: str) -> Iterator[None]:
    """Inside the block this is the id."""
    token = _current.set(name)
    try:
        yield
    finally:
        _current.reset(token)


class RequestIDMiddleware:
    """Always our own id: one that a client sends could forge or split log lines."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with given(tokens.new_id()):
            response = self.get_response(request)
            response["X-Request-ID"] = current()
            return response


class RequestIDFilter(logging.Filter):
    """Puts the id on every record, for the formatter."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.request_id = current()
        return True
