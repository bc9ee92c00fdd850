"""The OpenAPI document: what the generator cannot see, and where it is served."""

import json
from functools import lru_cache
from typing import Any

import yaml
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.generators import SchemaGenerator

_REFERENCE = {"reference_id": "$response.body#/reference_id"}
_KEY = {**_REFERENCE, "private_key": "$response.body#/private_key"}
LINKS: dict[tuple[str, str], dict[str, dict[str, str]]] = {
    ("login", "200"): dict.fromkeys(("send_login_email_code", "send_login_phone_code", "send_login_push", "verify_login_push"), _REFERENCE),
    ("step_up", "200"): dict.fromkeys(("send_login_email_code", "send_login_push"), _REFERENCE),
    ("verify_login_email_code", "200"): {"login_with_mfa": _KEY},
    ("verify_login_push", "200"): {"login_with_mfa": _KEY},
}
"""What leads to what: operation and status → next operation and its body. Tools that test by the schema walk along these."""


class TokenScheme(OpenApiAuthenticationExtension):
    """How a token is sent."""

    target_class = "accounts.api.base.TokenAuthentication"
    name = "token"

    def get_security_definition(self, _auto_schema: Any) -> dict[str, str]:
        return {"type": "http", "scheme": "bearer", "description": "The token of a login. The bare token without `Bearer` is taken too."}


def only_v1(endpoints: list[Any]) -> list[Any]:
    """The endpoints of this document, each path as clients write it."""
    return [(path.removesuffix("\\Z"), *rest) for path, *rest in endpoints if path.startswith("/v1/")]


def with_links(result: dict[str, Any], **_hints: Any) -> dict[str, Any]:
    """Adds what leads to what."""
    operations = {operation["operationId"]: operation for methods in result["paths"].values() for operation in methods.values()}
    for (source, status), targets in LINKS.items():
        links = {name: {"operationId": name, "requestBody": body} for name, body in targets.items() if name in operations}
        operations[source]["responses"][status]["links"] = links
    return result


def document() -> dict[str, Any]:
    """The document, in English whoever asks."""
    with translation.override("en"):
        found: dict[str, Any] = SchemaGenerator().get_schema(request=None, public=True)
    return found


def as_yaml() -> str:
    """The document as the file in docs/ has it."""
    return yaml.safe_dump(document(), sort_keys=False, allow_unicode=True, width=150)


@lru_cache(maxsize=1)
def _served() -> bytes:
    return json.dumps(document(), ensure_ascii=False).encode()


@csrf_exempt  # it changes nothing, and a wrong method is told so
@require_safe
def schema(request: HttpRequest) -> HttpResponse:
    """The document. Made once in a process: it says nothing that depends on who asks."""
    return HttpResponse(_served(), content_type="application/vnd.oai.openapi+json")


@csrf_exempt
@require_safe
def docs(request: HttpRequest) -> HttpResponse:
    """The document to look at and to try, with nothing from elsewhere."""
    return render(request, "accounts/api_docs.html")
