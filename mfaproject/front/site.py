"""What the front must know of Django and of Nod."""

from collections.abc import Iterator
from functools import lru_cache
from typing import Any
from urllib.parse import unquote_to_bytes

from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler
from django.db import close_old_connections
from django.urls import URLResolver, get_resolver
from django.urls.resolvers import RoutePattern
from django.utils.module_loading import import_string

from mfaproject.front import limits
from mfaproject.front.front import Site
from mfaproject.front.messages import Request
from mfaproject.front.refusals import Refusals
from mfaproject.front.threads import Lane
from mfaproject.lib import http, ip_addresses


def site(application: WSGIHandler) -> Site:
    return Site(
        application, lane, whose, patience, Refusals(), http.is_trusted_proxy, close_old_connections
    )


def lane(request: Request) -> Lane:
    """Requests that hash a password have lanes of their own, those of known browsers the first."""
    if request.method != "POST" or _path(request) not in hashing():
        return Lane.USUAL
    return Lane.FIRST if _first()(request) else Lane.HASH


@lru_cache(maxsize=1)
def _first() -> Any:
    """By name: who is known is the business of accounts, which nobody here may import."""
    return import_string(settings.FIRST_IN_LINE)


def whose(request: Request) -> str:
    """The network of the client, behind proxies that we believe as well."""
    forwarded = ",".join(value for name, value in request.fields if name == "x-forwarded-for")
    return ip_addresses.network(http.client_of(request.peer, forwarded))


def patience(request: Request) -> float:
    return limits.REPORT_SECONDS if _path(request).startswith("/admin/") else limits.ANSWER_SECONDS


def _path(request: Request) -> str:
    """As Django will read it: `/logi%6E/` is `/login/`."""
    return unquote_to_bytes(request.path).decode("latin-1")


@lru_cache(maxsize=1)
def hashing() -> frozenset[str]:
    """The paths whose views say `hashes_passwords`."""
    return frozenset(_paths(get_resolver(), "/"))


def _paths(resolver: URLResolver, prefix: str) -> Iterator[str]:
    for each in resolver.url_patterns:
        if not isinstance(each.pattern, RoutePattern) or each.pattern.converters:
            continue
        path = prefix + str(each.pattern)
        if isinstance(each, URLResolver):
            yield from _paths(each, path)
        elif hashes(each.callback):
            yield path


def hashes(view: Any) -> bool:
    """Whether a view, or the class that it is made from, says that it hashes a password."""
    made_from = getattr(view, "cls", None) or getattr(view, "view_class", None)
    return bool(getattr(view, "hashes_passwords", getattr(made_from, "hashes_passwords", False)))
