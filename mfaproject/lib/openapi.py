"""How an endpoint is described in the schema: its answers, each refusal by its code, and an example
of every one.
"""

from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType
from typing import Any, Literal, TypeVar

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import serializers

from mfaproject.lib.problems import CONTENT_TYPE, document

F = TypeVar("F", bound=Callable[..., Any])
Caller = Literal["anybody", "token", "device"]
"""Who may call: a device signs each request by nod-push-v1."""
Shape = type[serializers.Serializer[Any]] | Any
JSON, EVENTS = "application/json", "text/event-stream"
Status = int | tuple[int, str]
"""A status, or one with the type of its body where that is not JSON."""


class Named(dict[str, Mapping[str, Any]]):
    """Several examples, each by what it shows. Where a request and its answer have the same name,
    they belong together."""


Value = Mapping[str, Any] | Named | str
Answer = tuple[Shape, Value | None]

EMPTY = {"type": "object", "additionalProperties": False, "description": "`{}`: nothing to say."}
"""As a shape: a serializer without fields would be taken for no body at all."""
EXAMPLE_ID = "kR3vD1mZq8sT5uXy7wAbCg"
REFUSALS: dict[str, tuple[int, str]] = {
    "bad_request": (400, "Some fields need another look."),
    "clock_skew": (401, "The clock of this device is off. Sign again with the time given here."),
    "unauthorized": (401, "This token does not work, or not any more. Sign in again."),
    "invalid_credentials": (
        401,
        (
            "Name and password do not go together, or there were too many tries: then none is"
            " looked at for up to an hour."
        ),
    ),
    "invalid_reference": (401, "There is no such sign-in, or it is over. Begin again."),
    "invalid_code": (401, "That is not the code."),
    "invalid_private_key": (401, "This private key does not work, or not any more. Verify again."),
    "access_denied": (403, "You do not have permission to perform this action."),
    "proof_required": (403, "Prove that it is you first: step up, then try again."),
    "wrong_number": (403, "That was not the number shown. This sign-in has ended."),
    "not_found": (404, "There is nothing here."),
    "method_unavailable": (409, "This way is not open to you now. Choose another one."),
    "already_decided": (409, "This question has been answered or has ended."),
    "expired": (410, "This code is over. Send another one."),
    "payload_too_large": (413, "A body has at most 65536 bytes."),
    "unsupported_media_type": (
        415,
        "A body is JSON here, sent with Content-Type: application/json.",
    ),
    "rate_limited": (429, "Too many requests. Wait a little."),
    "slow_down": (429, "Ask less often."),
    "too_many_attempts": (429, "This code had its tries. Use another way, or begin again."),
    "unavailable": (
        503,
        "This does not work right now, and nothing was changed. Try again in a moment.",
    ),
    "outcome_unknown": (
        503,
        "We cannot say whether this went through. Look whether it happened before you try again.",
    ),
}
_MORE: dict[str, dict[str, Any]] = {
    "bad_request": {"errors": {"username": ["This field is required."]}},
    "clock_skew": {"now": 1_773_144_000},
    "proof_required": {"step_up": "/v1/auth/step-up"},
}
ANYWHERE = ("unavailable", "outcome_unknown")
WITH_BODY = ("bad_request", "payload_too_large", "unsupported_media_type")
SIGNED_IN = ("unauthorized", "access_denied")


class Problem(serializers.Serializer[Any]):
    """Every refusal (RFC 9457). `code` is for programs; `detail` is for people, in their language;
    `request_id` is in our logs too."""

    type = serializers.CharField()
    title = serializers.CharField()
    status = serializers.IntegerField()
    detail = serializers.CharField()
    code = serializers.ChoiceField(choices=sorted({*REFUSALS, "method_not_allowed", "error"}))
    request_id = serializers.CharField()
    # A member by this name.
    errors = serializers.DictField(required=False, help_text="400: sentences for each field")  # type: ignore[assignment]
    step_up = serializers.CharField(required=False, help_text="proof_required: where to prove it")
    now = serializers.IntegerField(required=False, help_text="clock_skew: the server's time")


