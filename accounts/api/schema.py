"""The OpenAPI document: what the generator cannot see, and where it is served."""

import json
import re
import threading
from collections.abc import Callable
from functools import lru_cache, wraps
from typing import Any

import yaml
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.generators import SchemaGenerator

from accounts.api import reference
from mfaproject.lib.openapi import EMPTY
from mfaproject.lib.problems import Problem, problem_response

_LINE_END = re.compile(r"(?<!\n)\n(?!\n)")
_REFERENCE = {"reference_id": "$response.body#/reference_id"}
_KEY = {**_REFERENCE, "private_key": "$response.body#/private_key"}
LINKS: dict[tuple[str, str], dict[str, dict[str, str]]] = {
    ("login", "200"): dict.fromkeys(
        ("send_login_email_code", "send_login_phone_code", "send_login_push", "verify_login_push"),
        _REFERENCE,
    ),
    ("step_up", "200"): dict.fromkeys(("send_login_email_code", "send_login_push"), _REFERENCE),
    ("verify_login_email_code", "200"): {"login_with_mfa": _KEY},
    ("verify_login_push", "200"): {"login_with_mfa": _KEY},
}
"""What leads to what: operation and status → next operation and its body. Tools that test by the
schema walk along these."""


class TokenScheme(OpenApiAuthenticationExtension):
    """How a token is sent."""

    target_class = "accounts.api.base.TokenAuthentication"
    name = "token"

    def get_security_definition(self, _auto_schema: Any) -> dict[str, str]:
        return {
            "type": "http",
            "scheme": "bearer",
            "description": "The token of a login. The bare token without `Bearer` is taken too.",
        }


def only_v1(endpoints: list[Any]) -> list[Any]:
    """The endpoints of this document, each path as clients write it."""
    return [
        (path.removesuffix("\\Z"), *rest) for path, *rest in endpoints if path.startswith("/v1/")
    ]


def with_links(result: dict[str, Any], **_hints: Any) -> dict[str, Any]:
    """Adds what leads to what."""
    operations = {
        operation["operationId"]: operation
        for methods in result["paths"].values()
        for operation in methods.values()
    }
    for (source, status), targets in LINKS.items():
        links = {
            name: {"operationId": name, "requestBody": body}
            for name, body in targets.items()
            if name in operations
        }
        operations[source]["responses"][status]["links"] = links
    return result


def said_in_full(result: dict[str, Any], **_hints: Any) -> dict[str, Any]:
    """What the generator leaves unsaid: `security: []` where everybody may call, which tools else
    read as forgotten, and that `{}` must come."""
    for methods in result["paths"].values():
        for operation in methods.values():
            operation.setdefault("security", [])
            body = operation.get("requestBody", {})
            if body and body["content"]["application/json"]["schema"] == EMPTY:
                body["required"] = True
    return result


def in_paragraphs(result: dict[str, Any], **_hints: Any) -> dict[str, Any]:
    """Descriptions come from docstrings, whose lines end where our editors do: a paragraph is one
    line to whoever reads the document."""
    _fold(result)
    return result


def _fold(node: Any) -> None:
    if isinstance(node, list):
        for each in node:
            _fold(each)
    elif isinstance(node, dict):
        if isinstance(node.get("description"), str):
            node["description"] = _LINE_END.sub(" ", node["description"])
        for each in node.values():
            _fold(each)


_one_at_a_time = threading.Lock()
"""The generator loads its parts when it is first used, and two at once find them half loaded."""


def document() -> dict[str, Any]:
    """The document, in English whoever asks."""
    with _one_at_a_time, translation.override("en"):
        found: dict[str, Any] = SchemaGenerator().get_schema(request=None, public=True)
    return found


def as_yaml() -> str:
    """The document as the file in docs/ has it."""
    return yaml.safe_dump(document(), sort_keys=False, allow_unicode=True, width=150)


_kept = lru_cache(maxsize=1)(document)
"""Made once in a process: it says nothing that depends on who asks."""


@lru_cache(maxsize=1)
def _served() -> bytes:
    return json.dumps(_kept(), ensure_ascii=False).encode()


@lru_cache(maxsize=1)
def _shown() -> dict[str, Any]:
    """What the page holds, besides its own words."""
    return {
        "sections": reference.sections(_kept(), settings.PUBLIC_ORIGIN),
        "problem": reference.a_refusal(_kept()),
    }


def _read_only(
    view: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """A wrong method is told so as everywhere below /v1. It changes nothing, so nobody has to show
    where a form came from."""

    @csrf_exempt
    @wraps(view)
    def guarded(request: HttpRequest) -> HttpResponse:
        if request.method in ("GET", "HEAD"):
            return view(request)
        detail = _("This address is only read.")
        return problem_response(Problem(405, "method_not_allowed", detail, allow="GET, HEAD"))

    return guarded


@_read_only
def schema(request: HttpRequest) -> HttpResponse:
    """The document."""
    return HttpResponse(_served(), content_type="application/vnd.oai.openapi+json")


@_read_only
def docs(request: HttpRequest) -> HttpResponse:
    """The document to look at: a page like all others, which needs no script."""
    return render(request, "accounts/api_docs.html", _shown())
