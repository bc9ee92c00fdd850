"""Pages of other sites that may call the API from a browser: none, unless API_CORS_ORIGINS names
them. Cookies never go along.
"""

from collections.abc import Iterable
from typing import TypeVar

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_vary_headers
from rest_framework.request import Request

Answer = TypeVar("Answer", bound=HttpResponse)

SENT = "Authorization, Content-Type, Prefer, X-Device-ID"
SEEN = "Preference-Applied, X-Request-ID, Retry-After, WWW-Authenticate"
DAY = 86_400


def allows(request: Request | HttpRequest) -> bool:
    """Whether the page that asks is one of those."""
    return request.headers.get("Origin", "") in settings.API_CORS_ORIGINS


def preflight(methods: Iterable[str]) -> dict[str, str]:
    """What such a page may send."""
    return {
        "Access-Control-Allow-Methods": ", ".join(methods),
        "Access-Control-Allow-Headers": SENT,
        "Access-Control-Max-Age": str(DAY),
    }


def tell(request: Request | HttpRequest, response: Answer) -> Answer:
    """Lets the page read the answer. Without the setting answers say nothing about origins."""
    if settings.API_CORS_ORIGINS:
        patch_vary_headers(response, ("Origin",))
        if allows(request):
            response["Access-Control-Allow-Origin"] = request.headers["Origin"]
            response["Access-Control-Expose-Headers"] = SEEN
    return response
