"""Every answer below /v1 that any test gets is compared with the OpenAPI document: status, type,
headers, body, and the code of a refusal.
"""

import json
import re
from functools import cache
from typing import Any

from django.http import HttpResponseBase
from jsonschema import Draft202012Validator

from accounts.api import schema
from mfaproject.lib.openapi import EVENTS

UNSAID = (405, 500)
"""Statuses that stand nowhere in the document: a method that no operation is
for, and what is never meant."""


@cache
def document() -> dict[str, Any]:
    return schema.document()


@cache
def _patterns() -> list[tuple[re.Pattern[str], str]]:
    return [(re.compile(re.sub(r"\{\w+\}", "[^/]+", path)), path) for path in document()["paths"]]


def operation_of(method: str, path: str) -> dict[str, Any] | None:
    """The operation that a request is for; None for an address or a method that
    the document does not have."""
    found = next((written for pattern, written in _patterns() if pattern.fullmatch(path)), None)
    there: dict[str, Any] = document()["paths"].get(found, {})
    return there.get(method.lower())


def _closed(part: Any) -> Any:
    """The same shape, in which a member that is not named is one too many."""
    if isinstance(part, list):
        return [_closed(one) for one in part]
    if not isinstance(part, dict):
        return part
    found = {name: _closed(value) for name, value in part.items()}
    return (
        {"additionalProperties": False} | found
        if isinstance(part.get("properties"), dict)
        else found
    )


@cache
def _validator(shape: str, *, closed: bool) -> Draft202012Validator:
    whole = json.loads(shape) | {"components": document()["components"]}
    return Draft202012Validator(_closed(whole) if closed else whole)


def misfits(shape: dict[str, Any], value: Any, *, closed: bool = True) -> list[str]:
    """Where a value has another shape than the document's. `closed`: members
    that the document does not name count too."""
    return [
        f"{error.json_path}: {error.message}"
        for error in _validator(json.dumps(shape), closed=closed).iter_errors(value)
    ]


def faults(method: str, path: str, sent: bytes, answer: HttpResponseBase) -> list[str]:
    """What the document does not say of this answer, or of a request that was
    well received, in words."""
    operation = operation_of(method, path)
    if operation is None or answer.status_code in UNSAID:
        return []
    said = operation["responses"].get(str(answer.status_code))
    where = f"{method} {path} {answer.status_code}"
    if said is None:
        content = getattr(answer, "content", b"")[:200]
        return [f"{where}: this status is not in the document: {content!r}"]
    told = [*_of_headers(said, answer), *_of_body(said, answer)] + (
        _of_request(operation, sent) if answer.status_code < 300 else []
    )
    return [f"{where}: {fault}" for fault in told]


def _of_request(operation: dict[str, Any], sent: bytes) -> list[str]:
    """What was done although the document would not have it asked for."""
    wanted = operation.get("requestBody", {})
    if not sent or not wanted:
        return ["done without the body that the document wants"] if wanted.get("required") else []
    return misfits(wanted["content"]["application/json"]["schema"], json.loads(sent), closed=False)


def _of_headers(said: dict[str, Any], answer: HttpResponseBase) -> list[str]:
    wanted = {name for name, header in said.get("headers", {}).items() if header.get("required")}
    missing = [f"{name} is missing" for name in sorted(wanted) if name not in answer]
    sent = {name for name in ("Retry-After", "WWW-Authenticate") if name in answer}
    return missing + [
        f"{name} is not in the document" for name in sorted(sent - said["headers"].keys())
    ]


def _of_body(said: dict[str, Any], answer: HttpResponseBase) -> list[str]:
    body, content = getattr(answer, "content", b""), said.get("content", {})
    if not content:
        return ["a body where the document has none"] if body else []
    kind = answer.get("Content-Type", "")
    if kind not in content:
        return [f"{kind} instead of {', '.join(content)}"]
    if kind == EVENTS:
        return []  # the front sends what comes
    value = json.loads(body)
    codes = {example["value"].get("code") for example in content[kind]["examples"].values()}
    strange = (
        [f"its code {value['code']} is not in the document"]
        if kind.startswith("application/problem") and value["code"] not in codes
        else []
    )
    return strange + misfits(content[kind]["schema"], value)
