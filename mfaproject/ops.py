"""What machines ask about us: are you up, can you work, how much did you do."""

import os
import time
from collections.abc import Callable
from contextlib import suppress

from django.conf import settings
from django.core.cache import cache
from django.db import Error, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.module_loading import import_string
from django.views.decorators.http import require_safe
from prometheus_client import (
    CONTENT_TYPE_LATEST,
    REGISTRY,
    CollectorRegistry,
    generate_latest,
    multiprocess,
)

from mfaproject import disk_space, multiprocess_metrics
from mfaproject.lib import bearer, metrics, tokens

METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
RETRY_AFTER = "2"
_NOT_IT: tuple[bearer.Error, str] = ("invalid_token", "This is not METRICS_TOKEN")
_MARK = "ready"


class MetricsMiddleware:
    """Counts and times each answer by method, view and status.

    Our own, because the two of django-prometheus count a dozen things more: 0.11 ms of CPU for each
    request, measured, against 0.015 ms for these two.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        began = time.perf_counter()
        response = self.get_response(request)
        metrics.request_answered(
            _method(request), _view(request), response.status_code, time.perf_counter() - began
        )
        return response


def _method(request: HttpRequest) -> str:
    """A method is whatever the client typed: unknown ones share a label, or
    anybody could make labels without end."""
    return request.method if request.method in METHODS else "other"


def _view(request: HttpRequest) -> str:
    return request.resolver_match.view_name if request.resolver_match else "none"


@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """The process answers. Asks nothing of anybody else: a restart would not
    bring a database back."""
    return HttpResponse("ok\n", content_type="text/plain")


@require_safe
def readyz(request: HttpRequest) -> HttpResponse:
    """Whether sign-ins work: 503 without the database; 200 and "degraded" without what they can do
    without: the cache, a push service."""
    try:
        _ask_database()
        troubles = _troubles()
    except Error:
        return _down("down")
    if disk_space.database_is_full():
        return _down("full")
    parts = {"database": "up", "cache": "up" if _cache_answers() else "down"} | troubles
    return JsonResponse({"status": "ok" if set(parts.values()) == {"up"} else "degraded"} | parts)


def _down(database: str) -> JsonResponse:
    told = {"status": "down", "database": database}
    return JsonResponse(told, status=503, headers={"Retry-After": RETRY_AFTER})


def _troubles() -> dict[str, str]:
    """What is not well besides database and cache, by name."""
    said = {name: str(import_string(path)()) for name, path in settings.READINESS.items()}
    return {name: state for name, state in said.items() if state != "up"}


def _ask_database() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")


def _cache_answers() -> bool:
    mark = tokens.new_id()
    try:
        cache.set(_MARK, mark, 10)
        return bool(cache.get(_MARK) == mark)
    except Exception:  # noqa: BLE001 - whatever the cache raises, it does not answer
        return False


def registry() -> CollectorRegistry:
    """What is counted here, or with several processes in all of them."""
    if multiprocess_metrics.VARIABLE not in os.environ:
        return REGISTRY
    found = CollectorRegistry()
    multiprocess.MultiProcessCollector(found)  # type: ignore[no-untyped-call]
    return found


@require_safe
def export(request: HttpRequest) -> HttpResponse:
    """/metrics, for who has METRICS_TOKEN: numbers tell how many sign in, and
    how often it goes wrong."""
    given = request.headers.get("Authorization", "")
    if not tokens.same(given, f"Bearer {settings.METRICS_TOKEN}"):
        challenge = bearer.challenge(*(_NOT_IT if given.lower().startswith("bearer ") else ()))
        return HttpResponse(
            "Bearer METRICS_TOKEN is needed.\n",
            status=401,
            content_type="text/plain",
            headers={"WWW-Authenticate": challenge},
        )
    _refresh()
    return HttpResponse(generate_latest(registry()), content_type=CONTENT_TYPE_LATEST)


def _refresh() -> None:
    """Some numbers are rows, and another process may have written them. Without a database the
    others are still worth having."""
    with suppress(Error):
        _troubles()