def _example(code: str, words: Mapping[str, str]) -> OpenApiExample:
    status, detail = REFUSALS[code]
    more = {} if code in words else _MORE.get(code, {})
    told = document(status, code, words.get(code, detail), **more) | {"request_id": EXAMPLE_ID}
    return OpenApiExample(
        code, value=told, response_only=True, status_codes=[str(status)], media_type=CONTENT_TYPE
    )


def _refusals(
    codes: Iterable[str], words: Mapping[str, str]
) -> dict[tuple[int, str], OpenApiResponse]:
    by_status: dict[int, list[str]] = {}
    for code in codes:
        by_status.setdefault(REFUSALS[code][0], []).append(code)
    return {
        (status, CONTENT_TYPE): OpenApiResponse(
            Problem,
            ", ".join(f"`{code}`" for code in found),
            [_example(code, words) for code in found],
        )
        for status, found in sorted(by_status.items())
    }


def _by_name(example: Value, otherwise: str) -> Mapping[str, Mapping[str, Any] | str]:
    return example if isinstance(example, Named) else {otherwise: example}


def _answers(answers: Mapping[Status, Answer]) -> dict[tuple[int, str], OpenApiResponse]:
    described = {}
    for key, (shape, example) in answers.items():
        status, media = key if isinstance(key, tuple) else (key, JSON)
        values = {} if example is None else _by_name(example, str(status))
        examples = [
            OpenApiExample(name, value=value, response_only=True, media_type=media)
            for name, value in values.items()
        ]
        described[status, media] = OpenApiResponse(shape, "Done.", examples)
    return described


def _header(
    name: str, kind: OpenApiTypes, description: str, *statuses: int, required: bool = True
) -> OpenApiParameter:
    on = list(statuses) or True
    return OpenApiParameter(
        name, kind, OpenApiParameter.HEADER, required=required, description=description, response=on
    )


HEADERS = [
    _header("X-Request-ID", OpenApiTypes.STR, "the same as in our logs"),
    _header("Retry-After", OpenApiTypes.INT, "whole seconds, never 0", 429, 503),
    _header(
        "WWW-Authenticate", OpenApiTypes.STR, "how to come in, and what was wrong (RFC 6750)", 401
    ),
]
PROVE = _header(
    "WWW-Authenticate",
    OpenApiTypes.STR,
    "with `proof_required`: how old a proof may be (RFC 9470)",
    403,
    required=False,
)


def described(
    name: str,
    summary: str,
    answers: Mapping[Status, Answer],
    *refusals: str,
    body: Shape | None = None,
    sent: Value | None = None,
    parameters: Iterable[OpenApiParameter] = (),
    caller: Caller = "anybody",
    tag: str = "Signing in",
    words: Mapping[str, str] = MappingProxyType({}),
) -> Callable[[F], F]:
    """The description of one method. `answers`: status (of JSON, unless a type is given) → shape
    and example; `refusals`: codes besides those that every such method has.

    `words`: what a refusal says here, where that is something else than usual; it then has no
    further members.
    """
    codes = [
        *refusals,
        *ANYWHERE,
        *(WITH_BODY if body is not None else ()),
        *(SIGNED_IN if caller == "token" else ()),
    ]
    return extend_schema(
        operation_id=name,
        summary=summary,
        tags=[tag],
        request={"application/json": body} if isinstance(body, dict) else body,
        parameters=[*parameters, *HEADERS, *([PROVE] if "proof_required" in codes else [])],
        responses={**_answers(answers), **_refusals(dict.fromkeys(codes), words)},
        examples=(
            None
            if sent is None
            else [
                OpenApiExample(name, value=one, request_only=True)
                for name, one in _by_name(sent, "request").items()
            ]
        ),
        auth=[] if caller == "anybody" else None,
    )
