"""Which of the requests that wait for a hash comes first: those of browsers that are known for the
name typed. Judged before Django is asked, on the front's loop: no database, and little time."""

import json
from contextlib import suppress
from http.cookies import CookieError, SimpleCookie
from urllib.parse import parse_qs

from django.conf import settings

from accounts.services.priority_cookie import is_first
from mfaproject.front.messages import Request

LONGEST = 4096
"""Bytes of a body that is looked at: a name and a password are shorter."""


def goes_first(request: Request) -> bool:
    """It only orders a queue: nobody is let in by it."""
    cookie = _cookie(request)
    return bool(cookie) and is_first(cookie, _name(request))


def _cookie(request: Request) -> str:
    with suppress(CookieError):
        for said in (value for name, value in request.fields if name == "cookie"):
            found = SimpleCookie(said).get(settings.FIRST_COOKIE_NAME)
            if found is not None:
                return found.value
    return ""


def _name(request: Request) -> str:
    """What was typed as a name, in a form or in JSON; "" for anything else."""
    if len(request.body) > LONGEST:
        return ""
    text = request.body.decode(errors="replace")
    if request.field("content-type").startswith("application/json"):
        return _name_in(text)
    with suppress(ValueError):
        return parse_qs(text, max_num_fields=20).get("username", [""])[-1]  # as Django does
    return ""


def _name_in(document: str) -> str:
    with suppress(ValueError, RecursionError):
        found = json.loads(document)
        name = found.get("username") if isinstance(found, dict) else ""
        return name if isinstance(name, str) else ""
    return ""
